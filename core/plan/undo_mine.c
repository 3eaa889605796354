#include "core/plan/undo_mine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"

#include "core/base/banned.h"

#define NONE SIZE_MAX

/* ---- whose ---------------------------------------------------------------------------------- */

/* The bytes of the principal: "arn:aws:sts::1:assumed-role/Ops" of "arn:aws:sts::1:assumed-role/Ops/kim",
   "kim@desk7" of "kim@desk7 from 192.0.2.7". */
static size_t principal_length(const char *actor)
{
    const char *slash = strrchr(actor, '/');
    if (strncmp(actor, "arn:", 4) == 0 && strstr(actor, ":assumed-role/") && slash) {
        return (size_t)(slash - actor);
    }
    const char *from = strstr(actor, " from ");
    return from ? (size_t)(from - actor) : strlen(actor);
}

bool undo_is_mine(const struct undo_self *self, const struct audit_action *action)
{
    size_t length = principal_length(self->actor);
    return action->origin.user && strcmp(action->origin.user, self->user) == 0 &&
           principal_length(action->actor) == length &&
           memcmp(action->actor, self->actor, length) == 0;
}

static bool is_by_hand(const struct audit_action *action)
{
    return action->origin.via == VIA_CONSOLE || action->origin.via == VIA_COMMAND;
}

/* ---- chains ---------------------------------------------------------------------------------
 * A chain begins with a deed. What names one of its actions is the next step: an undo of what stands,
 * a redo of what was taken back. Several actions can be one step: an undo that was killed, and the
 * one that did the rest. */

struct chain {
    size_t root;       /* its first action, by index in the history */
    size_t last_step;  /* 0: the deed alone */
    bool begins_taken; /* the deed is older than the history, and its first known step is an undo */
};

struct chains {
    const struct plan_input *input;
    const struct history *history;
    const struct undo_self *self;
    struct chain *chains;
    size_t n_chains;
    size_t *chain_of; /* by action */
    size_t *step_of;
    struct strmap by_id;
    size_t newest_deed; /* of mine; NONE: there is none */
};

static bool is_taken(const struct chain *chain, size_t step)
{
    return chain->begins_taken != (step % 2 == 1);
}

static void begin_chain(struct chains *chains, size_t index)
{
    const struct audit_action *action = &chains->history->actions[index];
    chains->chains[chains->n_chains] = (struct chain){
        .root = index,
        .begins_taken = action->origin.undoes && strcmp(action->action, "undo") == 0};
    chains->chain_of[index] = chains->n_chains++;
    chains->step_of[index] = 0;
}

static void add_to_chain(struct chains *chains, size_t index, size_t named)
{
    size_t place = chains->chain_of[named];
    struct chain *chain = &chains->chains[place];
    bool was_taken = is_taken(chain, chains->step_of[named]);
    if (is_taken(chain, chain->last_step) == was_taken) {
        chain->last_step++; /* else it is the rest of what the last step did */
    }
    chains->chain_of[index] = place;
    chains->step_of[index] = chain->last_step;
}

/* The newest action stands first in the history, and is read last. */
static void chains_init(struct chains *chains, const struct plan_input *input,
                        const struct history *history, const struct undo_self *self)
{
    size_t n = history->n_actions;
    *chains = (struct chains){.input = input,
                              .history = history,
                              .self = self,
                              .chains = mem_array(n + 1, sizeof *chains->chains),
                              .chain_of = mem_array(n + 1, sizeof *chains->chain_of),
                              .step_of = mem_array(n + 1, sizeof *chains->step_of),
                              .newest_deed = NONE};
    strmap_init(&chains->by_id, n);
    for (size_t i = n; i-- > 0;) {
        const struct audit_action *action = &history->actions[i];
        size_t named =
            action->origin.undoes ? strmap_get(&chains->by_id, action->origin.undoes) : STRMAP_NONE;
        chains->chain_of[i] = NONE;
        if (action->n_changes == 0) {
            continue; /* nothing was written under it */
        }
        strmap_add(&chains->by_id, action->action_id, i);
        if (named == STRMAP_NONE) {
            begin_chain(chains, i);
        } else {
            add_to_chain(chains, i, named);
        }
        if (!action->origin.undoes && is_by_hand(action) && undo_is_mine(self, action)) {
            chains->newest_deed = i;
        }
    }
}

static void chains_release(struct chains *chains)
{
    free(chains->chains);
    free(chains->chain_of);
    free(chains->step_of);
    strmap_release(&chains->by_id);
}

/* ---- one step of a chain as one action -------------------------------------------------------- */

static bool is_of_step(const struct chains *chains, size_t index, size_t chain, size_t step)
{
    return chains->chain_of[index] == chain && chains->step_of[index] == step;
}

struct touched {
    struct strmap exts;
    struct strmap exempt; /* agents */
};

static void touch(struct touched *touched, const struct audit_action *action)
{
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        if (audit_is_exemption(change)) {
            strmap_add(&touched->exempt, change->agent, 0);
            continue;
        }
        if (change->ext) {
            strmap_add(&touched->exts, change->ext, 0);
        }
        if (change->from) {
            strmap_add(&touched->exts, change->from, 0);
        }
    }
}

static bool is_touched(const struct touched *touched, const struct audit_change *change)
{
    return audit_is_exemption(change)
               ? strmap_get(&touched->exempt, change->agent) != STRMAP_NONE
               : change->ext && strmap_get(&touched->exts, change->ext) != STRMAP_NONE;
}

/* All changes of a step, the oldest first, but those of extensions that the step after it has touched.
   Its id and time are those of its newest action. The caller frees the changes. */
static struct audit_action step_action(const struct chains *chains, size_t chain, size_t step)
{
    struct audit_action whole = {.changes = NULL};
    struct touched touched;
    strmap_init(&touched.exts, 0);
    strmap_init(&touched.exempt, 0);
    for (size_t i = 0; i < chains->history->n_actions; i++) {
        if (is_of_step(chains, i, chain, step + 1)) {
            touch(&touched, &chains->history->actions[i]);
        }
    }
    for (size_t i = chains->history->n_actions; i-- > 0;) {
        struct audit_action action = chains->history->actions[i];
        if (!is_of_step(chains, i, chain, step)) {
            continue;
        }
        struct audit_change *changes = whole.changes;
        size_t n = whole.n_changes;
        changes = mem_resize(changes, n + action.n_changes, sizeof *changes);
        for (size_t k = 0; k < action.n_changes; k++) {
            if (!is_touched(&touched, &action.changes[k])) {
                changes[n++] = action.changes[k];
            }
        }
        whole = action;
        whole.changes = changes;
        whole.n_changes = n;
    }
    strmap_release(&touched.exts);
    strmap_release(&touched.exempt);
    return whole;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* Whether the action did less than it set out to do: it was killed, stopped, or met conflicts. */
static bool is_unfinished(const struct audit_action *action)
{
    size_t done = 0;
    for (size_t i = 0; i < action->n_changes; i++) {
        done += audit_change_numbers(&action->changes[i]);
    }
    return action->planned > done;
}

static bool may_be_mine(const struct chains *chains, const struct audit_action *action)
{
    return is_by_hand(action) && undo_is_mine(chains->self, action) &&
           action->at_ms / 1000 >= chains->input->now_s - UNDO_LONGEST_S;
}

/* The step that an undo (or a redo, with `taken`) would turn back, where the newest action of the last
   step is `index`; NONE: this is no candidate. */
static size_t step_to_turn(const struct chains *chains, size_t index, bool taken)
{
    const struct chain *chain = &chains->chains[chains->chain_of[index]];
    const struct audit_action *action = &chains->history->actions[index];
    if (chains->step_of[index] != chain->last_step || !may_be_mine(chains, action)) {
        return NONE;
    }
    if (is_taken(chain, chain->last_step) == taken) {
        return chain->last_step;
    }
    return chain->last_step > 0 && is_unfinished(action) ? chain->last_step - 1 : NONE;
}

/* ---- plans ----------------------------------------------------------------------------------- */

/* "pin by kim@desk7 (console), 3m ago: 20261122T..." */
static const char *describe(struct plan *plan, const struct audit_action *action)
{
    char age[CLOCK_TEXT_MAX];
    int64_t ago_s = plan->now_s - action->at_ms / 1000;
    const char *via = audit_via_name(action->origin.via);
    clock_format_span(ago_s > 0 ? ago_s : 0, age);
    return arena_printf(&plan->arena, "%s by %s%s%s%s, %s ago: %s", action->action,
                        audit_who(action), via ? " (" : "", via ? via : "", via ? ")" : "", age,
                        action->action_id);
}

static void say_what(struct plan *plan, const struct audit_action *action)
{
    bool redo = strcmp(action->action, "undo") == 0;
    plan_note(plan, "%s %s", redo ? "brings back what was taken by" : "takes back",
              describe(plan, action));
}

static void say_passed_over(struct plan *plan, const struct audit_action *action)
{
    plan_note(plan, "passed over, because nothing of it can be taken back any more: %s",
              describe(plan, action));
}

struct turn {
    struct chains chains;
    bool redo;
    size_t passed_over[4]; /* the first of them: indexes of actions */
    size_t n_passed;
};

/* The plan that turns back a step of the chain that the action is in. */
static enum err_code plan_step(const struct turn *turn, size_t index, size_t step,
                               struct plan **out, struct err *err)
{
    const struct chains *chains = &turn->chains;
    size_t place = chains->chain_of[index];
    const struct audit_action *root = &chains->history->actions[chains->chains[place].root];
    struct audit_action action = step_action(chains, place, step);
    enum err_code code = plan_undo(chains->input, &action, out, err);
    if (code == ERR_OK) {
        (*out)->action = turn->redo ? "redo" : "undo";
        (*out)->derived = plan_action_derives(root->action);
        say_what(*out, &action);
    }
    free(action.changes);
    return code;
}

static enum err_code turn_newest(struct turn *turn, struct plan **out, struct err *err)
{
    struct chains *chains = &turn->chains;
    size_t most = sizeof turn->passed_over / sizeof *turn->passed_over;
    for (size_t i = 0; i < chains->history->n_actions; i++) {
        if (turn->redo && i > chains->newest_deed) {
            break; /* something new was done since */
        }
        size_t step = chains->chain_of[i] == NONE ? NONE : step_to_turn(chains, i, turn->redo);
        if (step == NONE) {
            continue;
        }
        struct plan *plan = NULL;
        enum err_code code = plan_step(turn, i, step, &plan, err);
        if (code != ERR_OK) {
            return code;
        }
        if (plan_has_work(plan)) {
            *out = plan;
            return ERR_OK;
        }
        bool moved_on = plan_results(plan, RESULT_CONFLICT) > 0;
        plan_free(plan);
        if (moved_on && turn->n_passed < most) {
            turn->passed_over[turn->n_passed++] = i;
        }
    }
    return ERR_OK;
}

static enum err_code fail_none(const struct turn *turn, struct err *err)
{
    const struct history *history = turn->chains.history;
    enum err_code code = turn->redo
                             ? err_set(err, ERR_NOT_FOUND,
                                       "nothing to redo: since the last undo of %s something "
                                       "was done, or there was none within a day",
                                       turn->chains.self->user)
                             : err_set(err, ERR_NOT_FOUND,
                                       "nothing to undo: no action of %s within a day is left "
                                       "that can be taken back",
                                       turn->chains.self->user);
    if (history->n_actions > 0 && !turn->redo) {
        const struct audit_action *newest = &history->actions[0];
        err_hint(err, "The newest action is %s by %s: --undo %s takes it back. --history lists all",
                 newest->action, audit_who(newest), newest->action_id);
    } else {
        err_hint(err,
                 "extpool --history lists the actions; --undo ACTION-ID takes any of them back");
    }
    return code;
}

static enum err_code plan_turn(struct turn *turn, struct plan **out, struct err *err)
{
    *out = NULL;
    enum err_code code = turn_newest(turn, out, err);
    if (code == ERR_OK && !*out) {
        code = fail_none(turn, err);
    }
    for (size_t i = 0; code == ERR_OK && *out && i < turn->n_passed; i++) {
        say_passed_over(*out, &turn->chains.history->actions[turn->passed_over[i]]);
    }
    chains_release(&turn->chains);
    return code;
}

enum err_code plan_undo_newest(const struct plan_input *input, const struct history *history,
                               const struct undo_self *self, struct plan **out, struct err *err)
{
    struct turn turn = {.redo = false};
    chains_init(&turn.chains, input, history, self);
    return plan_turn(&turn, out, err);
}

enum err_code plan_redo_newest(const struct plan_input *input, const struct history *history,
                               const struct undo_self *self, struct plan **out, struct err *err)
{
    struct turn turn = {.redo = true};
    chains_init(&turn.chains, input, history, self);
    return plan_turn(&turn, out, err);
}

enum err_code plan_undo_named(const struct plan_input *input, const struct audit_action *action,
                              const struct undo_self *self, struct plan **out, struct err *err)
{
    enum err_code code = plan_undo(input, action, out, err);
    if (code == ERR_OK) {
        say_what(*out, action);
        if (!undo_is_mine(self, action)) {
            (*out)->whose = arena_strdup(&(*out)->arena, audit_who(action));
        }
    }
    return code;
}
