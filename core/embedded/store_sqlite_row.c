/* One row of the table of extensions, as a slot. */
#include "core/embedded/store_sqlite_private.h"

#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

static const char *const s_states[] = {
    [SLOT_ABSENT] = "absent",
    [SLOT_FREE] = "free",
    [SLOT_ASSIGNED] = "assigned",
    [SLOT_RESERVED] = "reserved",
};

const char *sqlite_state_name(enum slot_state state)
{
    return s_states[state];
}

static bool read_state(sqlite3_stmt *row, struct slot *slot)
{
    static const uint8_t records[] = {[SLOT_FREE] = RECORD_FREE,
                                      [SLOT_ASSIGNED] = RECORD_ASSIGNED,
                                      [SLOT_RESERVED] = RECORD_RESERVED};
    const char *name = (const char *)sqlite3_column_text(row, 1);
    for (uint8_t state = SLOT_FREE; name && state <= SLOT_RESERVED; state++) {
        if (strcmp(name, s_states[state]) == 0) {
            slot->state = state;
            slot->records = records[state];
            return true;
        }
    }
    return false;
}

static bool read_ext(sqlite3_stmt *row, int width, char ext[EXT_ROOM])
{
    const char *text = (const char *)sqlite3_column_text(row, 0);
    int length = sqlite3_column_bytes(row, 0);
    if (!text || length < EXT_WIDTH_MIN || length > EXT_WIDTH_MAX ||
        (width != 0 && length != width)) {
        return false;
    }
    memcpy(ext, text, (size_t)length + 1);
    return text_is_digits(ext) && strlen(ext) == (size_t)length;
}

static void read_own(struct arena *arena, sqlite3_stmt *row, struct slot *slot, bool *sound)
{
    struct belongings own = {
        .arn = sqlite_text(arena, row, 7, sound),
        .source = sqlite_text(arena, row, 8, sound),
        .fallback = sqlite_text(arena, row, 9, sound),
    };
    if (own.arn || own.source || own.fallback) {
        struct belongings *copy = arena_alloc(arena, sizeof *copy);
        *copy = own;
        slot->own = copy;
    }
}

bool sqlite_slot(struct arena *arena, sqlite3_stmt *row, int width, struct slot *slot,
                 const char **why)
{
    bool sound = true;
    *slot = (struct slot){.ext = ""};
    *why = NULL;
    if (!read_ext(row, width, slot->ext)) {
        *why = "its number does not have the width of the store";
    } else if (!read_state(row, slot)) {
        *why = "its state is not free, assigned or reserved";
    } else {
        slot->at_s = sqlite3_column_int64(row, 2);
        slot->agent = sqlite_text(arena, row, 3, &sound);
        slot->note = sqlite_text(arena, row, 4, &sound);
        slot->by = sqlite_text(arena, row, 5, &sound);
        slot->given_back_s = sqlite3_column_int64(row, 6);
        read_own(arena, row, slot, &sound);
        slot->target = sqlite_text(arena, row, 10, &sound);
        slot->until_s = sqlite3_column_int64(row, 11);
        if (!sound) {
            *why = "one of its texts is not UTF-8";
        } else if (slot->state == SLOT_ASSIGNED && (!slot->agent || slot->agent[0] == '\0')) {
            *why = "it is assigned, but to nobody";
        } else if (slot->agent && strlen(slot->agent) > LOGIN_MAX) {
            *why = "its agent has more than 128 bytes";
        }
    }
    return *why == NULL;
}
