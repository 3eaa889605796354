#ifndef CORE_PLAN_UNDO_MINE_H
#define CORE_PLAN_UNDO_MINE_H

/*
 * Undo and redo that are mine: which action a bare undo takes back, and a bare redo brings back.
 *
 * Mine is what the same user did as the same principal, by hand: in a console or with a command. A
 * timer under a person's account and a Lambda are nobody's. An undo takes the newest of mine that
 * stands and of which something is left to take back; the next one goes one further back. A redo takes
 * the newest undo of mine, until I do something new. Records of undo and redo name the action that
 * they are about, so a chain tells what stands: deed, undo of it, redo of that undo, and so on. An
 * undo that was killed half way is brought to its end by the next one.
 */

#include "core/plan/audit.h"
#include "core/plan/plan.h"

/* Nothing older is taken back without its id. */
#define UNDO_LONGEST_S CLOCK_DAY_S

/* Who asks. */
struct undo_self {
    const char *user;
    const char *actor;
};

/* Whether this user did it as this principal: the session's name of a role, and the address that a
   person came from, do not count. */
bool undo_is_mine(const struct undo_self *self, const struct audit_action *action);

/* The plan that takes back my newest action; `history` has all actions of the last day, whoever did
   them. A note names action, actor and age, and those that were passed over. ERR_NOT_FOUND if there
   is none. */
enum err_code plan_undo_newest(const struct plan_input *input, const struct history *history,
                               const struct undo_self *self, struct plan **out,
                               struct err *err) ERR_CHECK;

/* The plan that brings back what my newest undo took. Likewise. */
enum err_code plan_redo_newest(const struct plan_input *input, const struct history *history,
                               const struct undo_self *self, struct plan **out,
                               struct err *err) ERR_CHECK;

/* plan_undo of an action that was asked for by its id: names it, and whose it is if it is not mine. */
enum err_code plan_undo_named(const struct plan_input *input, const struct audit_action *action,
                              const struct undo_self *self, struct plan **out,
                              struct err *err) ERR_CHECK;

#endif
