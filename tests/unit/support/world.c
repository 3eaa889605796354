#include "tests/unit/support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/plan/belongings.h"
#include "core/plan/builder.h"
#include "core/plan/conflict.h"
#include "core/plan/effects.h"

#define SLOTS_MAX 4096
#define CLAIMS_MAX 4096
#define TEXT_MAX (1 << 20)

void world_init(struct world *world, const char *ranges)
{
    *world = (struct world){.now_s = WORLD_NOW_S};
    policy_default(&world->policy);
    assert_int_equal(policy_set_ranges(&world->policy, ranges, NULL), ERR_OK);
    assert_int_equal(policy_set_blocked(&world->policy, "911", NULL), ERR_OK);
    world->slots = mem_array(SLOTS_MAX, sizeof *world->slots);
    world->claims = mem_array(CLAIMS_MAX, sizeof *world->claims);
    world->exempts = snapshot_new();
    world->roster = roster_new();
    roster_seal(world->roster);
    world_look(world);
}

void world_release(struct world *world)
{
    snapshot_unref(world->snapshot);
    snapshot_unref(world->exempts);
    roster_unref(world->roster);
    free(world->slots);
    free(world->claims);
    free(world->record);
    arena_release(&world->arena);
}

/* ---- the store ----------------------------------------------------------------------------- */

struct slot *world_slot(struct world *world, const char *ext)
{
    for (size_t i = 0; i < world->n_slots; i++) {
        if (strcmp(world->slots[i].ext, ext) == 0) {
            return &world->slots[i];
        }
    }
    return NULL;
}

struct slot *world_put(struct world *world, struct slot slot)
{
    slot = slot_copy(&world->arena, &slot);
    struct slot *there = world_slot(world, slot.ext);
    if (!there) {
        assert_true(world->n_slots < SLOTS_MAX);
        size_t at = world->n_slots++;
        while (at > 0 && strcmp(world->slots[at - 1].ext, slot.ext) > 0) {
            world->slots[at] = world->slots[at - 1];
            at--;
        }
        there = &world->slots[at];
    }
    *there = slot;
    return there;
}

void world_remove(struct world *world, const char *ext)
{
    struct slot *slot = world_slot(world, ext);
    if (slot) {
        size_t at = (size_t)(slot - world->slots);
        memmove(slot, slot + 1, (world->n_slots - at - 1) * sizeof *slot);
        world->n_slots--;
    }
}

const char *world_arn(struct arena *arena, const char *instance, const char *login)
{
    return arena_printf(arena, "arn:aws:connect:eu-west-2:1:instance/%s/agent/%s", instance, login);
}

static void read_word(struct world *world, struct slot *slot, const char *word)
{
    char *end = NULL;
    long days = strtol(word, &end, 10);
    if (end != word && strcmp(end, "d") == 0) {
        slot->at_s = world->now_s - days * WORLD_DAY_S;
    } else if (strcmp(word, "?") == 0) {
        slot->at_s = 0;
        slot->by = NULL;
    } else if (strncmp(word, "pin=", 4) == 0) {
        slot->note = arena_strdup(&world->arena, word + 4);
    } else if (strncmp(word, "note=", 5) == 0) {
        slot->note = arena_strdup(&world->arena, word + 5);
    } else if (strncmp(word, "target=", 7) == 0) {
        slot->target = arena_strdup(&world->arena, word + 7);
    } else if (strncmp(word, "until=", 6) == 0) {
        slot->until_s = world->now_s + strtol(word + 6, NULL, 10) * WORLD_DAY_S;
    } else if (strncmp(word, "fallback=", 9) == 0) {
        slot->own =
            belongings_with(&world->arena, slot->own, arena_strdup(&world->arena, word + 9));
    } else if (strncmp(word, "source=", 7) == 0 || strncmp(word, "instance=", 9) == 0) {
        struct belongings own = slot->own ? *slot->own : (struct belongings){.arn = NULL};
        if (word[0] == 's') {
            own.source = arena_strdup(&world->arena, word + 7);
        } else {
            own.arn = world_arn(&world->arena, word + 9, slot->agent);
        }
        slot->own = memcpy(arena_alloc(&world->arena, sizeof own), &own, sizeof own);
    } else if (strcmp(word, "+free") == 0) {
        slot->records |= RECORD_FREE;
    } else if (strcmp(word, "+leaked") == 0) {
        slot->records |= RECORD_LEAKED;
    } else if (strcmp(word, "+held") == 0) {
        slot->records |= RECORD_RESERVED;
    } else if (strcmp(word, "leaked") == 0) {
        slot->records = RECORD_LEAKED;
    } else {
        slot->agent = arena_strdup(&world->arena, word);
    }
}

void world_store(struct world *world, const char *lines)
{
    char *copy = mem_strdup(lines);
    char *line_state = NULL;
    for (char *line = strtok_r(copy, "\n", &line_state); line;
         line = strtok_r(NULL, "\n", &line_state)) {
        char *state = NULL;
        const char *ext = strtok_r(line, " ", &state);
        const char *who = strtok_r(NULL, " ", &state);
        assert_non_null(ext);
        assert_non_null(who);
        if (strcmp(ext, "exempt") == 0) {
            const char *note = strtok_r(NULL, " ", &state);
            const struct exempt entry = {.since_s = world->now_s - WORLD_DAY_S,
                                         .note = note ? note + strlen("note=") : NULL,
                                         .by = "test"};
            snapshot_put_exempt(world->exempts, who, &entry);
            continue;
        }
        struct slot slot = slot_free(ext, 0, NULL);
        if (strcmp(who, "-held") == 0) {
            slot = slot_reserved(ext, NULL, world->now_s - WORLD_DAY_S, "test");
        } else if (strcmp(who, "-") != 0) {
            slot = slot_assigned(ext, who, world->now_s - 30 * WORLD_DAY_S, NULL, "test");
        }
        for (char *word = strtok_r(NULL, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
            read_word(world, &slot, word);
        }
        world_put(world, slot);
    }
    free(copy);
    world_look(world);
}

void world_fill(struct world *world)
{
    char ext[EXT_ROOM] = "";
    while (policy_next_ext(&world->policy, ext)) {
        if (!world_slot(world, ext)) {
            world_put(world, slot_free(ext, 0, NULL));
        }
    }
    world_look(world);
}

void world_directory(struct world *world, const char *logins)
{
    roster_unref(world->roster);
    world->roster = roster_new();
    char *copy = mem_strdup(logins);
    char *state = NULL;
    for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        roster_add(world->roster, &(struct agent){.login = word});
    }
    free(copy);
    roster_seal(world->roster);
}

void world_claim(struct world *world, const char *agent, const char *ext)
{
    size_t i = 0;
    while (i < world->n_claims && strcmp(world->claims[i].agent, agent) != 0) {
        i++;
    }
    if (!ext) {
        if (i < world->n_claims) {
            world->claims[i] = world->claims[--world->n_claims];
        }
    } else {
        assert_true(i < CLAIMS_MAX);
        world->n_claims += i == world->n_claims;
        world->claims[i].agent = arena_strdup(&world->arena, agent);
        snprintf(world->claims[i].ext, sizeof world->claims[i].ext, "%s", ext);
    }
    world_look(world);
}

void world_claim_all(struct world *world)
{
    for (size_t i = 0; i < world->n_slots; i++) {
        if (world->slots[i].state == SLOT_ASSIGNED && world->slots[i].at_s != 0) {
            world_claim(world, world->slots[i].agent, world->slots[i].ext);
        }
    }
}

const char *world_claim_of(const struct world *world, const char *agent)
{
    for (size_t i = 0; i < world->n_claims; i++) {
        if (strcmp(world->claims[i].agent, agent) == 0) {
            return world->claims[i].ext;
        }
    }
    return NULL;
}

/* ---- what a planner sees ------------------------------------------------------------------- */

static bool holds_two(const struct world *world, const char *agent)
{
    size_t n = 0;
    for (size_t i = 0; i < world->n_slots; i++) {
        n += slot_holds(&world->slots[i], agent);
    }
    return n > 1;
}

void world_look(struct world *world)
{
    snapshot_unref(world->snapshot);
    struct snapshot *seen = snapshot_new();
    for (size_t i = 0; i < world->n_slots; i++) {
        const struct slot *slot = &world->slots[i];
        bool leaked = slot->records == RECORD_LEAKED;
        if (leaked && world->keeps_claims && !world->consistent) {
            continue; /* the index does not show it */
        }
        struct slot *copy = snapshot_add(seen, slot->ext);
        *copy = *slot;
        *copy = slot_copy(&seen->arena, copy);
        if (world->keeps_claims && !world->consistent) {
            copy->records &= (uint8_t)~RECORD_LEAKED;
        }
    }
    seen->consistent = world->consistent;
    seen->keeps_claims = world->keeps_claims;
    seen->exact = world->consistent || !world->keeps_claims;
    seen->claims = arena_alloc(&seen->arena, (world->n_claims + 1) * sizeof *seen->claims);
    for (size_t i = 0; i < world->n_claims; i++) {
        /* Without the whole of it those are read that tell which of two numbers stays. */
        if (world->consistent ||
            (world->keeps_claims && holds_two(world, world->claims[i].agent))) {
            struct claim *claim = &seen->claims[seen->n_claims++];
            *claim = world->claims[i];
            claim->agent = arena_strdup(&seen->arena, world->claims[i].agent);
        }
    }
    snapshot_copy_exempts(seen, world->exempts);
    snapshot_seal(seen);
    world->snapshot = seen;
}

struct plan_input world_input(const struct world *world)
{
    return (struct plan_input){
        .policy = &world->policy,
        .snapshot = world->snapshot,
        .roster = world->roster,
        .now_s = world->now_s,
        .actor = "test",
        .take_over = world->take_over,
    };
}

struct plan *world_sync(const struct world *world)
{
    struct plan_input input = world_input(world);
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    if (plan_sync(&input, &plan, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    return plan;
}

/* ---- applying ------------------------------------------------------------------------------ */

/* An index shows no leaked record, so a condition cannot speak of it either. */
static bool number_is_as_seen(const struct world *world, const struct slot *now,
                              const struct slot *seen)
{
    if (!now || !world->keeps_claims || !seen) {
        return slot_same(now, seen);
    }
    struct slot visible = *now;
    if (!(seen->records & RECORD_LEAKED)) {
        visible.records &= (uint8_t)~RECORD_LEAKED;
    }
    return slot_same(&visible, seen);
}

static bool claim_is_as_seen(const struct world *world, const struct claim_effect *claim)
{
    const char *now = world_claim_of(world, claim->agent);
    if (!now) {
        return !claim->before || claim->tolerant;
    }
    bool fits = claim->before && strcmp(now, claim->before) == 0;
    for (size_t i = 0; i < claim->n_others; i++) {
        fits = fits || strcmp(now, claim->others[i]) == 0;
    }
    return fits || (claim->tolerant && claim->after && strcmp(now, claim->after) == 0);
}

static bool is_touched(const struct effects *effects, const char *ext)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        if (strcmp(effects->items[i].ext, ext) == 0) {
            return true;
        }
    }
    return false;
}

/* Without claims it is a constraint of the store that keeps an agent from getting a second one. */
static bool would_have_two(struct world *world, const struct effects *effects,
                           const struct claim_effect *claim)
{
    for (size_t i = 0; claim->after && i < world->n_slots; i++) {
        const struct slot *slot = &world->slots[i];
        if (slot_holds(slot, claim->agent) && !is_touched(effects, slot->ext)) {
            return true;
        }
    }
    return false;
}

static bool exempt_fits(struct world *world, const struct effects *effects,
                        const struct exempt_effect *exempt)
{
    const struct claim_effect none = {.agent = exempt->agent, .after = "any"};
    return exempt_is_as_seen(exempt->before, snapshot_find_exempt(world->exempts, exempt->agent)) &&
           !(exempt->after && would_have_two(world, effects, &none));
}

/* The change whose condition does not hold, or SIZE_MAX. */
static size_t first_conflict(struct world *world, const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        const struct effect *effect = &effects->items[i];
        if (!number_is_as_seen(world, world_slot(world, effect->ext), effect->before)) {
            return effect->change;
        }
    }
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        if (world->keeps_claims ? !claim_is_as_seen(world, claim)
                                : would_have_two(world, effects, claim)) {
            return claim->change;
        }
    }
    for (size_t i = 0; i < effects->n_exempts; i++) {
        if (!exempt_fits(world, effects, &effects->exempts[i])) {
            return effects->exempts[i].change;
        }
    }
    return SIZE_MAX;
}

static void set_results(struct plan *plan, size_t first, size_t end, enum change_result from,
                        enum change_result to)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].result == from && !plan->changes[i].left_out) {
            plan->changes[i].result = to;
        }
    }
}

static void write_effects(struct world *world, const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        world_put(world, *effects->items[i].after);
    }
    for (size_t i = 0; world->keeps_claims && i < effects->n_claims; i++) {
        world_claim(world, effects->claims[i].agent, effects->claims[i].after);
    }
    for (size_t i = 0; i < effects->n_exempts; i++) {
        snapshot_put_exempt(world->exempts, effects->exempts[i].agent, effects->exempts[i].after);
    }
}

static size_t apply_transaction(struct world *world, struct plan *plan, size_t first, size_t n)
{
    size_t conflicts = 0;
    for (;;) {
        struct arena arena = ARENA_INIT;
        struct effects effects;
        effects_of(plan, first, n, &arena, &effects);
        size_t lost = first_conflict(world, &effects);
        if (lost == SIZE_MAX) {
            write_effects(world, &effects);
            arena_release(&arena);
            set_results(plan, first, first + n, RESULT_PLANNED, RESULT_DONE);
            return conflicts;
        }
        arena_release(&arena);
        uint32_t group = plan->changes[lost].group;
        while (group != 0 && lost > first && plan->changes[lost - 1].group == group) {
            lost--;
        }
        set_results(plan, lost, plan_unit_end(plan, lost), RESULT_PLANNED, RESULT_CONFLICT);
        conflicts++;
    }
}

size_t world_apply_by(struct world *world, struct plan *plan, size_t batch)
{
    size_t conflicts = 0;
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        while (end < plan->n_changes && plan_unit_end(plan, end) - first <= batch) {
            end = plan_unit_end(plan, end);
        }
        conflicts += apply_transaction(world, plan, first, end - first);
        first = end;
    }
    world_look(world);
    return conflicts;
}

size_t world_apply(struct world *world, struct plan *plan)
{
    return world_apply_by(world, plan, 33);
}

/* ---- the audit trail ------------------------------------------------------------------------ */

size_t world_do(struct world *world, struct plan *plan)
{
    size_t conflicts = world_apply(world, plan);
    struct buf record;
    buf_init(&record, TEXT_MAX);
    audit_encode(plan, 0, plan->n_changes, false, &record);
    assert_false(buf_failed(&record));
    free(world->record);
    world->record = buf_take(&record);
    world->record_action = arena_strdup(&world->arena, plan->action);
    buf_release(&record);
    return conflicts;
}

struct plan *world_undo(const struct world *world)
{
    struct history *history = history_new();
    struct err err = ERR_INIT;
    if (history_add(history,
                    &(struct audit_record){.action_id = "20261122T120000000Z-000000",
                                           .at_ms = world->now_s * 1000,
                                           .order = world->now_s * 1000,
                                           .actor = "test",
                                           .action = world->record_action,
                                           .changes = world->record},
                    &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    history_seal(history);
    struct plan_input input = world_input(world);
    struct plan *plan = NULL;
    if (plan_undo(&input, &history->actions[0], &plan, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    history_free(history);
    return plan;
}

/* ---- as text ------------------------------------------------------------------------------- */

const char *plan_text(struct plan *plan)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        buf_printf(&out, "%c %s", change_kind_mark(change->kind), change->ext ? change->ext : "-");
        if (change->agent) {
            buf_printf(&out, " %s", change->agent);
        }
        bool plain = change->kind == CHANGE_ASSIGN || change->kind == CHANGE_RELEASE;
        if (!plain && (change->from || change->to)) {
            buf_printf(&out, " (%s -> %s)", change->from ? change->from : "",
                       change->to ? change->to : "");
        }
        if (change->group) {
            buf_printf(&out, " #%u", change->group);
        }
        if (change->result != RESULT_PLANNED) {
            buf_printf(&out, " !%s", change_result_name(change->result));
        }
        buf_putc(&out, '\n');
    }
    const char *text = arena_strdup(&plan->arena, out.data);
    buf_release(&out);
    return text;
}

const char *world_text(struct world *world)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (size_t i = 0; i < world->n_slots; i++) {
        const struct slot *slot = &world->slots[i];
        if (slot->state == SLOT_FREE && slot->at_s == 0 && slot_is_sound(slot)) {
            continue;
        }
        buf_printf(&out, "%s %s", slot->ext,
                   slot->state == SLOT_ASSIGNED   ? slot->agent
                   : slot->state == SLOT_RESERVED ? "-held"
                                                  : "-");
        if (slot->state == SLOT_FREE && slot->agent) {
            buf_printf(&out, " %s", slot->agent);
        }
        if (slot->at_s == 0) {
            buf_puts(&out, " ?");
        } else {
            buf_printf(&out, " %dd", (int)((world->now_s - slot->at_s) / WORLD_DAY_S));
        }
        if (slot->note) {
            buf_printf(&out, " %s=%s", slot->state == SLOT_RESERVED ? "note" : "pin", slot->note);
        }
        if (slot->target) {
            buf_printf(&out, " target=%s", slot->target);
        }
        if (slot->until_s) {
            buf_printf(&out, " until=%dd", (int)((slot->until_s - world->now_s) / WORLD_DAY_S));
        }
        if (slot_fallback(slot)) {
            buf_printf(&out, " fallback=%s", slot_fallback(slot));
        }
        size_t length = 0;
        const char *source = slot_source(slot, &length);
        if (source) {
            buf_printf(&out, " %s=%.*s", slot->own->source ? "source" : "instance", (int)length,
                       source);
        }
        if (!slot_is_sound(slot)) {
            buf_printf(&out, " records=%u", slot->records);
        }
        buf_putc(&out, '\n');
    }
    for (size_t i = 0; i < world->exempts->n_exempts; i++) {
        const struct exempt *exempt = &world->exempts->exempts[i];
        buf_printf(&out, "exempt %s%s%s\n", exempt->agent, exempt->note ? " note=" : "",
                   exempt->note ? exempt->note : "");
    }
    const char *text = arena_strdup(&world->arena, out.data);
    buf_release(&out);
    return text;
}

const char *world_fault(struct world *world)
{
    for (size_t i = 0; i < world->n_slots; i++) {
        const struct slot *slot = &world->slots[i];
        if (!slot_is_sound(slot)) {
            return arena_printf(&world->arena, "%s has records %u", slot->ext, slot->records);
        }
        if (slot->state != SLOT_ASSIGNED) {
            continue;
        }
        for (size_t k = i + 1; k < world->n_slots; k++) {
            if (slot_holds(&world->slots[k], slot->agent)) {
                return arena_printf(&world->arena, "%s has %s and %s", slot->agent, slot->ext,
                                    world->slots[k].ext);
            }
        }
        const char *claim = world_claim_of(world, slot->agent);
        if (world->keeps_claims && slot->at_s != 0 && (!claim || strcmp(claim, slot->ext) != 0)) {
            return arena_printf(&world->arena, "%s has %s and claims %s", slot->agent, slot->ext,
                                claim ? claim : "nothing");
        }
    }
    for (size_t i = 0; world->keeps_claims && i < world->n_claims; i++) {
        const struct slot *slot = world_slot(world, world->claims[i].ext);
        if (!slot_holds(slot, world->claims[i].agent)) {
            return arena_printf(&world->arena, "%s claims %s without having it",
                                world->claims[i].agent, world->claims[i].ext);
        }
    }
    return NULL;
}
