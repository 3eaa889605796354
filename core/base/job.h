#ifndef CORE_BASE_JOB_H
#define CORE_BASE_JOB_H

/*
 * The worker: one thread that does all I/O, so that the screen never waits.
 *
 * A job owns its inputs, its result and its error. `run` executes on the worker's thread, one job
 * after the other in the order of submission, and touches nothing but the job; `done` runs on the
 * thread that calls worker_dispatch (the UI's), then `free`, which always runs, also for a job
 * that was never started. The UI polls worker_fd: it is readable when there is something to
 * dispatch, be it a finished job, a message that a running job posted, or fresh progress.
 *
 *     struct worker *worker = NULL;
 *     worker_start(&worker, &err);
 *     worker_submit(worker, &my->job);        // struct my_job { struct job job; ... }
 *     ... poll(worker_fd(worker)) ...
 *     worker_dispatch(worker);                // runs done, free
 *     worker_stop(worker);                    // cuts off, waits (five seconds at most), frees
 *
 * All signals are blocked on the worker's thread. Cancelling is a flag that the work asks for
 * through the job's progress port.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/base/stop.h"

struct worker;

struct job {
    const char *name;              /* "sync", for messages */
    void (*run)(struct job *job);  /* worker's thread; sets job->err if it fails */
    void (*done)(struct job *job); /* UI thread; may be NULL */
    void (*free)(struct job *job); /* UI thread */
    struct err err;
    struct progress progress; /* for `run` to pass on; set by worker_submit. The rows
                                 hook (progress.agents) is the job's to set in `run` */
    /* private to job.c */
    struct worker *worker;
    struct job *next;
    struct stop stop;
    int64_t last_wake_ms;
    struct progress_report report;
    bool fresh;
};

enum err_code worker_start(struct worker **out, struct err *err) ERR_CHECK;
void worker_stop(struct worker *worker); /* NULL is fine */

/* The descriptor to poll for reading. Never read from it: worker_dispatch does. */
int worker_fd(const struct worker *worker);

/* The job moves to the worker until its `free` has run. */
void worker_submit(struct worker *worker, struct job *job);

/* Runs what is waiting: posted messages and finished jobs, in order. UI thread. Returns whether
   there was any, or fresh progress. */
bool worker_dispatch(struct worker *worker);

/* Whether a job is running or waiting; its name, or NULL. UI thread. */
const char *worker_busy(const struct worker *worker);

/* Copies the newest progress of the running job; false if there is none. UI thread. */
bool worker_progress(struct worker *worker, struct progress_report *report);

/* Asks the running job to stop, softly or (CANCEL_HARD) at once; a second request stops at once.
   core/base/stop.h has the steps that follow. Jobs that wait are taken back (their err is
   ERR_CANCELLED). Returns whether a job was running. */
bool worker_cancel(struct worker *worker, enum cancel level);

/* From `run`: `message(context)` will be called on the UI thread by worker_dispatch, in order;
   if the worker stops before that, `discard(context)` is called instead. */
void job_post(struct job *job, void (*message)(void *context), void (*discard)(void *context),
              void *context);

#endif
