#include "core/plan/login_notes.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/strmap.h"
#include "core/plan/builder.h"
#include "core/pool/lookalike.h"

/* ---- pairs --------------------------------------------------------------------------------- */

struct pairs {
    struct lookalikes *given;
    struct strmap by_key; /* of the newcomers */
    struct name_list left[LOGIN_DIFFERENCES];
    struct name_list within[LOGIN_DIFFERENCES];
};

static void add_pair(struct name_list lists[LOGIN_DIFFERENCES], const char *a, const char *b)
{
    char pair[2 * LOGIN_MAX + 8];
    snprintf(pair, sizeof pair, "%s / %s", a, b);
    name_list_add(&lists[login_difference(a, b)], pair);
}

/* Keys live as long as the plan; most logins are their own. */
static void map_newcomers(struct pairs *pairs)
{
    const struct lookalikes *given = pairs->given;
    strmap_init(&pairs->by_key, given->n_newcomers);
    for (size_t done = 0; done < given->n_newcomers;) {
        const char *keys[STRMAP_BATCH];
        size_t before = pairs->by_key.count;
        size_t n = 0;
        for (; n < STRMAP_BATCH && done + n < given->n_newcomers; n++) {
            char room[FOLD_ROOM];
            const char *key = login_key(given->newcomers[done + n], room);
            keys[n] = key == room ? arena_strdup(&given->plan->arena, key) : key;
        }
        strmap_add_all(&pairs->by_key, keys, n, done);
        for (size_t i = 0; pairs->by_key.count - before < n && i < n; i++) {
            size_t first = strmap_get(&pairs->by_key, keys[i]);
            if (first != done + i) {
                add_pair(pairs->within, given->newcomers[first], given->newcomers[done + i]);
            }
        }
        done += n;
    }
}

/* Logins that wait to be looked up together. */
struct lookups {
    const char *logins[STRMAP_BATCH];
    const char *keys[STRMAP_BATCH];
    char rooms[STRMAP_BATCH][FOLD_ROOM];
    size_t n;
};

static void look_up_holders(struct pairs *pairs, struct lookups *lookups)
{
    size_t like[STRMAP_BATCH];
    strmap_get_all(&pairs->by_key, lookups->keys, lookups->n, like);
    for (size_t i = 0; i < lookups->n; i++) {
        if (like[i] != STRMAP_NONE) {
            add_pair(pairs->within, lookups->logins[i], pairs->given->newcomers[like[i]]);
        }
    }
    lookups->n = 0;
}

/* Those of the directory who have an extension; the newcomers met each other. */
static void meet_holders(struct pairs *pairs)
{
    const struct lookalikes *given = pairs->given;
    struct lookups lookups = {.n = 0};
    size_t next = 0; /* both lists are in order of login */
    for (size_t i = 0; i < given->roster->n_agents; i++) {
        const char *login = given->roster->agents[i].login;
        if (next < given->n_newcomers && given->newcomers[next] == login) {
            next++;
            continue;
        }
        lookups.logins[lookups.n] = login;
        lookups.keys[lookups.n] = login_key(login, lookups.rooms[lookups.n]);
        lookups.n++;
        if (lookups.n == STRMAP_BATCH) {
            look_up_holders(pairs, &lookups);
        }
    }
    look_up_holders(pairs, &lookups);
}

static void meet_leavers(struct pairs *pairs)
{
    struct lookalikes *given = pairs->given;
    for (size_t i = 0; i < given->n_leavers; i++) {
        char room[FOLD_ROOM];
        size_t like = strmap_get(&pairs->by_key, login_key(given->leavers[i], room));
        if (like != STRMAP_NONE) {
            given->left_as[like] = given->leavers[i];
            given->came_as[i] = given->newcomers[like];
            add_pair(pairs->left, given->leavers[i], given->newcomers[like]);
        }
    }
}

static void note_pairs(const struct pairs *pairs)
{
    struct plan *plan = pairs->given->plan;
    for (enum login_difference one = 0; one < LOGIN_DIFFERENCES; one++) {
        const struct name_list *left = &pairs->left[one];
        const struct name_list *within = &pairs->within[one];
        if (left->n > 0) {
            plan_note(
                plan,
                "%zu left, and a new agent has a login that differs %s; these are two agents: %s",
                left->n, login_difference_text(one), left->text);
        }
        if (within->n > 0) {
            plan_note(plan,
                      "%zu pair%s of logins in the directory differ%s %s and count%s as two "
                      "agents: %s",
                      within->n, within->n == 1 ? "" : "s", within->n == 1 ? "s" : "",
                      login_difference_text(one), within->n == 1 ? "s" : "", within->text);
        }
    }
}

void lookalikes_find(struct lookalikes *lookalikes)
{
    struct pairs pairs = {.given = lookalikes};
    if (lookalikes->n_newcomers == 0) {
        return;
    }
    map_newcomers(&pairs);
    meet_holders(&pairs);
    meet_leavers(&pairs);
    note_pairs(&pairs);
    strmap_release(&pairs.by_key);
}

/* ---- what is hardly a login ---------------------------------------------------------------- */

static void judge(struct name_list lists[LOGIN_DOUBTS], const char *login)
{
    enum login_doubt doubt = login_doubt(login);
    if (doubt != LOGIN_IS_FINE) {
        name_list_add(&lists[doubt], login);
    }
}

void plan_note_doubtful_logins(struct plan *plan)
{
    struct name_list lists[LOGIN_DOUBTS] = {{.n = 0}};
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (plan->changes[i].kind == CHANGE_ASSIGN) {
            judge(lists, plan->changes[i].agent);
        }
    }
    for (size_t i = 0; i < plan->n_unassigned; i++) {
        judge(lists, plan->unassigned[i]);
    }
    for (enum login_doubt doubt = LOGIN_IS_FINE + 1; doubt < LOGIN_DOUBTS; doubt++) {
        const struct name_list *list = &lists[doubt];
        if (list->n > 0) {
            plan_note(plan, "%zu new login%s %s: %s", list->n, list->n == 1 ? "" : "s",
                      login_doubt_text(doubt, list->n > 1), list->text);
        }
    }
}
