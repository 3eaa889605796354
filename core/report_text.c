#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report.h"
#include "core/table.h"
#include "core/text.h"

#include "core/banned.h"

/*
 * Text for people. Plans and lists are results and go to `out`; what was done and where the files
 * lie is said on `out` too, errors and notes on `err`. With --quiet only what was asked for (lists,
 * --dry-run) and errors are left.
 */

/* Rows of a plan that a real run shows; --dry-run and --verbose show all. */
#define ROWS_SHOWN 40

/* ---- small ------------------------------------------------------------------------------- */

static const char *shown(struct arena *arena, const char *value)
{
    return value ? text_sanitise(arena, value) : "";
}

/* 10000 as "10,000". */
static const char *thousands(struct arena *arena, uint64_t value)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *out = arena_alloc(arena, 48);
    size_t used = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = digits[i];
    }
    return out;
}

static const char *color(const struct report *report, const char *sequence)
{
    return report->color ? sequence : "";
}

static const char *kind_color(enum change_kind kind)
{
    if (kind == CHANGE_ASSIGN) {
        return "\033[32m";
    }
    return kind == CHANGE_RELEASE || kind == CHANGE_REPAIR ? "\033[31m" : "\033[33m";
}

void report_text_error(const struct report *report, const struct err *err)
{
    fprintf(report->err, "extpool: %s\n", err->text);
    const char *line = err->hint;
    while (*line) {
        size_t length = strcspn(line, "\n");
        fprintf(report->err, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* ---- plans ------------------------------------------------------------------------------- */

static const char *number_shown(struct arena *arena, const struct change *change)
{
    if (change->kind == CHANGE_REASSIGN && change->from) {
        return arena_printf(arena, "%s>%s", change->from, change->ext);
    }
    return change->ext ? change->ext : "";
}

/* "conflict: assigned to bob" where it is not simply done or planned. */
static const char *why_shown(struct arena *arena, const struct change *change)
{
    bool plain = change->result == RESULT_DONE || change->result == RESULT_PLANNED;
    if (plain) {
        return shown(arena, change->why);
    }
    return arena_printf(arena, "%s: %s", change_result_name(change->result),
                        shown(arena, change->detail ? change->detail : change->why));
}

static void change_line(const struct report *report, struct arena *arena,
                        const struct change *change, int agent_width)
{
    const char *agent = shown(arena, change->agent);
    int pad = agent_width - (int)text_columns(agent);
    fprintf(report->out, "  %s%c%s  %-9s  %s%*s  %s\n", color(report, kind_color(change->kind)),
            change_kind_mark(change->kind), color(report, "\033[0m"), number_shown(arena, change),
            agent, pad > 0 ? pad : 0, "", why_shown(arena, change));
}

static bool follows(const char *ext, const char *previous)
{
    return strlen(ext) == strlen(previous) &&
           strtoul(ext, NULL, 10) == strtoul(previous, NULL, 10) + 1;
}

/* Creations are many and alike: one line for each run of numbers that follow each other. */
static size_t create_run(const struct report *report, const struct plan *plan, size_t first)
{
    const struct change *changes = plan->changes;
    size_t last = first;
    while (last + 1 < plan->n_changes && changes[last + 1].kind == CHANGE_CREATE &&
           changes[last + 1].result == changes[first].result &&
           follows(changes[last + 1].ext, changes[last].ext)) {
        last++;
    }
    char range[2 * EXT_ROOM + 1];
    bool several = last > first;
    snprintf(range, sizeof range, "%s%s%s", changes[first].ext, several ? "-" : "",
             several ? changes[last].ext : "");
    fprintf(report->out, "  %s.%s  %-9s  %zu number%s: %s\n", color(report, "\033[33m"),
            color(report, "\033[0m"), range, last - first + 1, several ? "s" : "",
            changes[first].why);
    return last + 1;
}

static int agent_column(const struct plan *plan)
{
    size_t widest = 0;
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < plan->n_changes; i++) {
        size_t width = text_columns(shown(&arena, plan->changes[i].agent));
        widest = width > widest ? width : widest;
    }
    arena_release(&arena);
    return widest > 32 ? 32 : (int)widest;
}

static void plan_rows(const struct report *report, const struct plan *plan, bool all)
{
    struct arena arena = ARENA_INIT;
    int width = agent_column(plan);
    size_t lines = 0;
    size_t hidden = 0;
    size_t i = 0;
    while (i < plan->n_changes) {
        const struct change *change = &plan->changes[i];
        bool trouble = change->result == RESULT_CONFLICT || change->result == RESULT_FAILED;
        if (!all && !trouble && lines >= ROWS_SHOWN) {
            hidden++;
            i++;
        } else if (change->kind == CHANGE_CREATE && !trouble) {
            i = create_run(report, plan, i);
            lines++;
        } else {
            change_line(report, &arena, change, width);
            lines++;
            i++;
        }
    }
    if (hidden > 0) {
        fprintf(report->out, "     and %s more (--verbose shows all)\n", thousands(&arena, hidden));
    }
    arena_release(&arena);
}

static void plan_summary(const struct report *report, const struct plan *plan)
{
    struct arena arena = ARENA_INIT;
    const char *between = "";
    fputs("plan: ", report->out);
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        if (plan->counts[kind] > 0) {
            fprintf(report->out, "%s%s %s", between, change_kind_name((enum change_kind)kind),
                    thousands(&arena, plan->counts[kind]));
            between = ", ";
        }
    }
    if (*between == '\0') {
        fputs("nothing to do", report->out);
    }
    if (plan->keep > 0) {
        fprintf(report->out, "; %s keep theirs", thousands(&arena, plan->keep));
    }
    fputc('\n', report->out);
    arena_release(&arena);
}

static void plan_notes(const struct report *report, const struct plan *plan)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < plan->n_notes; i++) {
        fprintf(report->err, "note: %s\n", shown(&arena, plan->notes[i]));
    }
    if (plan->n_unassigned > 0) {
        fprintf(report->err, "pool exhausted: %s without an extension:",
                thousands(&arena, plan->n_unassigned));
        for (size_t i = 0; i < plan->n_unassigned && i < 10; i++) {
            fprintf(report->err, " %s", shown(&arena, plan->unassigned[i]));
        }
        fputs(plan->n_unassigned > 10 ? " ...\n" : "\n", report->err);
        fputs("  widen the ranges ([policy] ranges), release extensions or end reservations\n",
              report->err);
    }
    arena_release(&arena);
}

static void what_was_done(const struct report *report, const struct action_report *action)
{
    struct arena arena = ARENA_INIT;
    const struct outcome *outcome = action->outcome;
    if (outcome && (outcome->applied > 0 || outcome->conflicts > 0 || outcome->failed > 0)) {
        fprintf(report->out, "done: %s applied", thousands(&arena, outcome->applied));
        if (outcome->conflicts > 0) {
            fprintf(report->out, ", %s conflicts", thousands(&arena, outcome->conflicts));
        }
        if (outcome->failed > 0) {
            fprintf(report->out, ", %s failed", thousands(&arena, outcome->failed));
        }
        fprintf(report->out, " in %.2f s", (double)outcome->duration_ms / 1000.0);
        if (outcome->action_id[0]) {
            fprintf(report->out, "; undo with --undo %s", outcome->action_id);
        }
        fputc('\n', report->out);
    }
    if (action->export) {
        fprintf(report->out, "export: %s, %s rows, %s bytes\n", action->export->to,
                thousands(&arena, action->export->rows), thousands(&arena, action->export->bytes));
    }
    arena_release(&arena);
}

static void refusal_lines(const struct report *report, const struct refusals *refusals)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < refusals->n_items; i++) {
        const struct refusal *refusal = &refusals->items[i];
        if (refusal->line > 0) {
            fprintf(report->err, "refused: line %zu: %s\n", refusal->line,
                    shown(&arena, refusal->text));
        } else {
            fprintf(report->err, "refused: %s\n", shown(&arena, refusal->text));
        }
    }
    arena_release(&arena);
}

void report_text_action(const struct report *report, const struct action_report *action)
{
    const struct plan *plan = action->plan;
    bool say = !report->quiet || action->dry_run;
    if (plan && say) {
        plan_rows(report, plan, action->dry_run || report->verbose);
        plan_summary(report, plan);
    }
    if (plan) {
        plan_notes(report, plan);
    }
    if (action->refusals && action->refusals->n_items > 1) {
        refusal_lines(report, action->refusals);
    }
    if (action->guard && say && (action->guard->releases > 0 || action->guard->refused)) {
        fprintf(report->out, "guard: %s\n", action->guard->text);
    }
    if (say) {
        what_was_done(report, action);
    }
    if (action->err && action->err->code != ERR_OK) {
        report_text_error(report, action->err);
    }
    if (action->export_err && action->export_err->code != ERR_OK) {
        report_text_error(report, action->export_err);
    }
}

/* ---- status ------------------------------------------------------------------------------ */

static void status_line(const struct report *report, const char *name, const char *value)
{
    struct arena arena = ARENA_INIT;
    fprintf(report->out, "%-12s %s\n", name, value ? shown(&arena, value) : "-");
    arena_release(&arena);
}

static void status_counts(const struct report *report, const struct status_report *status)
{
    static const enum ext_state order[] = {EXT_ASSIGNED, EXT_FREE, EXT_COOLING, EXT_RESERVED,
                                           EXT_BLOCKED};
    struct arena arena = ARENA_INIT;
    fprintf(report->out, "%-12s %s:", "extensions",
            thousands(&arena, status->snapshot->n_slots));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        fprintf(report->out, "%s %s %s", i > 0 ? "," : "",
                thousands(&arena, status->counts[order[i]]), ext_state_name(order[i]));
    }
    fputc('\n', report->out);
    if (status->roster) {
        fprintf(report->out, "%-12s %s: %s without an extension, %s extensions of people who left\n",
                "agents", thousands(&arena, status->roster->n_agents),
                thousands(&arena, status->rows->n_new), thousands(&arena, status->rows->n_stale));
    }
    arena_release(&arena);
}

/* The rest is shown with --verbose. */
static bool is_main_fact(const char *name)
{
    static const char *const names[] = {"account", "role",  "region",       "endpoint",
                                        "profile", "actor", "minutes_left", "expires_at"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

void report_text_status(const struct report *report, const struct status_report *status)
{
    if (status->settings->context) {
        status_line(report, "context", status->settings->context);
    }
    status_line(report, "directory", status->directory_uri);
    status_line(report, "store", status->store_uri);
    status_line(report, "export", status->export_uri);
    for (size_t i = 0; i < status->facts->n_items; i++) {
        const struct fact *fact = &status->facts->items[i];
        if (report->verbose || is_main_fact(fact->name)) {
            status_line(report, fact->name, fact->value);
        }
    }
    if (report->verbose) {
        static const enum option_id shown_origins[] = {OPT_DIRECTORY, OPT_STORE,  OPT_EXPORT_TO,
                                                       OPT_REGION,    OPT_PROFILE};
        for (size_t i = 0; i < sizeof shown_origins / sizeof shown_origins[0]; i++) {
            fprintf(report->out, "%-12s %s comes from %s\n", "", option_info(shown_origins[i])->name,
                    settings_origin(status->settings, shown_origins[i]));
        }
    }
    status_counts(report, status);
    if (status->directory_err && status->directory_err->code != ERR_OK) {
        report_text_error(report, status->directory_err);
    }
}

/* ---- lists ------------------------------------------------------------------------------- */

static const char *since_shown(struct arena *arena, int64_t at_s)
{
    if (at_s == 0) {
        return "";
    }
    char *out = arena_alloc(arena, CLOCK_TEXT_MAX);
    clock_format_s(at_s, out);
    return out;
}

void report_text_agents(const struct report *report, const struct agent_rows *rows)
{
    struct table table;
    table_init(&table, 6);
    table_row(&table, "LOGIN", "NAME", "EXT", "STATE", "SINCE", "PINNED");
    for (size_t i = 0; i < rows->n_rows; i++) {
        const struct agent_row *row = &rows->rows[i];
        table_row(&table, row->login, row->name, row->slot ? row->slot->ext : "----",
                  agent_state_name(row->state),
                  row->slot ? since_shown(&table.arena, row->slot->at_s) : "",
                  row->slot ? row->slot->note : NULL);
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

static void extension_row(struct table *table, const struct slot *slot, const struct policy *policy,
                          int64_t now_s)
{
    enum ext_state state = policy_state(policy, slot, now_s);
    const char *who = slot->state == SLOT_ASSIGNED ? slot->agent
                      : slot->agent                ? arena_printf(&table->arena, "was %s", slot->agent)
                                                   : NULL;
    table_row(table, slot->ext, ext_state_name(state), who, since_shown(&table->arena, slot->at_s),
              slot->note);
}

void report_text_extensions(const struct report *report, const struct snapshot *snapshot,
                            const struct policy *policy, int64_t now_s, bool free_only)
{
    struct table table;
    table_init(&table, 5);
    table_row(&table, "EXT", "STATE", "AGENT", "SINCE", "NOTE");
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        enum ext_state state = policy_state(policy, &snapshot->slots[i], now_s);
        if (!free_only || state == EXT_FREE || state == EXT_COOLING) {
            extension_row(&table, &snapshot->slots[i], policy, now_s);
        }
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

void report_text_lookup(const struct report *report, const struct agent_row *agent,
                        const struct slot *slot, const struct policy *policy, int64_t now_s)
{
    struct table table;
    table_init(&table, 5);
    if (agent) {
        table_row(&table, agent->login, agent->slot ? agent->slot->ext : "----",
                  agent_state_name(agent->state),
                  agent->slot ? since_shown(&table.arena, agent->slot->at_s) : "", agent->name);
    } else {
        extension_row(&table, slot, policy, now_s);
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

/* ---- history, doctor --------------------------------------------------------------------- */

static const char *counted(struct arena *arena, const struct audit_action *action)
{
    size_t counts[CHANGE_KIND_COUNT] = {0};
    for (size_t i = 0; i < action->n_changes; i++) {
        counts[action->changes[i].kind] += audit_change_numbers(&action->changes[i]);
    }
    const char *line = "";
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        if (counts[kind] > 0) {
            line = arena_printf(arena, "%s%s%s %zu", line, *line ? ", " : "",
                                change_kind_name((enum change_kind)kind), counts[kind]);
        }
    }
    return line;
}

void report_text_history(const struct report *report, const struct history *history)
{
    struct table table;
    table_init(&table, 4);
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        table_row(&table, action->action_id, action->action, action->actor,
                  counted(&table.arena, action));
        for (size_t c = 0; report->verbose && c < action->n_changes; c++) {
            const struct audit_change *change = &action->changes[c];
            table_row(&table, arena_printf(&table.arena, "  %c %s", change_kind_mark(change->kind),
                                           change->ext ? change->ext : ""),
                      change->agent, change->why, NULL);
        }
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

void report_text_doctor(const struct report *report, const struct doctor_report *doctor)
{
    const struct diagnosis *diagnosis = doctor->diagnosis;
    struct table table;
    table_init(&table, 5);
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        table_row(&table, problem_kind_name(problem->kind), problem->ext, problem->agent,
                  problem->detail, problem->fix);
    }
    table_print(&table, report->out, "");
    table_release(&table);
    if (doctor->repair) {
        report_text_action(report, doctor->repair);
    }
    if (!report->quiet) {
        fprintf(report->out, "checked %zu records: %zu problems, %zu fixed\n", diagnosis->checked,
                diagnosis->n_problems, doctor->fixed);
    }
}
