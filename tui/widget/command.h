#ifndef TUI_WIDGET_COMMAND_H
#define TUI_WIDGET_COMMAND_H

/*
 * Everything a key can do, in one list: from it come the key bindings, help (`?`), the `:` line
 * with its completion, the hints in the footer and the reason why a key is off.
 *
 * A command belongs to one or more places (PLACE_...). Two commands may share a key only if they
 * share no place. Keys can be rebound in the configuration:
 *
 *     [keys]
 *     sync = F9 s
 *     mouse =
 *
 * which takes F9 from whatever had it by default; a key given twice by the user in one place is an
 * error that names both.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

/* The place that has the keyboard. */
#define PLACE_MAIN 0x01u /* the panes */
#define PLACE_PLAN 0x02u /* a plan before it is applied */
#define PLACE_HISTORY 0x04u
#define PLACE_DOCTOR 0x08u
#define PLACE_TEXT 0x10u    /* help, details */
#define PLACE_PICK 0x20u    /* a dialog with a list */
#define PLACE_STRIP 0x80u   /* the edit of one row */
#define PLACE_IMPORT 0x100u /* the rows of an import that are left out */
#define PLACE_LISTS                                                                                \
    (PLACE_MAIN | PLACE_PLAN | PLACE_HISTORY | PLACE_DOCTOR | PLACE_TEXT | PLACE_PICK |            \
     PLACE_IMPORT)
#define PLACE_VIEWS                                                                                \
    (PLACE_MAIN | PLACE_PLAN | PLACE_HISTORY | PLACE_DOCTOR | PLACE_TEXT | PLACE_IMPORT)
/* Rows that can be searched and sorted. */
#define PLACE_ROWS (PLACE_MAIN | PLACE_PLAN | PLACE_HISTORY | PLACE_DOCTOR | PLACE_TEXT)
#define PLACE_ALL (PLACE_LISTS | PLACE_STRIP)

/* What a command needs. */
#define NEED_ROW 0x01u   /* a marked row, or one under the cursor */
#define NEED_WRITE 0x02u /* not read-only */
#define NEED_DATA 0x04u  /* the extensions have been read */
#define NEED_IDLE 0x08u  /* no other job that changes things is running */
#define NEED_WORK 0x10u  /* work under way */

/* command, name, keys, places, needs, word in the footer ("" none), what it does */
#define COMMAND_LIST(X)                                                                            \
    X(CMD_UP, "up", "Up k C-p", PLACE_ALL, 0, "", "one row up")                                    \
    X(CMD_DOWN, "down", "Down j C-n", PLACE_ALL, 0, "", "one row down")                            \
    X(CMD_PAGE_UP, "page-up", "PgUp C-b", PLACE_LISTS, 0, "", "one page up")                       \
    X(CMD_PAGE_DOWN, "page-down", "PgDn C-f", PLACE_LISTS, 0, "", "one page down")                 \
    X(CMD_HALF_UP, "half-up", "C-u", PLACE_LISTS, 0, "", "half a page up")                         \
    X(CMD_HALF_DOWN, "half-down", "C-d", PLACE_LISTS, 0, "", "half a page down")                   \
    X(CMD_FIRST, "first", "g Home", PLACE_LISTS, 0, "", "to the first row")                        \
    X(CMD_LAST, "last", "G End", PLACE_LISTS, 0, "", "to the last row")                            \
    X(CMD_PANE_NEXT, "pane-next", "Tab Right", PLACE_MAIN, 0, "", "to the next pane")              \
    X(CMD_PANE_PREVIOUS, "pane-previous", "S-Tab Left", PLACE_MAIN, 0, "", "to the pane before")   \
    X(CMD_PANE_1, "pane-agents", "1", PLACE_MAIN, 0, "", "to the agents")                          \
    X(CMD_PANE_2, "pane-extensions", "2", PLACE_MAIN, 0, "", "to the extensions")                  \
    X(CMD_PANE_3, "details", "3", PLACE_MAIN, 0, "", "details of this row, with its history")      \
    X(CMD_PANE_4, "pane-changes", "4", PLACE_MAIN, 0, "", "to the changes")                        \
    X(CMD_MENU, "menu", "Enter", PLACE_MAIN, NEED_ROW, "", "what can be done with this row")       \
    X(CMD_DETAILS, "open", "Enter", PLACE_HISTORY | PLACE_DOCTOR, NEED_ROW, "Open",                \
      "details of this row")                                                                       \
    X(CMD_JUMP, "jump", "#", PLACE_ROWS & ~PLACE_TEXT, NEED_DATA, "Number",                        \
      "to a number, while it is typed")                                                            \
    X(CMD_FILTER, "filter", "/", PLACE_ROWS, 0, "Filter",                                          \
      "show only what matches: text, ext:20-29, since:7d, a or b, !not")                           \
    X(CMD_NEXT, "next", "n", PLACE_ROWS, 0, "", "the next match; after the last, the first")       \
    X(CMD_PREVIOUS, "previous", "N", PLACE_ROWS, 0, "",                                            \
      "the previous match; before the first, the last")                                            \
    X(CMD_CHANGE_NEXT, "change-next", "]", PLACE_MAIN, 0, "",                                      \
      "to the next row that somebody else changed")                                                \
    X(CMD_CHANGE_PREVIOUS, "change-previous", "[", PLACE_MAIN, 0, "",                              \
      "to the row before that somebody else changed")                                              \
    X(CMD_SEEN, "seen", "", PLACE_MAIN, 0, "", "all changes were seen: remove their c")            \
    X(CMD_SAVED_FILTER, "saved-filter", "'", PLACE_ROWS, 0, "Saved",                               \
      "show a saved filter: 'x; '' the one before")                                                \
    X(CMD_SAVE_FILTER, "save-filter", "\"", PLACE_ROWS, 0, "",                                     \
      "keep the filter under a digit or a letter: \"x")                                            \
    X(CMD_SORT, "sort", "o F6", PLACE_ROWS, 0, "", "sort by the next column")                      \
    X(CMD_REVERSE, "reverse", "O", PLACE_ROWS, 0, "", "reverse the order")                         \
    X(CMD_COLUMNS_LEFT, "columns-left", "<", PLACE_MAIN, 0, "", "columns sideways, to the left")   \
    X(CMD_COLUMNS_RIGHT, "columns-right", ">", PLACE_MAIN, 0, "",                                  \
      "columns sideways, to the right")                                                            \
    X(CMD_COLUMNS, "columns", "C", PLACE_MAIN, 0, "Columns", "choose and order the columns")       \
    X(CMD_MARK, "mark", "Space", PLACE_MAIN, NEED_ROW, "", "mark this row, or unmark it")          \
    X(CMD_RANGE, "range", "v", PLACE_MAIN, NEED_ROW, "",                                           \
      "start a range; again: mark all its rows")                                                   \
    X(CMD_MARK_ALL, "mark-all", "*", PLACE_MAIN, 0, "", "mark all that is shown")                  \
    X(CMD_UNMARK_ALL, "unmark-all", "U", PLACE_MAIN, 0, "", "remove all marks")                    \
    X(CMD_SYNC, "sync", "s", PLACE_MAIN, NEED_WRITE | NEED_IDLE, "Sync",                           \
      "read the directory and plan: new agents get one, leavers lose theirs")                      \
    X(CMD_ASSIGN, "assign", "a", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Assign",           \
      "give the lowest free extension, or a typed one")                                            \
    X(CMD_REASSIGN, "reassign", "r", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Reassign",     \
      "give another extension instead")                                                            \
    X(CMD_RELEASE, "release", "x", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Release",        \
      "take the extension back; it cools down first")                                              \
    X(CMD_SWAP, "swap", "w", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Swap",                 \
      "swap with another agent, or two marked ones")                                               \
    X(CMD_PIN, "pin", "p", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Pin",                    \
      "no sync touches this extension; again: unpin it")                                           \
    X(CMD_RESERVE, "reserve", "R", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Reserve",        \
      "take a free number out of the pool, or put it back")                                        \
    X(CMD_TARGET, "target", "T", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "Calls",            \
      "where calls to a reserved number go, or those that an agent does not take")                 \
    X(CMD_UNTIL, "until", "L", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "",                   \
      "how long a number stays reserved")                                                          \
    X(CMD_EXEMPT, "exempt", "X", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "",                 \
      "they need no extension: it is released, syncs give none; again: end that")                  \
    X(CMD_UNEXEMPT, "unexempt", "", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "",              \
      "they need an extension again")                                                              \
    X(CMD_UNPIN, "unpin", "", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "",                    \
      "syncs may touch this extension again")                                                      \
    X(CMD_UNRESERVE, "unreserve", "", PLACE_MAIN, NEED_ROW | NEED_DATA | NEED_IDLE, "",            \
      "put a reserved number back")                                                                \
    X(CMD_BASKET, "basket", "b", PLACE_VIEWS & ~PLACE_PLAN, NEED_DATA, "Basket",                   \
      "gather edits, and show what is gathered; nothing is written before Enter there")            \
    X(CMD_UNDO, "undo", "z", PLACE_MAIN | PLACE_PLAN | PLACE_HISTORY, NEED_WRITE | NEED_IDLE,      \
      "Undo", "take back your newest action, or this one in the history")                          \
    X(CMD_REDO, "redo", "Z", PLACE_MAIN | PLACE_PLAN, NEED_WRITE | NEED_IDLE, "",                  \
      "bring back what your newest undo took")                                                     \
    X(CMD_EXPORT, "export", "e", PLACE_MAIN, NEED_WRITE | NEED_DATA | NEED_IDLE, "Export",         \
      "publish the list of extensions")                                                            \
    X(CMD_EXPORT_TO, "export-to", "E", PLACE_MAIN, NEED_WRITE | NEED_DATA | NEED_IDLE, "",         \
      "publish the list elsewhere: a file or s3://bucket/key")                                     \
    X(CMD_IMPORT, "import", "I", PLACE_MAIN, NEED_WRITE | NEED_DATA | NEED_IDLE, "",               \
      "plan the rows of a CSV: user, extension, action, note")                                     \
    X(CMD_RENUMBER, "renumber", "", PLACE_MAIN, NEED_WRITE | NEED_DATA | NEED_IDLE, "",            \
      "plan other numbers for a range: :renumber 2000-2499=6000-6499 30d")                         \
    X(CMD_HISTORY, "history", "h", PLACE_MAIN, 0, "History", "who did what, and when")             \
    X(CMD_AT, "at", "", PLACE_MAIN, NEED_DATA | NEED_IDLE, "",                                     \
      "the pool as it was: at 2026-10-03, at 7d")                                                  \
    X(CMD_ACTIVITY, "activity", "", PLACE_MAIN, 0, "", "all messages so far")                      \
    X(CMD_DOCTOR, "doctor", "!", PLACE_MAIN, NEED_IDLE, "", "find problems in the store")          \
    X(CMD_REPAIR, "repair", "f", PLACE_DOCTOR, NEED_WRITE | NEED_IDLE, "Repair",                   \
      "plan the repair of what can be repaired")                                                   \
    X(CMD_INIT, "init", "", PLACE_MAIN, NEED_WRITE | NEED_IDLE, "",                                \
      "create what the store lacks and fill the pool")                                             \
    X(CMD_IMPORT_PLAN, "import-plan", "Enter", PLACE_IMPORT, 0, "Plan of the others",              \
      "the plan of the rows that can be done")                                                     \
    X(CMD_IMPORT_WRITE, "import-write", "W", PLACE_IMPORT, 0, "Write these",                       \
      "write the rows that are left out to a file that can be mended")                             \
    X(CMD_COPY, "copy", "y", PLACE_MAIN, NEED_ROW, "", "copy the extension to the clipboard")      \
    X(CMD_COPY_ROW, "copy-row", "Y", PLACE_MAIN, NEED_ROW, "", "copy the whole row")               \
    X(CMD_TOGGLE, "toggle", "Space", PLACE_PLAN, NEED_ROW, "In/out",                               \
      "leave this row out of the plan, or take it in again")                                       \
    X(CMD_ALL_IN, "all-in", "*", PLACE_PLAN, 0, "All in", "take all rows in")                      \
    X(CMD_ALL_OUT, "all-out", "U", PLACE_PLAN, 0, "All out", "leave all rows out")                 \
    X(CMD_DROP, "drop", "-", PLACE_PLAN, NEED_ROW, "Drop", "take this row out of the basket")      \
    X(CMD_TICKET, "ticket", "T", PLACE_PLAN, 0, "Ticket",                                          \
      "the ticket that goes into the history of every row")                                        \
    X(CMD_PLAN_FILE, "plan-file", "W", PLACE_PLAN, 0, "", "write a plan file, for somebody else")  \
    X(CMD_APPLY, "apply", "Enter", PLACE_PLAN, 0, "Apply", "write the plan")                       \
    X(CMD_CONFIRM, "confirm", "Enter", PLACE_STRIP, 0, "Apply",                                    \
      "fill in the number; then apply the plan that is shown")                                     \
    X(CMD_TAKE_SWAP, "take-swap", "w", PLACE_STRIP, 0, "Swap",                                     \
      "the number is taken: both change places")                                                   \
    X(CMD_TAKE_OVER, "take-over", "t", PLACE_STRIP, 0, "Take over",                                \
      "the number is taken: its holder gets the lowest free one")                                  \
    X(CMD_TAKE_NEAREST, "take-nearest", "f", PLACE_STRIP, 0, "Nearest",                            \
      "the number is taken: take the nearest free one instead")                                    \
    X(CMD_CONTEXT, "context", "c", PLACE_VIEWS, NEED_IDLE, "", "work on another contact centre")   \
    X(CMD_THEME, "theme", "t", PLACE_VIEWS, 0, "", "choose other colours")                         \
    X(CMD_MOUSE, "mouse", "m", PLACE_VIEWS, 0, "",                                                 \
      "mouse on or off; when it is off, the terminal selects text")                                \
    X(CMD_RELOAD, "reload", "C-r F5", PLACE_VIEWS, 0, "", "read everything again")                 \
    X(CMD_REDRAW, "redraw", "C-l", PLACE_ALL, 0, "", "draw the whole screen again")                \
    X(CMD_COMMAND, "command", ":", PLACE_VIEWS, 0, "Cmd", "type a command by its name")            \
    X(CMD_HELP, "help", "? F1", PLACE_VIEWS | PLACE_STRIP, 0, "Help", "what the keys do here")     \
    X(CMD_CANCEL, "cancel", "C-c", PLACE_ALL, 0, "", "stop the work under way; twice: at once")    \
    X(CMD_SUSPEND, "suspend", "C-z", PLACE_ALL, 0, "", "go to the shell; fg returns")              \
    X(CMD_BACK, "back", "Esc", PLACE_ALL, 0, "Back", "back; on the panes: clear filter and range") \
    X(CMD_QUIT, "quit", "q F10", PLACE_ALL, 0, "Quit", "leave; asks while work is under way")

enum command {
#define X(command, name, keys, places, needs, hint, help) command,
    COMMAND_LIST(X)
#undef X
        COMMAND_COUNT,
    CMD_NONE = COMMAND_COUNT
};

struct command_info {
    const char *name;
    const char *keys; /* by default */
    unsigned places;
    unsigned needs;
    const char *hint;
    const char *help;
};

const struct command_info *command_info(enum command command);
enum command command_find(const char *name); /* CMD_NONE */

/* ---- keys --------------------------------------------------------------------------------- */

#define KEYS_PER_COMMAND 4

struct bindings {
    uint32_t keys[COMMAND_COUNT][KEYS_PER_COMMAND]; /* K_NONE ends */
    bool custom[COMMAND_COUNT];
};

void bindings_default(struct bindings *bindings);

/* "sync", "F9 s"; empty: no key. ERR_CONFIG for an unknown name or key, and for a key that
   the user gave to another command of the same place. */
enum err_code bindings_set(struct bindings *bindings, const char *name, const char *keys,
                           struct err *err) ERR_CHECK;

/* What the key does in that place. */
enum command bindings_find(const struct bindings *bindings, unsigned place, uint32_t key);

/* The first key of a command as text, "" if it has none; and all of them. */
#define KEYS_TEXT_MAX 128
void bindings_key(const struct bindings *bindings, enum command command, char out[KEYS_TEXT_MAX]);
void bindings_keys(const struct bindings *bindings, enum command command, char out[KEYS_TEXT_MAX]);

#endif
