#include <jansson.h>

#include "core/headless/report_json_private.h"

#include "core/base/banned.h"

/* JSON of agents and extensions: lists, and one object of either kind. */

static json_t *agent_object(const struct agents_report *shown, const struct agent_row *row)
{
    struct arena arena = ARENA_INIT;
    json_t *object = json_object();
    json_object_set_new(object, "agent", report_json_text(row->login));
    json_object_set_new(object, "name", report_json_text(row->name));
    json_object_set_new(object, "extension", report_json_text(row->slot ? row->slot->ext : NULL));
    json_object_set_new(object, "state", report_json_text(agent_state_name(row->state)));
    json_object_set_new(object, "since",
                        row->slot ? report_json_moment(row->slot->at_s) : json_null());
    json_object_set_new(object, "pinned", report_json_text(row->slot ? row->slot->note : NULL));
    json_object_set_new(object, "group",
                        report_json_text(agent_row_group_name(shown->policy, row)));
    json_object_set_new(object, "source",
                        report_json_text(report_row_source(&arena, shown->roster, row)));
    arena_release(&arena);
    return object;
}

static json_t *extension_object(const struct slot *slot, const struct policy *policy, int64_t now_s)
{
    struct arena arena = ARENA_INIT;
    json_t *object = json_object();
    bool holder = slot->state == SLOT_ASSIGNED;
    json_object_set_new(object, "extension", report_json_text(slot->ext));
    json_object_set_new(object, "state",
                        report_json_text(ext_state_name(policy_state(policy, slot, now_s))));
    json_object_set_new(object, "agent", report_json_text(holder ? slot->agent : NULL));
    json_object_set_new(object, "since", report_json_moment(slot->at_s));
    json_object_set_new(object, "note", report_json_text(slot->note));
    json_object_set_new(object, "target", report_json_text(slot->target));
    json_object_set_new(object, "until", report_json_moment(slot->until_s));
    json_object_set_new(object, "group", report_json_text(report_ext_group(policy, slot)));
    json_object_set_new(object, "source", report_json_text(report_slot_source(&arena, slot)));
    arena_release(&arena);
    if (!holder && slot->agent) {
        json_object_set_new(object, "last_agent", report_json_text(slot->agent));
    }
    return object;
}

/* What is known of a number that is shown as of a moment of the past. */
static void set_past(json_t *object, const struct slot *slot, const struct rewind_doubt *doubt)
{
    if (slot->state == SLOT_ABSENT) {
        json_object_set_new(object, "state", json_string("unknown"));
    }
    if (doubt) {
        json_object_set_new(
            object, doubt->kind == DOUBT_HELD_BEFORE ? "held_since_before" : "not_known_before",
            report_json_moment(doubt->at_ms / 1000));
    }
}

void report_json_agents(const struct report *report, const struct agents_report *shown)
{
    const struct agent_rows *rows = shown->rows;
    json_t *list = json_array();
    for (size_t i = 0; i < rows->n_rows; i++) {
        json_array_append_new(list, agent_object(shown, &rows->rows[i]));
    }
    report_json_write(report, list);
}

void report_json_extensions(const struct report *report, const struct extensions_report *shown)
{
    json_t *list = json_array();
    for (size_t i = 0; i < shown->snapshot->n_slots; i++) {
        const struct slot *slot = &shown->snapshot->slots[i];
        if (report_shows_extension(shown, slot)) {
            json_t *object = extension_object(slot, shown->policy, shown->now_s);
            if (shown->then) {
                set_past(object, slot, rewound_doubt(shown->then, slot->ext));
            }
            json_array_append_new(list, object);
        }
    }
    report_json_write(report, list);
}

/* What a contact flow is told: where the call goes, or why nowhere. */
static json_t *place_object(const struct lookup_place *place)
{
    if (place->kind[0] == '\0') {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "kind", report_json_text(place->kind));
    json_object_set_new(object, "value", report_json_text(place->value));
    return object;
}

void report_json_lookup(const struct report *report, const struct lookup_report *shown)
{
    const struct lookup *lookup = shown->lookup;
    const struct agents_report about = {.policy = shown->policy, .roster = shown->roster};
    json_t *object = shown->agent ? agent_object(&about, shown->agent)
                                  : extension_object(&lookup->slot, shown->policy, shown->now_s);
    if (!shown->agent) { /* by now, whether or not a sync was there since a reservation ended */
        json_object_set_new(object, "state", report_json_text(ext_state_name(lookup->state)));
    }
    json_object_set_new(object, "target", report_json_text(lookup->slot.target));
    json_object_set_new(object, "until", report_json_moment(lookup->slot.until_s));
    json_object_set_new(object, "call_goes_to", place_object(&lookup->place));
    json_object_set_new(object, "fallback", place_object(&lookup->backup));
    json_object_set_new(object, "fallback_target", report_json_text(slot_fallback(&lookup->slot)));
    json_object_set_new(object, "reason", report_json_text(lookup_reason_name(lookup->reason)));
    if (shown->at_ms > 0) {
        json_object_set_new(object, "as_of", report_json_moment(shown->at_ms / 1000));
        set_past(object, &lookup->slot, shown->doubt);
    }
    report_json_write(report, object);
}
