#include <stdlib.h>
#include <string.h>

#include "core/headless/report_private.h"
#include "core/base/text.h"
#include "core/headless/report_fold.h"
#include "core/plan/plan_file.h"

#include "core/base/banned.h"

/*
 * Text for people: errors, plans and what became of them. Plans and lists are results and go to
 * `out`; what was done and where the files are goes to `out` too, errors and notes on `err`.
 * With --quiet only what was asked for (lists, --dry-run) and errors are left, and the notes of a run
 * that had something to write or did not end with 0: a timer that runs again and again says nothing
 * twice that is as it was.
 */

/* Rows of a plan that a real run shows; --dry-run and --verbose show all. */
#define ROWS_SHOWN 40
#define SAME_SHOWN 3 /* of the failures that have one reason */

/* ---- errors ------------------------------------------------------------------------------ */

const char *report_priority(const struct report *report, enum log_level level)
{
    static const char *const marks[] = {
        [LOG_ERROR] = "<3>", [LOG_WARN] = "<4>", [LOG_INFO] = "<6>", [LOG_DEBUG] = "<7>"};
    return report->journal ? marks[level] : "";
}

void report_text_error(const struct report *report, const struct err *err)
{
    const char *mark = report_priority(report, LOG_ERROR);
    fprintf(report->err, "%sextpool: %s\n", mark, err->text);
    const char *line = err->hint;
    while (*line) {
        size_t length = strcspn(line, "\n");
        fprintf(report->err, "%s  %.*s\n", mark, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void report_error_if_any(const struct report *report, const struct err *err)
{
    if (err && err->code != ERR_OK) {
        report_text_error(report, err);
    }
}

/* ---- lines of changes -------------------------------------------------------------------- */

const char *report_moment(struct arena *arena, int64_t at_s)
{
    if (at_s == 0) {
        return "";
    }
    char *out = arena_alloc(arena, CLOCK_TEXT_MAX);
    clock_format_s(at_s, out);
    return out;
}

void report_table(const struct report *report, struct table *table, size_t n_columns)
{
    table_init(table, n_columns);
    table->columns = report->columns;
    table->styled = report->color;
}

static const char *kind_color(enum change_kind kind)
{
    if (kind == CHANGE_ASSIGN) {
        return "\033[32m";
    }
    return kind == CHANGE_RELEASE || kind == CHANGE_REPAIR ? "\033[31m" : "\033[33m";
}

void report_change_row(struct table *table, enum change_kind kind, const char *number,
                       const char *agent, const char *to, const char *why)
{
    char mark[2] = {change_kind_mark(kind), '\0'};
    bool note = kind == CHANGE_PIN || kind == CHANGE_RESERVE || kind == CHANGE_EXEMPT;
    bool noted = note && to && *to;
    table_row(table, mark, number, agent,
              noted ? arena_printf(&table->arena, "\"%s\", %s", to, why ? why : "") : why);
    table_mark(table, kind_color(kind));
}

void report_create_row(struct table *table, const char *first, const char *last, size_t n,
                       const char *why)
{
    struct arena *arena = &table->arena;
    const char *range = n > 1 ? arena_printf(arena, "%s-%s", first, last) : first;
    report_change_row(table, CHANGE_CREATE, range, NULL, NULL,
                      arena_printf(arena, "%s%s%s", text_count(arena, n, "number"), why ? ": " : "",
                                   why ? why : ""));
}

const char *report_moved(struct table *table, enum change_kind kind, const char *from,
                         const char *ext)
{
    bool moved = kind == CHANGE_REASSIGN && from && ext;
    return moved ? arena_printf(&table->arena, "%s>%s", from, ext) : ext;
}

void report_change_print(struct table *table, FILE *out)
{
    table->whole = 1u << 0 | 1u << 1; /* mark and number */
    table_print(table, out, "  ");
}

/* ---- plans ------------------------------------------------------------------------------- */

static bool is_trouble(const struct change *change)
{
    return change->result == RESULT_CONFLICT || change->result == RESULT_FAILED ||
           change->result == RESULT_IN_DOUBT;
}

/* "conflict: assigned to bob" if it is not simply done or planned. */
static void add_change(struct table *table, const struct change *change)
{
    const char *why = change->why;
    if (change->result != RESULT_DONE && change->result != RESULT_PLANNED) {
        why = change->already_applied
                  ? change->detail
                  : arena_printf(&table->arena, "%s: %s", change_result_text(change->result),
                                 change->detail ? change->detail : change->why);
    }
    report_change_row(table, change->kind,
                      report_moved(table, change->kind, change->from, change->ext), change->agent,
                      change->to, why);
}

static bool follows(const char *ext, const char *previous)
{
    return strlen(ext) == strlen(previous) &&
           strtoul(ext, NULL, 10) == strtoul(previous, NULL, 10) + 1;
}

static bool same_detail(const struct change *a, const struct change *b)
{
    return a->detail && b->detail ? strcmp(a->detail, b->detail) == 0 : a->detail == b->detail;
}

/* Creations are many and alike: one line for each run of numbers that follow each other. Returns
   what comes after the run. */
static size_t add_creations(struct table *table, const struct plan *plan, size_t first)
{
    const struct change *changes = plan->changes;
    const struct change *change = &changes[first];
    size_t end = first + 1;
    while (end < plan->n_changes && changes[end].kind == CHANGE_CREATE &&
           changes[end].result == change->result && same_detail(&changes[end], change) &&
           follows(changes[end].ext, changes[end - 1].ext)) {
        end++;
    }
    const char *why = change->why;
    if (is_trouble(change) && change->detail) {
        why = arena_printf(&table->arena, "%s: %s", change_result_text(change->result),
                           change->detail);
    } else if (change->result != RESULT_DONE && change->result != RESULT_PLANNED) {
        why = change_result_text(change->result);
    }
    report_create_row(table, change->ext, changes[end - 1].ext, end - first, why);
    return end;
}

enum extent {
    EXTENT_TROUBLE, /* conflicts and failures; the rest was said before */
    EXTENT_USUAL,   /* and the first ROWS_SHOWN others */
    EXTENT_ALL
};

/* What comes after a run of failures with one reason, which is said for the first SAME_SHOWN. */
static size_t fold_failures(struct table *table, const struct plan *plan, size_t first)
{
    const struct change *changes = plan->changes;
    const char *why = changes[first].detail;
    size_t end = first;
    while (end < plan->n_changes && changes[end].result == RESULT_FAILED && why &&
           changes[end].detail && strcmp(changes[end].detail, why) == 0) {
        end++;
    }
    size_t shown = end - first > SAME_SHOWN + 1 ? SAME_SHOWN : end - first;
    for (size_t i = first; i < first + shown; i++) {
        add_change(table, &changes[i]);
    }
    if (end - first > shown) {
        table_row(table, "!", "", "",
                  arena_printf(&table->arena, "and %s that failed for the same reason",
                               text_count(&table->arena, end - first - shown, "more change")));
    }
    return end > first ? end : first + 1;
}

static void plan_rows(const struct report *report, const struct plan *plan, enum extent extent)
{
    struct table table;
    report_table(report, &table, CHANGE_COLUMNS);
    struct folds folds = {.n_items = 0};
    size_t hidden = 0;
    for (size_t i = 0; i < plan->n_changes;) {
        const struct change *change = &plan->changes[i];
        bool trouble = is_trouble(change);
        if (change->result == RESULT_FAILED && change->detail && !report->verbose) {
            i = fold_failures(&table, plan, i);
        } else if (extent == EXTENT_USUAL && !trouble && table.n_rows >= ROWS_SHOWN) {
            hidden++;
            i++;
        } else if (trouble ? extent != EXTENT_ALL && !folds_show(&folds, change)
                           : extent == EXTENT_TROUBLE) {
            i++;
        } else if (change->kind == CHANGE_CREATE) {
            i = add_creations(&table, plan, i);
        } else {
            add_change(&table, change);
            i++;
        }
    }
    report_change_print(&table, report->out);
    folds_print(&folds, report->out);
    if (hidden > 0) {
        fprintf(report->out, "     and %s (--verbose shows all)\n",
                text_count(&table.arena, hidden, "more change"));
    }
    table_release(&table);
}

const char *report_counts(struct arena *arena, const size_t counts[CHANGE_KIND_COUNT])
{
    const char *line = "";
    char number[TEXT_NUMBER_ROOM];
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        if (counts[kind] > 0) {
            line = arena_printf(arena, "%s%s%s %s", line, *line ? ", " : "",
                                change_kind_name((enum change_kind)kind),
                                text_number(counts[kind], number));
        }
    }
    return line;
}

static void plan_summary(const struct report *report, const struct plan *plan)
{
    struct arena arena = ARENA_INIT;
    char number[TEXT_NUMBER_ROOM];
    const char *counts = report_counts(&arena, plan->counts);
    /* There was something to do: a pool that ran out, an undo of what moved on since. */
    bool idle = plan->n_unassigned == 0 && plan_results(plan, RESULT_CONFLICT) == 0;
    fprintf(report->out, "plan: %s",
            *counts ? counts
            : idle  ? "nothing to do"
                    : "nothing possible");
    if (plan->keep > 0) {
        fprintf(report->out, "; %s keep%s theirs", text_number(plan->keep, number),
                plan->keep == 1 ? "s" : "");
    }
    fputc('\n', report->out);
    arena_release(&arena);
}

static void plan_notes(const struct report *report, const struct plan *plan)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < plan->n_notes; i++) {
        fprintf(report->err, "%snote: %s\n", report_priority(report, LOG_INFO),
                text_sanitise(&arena, plan->notes[i]));
    }
    if (plan->n_unassigned > 0) {
        fprintf(report->err,
                "%snote: widen the ranges ([policy] ranges), release extensions or end "
                "reservations\n",
                report_priority(report, LOG_INFO));
    }
    arena_release(&arena);
}

/* ---- what became of them ----------------------------------------------------------------- */

/* ", 603 already applied" if there are any. */
static void also(const struct report *report, size_t n, const char *what)
{
    char number[TEXT_NUMBER_ROOM];
    if (n > 0) {
        fprintf(report->out, ", %s %s", text_number(n, number), what);
    }
}

static void rows_done(const struct report *report, const struct outcome *outcome)
{
    char number[TEXT_NUMBER_ROOM];
    if (outcome->applied + outcome->already_applied + outcome->conflicts + outcome->failed +
            outcome->in_doubt ==
        0) {
        return;
    }
    fprintf(report->out, "done: %s applied", text_number(outcome->applied, number));
    also(report, outcome->already_applied, "already applied");
    also(report, outcome->conflicts, outcome->conflicts == 1 ? "conflict" : "conflicts");
    also(report, outcome->failed, "failed");
    also(report, outcome->in_doubt, "in doubt");
    also(report, outcome->not_tried, "not tried");
    fprintf(report->out, " in %.2f s", (double)outcome->duration_ms / 1000.0);
    if (outcome->action_id[0]) {
        fprintf(report->out, "; undo with --undo %s", outcome->action_id);
    }
    fputc('\n', report->out);
    if (outcome->lost > 0) {
        char sentence[OUTCOME_LOST_SENTENCE];
        struct arena arena = ARENA_INIT;
        outcome_lost_sentence(outcome, sentence);
        fprintf(report->out, "%s\n", text_sanitise(&arena, sentence));
        arena_release(&arena);
    }
}

static void what_was_done(const struct report *report, const struct action_report *action)
{
    struct arena arena = ARENA_INIT;
    const struct export_receipt *export = action->export;
    if (action->outcome) {
        rows_done(report, action->outcome);
    }
    if (export && !(action->export_err && action->export_err->code != ERR_OK)) {
        fprintf(report->out, "export: %s, %s, %s%s\n",
                strcmp(export->to, "file:-") == 0 ? "standard output" : export->to,
                text_count(&arena, export->rows, "row"), text_count(&arena, export->bytes, "byte"),
                export->unchanged ? ", unchanged" : "");
    }
    arena_release(&arena);
}

static void refusal_lines(const struct report *report, const struct refusals *refusals)
{
    struct arena arena = ARENA_INIT;
    const char *mark = report_priority(report, LOG_ERROR);
    for (size_t i = 0; i < refusals->n_items; i++) {
        const struct refusal *refusal = &refusals->items[i];
        if (refusal->line > 0) {
            fprintf(report->err, "%srefused: line %zu: %s\n", mark, refusal->line,
                    text_sanitise(&arena, refusal->text));
        } else {
            fprintf(report->err, "%srefused: %s\n", mark, text_sanitise(&arena, refusal->text));
        }
    }
    arena_release(&arena);
}

/* What became of --plan-out. The digest's short form is there to be compared by voice. */
static void plan_file_line(const struct report *report, const struct action_report *action)
{
    struct arena arena = ARENA_INIT;
    const char *file = text_sanitise(&arena, action->plan_out);
    char spoken[12];
    if (action->digest) {
        plan_file_speak(action->digest, spoken);
        fprintf(report->err, "%snote: the plan is in %s (%s); extpool --apply carries it out\n",
                report_priority(report, LOG_INFO), file, spoken);
    } else if (!plan_has_work(action->plan)) {
        fprintf(report->err, "%snote: nothing to do: %s was not written\n",
                report_priority(report, LOG_INFO), file);
    }
    arena_release(&arena);
}

void report_text_action(const struct report *report, const struct action_report *action)
{
    const struct plan *plan = action->plan;
    const struct guard_verdict *guard = action->guard;
    bool say = !report->quiet || action->dry_run;
    if (plan && say && !action->plan_said) {
        plan_rows(report, plan, action->dry_run || report->verbose ? EXTENT_ALL : EXTENT_USUAL);
        plan_summary(report, plan);
    } else if (plan) {
        plan_rows(report, plan, EXTENT_TROUBLE); /* also with --quiet: these are errors */
    }
    if (plan && !action->plan_said && (say || plan->n_changes > 0 || action->exit != 0)) {
        plan_notes(report, plan);
    }
    if (action->refusals && action->refusals->n_items > 1) {
        refusal_lines(report, action->refusals);
    }
    if (guard && say && !action->plan_said && (!guard->named || guard->people > GUARD_NAMED_MAX) &&
        guard->people > 0 && !guard->refused) {
        fprintf(report->out, "guard: %s\n", guard->text);
    }
    if (say) {
        what_was_done(report, action);
    }
    if (plan && action->plan_out) {
        plan_file_line(report, action);
    }
    if (say && action->export && action->export->warning[0]) {
        fprintf(report->err,
                "%swarning: the list that was there could not be read, and was replaced: %s\n",
                report_priority(report, LOG_WARN), action->export->warning);
    }
    report_error_if_any(report, action->err);
    report_error_if_any(report, action->export_err);
}
