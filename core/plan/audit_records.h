#ifndef CORE_PLAN_AUDIT_RECORDS_H
#define CORE_PLAN_AUDIT_RECORDS_H

/*
 * Records of the audit trail that a store found since the last look, and the numbers that they are
 * about: those have to be read again, and no others.
 */

#include "core/plan/audit.h"

struct audit_records {
    struct arena arena; /* the texts */
    struct audit_record *records;
    size_t n, room;
};

void audit_records_release(struct audit_records *records);

/* Copies it. */
void audit_records_add(struct audit_records *records, const struct audit_record *record);

/* Numbers, sorted, each once; and agents whose exemption changed, in no order. */
struct numbers {
    char (*exts)[EXT_ROOM];
    size_t n, room;
    char **agents;
    size_t n_agents;
};

void numbers_add(struct numbers *numbers, const char *ext);
void numbers_add_agent(struct numbers *numbers, const char *agent);
void numbers_seal(struct numbers *numbers); /* sorts */
void numbers_release(struct numbers *numbers);

/* Adds the numbers that a record changed. False if it does not tell them, or if there would be more
   than `limit`: then everything has to be read. */
bool numbers_add_record(struct numbers *numbers, const struct audit_record *record, size_t limit);

#endif
