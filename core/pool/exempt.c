#include "core/pool/exempt.h"

#include <string.h>

#include "core/base/text.h"
#include "core/pool/group.h"

#include "core/base/banned.h"

#define SEPARATORS ", \t\r\n"
#define QUOTE_MAX 32 /* how much of a wrong word an error repeats */

enum err_code policy_set_exempt(struct policy *policy, const char *list, struct err *err)
{
    char patterns[POLICY_EXEMPT_MAX][POLICY_PATTERN_ROOM];
    size_t n = 0;
    for (const char *at = list + strspn(list, SEPARATORS); *at; at += strspn(at, SEPARATORS)) {
        size_t length = strcspn(at, SEPARATORS);
        if (n == POLICY_EXEMPT_MAX) {
            return err_set(err, ERR_CONFIG, "exempt: more than %d patterns", POLICY_EXEMPT_MAX);
        }
        if (length >= POLICY_PATTERN_ROOM) {
            return err_set(err, ERR_CONFIG, "exempt: \"%.*s...\" is longer than %d bytes",
                           QUOTE_MAX, at, POLICY_PATTERN_ROOM - 1);
        }
        memcpy(patterns[n], at, length);
        patterns[n++][length] = '\0';
        at += length;
    }
    memcpy(policy->exempt, patterns, n * sizeof patterns[0]);
    policy->n_exempt = n;
    return ERR_OK;
}

const char *policy_exempt_pattern(const struct policy *policy, const char *login)
{
    for (size_t i = 0; i < policy->n_exempt; i++) {
        if (pattern_matches(policy->exempt[i], login)) {
            return policy->exempt[i];
        }
    }
    return NULL;
}

static size_t count_matches(const char *pattern, const struct roster *roster)
{
    size_t n = 0;
    for (size_t i = 0; i < roster->n_agents; i++) {
        n += pattern_matches(pattern, roster->agents[i].login);
    }
    return n;
}

enum err_code policy_check_exempt(const struct policy *policy, const struct roster *roster,
                                  struct err *err)
{
    for (size_t i = 0; i < policy->n_exempt; i++) {
        size_t n = count_matches(policy->exempt[i], roster);
        char some[TEXT_NUMBER_ROOM];
        char all[TEXT_NUMBER_ROOM];
        if (n > roster->n_agents / 2 && !roster->partial) {
            const char *line = policy->exempt_at;
            err_set(err, ERR_CONFIG,
                    "%s%sthe pattern \"%s\" of [policy] exempt matches %s of the %s agents of the "
                    "directory",
                    line ? line : "", line ? ": " : "", policy->exempt[i], text_number(n, some),
                    text_number(roster->n_agents, all));
            err_hint(err, "More than half would need no extension; make the pattern narrower");
            return ERR_CONFIG;
        }
    }
    return ERR_OK;
}

bool agent_is_exempt(const struct policy *policy, const struct snapshot *snapshot,
                     const char *login)
{
    return snapshot_find_exempt(snapshot, login) || policy_exempt_pattern(policy, login);
}
