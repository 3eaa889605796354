#ifndef TUI_WIDGET_FIELD_H
#define TUI_WIDGET_FIELD_H

/*
 * A line of text that people edit: the filter, the `:` line, the answers in dialogs.
 * Keys: arrows, Home End, C-a C-e C-b C-f, M-b M-f (word), Backspace, Delete C-d, C-w M-d (word),
 * C-u C-k (line), C-y (what was cut last), Up Down C-p C-n (history). A paste becomes text on one
 * line.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/terminal/canvas.h"

#define FIELD_MAX 1024
#define FIELD_HISTORY_MAX 50

/* Earlier entries, newest last; shared by the fields of one kind. */
struct field_history {
    char *lines[FIELD_HISTORY_MAX];
    size_t n_lines;
};

struct field {
    char text[FIELD_MAX];
    size_t length;
    size_t cursor; /* a byte offset, between whole characters */
    size_t max;    /* bytes */
    bool digits;   /* takes digits only */
    size_t scroll; /* first byte that is drawn */
    char cut[FIELD_MAX];
    struct field_history *history; /* NULL: none */
    size_t place;                  /* in the history; n_lines: the line being written */
    char kept[FIELD_MAX];          /* the line being written, while the history shows */
};

/* The message for FIELD_FULL; its argument is `max`. */
#define FIELD_FULL_SAYS "the paste is too long: %zu bytes fit here; nothing of it was taken"

enum field_result {
    FIELD_IGNORED, /* not an editing key */
    FIELD_MOVED,
    FIELD_CHANGED,
    FIELD_FULL /* a paste does not fit; nothing of it was taken */
};

void field_init(struct field *field, struct field_history *history);
void field_set(struct field *field, const char *text);
enum field_result field_key(struct field *field, uint32_t key);
enum field_result field_paste(struct field *field, const char *text, size_t length);
/* Replaces the last `bytes` bytes before the cursor: completion. */
void field_replace(struct field *field, size_t bytes, const char *text);

/* Draws and returns the column of the cursor. */
int field_draw(struct field *field, struct canvas *canvas, int x, int y, int width,
               enum style style);

void field_history_add(struct field_history *history, const char *line); /* not twice in a row */
void field_history_release(struct field_history *history);

#endif
