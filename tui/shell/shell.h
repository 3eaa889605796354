#ifndef TUI_SHELL_SHELL_H
#define TUI_SHELL_SHELL_H

/*
 * The shell: the base of the views. It has their stack, the place that is worked on, the data on
 * the screen, messages and jobs. Views draw from it and act through it. struct console
 * (tui/console) has it as its first member. UI thread.
 *
 *     shell_push(shell, view);                             the view is on top and the shell's
 *     shell_say(shell, STYLE_OK, "%s: done", action);      a message, also kept in the activity
 *     work_start(shell, WORK_SYNC, NULL, done);            a job (tui/shell/work.h)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/environ.h"
#include "core/base/job.h"
#include "core/plan/plan.h"
#include "core/session/session.h"
#include "core/settings/settings.h"
#include "core/settings/state.h"
#include "tui/shell/changes.h"
#include "tui/shell/live_cache.h"
#include "tui/shell/options.h"
#include "tui/shell/screen_data.h"
#include "tui/shell/view.h"
#include "tui/widget/activity.h"
#include "tui/widget/field.h"
#include "tui/widget/saved_filters.h"

struct work;

/* ---- its parts ------------------------------------------------------------------------------ */

/* The place that is worked on. */
struct place {
    const struct settings *settings;
    const struct settings *contexts; /* as the configuration was last read */
    struct session *session;
    bool read_only;
    char actor[512]; /* who acts here, as last known; "" not yet */
};

#define VIEWS_MAX 12
#define READY_MAX 5

/* The result of a job, until somebody opens it. */
struct ready {
    enum command opens; /* the command that began the job opens it */
    struct view *view;
    char badge[48]; /* "sync +6 -1" */
    char says[480]; /* "sync: plan ready: + assign 6   - release 1" */
};

/* A command that somebody typed by its name. */
struct given {
    enum command command;
    char argument[FIELD_MAX]; /* "": none */
};

struct stack {
    struct view *views[VIEWS_MAX];
    size_t n_views;
    struct view *searching; /* its go_on has something to do; NULL: nothing goes on */
    struct ready ready[READY_MAX];
    size_t n_ready;
    struct given given;       /* with REACT_GIVEN */
    unsigned long typed;      /* keys, pastes and clicks so far */
    const struct view *drawn; /* the top view of the last frame; NULL: there was no room for it */
    const struct view *came;  /* a job opened it just now, with nobody's key; NULL: none */
    int64_t came_until_ms;    /* until then (clock_ticks_ms); LOOP_FOREVER: it was not sent yet */
};

struct messages {
    struct activity activity;
    char flash[512]; /* the last message; the next key removes it */
    enum style flash_style;
    bool flash_said;  /* it is in the activity too */
    bool narrow_said; /* the operator was told why letters are shown as ? */
};

/* The sources of what the screen shows. Each has its own errors and its own age. */
enum source_id { SOURCE_STORE, SOURCE_DIRECTORY, SOURCES };

struct source {
    struct err trouble;   /* why the last read failed; code ERR_OK: it did not */
    int64_t checked_at_s; /* when the data shown was last known to be current; 0: not read */
};

/* The history of one row, as it was asked for last. */
struct row_history {
    char login[LOGIN_MAX + 1]; /* "": none */
    char ext[EXT_ROOM];
    bool read;
    struct history *of_agent, *of_ext; /* NULL: not asked for */
};

/* What agents do now, as far as the directory was asked. */
struct live_reading {
    struct live_cache cache;
    bool refused;      /* the directory does not let us ask: not again in this session */
    bool asking;       /* a request is under way */
    int64_t asked_ms;  /* clock_ticks_ms of the last request; 0: none yet */
    unsigned answers;  /* how many there were */
    unsigned renewals; /* how often the data was refreshed: what is old is asked for again */
};

struct reading {
    struct screen_data *waiting; /* read while an open view froze the data */
    struct source sources[SOURCES];
    struct history *history; /* as last read; NULL */
    bool history_wanted;     /* it is out of date */
    bool history_asked;      /* it was read, or tried, for the details of rows */
    struct row_history row;
};

struct jobs {
    struct worker *worker;
    unsigned generation; /* of the session: results of an old one are dropped */
    const char *name;    /* the job that the user waits for; NULL: none */
    bool writes;
    int64_t since_ms;
    enum cancel stopping; /* how it was asked to stop */
    struct progress_report report;
    bool reporting;
    const char *phase; /* of the report, and since when: rates are those of a phase */
    int64_t phase_since_ms;
    unsigned spin;
    void (*ending)(struct shell *shell, struct work *work); /* instead of a job's own done */
};

/* What is known of a row at this moment beside the data: "call", "kim@desk7"; NULL: nothing. `key` is
   a login (`agents`) or a number. The part of the console that knows it sets it; list_filter_again
   when it has changed. */
typedef const char *(*shell_row_now_fn)(const struct shell *shell, bool agents, const char *key);

#define ZONES_MAX 32

/* A key of the footer, as it was drawn last. */
struct zone {
    int x, width;
    enum command command;
};

struct footer {
    const struct view *view; /* the one that drew it */
    int y;
    struct zone zones[ZONES_MAX];
    size_t n;
};

struct gathered;

/* Edits that are gathered in a basket (tui/shell/gather.h), as everybody may know of them. */
struct gathering {
    bool on;
    bool can_undo, can_redo;
    bool touched;   /* somebody else changed a row of it since it was looked at */
    size_t n;       /* rows */
    int64_t said_s; /* when people were last told that they are not written */
    char adds[32];  /* "Add to basket (4)" */
    struct gathered *all;
    /* The plan of the basket is another one, or there is none; the old one is gone. For its view. */
    void (*replanned)(struct shell *shell, struct plan *plan);
};

#define SHELL_WIDE 132 /* columns from which details are shown beside the lists */

struct shell {
    const struct console_options *options;
    struct place place;
    struct bindings bindings;
    struct screen_data *data; /* what is shown; NULL: nothing read yet */
    struct reading reading;
    struct live_reading live;
    struct changes changes;
    struct stack stack;
    struct messages messages;
    struct jobs jobs;
    struct gathering gathering;
    struct state *state; /* what the console remembers; never NULL once it has started */
    void (*data_replaced)(struct shell *shell);   /* before the views are told; may be NULL */
    shell_row_now_fn row_now[FILTER_FIELD_COUNT]; /* NULL: nothing is known of any row */
    struct footer footer;
    struct field_history command_history;
    struct field_history filter_history;
    struct saved_filters saved_filters;
};

/* ---- the stack (shell.c) ------------------------------------------------------------------- */

/* The shell owns the view from here on. */
void shell_push(struct shell *shell, struct view *view);
void shell_close(struct shell *shell, struct view *view);
struct view *shell_top(const struct shell *shell);
struct view *shell_bottom(const struct shell *shell);
/* How many rows at the foot of a screen of this height the views above the first one cover. */
int shell_covered(const struct shell *shell, int height);

/* ---- results of jobs (ready.c) --------------------------------------------------------------- */

/* Shows the view if nothing was typed since the job's start (`typed`). Otherwise it waits as a
   badge until its command is given, and a message tells so. It replaces a waiting view of the same
   command. The shell owns the view from here on. Returns whether the view is shown. */
bool shell_offer(struct shell *shell, const struct ready *result, unsigned long typed);
/* An Enter that is pressed within CAME_MS after a view opened by itself was meant for what stood there
   before, and writes nothing. Whether the view is that new. */
#define CAME_MS 300
bool shell_just_came(const struct shell *shell, const struct view *view);
/* A frame was sent: CAME_MS of a new view on it are counted from now on. */
void shell_came_sent(struct shell *shell, int64_t now_ms);
/* True once, when CAME_MS are over: the words about Enter have to be drawn again. */
bool shell_came_over(struct shell *shell, int64_t now_ms);
bool shell_is_ready(const struct shell *shell, enum command opens);
/* Shows the view that waits for the command; false: none waits. */
bool shell_open_ready(struct shell *shell, enum command opens);
void shell_drop_ready(struct shell *shell);
/* Drops the view that waits for the command, if one does. */
void shell_forget_ready(struct shell *shell, enum command opens);
/* A result that is shown goes back behind its badge. False: there is no room for it. */
bool shell_put_back(struct shell *shell, const struct ready *result);

/* ---- messages (messages.c) --------------------------------------------------------------------- */

/* Into the activity and at the foot of the screen. */
void shell_say(struct shell *shell, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void shell_say_error(struct shell *shell, const char *what, const struct err *err);
/* Only at the foot: about a key, not about the work. */
void shell_flash(struct shell *shell, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- the data (shell.c) --------------------------------------------------------------------- */

/* Shows it at once or, while a dialog is open, as soon as that is closed. Takes the reference. */
void shell_take_data(struct shell *shell, struct screen_data *data);
/* The history was read: the views above the first screen make their rows anew. */
void shell_history_read(struct shell *shell);
/* Clears the screen's data, for another place. */
void shell_forget_data(struct shell *shell);
/* Takes a reference to a newer feed of changes, and tells what is new in it (news.c). NULL, or the
   feed that it has: nothing. */
void shell_take_feed(struct shell *shell, const struct feed *feed);
/* Before the first read of a place: its changes begin with what was not seen when the last console
   ended. */
void shell_follow_seen(struct shell *shell);
/* Keeps that everything was seen, if so. */
void shell_keep_seen(struct shell *shell);
void shell_see_all(struct shell *shell); /* and keeps it */
/* Clears what was read beside the data: the history of a row, live states, changes. */
void shell_forget_place(struct shell *shell);
/* What planners need, from what the screen shows. */
struct plan_input shell_plan_input(const struct shell *shell);
int64_t shell_now_s(const struct shell *shell);
/* The place of the settings that people name: the context, else "demo" or the last part of the
   store's URI: short enough to be typed. */
const char *shell_place_name(const struct shell *shell);

/* What a filter may ask of their rows beside the data (row_now). */
struct filter_now shell_agents_now(const struct shell *shell);
struct filter_now shell_slots_now(const struct shell *shell);

/* ---- where it comes from (source.c) --------------------------------------------------------- */

/* Why a source could not be read, the store first; its code is ERR_OK if both could. */
const struct err *shell_trouble(const struct shell *shell);
/* When the data shown was last known to be current, of the older source; 0: never. */
int64_t shell_checked_at_s(const struct shell *shell);
/* Whether nothing is configured, nothing was named, and no store exists at the built-in place. */
bool shell_is_first_start(const struct shell *shell);
/* Reads the contexts of the configuration as it is now into shell->place.contexts; an error leaves
   them unchanged. */
enum err_code shell_read_contexts(struct shell *shell, struct err *err) ERR_CHECK;

/* ---- what agents do now (source.c) ------------------------------------------------------------ */

/* Whether the directory can tell it, and lets us ask. */
bool shell_tells_live(const struct shell *shell);
/* What is known of the agent of the directory; NULL: nothing. Valid until the next answer. */
const struct live_seen *shell_live_of(const struct shell *shell, const char *login);
/* Lets filters ask for live states and for changes (rows_now.c). Once, at the begin. */
void shell_know_rows(struct shell *shell);

/* ---- work and commands (shell.c, usable.c) --------------------------------------------------- */

/* Whether the user has work under way (not a refresh), and whether it writes. */
bool shell_busy(const struct shell *shell);
bool shell_writes(const struct shell *shell);

/* NULL, or why the command cannot be used now. */
#define SHELL_NO_ROW "there is no row to act on"
const char *shell_why_unusable(const struct shell *shell, enum command command);

/* ---- parts that several views draw (frame.c, gauge.c, footer.c, words.c) ---------------------------------------- */

/* Header in row 0; returns the row below it. */
int frame_header(struct shell *shell, struct canvas *canvas, const char *title);
/* How full the pool is, and which groups are low, in row y; returns the row below. */
int frame_gauge(struct shell *shell, struct canvas *canvas, int y);
/* Status and key hints in the last two rows (one below 8 rows); returns the first of them. */
int frame_footer(struct shell *shell, struct canvas *canvas, const struct view *view,
                 const char *status);
/* For a view with a footer of its own, in the last row: it begins, and each key in turn. A click on
   the key is the command (CMD_NONE: it is nothing). */
void frame_own_footer(struct shell *shell, const struct canvas *canvas, const struct view *view);
void frame_own_key(struct shell *shell, enum command command, int x, int width);
/* The command of the key in the footer at that place, if the view drew it; CMD_NONE. */
enum command frame_hint_at(const struct shell *shell, const struct view *view, int x, int y);
void frame_activity(struct shell *shell, struct canvas *canvas, struct rect area);
/* Whether it is too small for anything, and then what is drawn instead. */
bool frame_too_small(struct canvas *canvas);
/* The key of a command, or ":name" if it has none. Eight results stay valid at a time. */
const char *frame_key(const struct shell *shell, enum command command);
/* A count as people write it: "3,841". Four results stay valid at a time. */
const char *frame_count(uint64_t count);

#endif
