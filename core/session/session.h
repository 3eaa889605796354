#ifndef CORE_SESSION_SESSION_H
#define CORE_SESSION_SESSION_H

/*
 * A session: one context at work, its directories, store, exporter and policy, opened from the
 * settings. The headless run and the console do everything through it, so that both do the same.
 *
 *     struct session_options options = {&settings, ports, n_ports, &clock_system};
 *     session_open(&options, &session, &err);
 *     session_load(session, LOAD_NORMAL, progress, &snapshot, &err);
 *     session_read_directory(session, progress, &roster, &err);
 *     input = session_plan_input(session, snapshot, roster);
 *     plan_sync(&input, &plan, &err);
 *     session_apply(session, plan, progress, &outcome, &err);
 *     session_export(session, &source, progress, &receipt, &err);
 *
 * Everything but session_open, session_plan_input and session_policy does I/O and belongs on the
 * worker's thread; one session is used by one thread at a time. Opening does no network I/O: the
 * screen can be painted before the first answer.
 */

#include "core/base/arena.h"
#include "core/plan/audit.h"
#include "core/base/clock.h"
#include "core/plan/doctor.h"
#include "core/base/err.h"
#include "core/plan/guard.h"
#include "core/plan/plan.h"
#include "core/plan/publish_guard.h"
#include "core/port/directory.h"
#include "core/port/exporter.h"
#include "core/port/port.h"
#include "core/port/store.h"
#include "core/session/feed.h"
#include "core/session/outcome.h"
#include "core/settings/settings.h"

/* The ports that need no service: file:, sqlite:, demo:. */
extern const struct port session_embedded_ports[];
extern const size_t session_n_embedded_ports;

struct session;

/* All of these outlive the session. */
struct session_options {
    const struct settings *settings;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    enum audit_via via; /* the face; VIA_UNKNOWN: a headless run, by hand or by a timer */
};

/* Opens the store. The directories and the exporter are opened when they are first needed, so that
   --list works without a directory. */
enum err_code session_open(const struct session_options *options, struct session **out,
                           struct err *err) ERR_CHECK;
void session_close(struct session *session); /* NULL is fine */

const struct policy *session_policy(const struct session *session);
const struct settings *session_settings(const struct session *session);
const char *session_store_uri(const struct session *session);
/* The store's identity, the same in every folder (location_identity). */
const char *session_store_name(const struct session *session, struct arena *arena);
/* The account and the region that the store is in, "account 123456789012, eu-west-2", after the actor
   was asked for; NULL: it is a file. In `arena`. */
const char *session_store_place(struct session *session, struct arena *arena);
/* All directories, as people write them; NULL: none configured. */
const char *session_directory_uri(const struct session *session);
const char *session_export_uri(const struct session *session); /* NULL: none configured */
/* The time that the store goes by, as the last load found it (core/pool/stamps.h). */
bool session_is_embedded(const struct session *session); /* the store is a file of this machine */
int64_t session_now_s(const struct session *session);

/* Who acts, for `by` and the audit trail: what the store's service says (an ARN), else user@host,
   with the SSH client if there is one. Asks the service once. */
enum err_code session_actor(struct session *session, const struct progress *progress,
                            const char **actor, struct err *err) ERR_CHECK;

/* The person behind this session (core/session/actor.h). */
const char *session_user(struct session *session);

/* Creates what is missing (--init), also the embedded store's file. Warnings may be NULL. */
enum err_code session_init_store(struct session *session, const struct progress *progress,
                                 struct port_info *warnings, struct err *err) ERR_CHECK;

/*
 * A store is never guessed. An embedded one that does not exist yet loads as an empty snapshot for
 * --init, --sync, --import and a console that has not read it before; the first apply then makes
 * it, and the plan says so. For everything else, and for a table, it is ERR_NOT_FOUND; also for
 * one that this session has read and that is gone.
 */
enum err_code session_load(struct session *session, enum load_mode mode,
                           const struct progress *progress, struct snapshot **out,
                           struct err *err) ERR_CHECK;
/* Begins to read the directories, so that their waits overlap with what is read next; then comes
   session_read_directory, which tells what went wrong, or session_abandon_directory. `progress` lives
   until then. */
void session_begin_directory(struct session *session, const struct progress *progress);
void session_abandon_directory(struct session *session);
/* Reads what lies at the destination of the export, for a publication that follows soon. What goes
   wrong is found out again, and told, then. */
void session_look_ahead(struct session *session, const struct progress *progress);
/*
 * Who works here: all directories of the context, read side by side and merged in their order; each
 * agent has their group. Of several, one that cannot be read is no error: nobody of it is in the roster,
 * which is partial and says which directory it is and why (`unread`; the hint is in the note). So
 * newcomers of the others are served, and nobody is released. That goes for a missing or damaged file, for
 * an empty directory, for a refused, throttled or unreachable service.
 *
 * An error of the whole is what somebody here has to do something about before anything can be read:
 * a mistake in the settings (ERR_USAGE, ERR_CONFIG; also a group's column that no file has, unless other
 * contexts may have it), credentials (ERR_AUTH), a stop (ERR_CANCELLED);
 * and if no directory could be read. Then the text names each of them, and the code is that of the
 * first that is not merely empty (ERR_GUARD).
 */
enum err_code session_read_directory(struct session *session, const struct progress *progress,
                                     struct roster **out, struct err *err) ERR_CHECK;
/* Whether a directory can tell what agents do at this moment; they are opened for that. */
bool session_tells_live(struct session *session);
/* What these agents do now (struct directory_ops, live): each Connect instance is asked about its
   users. Of several that are asked, one that does not answer leaves its agents LIVE_UNKNOWN; an error if
   none answers. ERR_USAGE if no directory can tell. */
enum err_code session_read_live(struct session *session, const struct live_wanted *wanted,
                                const struct progress *progress, struct live **out,
                                struct err *err) ERR_CHECK;
/* Whether session_read_directory would give the same as the last time: so each directory says. */
bool session_directory_unchanged(struct session *session);
/* The records that a few requests are about (struct store_ops, read_rows). *out NULL: the store only
   reads all of it. */
enum err_code session_read_rows(struct session *session, const struct store_rows *rows,
                                const struct progress *progress, struct snapshot **out,
                                struct err *err) ERR_CHECK;
/* Whether there is a directory to ask; it is opened for that. */
bool session_has_directory(struct session *session);
/* The agent with this login, alone, or nobody (struct directory_ops, find), with their group; the roster
   is partial. Directories are asked in their order, until one has them. *out NULL: one of those before
   that does not let itself be asked so, or could not answer; session_read_directory tells which. */
enum err_code session_find_agent(struct session *session, const char *login,
                                 const struct progress *progress, struct roster **out,
                                 struct err *err) ERR_CHECK;
/* A point read of one extension, or of the one that an agent holds (struct store_ops, lookup). */
enum err_code session_read_slot(struct session *session, const struct store_lookup *wanted,
                                const struct progress *progress, struct slot *out,
                                struct err *err) ERR_CHECK;

struct plan_input session_plan_input(const struct session *session, const struct snapshot *snapshot,
                                     const struct roster *roster);

/* ---- what changed (refresh.c) -------------------------------------------------------------- */

/*
 * What the store holds now, at the cost of what changed since `seen` was read; NULL: all of it is
 * read. *out is `seen` with one more reference if nothing did. After `full_refresh` everything is
 * read, which also finds what another tool wrote without a record. A missing store is as in session_load.
 */
enum err_code session_refresh(struct session *session, const struct snapshot *seen,
                              const struct progress *progress, struct snapshot **out,
                              struct err *err) ERR_CHECK;

/* What changed and who did it, as far as session_refresh and session_read_directory found it.
   Borrowed; NULL: nothing yet. */
const struct feed *session_feed(const struct session *session);

/* Where the trail stood when session_refresh read it last, for session_follow of another run; "": not
   read yet. Borrowed. */
const char *session_place(const struct session *session);

/* Before the first session_refresh: the feed begins with what was written behind this place (struct
   feed_entry). Copied; NULL or "": with what is written from now on. */
void session_follow(struct session *session, const char *place);

/* A plan that is to be written, and what its records are to say besides who acts; NULL: nothing. */
struct session_deed {
    struct plan *plan;
    const char *ticket;
    const char *plan_file; /* the digest of the file that it comes from */
};

/* Writes the plan under a new action id. ERR_READ_ONLY in a read-only session. The plan's changes
   carry the results; ERR_OK also with conflicts (see outcome). */
enum err_code session_apply(struct session *session, const struct session_deed *deed,
                            const struct progress *progress, struct outcome *outcome,
                            struct err *err) ERR_CHECK;

/* What the store holds after an apply. If a read is exact, the store is read again. If an index may
   lag, the changes are laid over what the plan saw; after a conflict they are laid over a new read,
   which has the other program's changes too. */
enum err_code session_after(struct session *session, const struct plan *plan,
                            const struct progress *progress, struct snapshot **out,
                            struct err *err) ERR_CHECK;

struct export_receipt {
    char to[1200]; /* sanitised for show */
    size_t rows;
    size_t bytes;
    bool unchanged;               /* the same bytes were there already: nothing was written */
    char warning[ERR_TEXT_MAX];   /* a list was replaced that could not be read: why; "" */
    struct publish_verdict guard; /* `refused` if what lies there was not to be replaced */
};

/* ---- publish.c ----------------------------------------------------------------------------- */

/* What is published, and where. */
struct publish_source {
    const char *to;                  /* a URI or a path; NULL: the configured one */
    const struct snapshot *snapshot; /* NULL: the store is read first */
    const struct roster *roster;     /* who works here; NULL: read if the guard wants to know */
};

/*
 * Publishes the list of extensions. It reads first what is there, and replaces that if it is what
 * this store last published there, or if the guard lets it pass (core/plan/publish_guard.h); else
 * ERR_GUARD. A list that may not be read is replaced with a warning in the receipt, unless
 * this session made the store. A dry run judges and publishes nothing.
 */
enum err_code session_export(struct session *session, const struct publish_source *source,
                             const struct progress *progress, struct export_receipt *receipt,
                             struct err *err) ERR_CHECK;

/* Before a plan is written: ERR_GUARD if the store never published at the configured place, and the
   list that the plan leads to would be refused there. For other stores this is judged when the
   list is published. */
enum err_code session_foresee_export(struct session *session, const struct plan *plan,
                                     const struct progress *progress,
                                     struct export_receipt *receipt, struct err *err) ERR_CHECK;

/* By slot of the snapshot: whether the list at the configured place has the number beside its holder.
   NULL if there is none, or if it cannot be read. The caller frees it. */
bool *session_find_listed(struct session *session, const struct snapshot *snapshot,
                          const struct progress *progress);

/* What answers the query (core/plan/audit_query.h). Of a store that this session may make, and that
   is not there yet, an empty history. */
enum err_code session_history(struct session *session, const struct history_query *query,
                              const struct progress *progress, struct history **out,
                              struct err *err) ERR_CHECK;

/* Writes the history as lines of JSON (each begins with its action_id) to an URI, whole or not at all.
   ERR_GUARD if something else lies there than an older such file, or if that may not be read, or if the
   list of extensions is published there. It changes nothing in the store. publish_trail.c */
enum err_code session_publish_trail(struct session *session, const char *uri,
                                    const struct buf *lines, const struct progress *progress,
                                    struct err *err) ERR_CHECK;

/* What the ports know about themselves after they were used: region, account, role, endpoint,
   expires_at, capacity. No I/O beyond what was done. */
void session_facts(struct session *session, struct port_info *facts);

#endif
