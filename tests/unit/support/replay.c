#include "tests/unit/support/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void replay_init(struct replay *replay)
{
    memset(replay, 0, sizeof *replay);
}

__attribute__((format(printf, 2, 3))) static bool fault(struct replay *replay, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    if (replay->fault[0] == '\0') {
        vsnprintf(replay->fault, sizeof replay->fault, format, args);
    }
    va_end(args);
    return false;
}

static size_t index_of(const char *ext)
{
    return strtoul(ext, NULL, 10) % REPLAY_NUMBERS;
}

/* The number that the agent has, or REPLAY_NUMBERS. */
static size_t held_by(const struct replay *replay, const char *agent)
{
    size_t i = 0;
    while (i < REPLAY_NUMBERS && !(replay->numbers[i].state == SLOT_ASSIGNED &&
                                   strcmp(replay->numbers[i].agent, agent) == 0)) {
        i++;
    }
    return i;
}

static bool create(struct replay *replay, const struct audit_change *change)
{
    for (size_t i = index_of(change->from); i <= index_of(change->to); i++) {
        if (replay->numbers[i].state != SLOT_ABSENT) {
            return fault(replay, "%03zu is created twice", i);
        }
        replay->numbers[i].state = SLOT_FREE;
    }
    return true;
}

static bool gives_back(const struct audit_change *change)
{
    return change->kind == CHANGE_RELEASE || change->kind == CHANGE_REASSIGN;
}

static bool takes(const struct audit_change *change)
{
    return change->kind == CHANGE_ASSIGN || change->kind == CHANGE_REASSIGN;
}

static bool give_back(struct replay *replay, const struct audit_change *change)
{
    const char *ext = change->kind == CHANGE_RELEASE ? change->ext : change->from;
    size_t i = index_of(ext);
    if (replay->numbers[i].state != SLOT_ASSIGNED ||
        strcmp(replay->numbers[i].agent, change->agent) != 0) {
        return fault(replay, "%s is given back by %s, who does not have it", ext, change->agent);
    }
    replay->numbers[i].state = SLOT_FREE;
    return true;
}

static bool take(struct replay *replay, const struct audit_change *change)
{
    size_t i = index_of(change->ext);
    if (replay->numbers[i].state != SLOT_FREE && replay->numbers[i].state != SLOT_ABSENT) {
        return fault(replay, "%s goes to %s, but is not free", change->ext, change->agent);
    }
    if (held_by(replay, change->agent) != REPLAY_NUMBERS) {
        return fault(replay, "%s goes to %s, who has another", change->ext, change->agent);
    }
    replay->numbers[i].state = SLOT_ASSIGNED;
    snprintf(replay->numbers[i].agent, sizeof replay->numbers[i].agent, "%.31s", change->agent);
    return true;
}

/* A change alone or a group: what is left is free before anything is taken. */
static bool replay_unit(struct replay *replay, const struct audit_change *changes, size_t n)
{
    bool possible = true;
    for (size_t i = 0; i < n && possible; i++) {
        if (changes[i].kind == CHANGE_CREATE) {
            possible = create(replay, &changes[i]);
        } else if (gives_back(&changes[i])) {
            possible = give_back(replay, &changes[i]);
        }
    }
    for (size_t i = 0; i < n && possible; i++) {
        if (takes(&changes[i])) {
            possible = take(replay, &changes[i]);
        }
    }
    return possible;
}

bool replay_record(struct replay *replay, const struct audit_change *changes, size_t n)
{
    for (size_t first = 0; first < n;) {
        size_t end = first + 1;
        while (changes[first].group != 0 && end < n && changes[end].group == changes[first].group) {
            end++;
        }
        if (!replay_unit(replay, changes + first, end - first)) {
            return false;
        }
        first = end;
    }
    return true;
}

bool replay_equals(struct replay *replay, const struct snapshot *snapshot)
{
    size_t there = 0;
    for (size_t i = 0; i < REPLAY_NUMBERS; i++) {
        there += replay->numbers[i].state != SLOT_ABSENT;
    }
    if (there != snapshot->n_slots) {
        return fault(replay, "%zu numbers recorded, %zu in the store", there, snapshot->n_slots);
    }
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        size_t index = index_of(slot->ext);
        if (slot->state != replay->numbers[index].state ||
            (slot->state == SLOT_ASSIGNED &&
             strcmp(slot->agent, replay->numbers[index].agent) != 0)) {
            return fault(replay, "%s is not what was recorded last", slot->ext);
        }
    }
    return true;
}
