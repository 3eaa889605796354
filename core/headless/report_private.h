#ifndef CORE_HEADLESS_REPORT_PRIVATE_H
#define CORE_HEADLESS_REPORT_PRIVATE_H

/*
 * Private to the reports: what the texts for people have in common, and what the JSON documents have.
 */

#include "core/headless/report.h"
#include "core/format/table.h"

/* A table that knows the terminal: its width, and whether it shows colours. */
void report_table(const struct report *report, struct table *table, size_t n_columns);

/* One line of a plan or of a recorded action, in a table of four columns: mark, number, agent,
   why. Strings as they came from outside; `to` is what pins and reservations note. */
#define CHANGE_COLUMNS 4
void report_change_row(struct table *table, enum change_kind kind, const char *number,
                       const char *agent, const char *to, const char *why);
/* So many numbers from `first` to `last` were created. */
void report_create_row(struct table *table, const char *first, const char *last, size_t n,
                       const char *why);
/* "2041>2042" for a reassign, else the extension; in the table's arena. */
const char *report_moved(struct table *table, enum change_kind kind, const char *from,
                         const char *ext);
void report_change_print(struct table *table, FILE *out);

/* RFC 3339; "" for a time that is not known. */
const char *report_moment(struct arena *arena, int64_t at_s);

/* How many agents and numbers a status is about, and how many numbers are left. */
size_t report_status_agents(const struct status_report *status);
size_t report_status_numbers(const struct status_report *status);
struct pool_level report_status_level(const struct status_report *status);

/* Where the holder or the agent comes from; NULL: not known. `roster` may be NULL. */
const char *report_row_source(struct arena *arena, const struct roster *roster,
                              const struct agent_row *row);
const char *report_slot_source(struct arena *arena, const struct slot *slot);
/* The group whose number it is; NULL: none. */
const char *report_ext_group(const struct policy *policy, const struct slot *slot);

/* "create 9,997, assign 3"; "" if all counts are 0. */
const char *report_counts(struct arena *arena, const size_t counts[CHANGE_KIND_COUNT]);

/* A string, or null; what is not UTF-8 in its harmless form. */
struct json_t *report_json_text(const char *value);
/* As the member "error", and as the document of an action. */
struct json_t *report_json_error_object(const struct err *err);
struct json_t *report_json_action_object(const struct action_report *action);
/* Writes the document on one line, with what a terminal would act on escaped, and frees it. */
void report_json_write(const struct report *report, struct json_t *document);

/* The group whose range has the number of the problem; NULL: none. */
const char *report_problem_group(const struct doctor_report *doctor, const struct problem *problem);

#endif
