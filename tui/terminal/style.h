#ifndef TUI_TERMINAL_STYLE_H
#define TUI_TERMINAL_STYLE_H

/*
 * Style slots: the meaning of a piece of the screen. Views name slots, never colours; a theme
 * (tui/terminal/theme.h) says how a slot looks. The names are those of a theme file.
 */

/* slot, name in a theme file, what it is for */
#define STYLE_LIST(X)                                                                              \
    X(STYLE_TEXT, "text", "everything without a style of its own")                                 \
    X(STYLE_DIM, "dim", "less important: hints, columns of detail")                                \
    X(STYLE_STRONG, "strong", "more important: names, counts")                                     \
    X(STYLE_HEADER, "header", "the line at the top")                                               \
    X(STYLE_HEADER_WARN, "header.warn", "a word in that line that needs attention")                \
    X(STYLE_FRAME, "frame", "the frame of a pane")                                                 \
    X(STYLE_FRAME_FOCUS, "frame.focus", "the frame of the pane that has the keyboard")             \
    X(STYLE_TITLE, "title", "the title of a pane")                                                 \
    X(STYLE_TITLE_FOCUS, "title.focus", "the title of the pane that has the keyboard")             \
    X(STYLE_COLUMN, "column", "column headings")                                                   \
    X(STYLE_CURSOR, "cursor", "the current row")                                                   \
    X(STYLE_CURSOR_IDLE, "cursor.idle", "the current row of a pane without the keyboard")          \
    X(STYLE_MARKED, "marked", "a marked row")                                                      \
    X(STYLE_STATE_OK, "state.ok", "an agent with an extension")                                    \
    X(STYLE_STATE_NEW, "state.new", "an agent without one")                                        \
    X(STYLE_STATE_STALE, "state.stale", "the extension of somebody who left")                      \
    X(STYLE_STATE_PINNED, "state.pinned", "an extension that no sync touches")                     \
    X(STYLE_STATE_FREE, "state.free", "a free extension")                                          \
    X(STYLE_STATE_ASSIGNED, "state.assigned", "an assigned extension")                             \
    X(STYLE_STATE_COOLING, "state.cooling", "free, but released a short while ago")                \
    X(STYLE_STATE_RESERVED, "state.reserved", "taken out of the pool by an operator")              \
    X(STYLE_STATE_BLOCKED, "state.blocked", "never assigned")                                      \
    X(STYLE_PLAN_ADD, "plan.add", "a change that gives: assign, create, unreserve")                \
    X(STYLE_PLAN_REMOVE, "plan.remove", "a change that takes: release")                            \
    X(STYLE_PLAN_MOVE, "plan.move", "any other change: reassign, reserve, pin, adopt, repair")     \
    X(STYLE_PLAN_OUT, "plan.out", "a row that is left out of the plan")                            \
    X(STYLE_GAUGE_USED, "gauge.used", "the used part of a gauge")                                  \
    X(STYLE_GAUGE_FREE, "gauge.free", "the free part of a gauge")                                  \
    X(STYLE_OK, "ok", "a message: it worked")                                                      \
    X(STYLE_INFO, "info", "a message: what is going on")                                           \
    X(STYLE_WARN, "warn", "a message: look at this")                                               \
    X(STYLE_ERROR, "error", "a message: it did not work")                                          \
    X(STYLE_KEY, "key", "a key in the footer and in help")                                         \
    X(STYLE_KEY_OFF, "key.off", "a key that cannot be used now")                                   \
    X(STYLE_PROMPT, "prompt", "the word before an input line")                                     \
    X(STYLE_INPUT, "input", "an input line")                                                       \
    X(STYLE_DIALOG, "dialog", "the inside of a dialog")                                            \
    X(STYLE_DIALOG_FRAME, "dialog.frame", "its frame")                                             \
    X(STYLE_DIALOG_TITLE, "dialog.title", "its title")                                             \
    X(STYLE_CHOICE, "choice", "the row of a dialog that Enter takes")

enum style {
#define X(slot, name, meaning) slot,
    STYLE_LIST(X)
#undef X
        STYLE_COUNT
};

#endif
