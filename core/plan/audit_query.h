#ifndef CORE_PLAN_AUDIT_QUERY_H
#define CORE_PLAN_AUDIT_QUERY_H

/*
 * Questions to the audit trail. A store finds the records that can answer one, cheaply; what an
 * answer is stands here, once for all stores:
 *
 *     struct history_query query = {.ext = "0042", .limit = 20};
 *     if (history_query_wants(&query, &record)) {
 *         history_add_answer(history, &query, &record, err);
 *     }
 *     history_seal(history);
 *     history_keep(history, &query);      only these changes, the newest 20 actions
 */

#include "core/plan/audit.h"
#include "core/pool/policy.h"

/* All zero: every action. What is set holds together. */
struct history_query {
    const char *action_id; /* only this action; nothing else of the query counts then */
    const char *ext;       /* what changed this extension; of each action only those changes */
    const char *agent;     /* what changed this agent's, likewise */
    const struct policy *policy; /* with `group`: who has which ranges */
    const char
        *group; /* what changed numbers of this group's ranges, likewise; a name of the policy's
                              groups */
    const char *actor;     /* part of the user or of the actor; ASCII case does not count */
    int64_t since_ms;      /* actions that began at this time or after; 0: from the first on */
    int64_t until_ms;      /* ... and before this one; 0: to the last */
    const char *plan_file; /* what was applied from the plan file of this digest */
    size_t limit;          /* the newest so many; 0: all */
    size_t records;        /* a store that pays for what it reads stops after the newest so many
                              records, and says so (struct history, cut); 0: it reads on */
    bool counts_only;      /* the changes need not be kept, only counted; a store may keep them */
};

/* Whether the record is part of an answer. It reads the changes only as far as it must. */
bool history_query_wants(const struct history_query *query, const struct audit_record *record);

/* history_add of a record that the query wants, without most of the changes that it does not ask for. */
enum err_code history_add_answer(struct history *history, const struct history_query *query,
                                 const struct audit_record *record, struct err *err) ERR_CHECK;

/* Whether the query asks for some of the changes of an action only. */
bool history_query_asks_for_changes(const struct history_query *query);

/* Whether the range belongs to the group of the query. */
bool history_query_has_range(const struct history_query *query, const struct ext_range *range);

/* Whether the change is about the extension, the agent and the group of the query. */
bool history_query_has_change(const struct history_query *query, const struct audit_change *change);

/* Leaves of a sealed history what answers the question: of each action the changes that it asks for,
   and no more actions than its limit. */
void history_keep(struct history *history, const struct history_query *query);

#endif
