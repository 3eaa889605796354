#ifndef CORE_SESSION_USECASE_H
#define CORE_SESSION_USECASE_H

/*
 * Use-cases: what each action reads, how it plans, guards, writes and publishes. It stands once,
 * here. The command line, the console and the Lambda are faces: they ask, show and report.
 *
 *     usecase_init(&use, session, progress);
 *     if (usecase_plan_sync(&use) == ERR_OK && usecase_judge(&use) == ERR_OK) {
 *         usecase_apply(&use);
 *     }
 *     ... use.plan has every row with its result, use.outcome the counts ...
 *     usecase_release(&use);
 *
 * A planner reads what is not read yet: a face that already holds a complete snapshot or roster
 * puts a reference into `snapshot` or `roster` first. All of it does I/O and belongs to the thread
 * that owns the session. Each function sets `err` and returns its code.
 */

#include "core/plan/import_file.h"
#include "core/plan/plan_file.h"
#include "core/plan/renumber.h"
#include "core/session/session.h"

struct usecase {
    struct session *session;
    const struct progress *progress; /* may be NULL */
    const char *take_over;           /* plan.h: of usecase_plan_sync; NULL: nothing is taken over */
    bool wants_after;          /* the face shows `after`: read it also if nothing is published */
    bool publishes_after_stop; /* the list follows the store also if the apply was stopped */
    /* what the records are to say besides who acts and `plan->undoes`; NULL: nothing */
    const char *ticket;
    const char *plan_file; /* the digest of the plan file that is applied */
    /* what was read */
    struct snapshot *snapshot;
    struct roster *roster; /* NULL: not read */
    bool *listed;          /* by slot: what the published list has; NULL: nobody wanted to know */
    /* what was made of it */
    struct plan *plan;
    struct refusals refusals; /* requests and rows of a file that cannot be planned */
    struct import import;     /* the file of usecase_plan_import */
    struct plan_file file;    /* the file of usecase_plan_file */
    struct diagnosis *diagnosis;
    struct port_info warnings; /* of usecase_plan_init */
    struct guard_verdict guard;
    bool judged;
    bool foreseen; /* the publication was judged before anything was written */
    /* what came of it */
    struct outcome outcome;
    bool tried;             /* usecase_apply began to write */
    struct snapshot *after; /* what the store holds now; NULL: not known */
    struct export_receipt receipt;
    bool exported;
    struct err err;        /* what stopped it */
    struct err export_err; /* the pool was written, but the list was not published */
};

void usecase_init(struct usecase *use, struct session *session, const struct progress *progress);
void usecase_release(struct usecase *use);

/* ---- reading ----------------------------------------------------------------------------- */

enum err_code usecase_read_store(struct usecase *use, enum load_mode mode) ERR_CHECK;
enum err_code usecase_read_directory(struct usecase *use) ERR_CHECK;

/* ---- planning: each leaves the plan in `plan` ----------------------------------------------- */

/* ERR_GUARD: the directory is empty; the verdict is in `guard`. */
enum err_code usecase_plan_sync(struct usecase *use) ERR_CHECK;

/* Creates the table or file first, unless it is a dry run; lines for people go to `warnings`. */
enum err_code usecase_plan_init(struct usecase *use, bool dry_run) ERR_CHECK;

/* `action` names the plan. The directory is read if a request needs to know who works here. One or
   two requests are planned from the records that they are about, if nothing was read before and the
   face wants nothing more; `snapshot` is partial then. usecase_rows.c */
enum err_code usecase_plan_edit(struct usecase *use, const char *action,
                                const struct request *requests, size_t n_requests) ERR_CHECK;

/* The directory is read if there is one: who moves is written with what it says of them. */
enum err_code usecase_plan_renumber(struct usecase *use,
                                    const struct renumbering *renumbering) ERR_CHECK;

/* Every row is judged, by the reader of the file and by the planner, before the first refusal
   counts. ERR_INPUT: all of them are in `import.refusals`. */
enum err_code usecase_plan_import(struct usecase *use, const char *path) ERR_CHECK;

/* The same for a face that shows what is left out: what can be done is planned, and every other row
   is in `import.refusals`, sorted by line. `plan` NULL: no row can be done. */
enum err_code usecase_plan_import_possible(struct usecase *use, const char *path) ERR_CHECK;

/* `action_id` NULL: the newest action of mine that can be taken back (core/plan/undo_mine.h). The plan
   has the action in `undoes`, and in `whose` somebody else whose action it is. */
enum err_code usecase_plan_undo(struct usecase *use, const char *action_id) ERR_CHECK;
/* Brings back what my newest undo took, unless I did something since. */
enum err_code usecase_plan_redo(struct usecase *use) ERR_CHECK;

/* The plan of a plan file, exactly: each change on the condition of what was seen when it was planned.
   ERR_INPUT if the file is damaged, too old, of another store, or was applied already. Rows that the
   directory does not want any more, and numbers that moved on, are conflicts. Sets ticket and
   plan_file. usecase_file.c */
enum err_code usecase_plan_file(struct usecase *use, const char *path) ERR_CHECK;

/* Writes the plan with what it saw into a plan file; nothing else is written. `digest` tells it from
   other plans. usecase_file.c */
enum err_code usecase_save_plan(struct usecase *use, const char *path,
                                char digest[DIGEST_ROOM]) ERR_CHECK;

/* The doctor: everything is read strongly consistent, and what is wrong is in `diagnosis`. */
enum err_code usecase_examine(struct usecase *use) ERR_CHECK;
/* After usecase_examine: a plan that repairs what can be repaired. */
enum err_code usecase_plan_repair(struct usecase *use) ERR_CHECK;
/* After the repair was applied: how many problems of the diagnosis are left. */
size_t usecase_problems_left(struct usecase *use);

/* ---- carrying out ------------------------------------------------------------------------- */

/* ERR_GUARD: the plan is refused; the verdict is in `guard`, that on the list which the plan leads
   to in `receipt`. */
enum err_code usecase_judge(struct usecase *use) ERR_CHECK;

/* Writes the plan, finds out what the store holds then if that is wanted, and publishes the list
   after a sync unless the settings say no. ERR_OK also with conflicts, and if only the publication failed. */
enum err_code usecase_apply(struct usecase *use) ERR_CHECK;

#endif
