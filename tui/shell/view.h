#ifndef TUI_SHELL_VIEW_H
#define TUI_SHELL_VIEW_H

/*
 * Views: the everyday screen, a plan, the history, a dialog... One struct of functions each, one
 * file each; they stand on a stack, the top one has the keyboard. A view draws only when it
 * is told to. Its handlers return bits that say what should follow, and pass on keys that are not
 * theirs. A view knows the shell below it and nothing above it.
 *
 * Everything here runs on the UI thread. A view looks up data when it draws. It
 * remembers the subject of an action by name (login, extension), never by row, because the data
 * may be replaced before the answer comes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "tui/terminal/canvas.h"
#include "tui/terminal/keys.h"
#include "tui/widget/command.h"

/* Reactions. */
#define REACT_NONE 0x00u
#define REACT_DRAW 0x01u  /* something has to be drawn */
#define REACT_CLOSE 0x02u /* closes this view */
#define REACT_PASS 0x04u  /* the view does not handle this */
#define REACT_GIVEN 0x08u /* shell->stack.given is for the view below, when this one is closed */
#define REACT_LEAVE 0x10u /* the person wants to leave the console */

struct shell;
struct view;

/* The position of the text cursor; x < 0: hidden. */
struct caret {
    int x, y;
};

struct view_ops {
    const char *title;
    unsigned place;    /* PLACE_... for its keys; 0: it reads raw keys only */
    bool overlay;      /* drawn over the view below */
    bool freezes_data; /* while it is open, the data on the screen does not change */
    void (*draw)(struct view *view, struct shell *shell, struct canvas *canvas,
                 struct caret *caret);
    /* A raw key before it is looked up as a command; may be NULL. */
    unsigned (*key)(struct view *view, struct shell *shell, uint32_t key);
    unsigned (*command)(struct view *view, struct shell *shell, enum command command);
    /* The command with an argument; false: it takes none. May be NULL. */
    bool (*argument)(struct view *view, struct shell *shell, enum command command,
                     const char *argument);
    unsigned (*paste)(struct view *view, struct shell *shell, const char *text,
                      size_t length); /* NULL: a paste is dropped with a message */
    unsigned (*click)(struct view *view, struct shell *shell,
                      const struct key_event *event); /* may be NULL */
    /* When it wants to act by itself (clock_ticks_ms; LOOP_FOREVER: not), and what it does then. NULL:
       never. */
    int64_t (*wakes_at)(const struct view *view, const struct shell *shell);
    unsigned (*on_time)(struct view *view, struct shell *shell);
    void (*reload)(struct view *view, struct shell *shell); /* the data was replaced; may be NULL */
    /* Goes on with what takes longer than a key may take, for some milliseconds. The console calls
       it as long as shell->stack.searching is this view, between the keys. May be NULL. */
    unsigned (*go_on)(struct view *view, struct shell *shell);
    bool (*has_row)(const struct view *view); /* whether NEED_ROW is met; NULL: yes */
    /* The word in the footer for what the command does at this moment, usually info->hint; "": it
       does nothing; " ": the key alone. May be NULL. */
    const char *(*hint)(const struct view *view, const struct shell *shell, enum command command);
    /* Of the first screen: a plan was applied, and the marks are used up. NULL: it has none. */
    void (*unmark)(struct view *view);
    /* Of the first screen: all about its current row. NULL: it has no rows. */
    void (*details)(const struct view *view, const struct shell *shell, struct buf *out);
    /* Of an overlay at the foot: how many rows of a screen of this height it covers, so that a list
       below it shows its current row above them. NULL: it is not at the foot. */
    int (*covers)(const struct view *view, int height);
    void (*free)(struct view *view);
};

/* The first member of every view. */
struct view {
    const struct view_ops *ops;
};

#endif
