#include "tui/view/applied.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

void applied_say_export(struct shell *shell, const struct work *work, const struct err *err)
{
    if (work->use.exported) {
        shell_say(shell, STYLE_OK, "exported %s row%s to %s", frame_count(work->use.receipt.rows),
                  work->use.receipt.rows == 1 ? "" : "s", work->use.receipt.to);
    } else if (err->code != ERR_OK) {
        shell_say_error(shell, "export", err);
    }
}

static void add_count(char *text, size_t size, size_t count, const char *what)
{
    size_t used = strlen(text);
    if (count > 0) {
        snprintf(text + used, size - used, ", %s %s", frame_count(count), what);
    }
}

/* ", 603 done by lee@desk7 meanwhile, 1 failed": the rows that were not applied, by result. */
static void rest_of(const struct outcome *outcome, char *out, size_t size)
{
    const char *who = outcome->lost_to[0] ? outcome->lost_to : "somebody else";
    out[0] = '\0';
    if (outcome->lost_done > 0) {
        snprintf(out, size, ", %s done by %s meanwhile", frame_count(outcome->lost_done), who);
    }
    add_count(out, size, outcome->already_applied - outcome->lost_done, "already applied");
    add_count(out, size, outcome->conflicts, "in conflict");
    size_t used = strlen(out);
    if (outcome->conflicts > 0 && outcome->lost > outcome->lost_done && outcome->lost_to[0]) {
        snprintf(out + used, size - used, " with %s", who);
    }
    add_count(out, size, outcome->failed, "failed");
    add_count(out, size, outcome->in_doubt, "in doubt");
    add_count(out, size, outcome->not_tried, "not tried");
}

/* Only a complete result gets the colour of success. */
static void say_applied(struct shell *shell, const struct work *work)
{
    const struct outcome *outcome = &work->use.outcome;
    char rest[2 * OUTCOME_LOST_ROOM + 192];
    rest_of(outcome, rest, sizeof rest);
    bool complete = !rest[0] && work->job.err.code == ERR_OK;
    if (work->job.err.code != ERR_OK) {
        shell_say_error(shell, work->use.plan->action, &work->job.err);
    }
    if (outcome->applied > 0 || work->job.err.code == ERR_OK) {
        shell_say(shell, complete ? STYLE_OK : STYLE_WARN, "%s: %s applied%s",
                  work->use.plan->action, frame_count(outcome->applied), rest);
    }
}

/* A plan of an undo that waits is about the deed before this one. */
static void forget_undo(struct shell *shell, const struct work *work)
{
    if (work->use.outcome.applied > 0) {
        shell_forget_ready(shell, CMD_UNDO);
        shell_forget_ready(shell, CMD_REDO);
    }
}

void applied_take(struct shell *shell, struct work *work)
{
    forget_undo(shell, work);
    work_note_sources(shell, work);
    /* What stands last is seen first: a failure, else what became of the rows. */
    if (work->use.exported) {
        applied_say_export(shell, work, &work->use.export_err);
        say_applied(shell, work);
    } else {
        say_applied(shell, work);
        applied_say_export(shell, work, &work->use.export_err);
    }
    if (work->data) {
        shell_take_data(shell, work->data);
        work->data = NULL;
    }
    shell->reading.history_wanted = true;
    if (!work->read[SOURCE_STORE]) { /* who stopped at once did not wait for the picture */
        work_refresh(shell);
    }
}
