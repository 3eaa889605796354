#ifndef TUI_SHELL_WORK_H
#define TUI_SHELL_WORK_H

/*
 * The console's jobs on the worker (core/base/job.h): everything that does I/O. Each carries its
 * input and its results, and goes back to its starter when it ends.
 */

#include "core/plan/audit.h"
#include "core/base/job.h"
#include "core/plan/plan.h"
#include "core/session/past.h"
#include "core/session/usecase.h"
#include "tui/shell/shell.h"

/* kind, name, whether the user asked for it (then it is shown, blocks other changes, and stops a
   running refresh), whether it writes */
#define WORK_KINDS(X)                                                                              \
    X(WORK_LOAD, "reading", true, false)                                                           \
    X(WORK_REFRESH, "refresh", false, false)                                                       \
    X(WORK_SYNC, "sync", true, false)                                                              \
    X(WORK_APPLY, "apply", true, true)                                                             \
    X(WORK_EXPORT, "export", true, true)                                                           \
    X(WORK_HISTORY, "history", false, false)                                                       \
    X(WORK_DOCTOR, "doctor", true, false)                                                          \
    X(WORK_UNDO, "undo", true, false)                                                              \
    X(WORK_REDO, "redo", true, false)                                                              \
    X(WORK_INIT, "init", true, true)                                                               \
    X(WORK_IMPORT, "import", true, false)                                                          \
    X(WORK_RENUMBER, "renumber", true, false)                                                      \
    X(WORK_PAST, "the past", true, false)                                                          \
    X(WORK_LIVE, "live states", false, false)                                                      \
    X(WORK_ROW, "history of a row", false, false)

enum work_kind {
#define X(kind, name, asked, writes) kind,
    WORK_KINDS(X)
#undef X
};

struct work;

/* So many changes take 2 MB, and are looked through at each key in well under a millisecond. */
#define HISTORY_SHORT 5000

typedef void (*work_done_fn)(struct shell *shell, struct work *work);

struct work {
    struct job job;
    struct shell *shell;
    struct session *session;
    const struct policy *policy;
    unsigned generation;
    unsigned long typed; /* shell->stack.typed when it was begun */
    enum work_kind kind;
    /* export: where to (NULL: as configured); undo: id; import: path; apply: ticket; renumber: the
       ranges; past: when */
    char *argument;
    struct screen_data *seen; /* what the screen showed when it began; NULL */
    struct view *view;        /* apply: the view that waits for it */
    work_done_fn done;
    bool read[SOURCES];    /* sources that were read */
    enum source_id failed; /* the source that could not be read; SOURCES: none */
    /* found */
    struct screen_data *data; /* NULL: nothing new */
    struct usecase use;       /* what was read, planned, written and published */
    struct history *history;
    bool short_only;      /* a history that is not short is not read: `history` is NULL then */
    struct rewound *then; /* past: what the store held then */
    struct history *ext_history;   /* of row_ext, if a row is asked for */
    char row_login[LOGIN_MAX + 1]; /* whose history is asked for; "": nobody's */
    char row_ext[EXT_ROOM];
    struct agent *live_agents; /* agents of `seen`, whose live states are asked for */
    size_t n_live_agents;
    struct live *live; /* one state for each of them; NULL: job.err tells why */
    /* the directory's rows as they come */
    struct roster *agents_so_far;
    const struct snapshot *show_with;
    int64_t show_at_ms;
};

/* Submits; `argument` is copied (NULL is fine). `done` is called on the UI thread at the end of the
   job, unless the session is another one by then; it moves out of the work what it keeps. */
void work_start(struct shell *shell, enum work_kind kind, const char *argument, work_done_fn done);
/*
 * Asks what agents do now (core/port/live.h) and calls `done` with work->live_agents and work->live. The
 * agents are of the roster that the screen shows; the list is copied, the first LIVE_AGENTS_MAX of
 * it count. A job that the user asks for goes first: it stops this one (ERR_CANCELLED). ERR_DENIED:
 * not allowed, asking again is useless. Nothing is said on the screen here.
 */
void work_ask_live(struct shell *shell, const struct live_wanted *wanted, work_done_fn done);
/* Reads the newest history, of an embedded store only if it is short; else work->history is NULL. */
void work_ask_short_history(struct shell *shell, work_done_fn done);
/* Reads what was done to that row; `done` takes work->history, the agent's, and
   work->ext_history. */
void work_ask_row(struct shell *shell, const char *login, const char *ext, work_done_fn done);
/* The plan moves in, and is in work->use.plan when `done` is called for `view`. `ticket` (NULL: none)
   goes into the history; it is copied. */
void work_apply_for(struct shell *shell, struct plan *plan, const char *ticket, struct view *view,
                    work_done_fn done);
/* The same without a ticket. */
void work_apply(struct shell *shell, struct plan *plan, struct view *view, work_done_fn done);

/* A job without a session that the person waits for: it is shown as the one under way, and
   can be stopped. Its `done` calls work_awaited. */
void work_await(struct shell *shell, struct job *job);
void work_awaited(struct shell *shell);

/* Whether the end of this job's plan is a list that is published. */
bool work_publishes(const struct work *work);

/* ---- reading (tui/shell/loaded.c) --------------------------------------------------------- */

/* Store and directory; what others changed meanwhile; the history. */
void work_load(struct shell *shell);
void work_refresh(struct shell *shell);
void work_read_history(struct shell *shell);
/* The same for what follows the cursor, which can use a short one only: a long one takes memory, and
   is not read if the store has an index that tells the history of a row. */
void work_read_short_history(struct shell *shell);
/* The history of an agent and of an extension (either may be "") into shell->reading.row. */
void work_read_row(struct shell *shell, const char *login, const char *ext);
/* What these agents do now, into shell->live. */
void work_read_live(struct shell *shell, const struct live_wanted *wanted);

/* The `done` of work that has read: takes the data, tells what was read or what went wrong. */
void work_loaded(struct shell *shell, struct work *work);
/* For every job: clears the errors of the sources that it read, and notes the time. */
void work_note_sources(struct shell *shell, const struct work *work);

#endif
