#ifndef CORE_EMBEDDED_STORE_SQLITE_H
#define CORE_EMBEDDED_STORE_SQLITE_H

/*
 * The embedded store, `sqlite:PATH`: one SQLite file that several processes may use at once.
 *
 *     struct store *store = store_sqlite_new("/srv/pool.db", &clock_system);
 *     code = store->ops->init(store, policy, NULL, NULL, &err);   makes the file and its folder
 *     code = store->ops->load(store, policy, LOAD_NORMAL, NULL, &snapshot, &err);
 *     ...
 *     store_free(store);
 *
 * Nothing but init makes a file, and store_sqlite_new does no I/O. The file has mode 0600 or the one that
 * was set, whatever the umask is; its journals get the same from SQLite. A folder
 * that init makes has 0700. The journal is a write-ahead log, flushed at each commit
 * (synchronous=FULL): readers never wait, a process killed at any moment leaves a sound store.
 *
 * The file has one name (store_sqlite_name.c): a hard link or a bind-mounted file is ERR_INPUT.
 * Symbolic links are resolved, but not in a folder that everybody can write. Who may not write and
 * meets a journal that only a writer can bring to its end gets ERR_READ_ONLY, never what it hides.
 *
 * What is in the file, for readers who use the sqlite3 shell:
 *
 *     extension   one row per number: extension, state (free, assigned, reserved), at (epoch
 *                 seconds), agent, note, actor. A unique index over the agents of the assigned ones
 *                 is what makes a second extension per agent impossible, whoever writes.
 *     audit       one row per batch in the order of commits: seq, action_id, at_ms, actor, action,
 *                 changes (JSON), expires_at, user, via, ticket, undoes, plan_file, planned, n_changes
 *     audit_subject  which of these rows is about an extension (agent 0) or an agent (1)
 *     meta        width: how many digits an extension has in this store; "export URI": what was
 *                 last published there (time, rows, digest)
 *
 * application_id is "ExtP", user_version the version of the schema.
 */

#include <stdint.h>

#include "core/base/clock.h"
#include "core/port/store.h"

/* Copies the path; the clock outlives the store. */
struct store *store_sqlite_new(const char *path, const struct clock *clock);

/* How long a call waits for another writer before it is ERR_BUSY: 5,000 ms from the start. */
void store_sqlite_set_patience(struct store *store, int64_t busy_timeout_ms);

/* The mode of a file that init makes. With `also_of_old`, init gives it to one that is there, too, if
   it belongs to this user. */
void store_sqlite_set_mode(struct store *store, unsigned mode, bool also_of_old);

/* Whether a store of this policy is there. Leaves no trace: no journal is made and no lock taken. A store
   that somebody makes at this moment may be taken for an empty one. ERR_NOT_FOUND: there is no file. */
enum err_code store_sqlite_look(const char *path, const struct policy *policy,
                                struct err *err) ERR_CHECK;

/* "3.40.1": of the SQLite that the program runs with. */
const char *store_sqlite_library_version(void);

#endif
