#ifndef CORE_EMBEDDED_DIRECTORY_COLLECT_H
#define CORE_EMBEDDED_DIRECTORY_COLLECT_H

/*
 * Rows of a directory file go into a roster: one login once, with the place of each for complaints.
 */

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/pool/model.h"
#include "core/base/progress.h"
#include "core/base/strmap.h"

struct found_agent {
    const char *login;
    size_t login_length;
    const char *first, *last; /* NULL: not there */
    size_t first_length, last_length;
    const char *name; /* NULL: of first and last */
    size_t name_length;
    const char *profile; /* NULL */
    size_t profile_length;
    const char *id;  /* JSON: who it is, or NULL */
    const char *arn; /* JSON: the Amazon Connect user's, or NULL */
    const struct agent_attribute *attributes;
    uint16_t n_attributes;
    uint16_t not_read; /* as in struct agent */
    size_t place;      /* CSV: the line; JSON: page and user, see PLACE_PAGE */
};

/* Names with TABs between them are what it prints without --output json. */
#define TEXT_OUTPUT_HINT "If this is text output of the AWS CLI: --output json"

/* Page and user of a page in one number. */
#define PLACE_PAGE ((size_t)1 << 32)

struct collector {
    const char *file; /* for messages */
    const char *only; /* the one login that goes into the roster; NULL: all. The caller's to set */
    bool pages;       /* places are pages and users, not lines */
    struct roster *roster;
    const struct progress *progress;
    struct strmap seen;
    size_t *places;   /* of the roster's agents, in the order they came */
    const char **ids; /* in `arena` */
    struct arena arena;
    size_t capacity;
    size_t reported; /* rows already shown to progress */
    size_t n_named;  /* agents with a name */
    size_t n_passed; /* rows of others than `only` */
    struct buf name, profile;
};

void collector_init(struct collector *collector, const char *file, bool pages,
                    struct roster *roster, const struct progress *progress);
void collector_release(struct collector *collector);

/* "FILE:7: " or "FILE: page 2, user 3: " before the text. */
enum err_code collector_error(const struct collector *collector, size_t place, struct err *err,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Checks the login and adds the row. ERR_INPUT names file and place; ERR_CANCELLED. */
enum err_code collector_add(struct collector *collector, const struct found_agent *agent,
                            struct err *err) ERR_CHECK;

/* Shows what has not been shown to progress yet. Before the roster is sealed. */
void collector_report(struct collector *collector);

#endif
