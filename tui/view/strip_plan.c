#include "tui/view/strip_private.h"

#include <stdio.h>
#include <string.h>

#include "tui/shell/gather.h"

#include "core/base/banned.h"

/* ---- what stands in the field ---------------------------------------------------------------- */

static size_t width_of(const struct shell *shell)
{
    return (size_t)session_policy(shell->place.session)->width;
}

bool strip_chooses(const struct strip *strip, const struct shell *shell)
{
    switch (strip->asks) {
    case STRIP_NUMBER:
        return strip->field.length < width_of(shell);
    case STRIP_AGENT:
    case STRIP_PARTNER:
        return true;
    case STRIP_NOTE:
    case STRIP_TARGET:
    case STRIP_UNTIL:
    case STRIP_NOTHING:
        break;
    }
    return false;
}

size_t strip_choices(const struct strip *strip, const struct shell *shell)
{
    if (strip->asks != STRIP_NUMBER) {
        return strip->people.n;
    }
    return strip_chooses(strip, shell) ? strip->candidates.n : 0;
}

struct taken strip_taken(const struct strip *strip, const struct shell *shell)
{
    const struct slot *slot = screen_data_find_slot(shell->data, strip->field.text);
    const struct slot *near = candidates_nearest_free(&strip->candidates, strip->field.text);
    return (struct taken){.agent = strip->login,
                          .holds = strip->holds,
                          .slot = slot,
                          .free = near ? near->ext : NULL};
}

void strip_changed(struct strip *strip, const struct shell *shell)
{
    const struct slot *slot = NULL;
    strip->stale = true;
    strip->early = strip->nagged = false;
    strip->top = 0;
    strip->taken = false;
    strip->taking = TAKINGS;
    if (strip->asks == STRIP_NUMBER) {
        candidates_narrow(&strip->candidates, strip->field.text);
        if (strip->field.length == width_of(shell)) {
            slot = screen_data_find_slot(shell->data, strip->field.text);
        }
        strip->taken =
            slot && slot->state == SLOT_ASSIGNED && strcmp(slot->agent, strip->login) != 0;
    } else if (strip->asks == STRIP_AGENT || strip->asks == STRIP_PARTNER) {
        strip_find_people(strip, shell);
    }
    /* Nothing is chosen for somebody who typed nothing. */
    bool first = strip->field.length > 0 && strip_choices(strip, shell) > 0;
    strip->choice = first ? 0 : STRIP_NO_CHOICE;
}

/* ---- the requests ------------------------------------------------------------------------------ */

static size_t refuse(struct strip *strip, const char *why)
{
    snprintf(strip->problem, sizeof strip->problem, "%s", why);
    return 0;
}

static size_t ask_for_taken(struct strip *strip, const struct shell *shell)
{
    const struct taken taken = strip_taken(strip, shell);
    if (strip->taking == TAKINGS) {
        return 0;
    }
    const char *fault = taking_fault(strip->taking, &taken);
    return fault ? refuse(strip, fault) : taking_requests(strip->taking, &taken, strip->requests);
}

static size_t ask_for_number(struct strip *strip, const struct shell *shell)
{
    const char *ext = strip->field.length > 0 ? strip->field.text : NULL;
    enum candidate_class class = CANDIDATE_FREE;
    if (strip->taken) {
        return ask_for_taken(strip, shell);
    }
    if (strip_chooses(strip, shell) && strip->choice != STRIP_NO_CHOICE) {
        ext = candidates_at(&strip->candidates, strip->choice, &class)->ext;
    } else if (ext && strip_chooses(strip, shell)) {
        return refuse(strip, "no number begins so");
    }
    if (class == CANDIDATE_HELD) {
        return 0; /* filled in first, then there are three ways to it */
    }
    strip->requests[0] = (struct request){.kind = strip->kind, .agent = strip->login, .ext = ext};
    return 1;
}

static size_t ask_for_person(struct strip *strip, const struct shell *shell)
{
    const struct agent_row *row = strip_person(strip, shell, strip->choice);
    if (!row) {
        return strip->field.length > 0 ? refuse(strip, "nobody is called so") : 0;
    }
    bool swaps = strip->asks == STRIP_PARTNER;
    strip->requests[0] = (struct request){.kind = swaps ? CHANGE_REASSIGN : CHANGE_ASSIGN,
                                          .swap = swaps,
                                          .agent = swaps ? strip->login : row->login,
                                          .other = swaps ? row->login : NULL,
                                          .ext = swaps ? NULL : strip->ext};
    return 1;
}

static size_t ask_for_until(struct strip *strip)
{
    struct err err = ERR_INIT;
    const char *text = strip->field.length > 0 ? strip->field.text : "never";
    strip->requests[0] = strip->about[0];
    if (until_parse(text, &strip->requests[0].until, &err) != ERR_OK) {
        return refuse(strip, err.text);
    }
    return 1;
}

static size_t ask_for(struct strip *strip, const struct shell *shell)
{
    switch (strip->asks) {
    case STRIP_NUMBER:
        return ask_for_number(strip, shell);
    case STRIP_AGENT:
    case STRIP_PARTNER:
        return ask_for_person(strip, shell);
    case STRIP_UNTIL:
        return ask_for_until(strip);
    case STRIP_NOTE:
    case STRIP_TARGET:
    case STRIP_NOTHING:
        break;
    }
    for (size_t i = 0; i < strip->n_about; i++) {
        strip->requests[i] = strip->about[i];
        if (strip->asks == STRIP_NOTE) {
            const char *unsaid = strip->about[i].kind == CHANGE_EXEMPT ? NULL : strip->action;
            strip->requests[i].note = strip->field.length > 0 ? strip->field.text : unsaid;
        } else if (strip->asks == STRIP_TARGET) {
            strip->requests[i].target = strip->field.text;
        }
    }
    return strip->n_about;
}

/* ---- the plan ---------------------------------------------------------------------------------- */

/* A row that is so already is not worth an Enter. */
static void weigh(struct strip *strip, const struct shell *shell)
{
    const struct plan *plan = strip->plan;
    judge_plan(strip->plan, shell, &strip->judged);
    if (strip->judged.gate == GATE_NOTHING) {
        const char *detail = plan->n_changes > 0 ? plan->changes[0].detail : NULL;
        snprintf(strip->problem, sizeof strip->problem, "%s", detail ? detail : "nothing to do");
        plan_free(strip->plan);
        strip->plan = NULL;
    }
}

/* While edits are gathered: the rows beside what is in the basket. */
static void preview(struct strip *strip, const struct shell *shell)
{
    strip->plan = gather_preview(shell, strip->action, strip->requests, strip->n_requests);
    for (size_t i = 0; i < strip->plan->n_changes; i++) {
        if (strip->plan->changes[i].refused) {
            snprintf(strip->problem, sizeof strip->problem, "%s", strip->plan->changes[i].detail);
            plan_free(strip->plan);
            strip->plan = NULL;
            return;
        }
    }
    weigh(strip, shell);
}

void strip_settle(struct strip *strip, const struct shell *shell)
{
    struct err err = ERR_INIT;
    if (!strip->stale || strip->applying) {
        return;
    }
    plan_free(strip->plan);
    strip->plan = NULL;
    strip->problem[0] = '\0';
    strip->n_requests = ask_for(strip, shell);
    strip->stale = strip->drawn = false;
    if (strip->n_requests == 0 || strip->n_about > 1) { /* many rows have a screen of their own */
        return;
    }
    if (gather_is_on(shell)) {
        preview(strip, shell);
        return;
    }
    struct plan_input input = shell_plan_input(shell);
    if (plan_edit(&input, strip->action, strip->requests, strip->n_requests, NULL, &strip->plan,
                  &err) == ERR_OK) {
        weigh(strip, shell);
    } else {
        snprintf(strip->problem, sizeof strip->problem, "%s", err.text);
    }
}
