#ifndef TUI_SHELL_VIEW_H
#define TUI_SHELL_VIEW_H

/*
 * Views: the everyday screen, a plan, the history, a dialog... One struct of functions each, one
 * file each; they stand on a stack, the top one has the keyboard. A view draws what it has when
 * it is told to and never by itself: its handlers say by bits what should follow.
 *
 * Everything here runs on the UI thread. What a view shows of the data it looks up when it draws;
 * what an action is about it remembers by name (login, extension), never by row, because the
 * data may be another one by the time the answer comes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/environ.h"
#include "core/base/job.h"
#include "core/plan/plan.h"
#include "core/session/session.h"
#include "core/settings/settings.h"
#include "tui/widget/activity.h"
#include "tui/terminal/canvas.h"
#include "tui/widget/command.h"
#include "tui/shell/options.h"
#include "tui/widget/field.h"
#include "tui/terminal/keys.h"
#include "tui/terminal/patience.h"
#include "tui/terminal/theme.h"
#include "tui/shell/screen_data.h"

/* Reactions. */
#define REACT_NONE 0x00u
#define REACT_DRAW 0x01u  /* something looks different now */
#define REACT_CLOSE 0x02u /* this view goes */
#define REACT_PASS 0x04u  /* not mine */
#define REACT_GIVEN 0x08u /* console->given is for the view below, when this one is closed */
#define REACT_LEAVE 0x10u /* the person wants to leave the console */

struct console;
struct view;
struct work;

/* A command that somebody typed by its name. */
struct given {
    enum command command;
    char argument[FIELD_MAX]; /* "": none */
};

/* Where the text cursor stands; x < 0: nowhere. */
struct caret {
    int x, y;
};

struct view_ops {
    const char *title;
    unsigned place; /* PLACE_... for its keys; 0: it reads raw keys only */
    bool overlay;   /* drawn over the view below */
    bool still;     /* while it is open, the data stands still */
    void (*draw)(struct view *view, struct console *console, struct canvas *canvas,
                 struct caret *caret);
    /* A raw key before it is looked up as a command; may be NULL. */
    unsigned (*key)(struct view *view, struct console *console, uint32_t key);
    unsigned (*command)(struct view *view, struct console *console, enum command command);
    /* The command with an argument; false: it takes none. May be NULL. */
    bool (*argument)(struct view *view, struct console *console, enum command command,
                     const char *argument);
    unsigned (*paste)(struct view *view, struct console *console, const char *text,
                      size_t length); /* NULL: a paste is dropped with a message */
    unsigned (*click)(struct view *view, struct console *console,
                      const struct key_event *event);           /* may be NULL */
    void (*reload)(struct view *view, struct console *console); /* a new data; may be NULL */
    bool (*has_row)(const struct view *view); /* whether NEED_ROW is met; NULL: yes */
    /* The word in the footer for what the command does at this moment, usually info->hint; "": it
       does nothing. May be NULL. */
    const char *(*hint)(const struct view *view, const struct console *console,
                        enum command command);
    /* Of the first screen: a plan was applied, and the marks are used up. NULL: it has none. */
    void (*unmark)(struct view *view);
    /* Of the first screen: all about its current row. NULL: it has no rows. */
    void (*details)(const struct view *view, const struct console *console, struct buf *out);
    void (*free)(struct view *view);
};

/* The first member of every view. */
struct view {
    const struct view_ops *ops;
};

/* What the screen shows is read from. Each has its own troubles and its own age. */
enum source_id { SOURCE_STORE, SOURCE_DIRECTORY, SOURCES };

struct source {
    struct err trouble;   /* why the last read failed; code ERR_OK: it did not */
    int64_t checked_at_s; /* when what is shown of it was last known to be so; 0: not read */
    bool outdated;        /* we have changed it since, and not read what it holds now */
};

#define VIEWS_MAX 12
#define READY_MAX 5

/* What a job made, until somebody looks at it. */
struct ready {
    enum command opens; /* the command that began the job opens it */
    struct view *view;
    char badge[48]; /* "sync +6 -1" */
    char says[480]; /* "sync: plan ready: + assign 6   - release 1" */
};

#define CONSOLE_WIDE 132 /* from here on details stand beside the lists */

struct console {
    const struct console_options *options;
    const struct settings *settings;
    const struct settings *contexts; /* as the configuration was last read */
    struct session *session;
    struct worker *worker;
    struct bindings bindings;
    struct theme theme;
    char theme_name[64];
    struct canvas canvas;
    struct key_reader keys;
    struct screen_data *data;    /* NULL: nothing read yet */
    struct screen_data *waiting; /* read while a still view was open */
    struct view *views[VIEWS_MAX];
    size_t n_views;
    struct ready ready[READY_MAX];
    size_t n_ready;
    struct given given;  /* with REACT_GIVEN */
    unsigned long typed; /* keys, pastes and clicks so far */
    bool by_itself;      /* a job has opened or closed the view on top, and that is not drawn yet */
    struct activity activity;
    char flash[512]; /* the last thing that happened; the next key takes it away */
    enum style flash_style;
    bool flash_said; /* it stands in the activity too */
    struct field_history command_history;
    struct field_history filter_history;
    struct history *history; /* as last read; NULL */
    bool history_wanted;     /* it is out of date */
    bool history_asked;      /* it was read, or tried, for the details beside the lists */
    struct source sources[SOURCES];
    const char *job; /* what the worker does for the user, NULL: nothing */
    bool job_writes;
    int64_t job_since_ms;
    enum cancel stopping; /* how it was asked to stop */
    struct progress_report report;
    bool reporting;
    const char *phase; /* of the report, and since when: rates are those of a phase */
    int64_t phase_since_ms;
    unsigned spin;
    int64_t refresh_at_ms;
    struct patience patience;
    int64_t input_until_ms; /* what waits in `keys` is complete then */
    bool narrow_said;       /* that letters are shown as ?, and why */
    bool read_only;
    bool mouse;
    bool quitting;
    bool hung_up;                                               /* because the terminal is gone */
    void (*ending)(struct console *console, struct work *work); /* instead of a job's own done */
    struct console_end *end; /* the terminal was given back: what is still to be said goes here */
    char actor[512];         /* who acts here, as last known; "" not yet */
    unsigned generation;     /* of the session: results of an old one are dropped */
};

/* ---- the stack (tui/shell/shell.c) --------------------------------------------------------- */

/* The console owns the view from here on. */
void console_push(struct console *console, struct view *view);
void console_close(struct console *console, struct view *view);
struct view *console_top(const struct console *console);
struct view *console_bottom(const struct console *console);

/* ---- what jobs made (tui/shell/ready.c) ---------------------------------------------------- */

/* Shows the view if nothing was typed since then (`typed`, of the job's start); otherwise it waits
   as a badge until its command is given, and a message says so. One of the same command that
   waited gives way. The view is the console's from here on. Returns whether it is shown. */
bool console_offer(struct console *console, const struct ready *result, unsigned long typed);
bool console_is_ready(const struct console *console, enum command opens);
/* Shows what waits for the command; false: nothing does. */
bool console_open_ready(struct console *console, enum command opens);
void console_drop_ready(struct console *console);

/* ---- messages ----------------------------------------------------------------------------- */

/* Into the activity and at the foot of the screen. */
void console_say(struct console *console, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void console_say_error(struct console *console, const char *what, const struct err *err);
/* Only at the foot: about a key, not about the work. */
void console_flash(struct console *console, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- work --------------------------------------------------------------------------------- */

/* Whether the user has work under way (not a refresh), and whether it writes. */
bool work_busy(const struct console *console);
bool work_writes(const struct console *console);

/* ---- commands ----------------------------------------------------------------------------- */

/* NULL, or why the command cannot be used now. */
#define CONSOLE_NO_ROW "there is no row for it"
const char *console_off(const struct console *console, enum command command);
/* ---- the data ----------------------------------------------------------------------------- */

/* Shows it at once or, while a dialog is open, as soon as that is closed. Takes the reference. */
void console_take_world(struct console *console, struct screen_data *data);
/* Why a source could not be read (tui/shell/source.c), the store first; its code is ERR_OK if both could. */
const struct err *console_trouble(const struct console *console);
/* When what is shown was known to be so: the older of the two; 0: never. */
int64_t console_checked_at_s(const struct console *console);
/* Nothing has been read yet: of another place. */
void console_forget_world(struct console *console);
/* What planners need, from what the screen shows. */
struct plan_input console_plan_input(const struct console *console);
int64_t console_now_s(const struct console *console);
/* The place of the settings that people name: the context, else "demo" or the last
   part of the store's URI: short enough to be typed. */
const char *console_place_name(const struct console *console);

/* Reads the contexts of the configuration as it is now into console->contexts; an error leaves them
   as they were. tui/shell/source.c */
enum err_code console_read_contexts(struct console *console, struct err *err) ERR_CHECK;

/* ---- parts that several views draw (tui/shell/frame.c) ------------------------------------------- */

/* Header in row 0; returns the row below it. */
int frame_header(struct console *console, struct canvas *canvas, const char *title);
int frame_gauge(struct console *console, struct canvas *canvas, int y);
/* Status and key hints in the last two rows (one below 8 rows); returns the first of them. */
int frame_footer(struct console *console, struct canvas *canvas, const struct view *view,
                 const char *status);
void frame_activity(struct console *console, struct canvas *canvas, struct rect area);
/* Whether it is too small for anything, and then what is drawn instead. */
bool frame_too_small(struct canvas *canvas);
/* The key of a command, or ":name" where it has none. Eight results stay valid at a time. */
const char *frame_key(const struct console *console, enum command command);
/* A count as people write it: "3,841". Four results stay valid at a time. */
const char *frame_count(uint64_t count);

#endif
