#ifndef CORE_POOL_GROUP_H
#define CORE_POOL_GROUP_H

/*
 * Groups: who is given which numbers (README, "Sites"). A group has ranges of its own (policy.h) and
 * lines of `match`. The terms of one line hold together; several lines are alternatives. An agent belongs
 * to the first group that matches, a number to the group whose range holds it.
 *
 * Not known is not no: an agent whose first match hangs on a term that was not read belongs to
 * GROUP_UNKNOWN.
 *
 * Groups are made by core/settings and immutable; every thread may read them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pool/policy.h"
#include "core/pool/roster.h"

/* `pattern` may have '*' for any text, at several places; all else is compared byte by byte. */
struct match_term {
    enum agent_field field;
    const char *key; /* of a tag or a column; else NULL */
    const char *pattern;
};

struct match_line {
    const struct match_term *terms;
    size_t n_terms;
};

/* What becomes of a number whose holder belongs to another group now. */
enum on_move { ON_MOVE_KEEP, ON_MOVE_RENUMBER };

struct group {
    const char *name;
    const char *at; /* "/home/kim/.config/extpool/config:12", for messages */
    const struct match_line *lines;
    size_t n_lines;
    bool has_cooldown, has_low_water, has_limit; /* else that of the policy */
    int64_t cooldown_s;
    struct low_water low_water;
    struct release_limit limit;
    enum on_move on_move;
};

/* Whether the text fits the pattern. In time linear in the text for each '*'. */
bool pattern_matches(const char *pattern, const char *text);

/* Index of the group, GROUP_NONE, or GROUP_UNKNOWN. `directory` is the one that lists the agent. */
uint16_t group_of_agent(const struct policy *policy, const struct agent *agent,
                        const struct roster_directory *directory);

/* Sets `group` of all agents, as group_of_agent does for one. Before the roster is shared. Agents who
   differ in their login alone ask the groups once. */
void groups_find(const struct policy *policy, struct roster *roster);

/* Index of the group whose range holds the number, or GROUP_NONE. */
uint16_t group_of_ext(const struct policy *policy, const char *ext);

/* Its name; of none "" (of an index of groups, GROUP_NONE or GROUP_UNKNOWN). */
const char *group_name(const struct policy *policy, uint16_t group);

/* FIELD_BIT of everything that some group's match looks at. */
unsigned groups_fields(const struct policy *policy);

/* Calls `each` for every term of every group, in their order. */
typedef void group_term_fn(void *context, const struct group *group, const struct match_term *term);
void groups_each_term(const struct policy *policy, group_term_fn *each, void *context);

#endif
