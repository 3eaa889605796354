#ifndef TUI_PANEL_PANE_H
#define TUI_PANEL_PANE_H

/*
 * A pane: a framed table over a virtual list. Its operations (agents, extensions) name the
 * columns. Columns are dropped from the right if there is not enough room.
 */

#include "tui/widget/list.h"
#include "tui/shell/shell.h"

struct pane_column {
    const char *name;
    int least; /* columns of the screen it needs */
    int share; /* of what is left over; 0: none */
    int drop;  /* goes when there is no room: the highest number first; 0 stays */
    bool ext;  /* as wide as an extension, which is never cut */
};

struct pane_ops {
    const char *title;
    const char *title_alone; /* if there is no directory; NULL: the same */
    const struct pane_column *columns;
    int n_columns;
    /* The rows of the data; NULL: none. */
    struct list_source (*source)(const struct shell *shell, const struct screen_data *data);
    /* The text of a cell and the slot it is drawn in. */
    const char *(*cell)(const struct screen_data *data, const struct policy *policy, size_t row,
                        int column, char *room, size_t size, enum style *style);
    /* The width that a column needs so that nothing in it is cut; 0: no demand. NULL: no column has
       one. */
    int (*wanted)(const struct screen_data *data, int column);
    /* The text if there is no row at all; its second line tells what to do. */
    const char *(*empty)(const struct shell *shell, char *room, size_t size);
};

struct pane {
    const struct pane_ops *ops;
    struct list list;
    int page;         /* rows that fit when it was drawn last */
    struct rect rows; /* where they were drawn */
};

void pane_init(struct pane *pane, const struct pane_ops *ops);
void pane_release(struct pane *pane);
void pane_reload(struct pane *pane, const struct shell *shell, const struct screen_data *data);
void pane_draw(struct pane *pane, const struct shell *shell, struct canvas *canvas,
               struct rect area, bool focus);
/* Movement, marks, sort, filter clearing. REACT_PASS if it is another command. */
unsigned pane_command(struct pane *pane, struct shell *shell, enum command command);

#endif
