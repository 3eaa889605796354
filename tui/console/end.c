#include "tui/console/end.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/stop.h"
#include "core/base/text.h"
#include "tui/terminal/loop.h"
#include "tui/terminal/term.h"

#include "core/base/banned.h"

/* A stop ends by itself before that (core/base/stop.h). */
#define WAIT_MS (STOP_SOFT_MS + STOP_HARD_MS + 700)

static volatile sig_atomic_t s_writing; /* for the handler */

void end_at_once(int number)
{
    static const char says[] =
        "\nextpool: stopped at once; the changes that were being sent may or may not be "
        "written; extpool --history shows which\n";
    term_give_up();
    if (s_writing) {
        ssize_t written = write(STDERR_FILENO, says, sizeof says - 1);
        (void)written;
    }
    _exit(128 + number);
}

/* ---- messages ----------------------------------------------------------------------------- */

static void add(struct console_end *end, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct console_end *end, const char *format, ...)
{
    size_t used = strlen(end->says);
    va_list args;
    va_start(args, format);
    vsnprintf(end->says + used, sizeof end->says - used, format, args);
    va_end(args);
}

static const char *stopped_by(const struct console_end *end)
{
    return end->signal == SIGTERM  ? "stopped by SIGTERM"
           : end->signal == SIGINT ? "stopped by SIGINT"
           : end->signal == SIGHUP ? "stopped by SIGHUP"
                                   : "stopped";
}

static const char *count(uint64_t number, char room[TEXT_NUMBER_ROOM])
{
    return text_number(number, room);
}

/* Why it stopped, unless the end of the console stopped it. */
static void add_reason(struct console_end *end, const struct err *err)
{
    if (err->code != ERR_OK && err->code != ERR_CANCELLED) {
        add(end, "  %s\n", err->text);
    }
    if (err->code != ERR_OK && err->hint[0]) {
        add(end, "  %s\n", err->hint);
    }
}

static void exported(struct console_end *end, const struct work *work)
{
    const struct usecase *use = &work->use;
    char rows[TEXT_NUMBER_ROOM];
    if (use->exported) {
        add(end, "extpool: the list was written: %s rows to %s\n", count(use->receipt.rows, rows),
            use->receipt.to);
        return;
    }
    end->unfinished = true;
    add(end, "extpool: %s; the list was not written\n", stopped_by(end));
    add_reason(end, work->kind == WORK_EXPORT ? &work->job.err : &use->export_err);
}

static void applied(struct console_end *end, const struct work *work)
{
    const struct usecase *use = &work->use;
    const struct outcome *outcome = &use->outcome;
    char done[TEXT_NUMBER_ROOM];
    char rest[TEXT_NUMBER_ROOM];
    size_t left = outcome->not_tried + outcome->conflicts + outcome->failed;
    bool lists = plan_is_sync(use->plan) && work_publishes(work);
    end->unfinished = left + outcome->in_doubt > 0 || (lists && !use->exported);
    add(end, "extpool: %s", use->plan->action);
    if (end->unfinished) {
        add(end, " %s", stopped_by(end));
    }
    add(end, ": %s changes were applied", count(outcome->applied, done));
    if (left > 0) {
        add(end, ", %s were not", count(left, rest));
    }
    add(end, "\n");
    if (outcome->conflicts + outcome->failed > 0) {
        add(end, "  of these %s are in conflict, %s failed\n", count(outcome->conflicts, done),
            count(outcome->failed, rest));
    }
    if (outcome->in_doubt > 0) {
        add(end,
            "extpool: %s are in doubt: they were sent, and no answer came; "
            "extpool --history shows what was written\n",
            count(outcome->in_doubt, rest));
    }
    if (lists && !use->exported) {
        add(end, "extpool: the list was not written to %s\n", session_export_uri(work->session));
    }
    add_reason(end, &work->job.err);
    if (outcome->applied > 0 && left > 0) {
        add(end, "  what was applied stays and can be undone (extpool --history, --undo)\n");
    }
    if (use->exported) {
        exported(end, work);
    }
}

static void ended(struct shell *shell, struct work *work)
{
    struct console_end *end = console_of(shell)->end;
    if (work->kind == WORK_APPLY) {
        applied(end, work);
    } else if (work->kind == WORK_EXPORT) {
        exported(end, work);
    }
}

/* ---- waiting ------------------------------------------------------------------------------ */

/* True when the worker has nothing more to do. */
static bool wait_until(struct console *console, int64_t until_ms)
{
    while (worker_busy(console->shell.jobs.worker)) {
        unsigned woken = loop_wait(-1, worker_fd(console->shell.jobs.worker), until_ms);
        if (woken & WOKEN_WORKER) {
            worker_dispatch(console->shell.jobs.worker);
        } else if (woken & WOKEN_TIME) {
            return false;
        }
    }
    worker_dispatch(console->shell.jobs.worker);
    return true;
}

static void stuck(struct console *console, struct console_end *end)
{
    struct progress_report report;
    char done[TEXT_NUMBER_ROOM];
    char total[TEXT_NUMBER_ROOM];
    end->stuck = true;
    if (!console->shell.jobs.name || !console->shell.jobs.writes) {
        return;
    }
    end->unfinished = true;
    if (worker_progress(console->shell.jobs.worker, &report) && report.total > 0) {
        add(end, "extpool: %s: at least %s of %s changes were applied", stopped_by(end),
            count(report.done, done), count(report.total, total));
    } else {
        add(end, "extpool: %s: %s was under way", stopped_by(end), console->shell.jobs.name);
    }
    add(end,
        "\nextpool: whether the changes being sent were written is not known; the list was not "
        "written\n  extpool --history shows what was written\n");
}

void end_wait(struct console *console, struct console_end *end)
{
    int64_t begun_ms = clock_ticks_ms();
    console->end = end;
    console->shell.jobs.ending = ended;
    s_writing = console->shell.jobs.name && console->shell.jobs.writes;
    if (!worker_busy(console->shell.jobs.worker)) {
        return;
    }
    worker_cancel(console->shell.jobs.worker, s_writing ? CANCEL_SOFT : CANCEL_HARD);
    bool ended = wait_until(console, begun_ms + WAIT_MS);
    if (!ended) {
        stuck(console, end);
    }
    s_writing = false;
}
