#include "core/plan/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/plan/builder.h"
#include "core/base/text.h"

/* Whether an operator asked for each change of the plan by its name. */
static bool is_named_by_operator(const struct plan *plan)
{
    enum change_kind kind;
    return strcmp(plan->action, "swap") == 0 ||
           (change_kind_parse(plan->action, &kind) && kind != CHANGE_REPAIR);
}

/* A repair that takes an extension from its holder counts like a release. What an undo found moved
   on is not tried. */
static bool takes_from_holder(const struct change *change)
{
    if (change->left_out || change->result == RESULT_CONFLICT || change->n_steps == 0 ||
        (change->kind != CHANGE_RELEASE && change->kind != CHANGE_REPAIR)) {
        return false;
    }
    const struct step *step = &change->steps[0];
    return step->before && step->before->state == SLOT_ASSIGNED &&
           !slot_holds(&step->after, step->before->agent);
}

/* "10 %", and "10 %, 5 always may" where only that lets it pass. */
static void words_limit(const struct release_limit *limit, const struct guard_verdict *verdict,
                        char *out, size_t size)
{
    char number[TEXT_NUMBER_ROOM];
    struct release_limit bare = {.percent = limit->percent, .value = limit->value};
    bool floor =
        !verdict->refused && verdict->releases > release_limit_allows(&bare, verdict->assigned);
    int n = snprintf(out, size, "%s%s", text_number((uint64_t)limit->value, number),
                     limit->percent ? " %" : "");
    if (floor) {
        snprintf(out + n, size - (size_t)n, ", %s always may",
                 text_number((uint64_t)limit->floor, number));
    }
}

/* "2 of 2,456 = 0.1 %" */
static void words_share(const struct guard_verdict *verdict, char *out, size_t size)
{
    char releases[TEXT_NUMBER_ROOM];
    char assigned[TEXT_NUMBER_ROOM];
    text_number((uint64_t)verdict->releases, releases);
    text_number((uint64_t)verdict->assigned, assigned);
    if (verdict->assigned == 0) {
        snprintf(out, size, "%s", releases);
        return;
    }
    /* Rounded up: 0.0 % would look like nothing, and what is over 10 % must not read 10.0 %. */
    int64_t tenths = (verdict->releases * 1000 + verdict->assigned - 1) / verdict->assigned;
    snprintf(out, size, "%s of %s = %" PRId64 ".%" PRId64 " %%", releases, assigned, tenths / 10,
             tenths % 10);
}

void guard_judge(const struct plan *plan, const struct release_limit *limit,
                 struct guard_verdict *verdict)
{
    *verdict = (struct guard_verdict){
        .assigned = (int64_t)plan->assigned_before,
        .liftable = true,
    };
    for (size_t i = 0; i < plan->n_changes; i++) {
        verdict->releases += takes_from_holder(&plan->changes[i]);
    }
    verdict->allowed = release_limit_allows(limit, verdict->assigned);

    bool sync = strcmp(plan->action, "sync") == 0;
    if (sync && plan->roster && plan->roster->n_agents == 0 && verdict->assigned > 0) {
        char assigned[TEXT_NUMBER_ROOM];
        verdict->refused = true;
        verdict->liftable = false;
        snprintf(verdict->text, sizeof verdict->text,
                 "the directory is empty while %s extension%s assigned; nothing was changed",
                 text_number(plan->assigned_before, assigned),
                 verdict->assigned == 1 ? " is" : "s are");
        return;
    }
    char share[3 * TEXT_NUMBER_ROOM];
    char words[3 * TEXT_NUMBER_ROOM];
    words_share(verdict, share, sizeof share);
    if (is_named_by_operator(plan)) {
        snprintf(verdict->text, sizeof verdict->text, "releases %s", share);
        return;
    }
    verdict->limited = true;
    verdict->refused = verdict->releases > verdict->allowed;
    words_limit(limit, verdict, words, sizeof words);
    snprintf(verdict->text, sizeof verdict->text, "%s %s (limit %s)",
             verdict->refused ? "would release" : "releases", share, words);
}

enum err_code guard_error(const struct guard_verdict *verdict, struct err *err)
{
    if (!verdict->refused) {
        return ERR_OK;
    }
    err_set(err, ERR_GUARD, "refused: %s", verdict->text);
    if (verdict->liftable) {
        err_hint(err,
                 "look at the plan with --dry-run; if it is right, allow it with "
                 "--max-release %" PRId64,
                 verdict->releases);
    } else {
        err_hint(err, "see why the directory has no agents; no option lifts this guard");
    }
    return ERR_GUARD;
}
