#ifndef TUI_PANEL_PANE_H
#define TUI_PANEL_PANE_H

/*
 * A pane: a framed table over a virtual list. Its operations (agents, extensions) name the
 * columns. Columns are dropped if there is not enough room.
 *
 * Before the columns of a row stands the gutter: `>` at the cursor, `*` if it is marked (`+` in an
 * open range), then one sign. Only gutter and first column show the cursor, so that a move sends few
 * bytes.
 */

#include "tui/widget/list.h"
#include "tui/shell/shell.h"

struct pane_column {
    const char *name;
    int least;               /* columns of the screen it needs */
    int share;               /* of what is left over; 0: none */
    int drop;                /* goes when there is no room: the highest number first; 0 stays */
    bool ext;                /* as wide as an extension, which is never cut */
    bool apart;              /* takes one column more before anything is shared */
    bool moves;              /* it changes by itself: the list is not sorted by it */
    enum filter_field field; /* as a filter calls it; FILTER_ANY: it shows nothing that is found */
};

/* One row to draw. */
struct pane_row {
    const struct shell *shell;
    const struct screen_data *data;
    const struct policy *policy;
    size_t row;
    unsigned columns; /* a bit for each column that is shown */
    int width;        /* of the cell, in columns of the screen */
    bool filtered;    /* the list is */
};

struct pane_ops {
    const char *name; /* in the state folder */
    const char *title;
    const char *title_alone; /* if there is no directory; NULL: the same */
    int gutter;              /* columns before the first one: 3, or 4 with a blank */
    const struct pane_column *columns;
    int n_columns;
    /* The rows of the data; NULL: none. */
    struct list_source (*source)(const struct shell *shell, const struct screen_data *data);
    /* The text of a cell and the slot it is drawn in. */
    const char *(*cell)(const struct pane_row *at, int column, char *room, size_t size,
                        enum style *style);
    /* Whether a column is shown in a pane with so much room. NULL: all are. */
    bool (*shows)(const struct shell *shell, int column, int room);
    /* The sign in the gutter: ' ' for none. NULL: never one. */
    char (*sign)(const struct pane_row *at);
    /* The keys of the rows of this pane that a row of the feed changed: two at most, NULL for none. */
    void (*changed)(const struct feed_row *row, const char *keys[2]);
    /* The width that a column needs so that nothing in it is cut; 0: no demand. NULL: no column has
       one. */
    int (*wanted)(const struct screen_data *data, int column);
    /* The row that the list opens at; SIZE_MAX or NULL: the first. */
    size_t (*opens_at)(const struct screen_data *data);
    /* The text if there is no row at all; its second line tells what to do. */
    const char *(*empty)(const struct shell *shell, char *room, size_t size);
};

#define COLUMNS_MAX 12

/* A column as it was drawn last. */
struct placed {
    int column, x, width;
};

struct pane {
    const struct pane_ops *ops;
    struct list list;
    int chosen[COLUMNS_MAX]; /* the columns that a person wants, in order */
    int n_chosen;
    int sideways; /* so many columns after the first one are passed over */
    struct placed placed[COLUMNS_MAX];
    int n_placed;
    bool heading;     /* the row above `rows` has the names of the columns */
    int page;         /* rows that fit when it was drawn last */
    struct rect rows; /* where they were drawn */
};

/* How the current row is shown. */
enum pane_cursor {
    PANE_CURSOR,         /* the pane has the keyboard */
    PANE_CURSOR_KEPT,    /* a part beside it has the keyboard, and is about this row */
    PANE_CURSOR_IDLE,    /* another list has it */
    PANE_CURSOR_FOLLOWS, /* another list has it, and this one follows */
};

struct pane_look {
    enum pane_cursor cursor;
    const char *title_end; /* after the title; "" */
};

void pane_init(struct pane *pane, const struct pane_ops *ops);
void pane_release(struct pane *pane);
void pane_reload(struct pane *pane, const struct shell *shell, const struct screen_data *data);
void pane_draw(struct pane *pane, const struct shell *shell, struct canvas *canvas,
               struct rect area, const struct pane_look *look);
/* What it says if no row is shown. `room` may be used for it. */
const char *pane_empty(const struct pane *pane, const struct shell *shell, char *room, size_t size);
/* Movement, marks, sort, filter clearing. REACT_PASS if it is another command. */
unsigned pane_command(struct pane *pane, struct shell *shell, enum command command);

/* A click on a row takes it, one on the name of a column sorts by it, again: reverses the order. */
void pane_click(struct pane *pane, int x, int y);

/* ---- columns (pane_columns.c, pane_choose.c) ------------------------------------------------- */

/* All columns, in the order of the operations. */
void pane_all_columns(struct pane *pane);
/* Decides what is shown in `inside`, and how wide, into `placed`. */
void pane_place_columns(struct pane *pane, const struct shell *shell, struct rect inside);
/* Sideways by one column; false: there is none further. */
bool pane_move_columns(struct pane *pane, const struct shell *shell, int step);
/* A dialog that shows, hides and orders the columns; Esc takes it back. */
void pane_choose_columns(struct pane *pane, struct shell *shell);
/* Shows or hides all columns of that name, and moves them; false: one has to stay. */
bool pane_toggle_column(struct pane *pane, const char *name);
bool pane_shift_column(struct pane *pane, const char *name, int step);
bool pane_has_column(const struct pane *pane, const char *name);
/* "LOGIN,EXT,STATE". Names that are not known are passed over. */
void pane_columns_text(const struct pane *pane, char *out, size_t size);
void pane_columns_parse(struct pane *pane, const char *text);

/* ---- what was chosen (pane_keep.c) ------------------------------------------------------------ */

/* Keeps columns and order for the next start; takes them as they were kept. */
void pane_keep(const struct pane *pane, struct shell *shell);
void pane_recall(struct pane *pane, const struct shell *shell);

/* ---- changes (pane_changes.c) --------------------------------------------------------------- */

/* How many rows of the list were changed by others and not seen yet, and how many of them the filter
   hides. */
void pane_count_changes(const struct pane *pane, const struct shell *shell, size_t *n,
                        size_t *hidden);
/* Moves the cursor to the next such row that is shown (`step` 1 or -1); false: there is none. */
bool pane_to_change(struct pane *pane, const struct shell *shell, int step);

#endif
