#include "core/headless/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/headless/sheet.h"

#include "core/base/banned.h"

/* --history: the question, and its answer in the form that is asked for. */

/* The newest few, unless somebody says how many or from when on, or keeps it somewhere. */
static size_t limit_of(const struct settings *settings)
{
    bool given = settings->origins[OPT_LIMIT].kind != ORIGIN_DEFAULT;
    bool all = settings->since.given || settings->history_to;
    return !given && all ? 0 : (size_t)settings->history_limit;
}

static struct history_query question_of(const struct run *run)
{
    const struct settings *settings = run->settings;
    int64_t now_ms = session_now_s(run->session) * 1000;
    return (struct history_query){
        .ext = settings->history_extension,
        .agent = settings->history_agent,
        .policy = session_policy(run->session),
        .group = settings->group,
        .actor = settings->history_actor,
        .since_ms = past_moment_ms(&settings->since, now_ms),
        .until_ms = past_moment_ms(&settings->until, now_ms),
        .counts_only = run->report->format == FORMAT_TEXT && !settings->columns &&
                       !settings->history_to && !run->report->verbose,
    };
}

static enum err_code check_times(const struct history_query *query, struct err *err)
{
    if (query->since_ms > 0 && query->until_ms > 0 && query->since_ms >= query->until_ms) {
        return err_set(err, ERR_USAGE,
                       "--since is not before --until: nothing can be between them");
    }
    return ERR_OK;
}

/* One number or one agent of whom nothing is recorded is an error, as for --lookup. */
static enum err_code check_answer(const struct run *run, const struct history_query *query,
                                  const struct history *history, struct err *err)
{
    const char *subject = query->ext ? query->ext : query->agent;
    bool narrowed = query->actor || query->group || query->since_ms > 0 || query->until_ms > 0;
    if (subject && !narrowed && history->n_actions == 0 && run->report->format == FORMAT_TEXT) {
        return err_set(err, ERR_NOT_FOUND, "nothing is recorded about %s", subject);
    }
    return ERR_OK;
}

static enum err_code print(struct run *run, const struct history *history)
{
    struct report *report = run->report;
    switch (report->format) {
    case FORMAT_JSON:
        report_json_history(report, history);
        return ERR_OK;
    case FORMAT_JSONL:
        report_json_history_lines(report, history);
        return ERR_OK;
    case FORMAT_TEXT:
        if (!run->settings->columns) {
            report_text_history(report, history);
            return ERR_OK;
        }
        break;
    case FORMAT_CSV:
    case FORMAT_TSV:
    case FORMAT_HTML:
    case OUT_FORMAT_COUNT:
        break;
    }
    return report_rows_history(report, run->settings, history, &run->use.err);
}

/* Of one action more than is shown, that is known to be there. */
static void drop_surplus(struct run *run, struct history *history, size_t limit)
{
    if (limit == 0 || history->n_actions <= limit) {
        return;
    }
    history_keep(history, &(struct history_query){.limit = limit});
    if (run->settings->origins[OPT_LIMIT].kind == ORIGIN_DEFAULT && !run->report->quiet) {
        fprintf(run->report->err, "%snote: only the newest %zu are shown; --limit 0 shows all\n",
                report_priority(run->report, LOG_INFO), limit);
    }
}

/* --to: the lines of JSON into a file or S3, whole or not at all. */
static enum err_code write_lines(struct run *run, const struct history *history)
{
    const char *to = run->settings->history_to;
    struct report lines = *run->report;
    struct buf bytes;
    struct arena arena = ARENA_INIT;
    char *text = NULL;
    size_t length = 0;
    lines.out = open_memstream(&text, &length);
    if (!lines.out) {
        return err_set(&run->use.err, ERR_NOMEM, "no memory left");
    }
    report_json_history_lines(&lines, history);
    if (fclose(lines.out) != 0) {
        free(text);
        return err_set(&run->use.err, ERR_NOMEM, "the history does not fit into memory");
    }
    buf_init(&bytes, length);
    buf_append(&bytes, text, length);
    free(text);
    enum err_code code =
        session_publish_trail(run->session, to, &bytes, &run->line.progress, &run->use.err);
    buf_release(&bytes);
    progress_line_end(&run->line);
    if (code == ERR_OK && !run->report->quiet && strcmp(to, "file:-") != 0) {
        char number[TEXT_NUMBER_ROOM];
        fprintf(run->report->out, "history: %s to %s (%s bytes)\n",
                text_count(&arena, history->n_actions, "action"), text_sanitise(&arena, to),
                text_number(length, number));
    }
    arena_release(&arena);
    return code;
}

int run_history(struct run *run)
{
    struct history *history = NULL;
    struct err *err = &run->use.err;
    size_t limit = limit_of(run->settings);
    struct history_query query = question_of(run);
    query.limit = limit > 0 ? limit + 1 : 0;
    enum err_code code = check_times(&query, err);
    if (code == ERR_OK) {
        code = sheet_check(report_history_columns, run->settings, err);
    }
    if (code == ERR_OK) {
        code = session_history(run->session, &query, &run->line.progress, &history, err);
    }
    if (code == ERR_OK) {
        code = check_answer(run, &query, history, err);
    }
    progress_line_end(&run->line);
    if (code == ERR_OK) {
        drop_surplus(run, history, limit);
        code = run->settings->history_to ? write_lines(run, history) : print(run, history);
    }
    history_free(history);
    return code == ERR_OK ? 0 : run_report_failure(run);
}
