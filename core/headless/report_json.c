#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/headless/report_json_private.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/*
 * JSON documents. Members keep the order of the README. Text that is not UTF-8 cannot stand in
 * JSON; jansson refuses it, and it is then written in its harmless form.
 */

static json_t *text(const char *value)
{
    if (!value) {
        return json_null();
    }
    json_t *string = json_string(value);
    if (!string) {
        struct arena arena = ARENA_INIT;
        string = json_string(text_sanitise(&arena, value));
        arena_release(&arena);
    }
    return string;
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* RFC 3339, or null for an unknown time. */
static json_t *moment(int64_t at_s)
{
    char shown[CLOCK_TEXT_MAX];
    if (at_s == 0) {
        return json_null();
    }
    clock_format_s(at_s, shown);
    return json_string(shown);
}

/* A character as JSON escapes it: two halves beyond U+FFFF (RFC 8259, section 7). */
static void put_escaped(FILE *out, uint32_t code)
{
    if (code > 0xFFFF) {
        fprintf(out, "\\u%04X\\u%04X", 0xD800 + ((code - 0x10000) >> 10),
                0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
        fprintf(out, "\\u%04X", code);
    }
}

/* What a terminal or a line-oriented reader would take for more than text (C1, direction marks, line
   separators, what nobody sees) is escaped. It can only stand in strings. */
static void put_harmless(FILE *out, const char *json)
{
    size_t length = strlen(json);
    size_t start = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = text_decode(json + at, length - at, &code);
        if (size > 0 && text_is_hostile(code)) {
            fwrite(json + start, 1, at - start, out);
            put_escaped(out, code);
            start = at + size;
        }
        at += size > 0 ? size : 1;
    }
    fwrite(json + start, 1, length - start, out);
}

static void write_document(const struct report *report, json_t *document)
{
    char *dumped = json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER);
    put_harmless(report->out, dumped ? dumped : "null");
    fputc('\n', report->out);
    free(dumped);
    json_decref(document);
}

/* ---- errors ------------------------------------------------------------------------------ */

static json_t *error_object(const struct err *err)
{
    json_t *error = json_object();
    json_object_set_new(error, "code", text(err_code_name(err->code)));
    json_object_set_new(error, "message", text(err->text));
    json_object_set_new(error, "hint", err->hint[0] ? text(err->hint) : json_null());
    return error;
}

void report_json_error(const struct report *report, const struct err *err, int exit)
{
    json_t *document = json_object();
    json_object_set_new(document, "error", error_object(err));
    json_object_set_new(document, "exit", json_integer(exit));
    write_document(report, document);
}

/* ---- actions ----------------------------------------------------------------------------- */

static json_t *plan_counts(const struct plan *plan)
{
    json_t *counts = json_object();
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        json_object_set_new(counts, change_kind_name((enum change_kind)kind),
                            number(plan ? plan->counts[kind] : 0));
    }
    json_object_set_new(counts, "keep", number(plan ? plan->keep : 0));
    json_object_set_new(counts, "unassigned", number(plan ? plan->n_unassigned : 0));
    json_object_set_new(counts, "foreign", number(plan ? plan->foreign : 0));
    json_object_set_new(counts, "unknown_origin", number(plan ? plan->unknown_origin : 0));
    json_object_set_new(counts, "no_group", number(plan ? plan->n_no_group : 0));
    json_object_set_new(counts, "group_unknown", number(plan ? plan->n_group_unknown : 0));
    return counts;
}

/* What a change of a plan and one of the audit trail have in common. */
json_t *report_json_change(enum change_kind kind, const char *ext, const char *agent,
                           const char *from, const char *to, const char *why)
{
    json_t *object = json_object();
    json_object_set_new(object, "change", text(change_kind_name(kind)));
    json_object_set_new(object, "extension", text(ext));
    json_object_set_new(object, "agent", text(agent));
    json_object_set_new(object, "from", text(from));
    json_object_set_new(object, "to", text(to));
    json_object_set_new(object, "why", text(why));
    return object;
}

/* Where calls go from then on; of a reservation only if it says so. */
void report_json_calls(json_t *object, enum change_kind kind, const struct slot *calls)
{
    if (kind == CHANGE_SET || calls->target || calls->until_s > 0) {
        json_object_set_new(object, "target", text(calls->target));
        json_object_set_new(object, "until", moment(calls->until_s));
        json_object_set_new(object, "fallback", text(slot_fallback(calls)));
    }
}

static json_t *change_object(const struct change *change)
{
    json_t *object = report_json_change(change->kind, change->ext, change->agent, change->from,
                                        change->to, change->why);
    json_object_set_new(object, "result", text(change_result_name(change->result)));
    if (change->detail) {
        json_object_set_new(object, "detail", text(change->detail));
    }
    const struct slot *calls = change_calls(change);
    if (calls) {
        report_json_calls(object, change->kind, calls);
    }
    return object;
}

static json_t *change_list(const struct plan *plan)
{
    json_t *changes = json_array();
    for (size_t i = 0; plan && i < plan->n_changes; i++) {
        json_array_append_new(changes, change_object(&plan->changes[i]));
    }
    return changes;
}

static json_t *text_list(const char *const *items, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, text(items[i]));
    }
    return list;
}

static bool is_failure(const struct err *err)
{
    return err && err->code != ERR_OK;
}

static json_t *export_object(const struct export_receipt *receipt, const struct err *err)
{
    if (!receipt) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "to", text(receipt->to));
    if (is_failure(err)) {
        json_object_set_new(object, "error", error_object(err));
        return object;
    }
    json_object_set_new(object, "rows", number(receipt->rows));
    json_object_set_new(object, "bytes", number(receipt->bytes));
    json_object_set_new(object, "unchanged", json_boolean(receipt->unchanged));
    if (receipt->warning[0]) {
        json_object_set_new(object, "warning", text(receipt->warning));
    }
    return object;
}

/* `group`: whose guard it is; NULL: that of all. */
static json_t *guard_refusal(const char *guard, const char *group, int64_t count, int64_t limit,
                             const char *message)
{
    json_t *item = json_object();
    json_object_set_new(item, "guard", json_string(guard));
    json_object_set_new(item, "group", text(group));
    json_object_set_new(item, "count", json_integer(count));
    json_object_set_new(item, "limit", json_integer(limit));
    json_object_set_new(item, "message", text(message));
    return item;
}

/* What is refused: requests and rows that cannot be, and what a guard holds back. */
static json_t *refusal_list(const struct action_report *action)
{
    const struct refusals *refusals = action->refusals;
    const struct guard_verdict *guard = action->guard;
    const struct plan *plan = action->plan;
    const struct publish_verdict *publish = action->publish_guard;
    json_t *list = json_array();
    if (guard && guard->refused) {
        json_array_append_new(
            list, guard_refusal("release", NULL, guard->people, guard->allowed, guard->text));
    }
    if (plan && plan_lacks_directory(plan)) {
        json_array_append_new(
            list, guard_refusal("directory", NULL, (int64_t)plan->withheld, 0, plan->partial));
    }
    for (size_t i = 0; plan && i < plan->n_withheld_groups; i++) {
        const struct withheld_group *group = &plan->withheld_groups[i];
        json_array_append_new(
            list, guard_refusal("group", group->name, group->people, group->allowed, group->text));
    }
    if (publish) {
        json_array_append_new(list, guard_refusal("publish", NULL, (int64_t)publish->count,
                                                  (int64_t)publish->limit, publish->text));
    }
    for (size_t i = 0; refusals && i < refusals->n_items; i++) {
        json_t *item = json_object();
        if (refusals->items[i].line > 0) {
            json_object_set_new(item, "line", number(refusals->items[i].line));
        }
        json_object_set_new(item, "message", text(refusals->items[i].text));
        json_array_append_new(list, item);
    }
    return list;
}

/* The agents that are left without an extension, by the reason, and what the plan says besides. */
static void put_left_out(json_t *document, const struct plan *plan)
{
    if (plan->n_unassigned > 0) {
        json_object_set_new(document, "unassigned_agents",
                            text_list(plan->unassigned, plan->n_unassigned));
    }
    if (plan->n_no_group > 0) {
        json_object_set_new(document, "no_group_agents",
                            text_list(plan->no_group, plan->n_no_group));
    }
    if (plan->n_group_unknown > 0) {
        json_object_set_new(document, "group_unknown_agents",
                            text_list(plan->group_unknown, plan->n_group_unknown));
    }
    if (plan->n_notes > 0) {
        json_object_set_new(document, "notes", text_list(plan->notes, plan->n_notes));
    }
}

static void put_capacity(json_t *document, const struct port_info *facts)
{
    const char *read_units = facts ? port_info_get(facts, "read_units") : NULL;
    const char *write_units = facts ? port_info_get(facts, "write_units") : NULL;
    if (read_units && write_units) {
        json_t *capacity = json_object();
        json_object_set_new(capacity, "read", json_real(strtod(read_units, NULL)));
        json_object_set_new(capacity, "write", json_real(strtod(write_units, NULL)));
        json_object_set_new(document, "capacity", capacity);
    }
}

static json_t *action_object(const struct action_report *action)
{
    const struct plan *plan = action->plan;
    const struct outcome *outcome = action->outcome;
    json_t *document = json_object();
    bool has_id = outcome && outcome->action_id[0] != '\0';
    json_object_set_new(document, "action", text(action->action));
    json_object_set_new(document, "action_id", has_id ? text(outcome->action_id) : json_null());
    json_object_set_new(document, "dry_run", json_boolean(action->dry_run));
    if (action->digest) {
        json_object_set_new(document, "plan_file", text(action->digest));
    }
    json_object_set_new(document, "plan", plan_counts(plan));
    json_object_set_new(document, "changes", change_list(plan));
    json_object_set_new(document, "applied", number(outcome ? outcome->applied : 0));
    json_object_set_new(document, "skipped", number(outcome ? outcome->already_applied : 0));
    json_object_set_new(document, "conflicts", number(outcome ? outcome->conflicts : 0));
    json_object_set_new(document, "failed", number(outcome ? outcome->failed : 0));
    if (outcome && action->err && action->err->code != ERR_OK) {
        json_object_set_new(document, "not_tried", number(outcome->not_tried));
        json_object_set_new(document, "in_doubt", number(outcome->in_doubt));
    }
    if (outcome && outcome->lost > 0) {
        json_object_set_new(document, "lost_to",
                            outcome->lost_to[0] ? text(outcome->lost_to) : json_null());
    }
    json_object_set_new(document, "export", export_object(action->export, action->export_err));
    if (plan) {
        put_left_out(document, plan);
    }
    json_t *refused = refusal_list(action);
    if (json_array_size(refused) > 0) {
        json_object_set(document, "refused", refused);
    }
    json_decref(refused);
    put_capacity(document, action->facts);
    if (is_failure(action->err)) {
        json_object_set_new(document, "error", error_object(action->err));
    } else if (is_failure(action->export_err)) {
        json_object_set_new(document, "error", error_object(action->export_err));
    }
    json_object_set_new(document, "duration_ms", json_integer(action->duration_ms));
    json_object_set_new(document, "exit", json_integer(action->exit));
    return document;
}

void report_json_action(const struct report *report, const struct action_report *action)
{
    write_document(report, action_object(action));
}

/* ---- status ------------------------------------------------------------------------------ */

static void put_states(json_t *object, const uint64_t counts[EXT_STATE_COUNT])
{
    for (size_t i = 0; i < EXT_STATES_TOLD; i++) {
        json_object_set_new(object, ext_state_name(ext_states_told[i]),
                            number(counts[ext_states_told[i]]));
    }
    json_object_set_new(object, "not_made", number(counts[EXT_ABSENT]));
}

static json_t *groups_array(const struct group_tallies *groups)
{
    json_t *list = json_array();
    for (size_t i = 0; i < groups->n; i++) {
        const struct group_tally *group = &groups->items[i];
        json_t *object = json_object();
        json_object_set_new(object, "group", text(group->name));
        json_object_set_new(object, "total", number(group->total));
        put_states(object, group->counts);
        json_object_set_new(object, "low_water", number(group->level.limit));
        json_object_set_new(object, "low", json_boolean(group->level.low));
        json_object_set_new(object, "exhausted", json_boolean(group->level.exhausted));
        json_array_append_new(list, object);
    }
    return list;
}

/* `problem`: why somebody of it may be missing. */
static json_t *directories_array(const struct roster *roster)
{
    json_t *list = json_array();
    for (size_t i = 0; roster && i < roster->n_directories; i++) {
        const struct roster_directory *directory = &roster->directories[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", text(directory->name));
        json_object_set_new(object, "source", text(directory->source));
        json_object_set_new(object, "directory", text(directory->uri));
        json_object_set_new(object, "agents",
                            directory->unread ? json_null() : number(directory->n_agents));
        json_object_set_new(object, "problem", text(directory->partial));
        json_array_append_new(list, object);
    }
    return list;
}

void report_json_status(const struct report *report, const struct status_report *status)
{
    json_t *document = json_object();
    json_t *extensions = json_object();
    const uint64_t *counts = status->counts;
    json_object_set_new(extensions, "total", number(report_status_numbers(status)));
    put_states(extensions, counts);
    struct pool_level level = report_status_level(status);
    json_object_set_new(document, "agents",
                        status->roster ? number(report_status_agents(status)) : json_null());
    json_object_set_new(document, "extensions", extensions);
    json_object_set_new(document, "unassigned_agents",
                        status->roster ? number(status->rows->n_new) : json_null());
    json_object_set_new(document, "stale",
                        status->roster ? number(status->rows->n_stale) : json_null());
    json_object_set_new(document, "store", text(status->store_uri));
    json_object_set_new(document, "directory", text(status->directory_uri));
    json_object_set_new(document, "directories", directories_array(status->roster));
    json_object_set_new(document, "export", text(status->export_uri));
    json_object_set_new(document, "context", text(status->settings->context));
    json_object_set_new(document, "low_water", number(level.limit));
    json_object_set_new(document, "low", json_boolean(level.low));
    json_object_set_new(document, "exhausted", json_boolean(level.exhausted));
    json_object_set_new(document, "exempt_agents",
                        status->roster ? number(status->rows->n_exempt) : json_null());
    json_object_set_new(document, "foreign",
                        status->roster ? number(status->rows->n_foreign) : json_null());
    json_object_set_new(document, "groups", groups_array(status->groups));
    json_t *facts = json_object();
    for (size_t i = 0; i < status->facts->n_items; i++) {
        json_object_set_new(facts, status->facts->items[i].name,
                            text(status->facts->items[i].value));
    }
    json_object_set_new(document, "facts", facts);
    if (status->then) {
        json_object_set_new(document, "as_of", moment(status->snapshot->read_at_s));
        json_object_set_new(extensions, "unknown", number(rewound_unknown(status->then)));
    }
    if (status->directory_err && status->directory_err->code != ERR_OK) {
        json_object_set_new(document, "directory_error", error_object(status->directory_err));
    }
    write_document(report, document);
}

void report_json_health(const struct report *report, const struct health *health)
{
    json_t *document = json_object();
    json_t *findings = json_array();
    for (size_t i = 0; i < health->n_findings; i++) {
        const struct finding *finding = &health->findings[i];
        json_t *object = json_object();
        json_object_set_new(object, "kind", text(health_kind_name(finding->kind)));
        json_object_set_new(object, "extension", text(finding->ext));
        json_object_set_new(object, "agent", text(finding->agent));
        json_object_set_new(object, "detail", text(finding->detail));
        json_array_append_new(findings, object);
    }
    json_object_set_new(document, "findings", findings);
    json_object_set_new(document, "exit", json_integer(health->exit));
    write_document(report, document);
}

/* ---- for documents of other files ---------------------------------------------------------- */

json_t *report_json_text(const char *value)
{
    return text(value);
}

json_t *report_json_moment(int64_t at_s)
{
    return moment(at_s);
}

void report_json_write(const struct report *report, json_t *document)
{
    write_document(report, document);
}

json_t *report_json_error_object(const struct err *err)
{
    return error_object(err);
}

json_t *report_json_action_object(const struct action_report *action)
{
    return action_object(action);
}
