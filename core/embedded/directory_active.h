#ifndef CORE_EMBEDDED_DIRECTORY_ACTIVE_H
#define CORE_EMBEDDED_DIRECTORY_ACTIVE_H

/*
 * Which people of a directory file still work here. Exports of other systems list people who are disabled
 * there: in a column such as Status, Enabled, Suspended or userAccountControl.
 *
 * `active_column` of the configuration says which column counts: "status", or "status = ACTIVE,
 * PROVISIONED" if only these values mean active, or "none". Whoever is not active there is left
 * out. Without that setting nobody is left out, and a note says which column was not looked at.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/format/csv.h"
#include "core/pool/model.h"

enum activity { ACTIVITY_YES, ACTIVITY_NO, ACTIVITY_UNKNOWN };

/* How a column says it. */
enum active_sense {
    ACTIVE_STATUS,   /* words: ACTIVE, Disabled, True, no, ... */
    ACTIVE_PLACE,    /* the same, and it may well be about something else: State */
    ACTIVE_INVERTED, /* true means that somebody is not active: Suspended */
    ACTIVE_FLAGS,    /* userAccountControl: bit 2 is ACCOUNTDISABLE */
    ACTIVE_LISTED    /* the setting lists the values that mean active */
};

struct active_column {
    char name[CSV_HEADER_ROOM];  /* compared form */
    char shown[CSV_HEADER_ROOM]; /* as the file or the setting has it, harmless */
    enum active_sense sense;
    const char *listed; /* ACTIVE_LISTED: "ACTIVE, PROVISIONED" */
    size_t n;           /* rows that are not active, or of which it is not known */
    char value[48];     /* what the first of them says, harmless */
};

/* What a setting says; false for "none". */
bool active_column_parse(const char *setting, struct active_column *column);

/* Whether a column with this header usually says who is active. */
bool active_column_known(struct csv_field header, struct active_column *column);

enum activity active_judge(const struct active_column *column, const char *text, size_t length);

/* For columns that nobody asked for: counts the row if it should have been looked at. */
void active_watch(struct active_column *column, const char *text, size_t length);

/* Adds the note about a watched column, if there is anything to say; `n_rows` of the file. */
void active_note_watched(const struct active_column *column, size_t n_rows, struct roster *roster);

/* ... and about those who were left out. */
void active_note_left_out(const struct active_column *column, size_t n, struct roster *roster);

#endif
