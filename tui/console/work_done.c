/*
 * What the end of a job means for the screen: a new data, a plan to look at, a message. Every
 * job that somebody asked for ends in a message.
 */

#include "tui/shell/work.h"

#include <stdio.h>
#include <string.h>

#include "core/base/locale.h"
#include "tui/console/end.h"
#include "tui/panel/pages.h"
#include "tui/view/doctor.h"
#include "tui/view/history.h"
#include "tui/view/plan.h"

#include "core/base/banned.h"

/* A source that could not be read stays in trouble until it was read. */
static void note_sources(struct console *console, const struct work *work)
{
    bool again = false;
    for (int i = 0; i < SOURCES; i++) {
        struct source *source = &console->sources[i];
        if (work->read[i]) {
            again = again || source->trouble.code != ERR_OK;
            err_clear(&source->trouble);
            source->outdated = false;
            source->checked_at_s = console->waiting ? source->checked_at_s : console_now_s(console);
        }
    }
    if (again && console_trouble(console)->code == ERR_OK && work->job.err.code == ERR_OK) {
        console_say(console, STYLE_OK, "reading works again");
    }
}

static void note_trouble(struct console *console, const struct work *work)
{
    const struct err *err = &work->job.err;
    bool news = true;
    note_sources(console, work);
    if (err->code == ERR_OK || err->code == ERR_CANCELLED) {
        return;
    }
    if (work->failed < SOURCES) {
        struct err *trouble = &console->sources[work->failed].trouble;
        news = strcmp(trouble->text, err->text) != 0;
        *trouble = *err;
    }
    if (news || work->kind != WORK_REFRESH) {
        console_say_error(console, work->kind == WORK_REFRESH ? "refresh" : work->job.name, err);
    }
}

static void say_loaded(struct console *console, const struct screen_data *data)
{
    if (data->roster && data->roster->partial) {
        console_say(console, STYLE_WARN, "the directory was read only in part: %s",
                    data->roster->partial);
    } else if (data->roster) {
        console_say(console, STYLE_INFO, "read: %s agent%s, %s extensions%s%s",
                    frame_count(data->roster->n_agents), data->roster->n_agents == 1 ? "" : "s",
                    frame_count(data->snapshot->n_slots), data->roster->note ? "; " : "",
                    data->roster->note ? data->roster->note : "");
    } else {
        console_say(console, STYLE_INFO, "read: %s extensions, no directory",
                    frame_count(data->snapshot->n_slots));
    }
}

/* Why names have ? in them, the first time that they have. */
static void say_narrow(struct console *console, const struct screen_data *data)
{
    if (!console->narrow_said && locale_narrow() && screen_data_beyond_ascii(data)) {
        console->narrow_said = true;
        console_say(console, STYLE_WARN, "%s", locale_narrow());
    }
}

static void loaded(struct console *console, struct work *work)
{
    note_trouble(console, work);
    if (work->job.err.code == ERR_CANCELLED && work->kind != WORK_REFRESH) {
        console_say(console, STYLE_WARN, "reading stopped: what is shown is as it was before");
    }
    if (work->data) {
        if (work->kind == WORK_LOAD && work->job.err.code == ERR_OK) {
            say_loaded(console, work->data);
        }
        say_narrow(console, work->data);
        console_take_world(console, work->data);
        work->data = NULL;
    }
}

/* The command that begins the job, and opens what it made. */
static enum command opened_by(enum work_kind kind)
{
    return kind == WORK_SYNC     ? CMD_SYNC
           : kind == WORK_UNDO   ? CMD_UNDO
           : kind == WORK_INIT   ? CMD_INIT
           : kind == WORK_IMPORT ? CMD_IMPORT
                                 : CMD_NONE;
}

static void offer_refusals(struct console *console, const struct work *work)
{
    const struct refusals *refusals = &work->use.import.refusals;
    struct ready result = {.opens = opened_by(work->kind),
                           .view = page_refusals(work->job.name, refusals)};
    snprintf(result.badge, sizeof result.badge, "%s refused", work->job.name);
    snprintf(result.says, sizeof result.says, "%s: refused, %s row%s cannot be done",
             work->job.name, frame_count(refusals->n_items), refusals->n_items == 1 ? "" : "s");
    console_offer(console, &result, work->typed);
}

/* A plan was made (or not): it is shown, or why there is none. */
static void planned(struct console *console, struct work *work)
{
    for (size_t i = 0; i < work->use.warnings.n_items; i++) {
        console_say(console, STYLE_WARN, "%s: %s", work->use.warnings.items[i].name,
                    work->use.warnings.items[i].value);
    }
    if (work->kind == WORK_SYNC) {
        loaded(console, work);
    } else if (work->job.err.code != ERR_OK) {
        console_say_error(console, work->job.name, &work->job.err);
    }
    if (work->use.import.refusals.n_items > 0) {
        offer_refusals(console, work);
    }
    if (work->use.plan) {
        struct plan *plan = work->use.plan;
        work->use.plan = NULL;
        view_plan_offer(console, plan, &work->use.import, opened_by(work->kind), work->typed);
    }
}

static void exported(struct console *console, const struct work *work, const struct err *err)
{
    if (work->use.exported) {
        console_say(console, STYLE_OK, "exported %s row%s to %s",
                    frame_count(work->use.receipt.rows), work->use.receipt.rows == 1 ? "" : "s",
                    work->use.receipt.to);
    } else if (err->code != ERR_OK) {
        console_say_error(console, "export", err);
    }
}

static void add_count(char *text, size_t size, size_t count, const char *what)
{
    size_t used = strlen(text);
    if (count > 0) {
        snprintf(text + used, size - used, ", %s %s", frame_count(count), what);
    }
}

/* ", 603 done by lee@desk7 meanwhile, 1 failed": what became of the rows that were not applied. */
static void rest_of(const struct outcome *outcome, char *out, size_t size)
{
    const char *who = outcome->lost_to[0] ? outcome->lost_to : "somebody else";
    out[0] = '\0';
    if (outcome->lost_done > 0) {
        snprintf(out, size, ", %s done by %s meanwhile", frame_count(outcome->lost_done), who);
    }
    add_count(out, size, outcome->already_so - outcome->lost_done, "already so");
    add_count(out, size, outcome->conflicts, "in conflict");
    size_t used = strlen(out);
    if (outcome->conflicts > 0 && outcome->lost > outcome->lost_done && outcome->lost_to[0]) {
        snprintf(out + used, size - used, " with %s", who);
    }
    add_count(out, size, outcome->failed, "failed");
    add_count(out, size, outcome->in_doubt, "in doubt");
    add_count(out, size, outcome->not_tried, "not tried");
}

/* In the colours of success only what is complete. */
static void say_applied(struct console *console, const struct work *work)
{
    const struct outcome *outcome = &work->use.outcome;
    char rest[2 * OUTCOME_LOST_ROOM + 192];
    rest_of(outcome, rest, sizeof rest);
    bool complete = !rest[0] && work->job.err.code == ERR_OK;
    if (work->job.err.code != ERR_OK) {
        console_say_error(console, work->use.plan->action, &work->job.err);
    }
    if (outcome->applied > 0 || work->job.err.code == ERR_OK) {
        console_say(console, complete ? STYLE_OK : STYLE_WARN, "%s: %s applied%s",
                    work->use.plan->action, frame_count(outcome->applied), rest);
    }
}

static void applied(struct console *console, struct work *work)
{
    note_sources(console, work);
    say_applied(console, work);
    exported(console, work, &work->use.export_err);
    if (work->data) {
        console_take_world(console, work->data);
        work->data = NULL;
    }
    console->history_wanted = true;
    if (!work->read[SOURCE_STORE]) { /* who stopped at once did not wait for the picture */
        console->sources[SOURCE_STORE].outdated = true;
        work_start(console, WORK_REFRESH, NULL);
    }
    struct plan *plan = work->use.plan;
    work->use.plan = NULL;
    view_plan_applied(console, work->view, plan, &work->use.outcome, &work->job.err);
}

static void examined(struct console *console, struct work *work)
{
    if (work->job.err.code != ERR_OK) {
        console_say_error(console, "doctor", &work->job.err);
        return;
    }
    note_sources(console, work);
    struct diagnosis *diagnosis = work->use.diagnosis;
    work->use.diagnosis = NULL;
    view_doctor_offer(console, diagnosis, work->data->snapshot, work->data->roster, work->typed);
    console_take_world(console, work->data);
    work->data = NULL;
}

static void history_read(struct console *console, struct work *work)
{
    if (work->job.err.code != ERR_OK) {
        if (work->job.err.code != ERR_CANCELLED) {
            console_say_error(console, "history", &work->job.err);
        }
        return;
    }
    history_free(console->history);
    console->history = work->history;
    work->history = NULL;
}

void work_done(struct console *console, struct work *work)
{
    if (console->end) {
        end_applied(console->end, work);
        return;
    }
    if (work->kind != WORK_REFRESH && work->kind != WORK_HISTORY) {
        console->job = NULL;
        console->reporting = false;
    }
    switch (work->kind) {
    case WORK_LOAD:
    case WORK_REFRESH:
        loaded(console, work);
        break;
    case WORK_SYNC:
    case WORK_UNDO:
    case WORK_INIT:
    case WORK_IMPORT:
        planned(console, work);
        break;
    case WORK_APPLY:
        applied(console, work);
        break;
    case WORK_EXPORT:
        exported(console, work, &work->job.err);
        break;
    case WORK_HISTORY:
        history_read(console, work);
        break;
    case WORK_DOCTOR:
        examined(console, work);
        break;
    }
}
