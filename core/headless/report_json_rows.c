#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/headless/grid.h"
#include "core/headless/report_json_private.h"

#include "core/base/banned.h"

/* JSON of what is long: the history, and the rows of a report. */

static json_t *history_changes(const struct audit_action *action)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        json_t *members = report_json_change(change->kind, change->ext, change->agent, change->from,
                                             change->to, change->why);
        if (change->kind == CHANGE_RESERVE || change->kind == CHANGE_SET) {
            report_json_calls(members, change->kind, &change->calls);
        }
        json_array_append_new(changes, members);
    }
    return changes;
}

static json_t *history_object(const struct audit_action *action)
{
    json_t *object = json_object();
    char at[CLOCK_TEXT_MAX];
    clock_format_ms(action->at_ms, at);
    json_object_set_new(object, "action_id", report_json_text(action->action_id));
    json_object_set_new(object, "at", report_json_text(at));
    json_object_set_new(object, "actor", report_json_text(action->actor));
    json_object_set_new(object, "user", report_json_text(action->origin.user));
    json_object_set_new(object, "via", report_json_text(audit_via_name(action->origin.via)));
    json_object_set_new(object, "action", report_json_text(action->action));
    json_object_set_new(object, "ticket", report_json_text(action->origin.ticket));
    json_object_set_new(object, "undoes", report_json_text(action->origin.undoes));
    json_object_set_new(object, "plan_file", report_json_text(action->origin.plan_file));
    json_object_set_new(object, "changes", history_changes(action));
    return object;
}

void report_json_history(const struct report *report, const struct history *history)
{
    json_t *list = json_array();
    for (size_t i = 0; i < history->n_actions; i++) {
        json_array_append_new(list, history_object(&history->actions[i]));
    }
    report_json_write(report, list);
}

void report_json_history_lines(const struct report *report, const struct history *history)
{
    for (size_t i = 0; i < history->n_actions; i++) {
        report_json_write(report, history_object(&history->actions[i]));
    }
}

void report_json_grid(const struct report *report, const struct grid *grid)
{
    json_t *list = json_array();
    const char **cell = grid->cells;
    for (size_t row = 0; row < grid->n_rows; row++) {
        json_t *object = json_object();
        for (size_t i = 0; grid->names[i]; i++, cell++) {
            bool numeric = *cell && (grid->numbers & (1u << i)) != 0;
            json_object_set_new(object, grid->names[i],
                                !numeric             ? report_json_text(*cell)
                                : strchr(*cell, '.') ? json_real(strtod(*cell, NULL))
                                                     : json_integer(strtoll(*cell, NULL, 10)));
        }
        json_array_append_new(list, object);
    }
    report_json_write(report, list);
}
