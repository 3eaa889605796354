#include <string.h>

#include "core/base/text.h"
#include "core/headless/report_private.h"
#include "core/headless/sheet.h"

#include "core/base/banned.h"

/* What was done: as text for people, and a row for each change for other programs. */

/* ---- text ------------------------------------------------------------------------------------ */

/* What the record says besides: "; undoes ID; ticket CHG-4711". */
static const char *with_remarks(struct arena *arena, const char *text,
                                const struct audit_origin *origin)
{
    const struct {
        const char *name, *value;
    } remarks[] = {
        {"undoes", origin->undoes}, {"ticket", origin->ticket}, {"plan file", origin->plan_file}};
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++) {
        if (remarks[i].value) {
            text = arena_printf(arena, "%s; %s %s", text, remarks[i].name, remarks[i].value);
        }
    }
    return text;
}

/* The actor is shown only if somebody acted as another than the user: a role, or root. */
static bool has_actors(const struct history *history)
{
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        if (strcmp(audit_who(action), action->actor) != 0) {
            return true;
        }
    }
    return false;
}

static void action_row(struct table *table, const struct audit_action *action)
{
    const char *via = audit_via_name(action->origin.via);
    const char *at = report_moment(&table->arena, action->at_ms / 1000);
    const char *changes =
        with_remarks(&table->arena, report_counts(&table->arena, action->counts), &action->origin);
    if (table->n_columns == 7) {
        table_row(table, action->action_id, at, action->action, audit_who(action), via ? via : "",
                  action->actor, changes);
    } else {
        table_row(table, action->action_id, at, action->action, audit_who(action), via ? via : "",
                  changes);
    }
}

static void action_changes(const struct report *report, const struct audit_action *action)
{
    struct table table;
    report_table(report, &table, CHANGE_COLUMNS);
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        if (change->kind == CHANGE_CREATE && !change->ext) {
            report_create_row(&table, change->from, change->to, audit_change_numbers(change),
                              change->why);
        } else {
            report_change_row(&table, change->kind,
                              report_moved(&table, change->kind, change->from, change->ext),
                              change->agent, change->to, change->why);
        }
    }
    report_change_print(&table, report->out);
    table_release(&table);
}

void report_text_history(const struct report *report, const struct history *history)
{
    struct table table;
    bool actors = has_actors(history);
    report_table(report, &table, actors ? 7 : 6);
    table.whole = 1u << 0; /* --undo takes it */
    for (size_t i = 0; i < history->n_actions; i++) {
        if (i == 0 && !report->verbose && actors) {
            table_heading(&table, "ACTION-ID", "AT", "ACTION", "USER", "VIA", "ACTOR", "CHANGES");
        } else if (i == 0 && !report->verbose) {
            table_heading(&table, "ACTION-ID", "AT", "ACTION", "USER", "VIA", "CHANGES");
        }
        action_row(&table, &history->actions[i]);
        if (report->verbose) { /* each action is a table of its own, with its changes below */
            table_print(&table, report->out, "");
            action_changes(report, &history->actions[i]);
            table.n_rows = 0;
        }
    }
    table_print(&table, report->out, "");
    table_release(&table);
    if (history->n_actions == 0 && !report->quiet) {
        fputs("no such action\n", report->err);
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

const char *const report_history_columns[] = {
    "action_id", "at",        "actor",  "user",      "via",   "action", "ticket",
    "undoes",    "plan_file", "change", "extension", "agent", "from",   "to",
    "why",       "target",    "until",  "fallback",  NULL};

static void change_row(struct sheet *sheet, const struct audit_action *action,
                       const struct audit_change *change)
{
    struct arena arena = ARENA_INIT;
    char at[CLOCK_TEXT_MAX];
    clock_format_ms(action->at_ms, at);
    bool calls = change->kind == CHANGE_RESERVE || change->kind == CHANGE_SET;
    const char *const cells[] = {
        action->action_id,
        at,
        action->actor,
        action->origin.user,
        audit_via_name(action->origin.via),
        action->action,
        action->origin.ticket,
        action->origin.undoes,
        action->origin.plan_file,
        change_kind_name(change->kind),
        change->ext,
        change->agent,
        change->from,
        change->to,
        change->why,
        calls ? change->calls.target : NULL,
        calls ? report_moment(&arena, change->calls.until_s) : NULL,
        calls ? slot_fallback(&change->calls) : NULL,
    };
    sheet_row(sheet, cells);
    arena_release(&arena);
}

enum err_code report_rows_history(const struct report *report, const struct settings *settings,
                                  const struct history *history, struct err *err)
{
    struct sheet sheet;
    enum err_code code = sheet_init(&sheet, report, report_history_columns, settings, err);
    if (code != ERR_OK) {
        return code;
    }
    for (size_t i = 0; i < history->n_actions; i++) {
        for (size_t k = 0; k < history->actions[i].n_changes; k++) {
            change_row(&sheet, &history->actions[i], &history->actions[i].changes[k]);
        }
    }
    sheet_end(&sheet);
    return ERR_OK;
}
