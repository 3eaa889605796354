#include "core/base/job.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/interrupt.h"
#include "core/base/mem.h"

/*
 * One lock guards the queues, the running job's report and the pipe's state. The pipe holds at
 * most one byte: it is written when the first thing to dispatch arrives and drained by
 * worker_dispatch, so a fast producer costs the UI one wake-up, not thousands. Progress within a
 * phase wakes the UI at most ten times a second.
 */

#define PROGRESS_WAKE_MS 100

/* What waits for the UI thread: a message, or a job that has finished. */
struct delivery {
    struct delivery *next;
    void (*message)(void *context);
    void (*discard)(void *context);
    void *context;
    struct job *job;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    int pipe[2];
    bool awake; /* a byte is in the pipe */
    bool stopping;
    struct job *first, *last; /* waiting */
    struct job *running;
    struct delivery *out_first, *out_last;
};

/* With the lock held. */
static void wake(struct worker *worker)
{
    if (!worker->awake) {
        ssize_t written;
        do {
            written = write(worker->pipe[1], "", 1);
        } while (written < 0 && errno == EINTR);
        worker->awake = true;
    }
}

static void deliver(struct worker *worker, struct delivery *delivery)
{
    delivery->next = NULL;
    if (worker->out_last) {
        worker->out_last->next = delivery;
    } else {
        worker->out_first = delivery;
    }
    worker->out_last = delivery;
    wake(worker);
}

static void deliver_job(struct worker *worker, struct job *job)
{
    struct delivery *delivery = mem_alloc(sizeof *delivery);
    delivery->job = job;
    deliver(worker, delivery);
}

/* ---- the job's progress port ------------------------------------------------------------- */

static void on_update(void *context, const struct progress_report *report)
{
    struct job *job = context;
    int64_t now_ms = clock_ticks_ms();
    pthread_mutex_lock(&job->worker->lock);
    bool other = report->phase != job->report.phase; /* a wait is reported at once */
    job->report = *report;
    job->fresh = true;
    if (other || now_ms - job->last_wake_ms >= PROGRESS_WAKE_MS) {
        job->last_wake_ms = now_ms;
        wake(job->worker);
    }
    pthread_mutex_unlock(&job->worker->lock);
}

static void on_waits(void *context, int64_t wait_ms, bool slowed)
{
    struct job *job = context;
    pthread_mutex_lock(&job->worker->lock);
    job->report.wait_ms = wait_ms;
    job->report.slowed = slowed;
    job->fresh = true;
    wake(job->worker);
    pthread_mutex_unlock(&job->worker->lock);
}

static enum cancel on_cancel(void *context)
{
    const struct job *job = context;
    enum cancel own = stop_level(&job->stop);
    enum cancel all = interrupt_state(); /* signals, if somebody listens to them */
    return own > all ? own : all;
}

/* ---- the worker's thread ----------------------------------------------------------------- */

static struct job *next_job(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (!worker->first && !worker->stopping) {
        pthread_cond_wait(&worker->work, &worker->lock);
    }
    struct job *job = worker->stopping ? NULL : worker->first;
    if (job) {
        worker->first = job->next;
        worker->last = worker->first ? worker->last : NULL;
        worker->running = job;
    }
    pthread_mutex_unlock(&worker->lock);
    return job;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct job *job;
    while ((job = next_job(worker))) {
        job->run(job);
        pthread_mutex_lock(&worker->lock);
        worker->running = NULL;
        deliver_job(worker, job);
        pthread_mutex_unlock(&worker->lock);
    }
    return NULL;
}

/* ---- the UI's side ----------------------------------------------------------------------- */

static enum err_code start_thread(struct worker *worker, struct err *err)
{
    /* Signals are the UI thread's: the new thread inherits a mask that blocks all of them. */
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int failed = pthread_create(&worker->thread, NULL, work, worker);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed ? err_set_errno(err, ERR_IO, failed, "worker thread") : ERR_OK;
}

static void set_flags(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

enum err_code worker_start(struct worker **out, struct err *err)
{
    struct worker *worker = mem_alloc(sizeof *worker);
    if (pipe(worker->pipe) != 0) {
        free(worker);
        return err_set_errno(err, ERR_IO, errno, "wake-up pipe");
    }
    set_flags(worker->pipe[0]);
    set_flags(worker->pipe[1]);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->work, NULL);
    enum err_code code = start_thread(worker, err);
    if (code != ERR_OK) {
        close(worker->pipe[0]);
        close(worker->pipe[1]);
        free(worker);
        return code;
    }
    *out = worker;
    return ERR_OK;
}

int worker_fd(const struct worker *worker)
{
    return worker->pipe[0];
}

void worker_submit(struct worker *worker, struct job *job)
{
    job->worker = worker;
    job->next = NULL;
    stop_init(&job->stop);
    job->fresh = false;
    job->last_wake_ms = 0;
    job->progress.context = job;
    job->progress.update = on_update;
    job->progress.cancel = on_cancel;
    job->progress.waits = on_waits;
    pthread_mutex_lock(&worker->lock);
    if (worker->last) {
        worker->last->next = job;
    } else {
        worker->first = job;
    }
    worker->last = job;
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->lock);
}

void job_post(struct job *job, void (*message)(void *context), void (*discard)(void *context),
              void *context)
{
    struct delivery *delivery = mem_alloc(sizeof *delivery);
    delivery->message = message;
    delivery->discard = discard;
    delivery->context = context;
    pthread_mutex_lock(&job->worker->lock);
    deliver(job->worker, delivery);
    pthread_mutex_unlock(&job->worker->lock);
}

static struct delivery *take_deliveries(struct worker *worker, bool *fresh)
{
    pthread_mutex_lock(&worker->lock);
    char drained[16];
    ssize_t got;
    do {
        got = read(worker->pipe[0], drained, sizeof drained);
    } while (got > 0 || (got < 0 && errno == EINTR));
    worker->awake = false;
    struct delivery *list = worker->out_first;
    worker->out_first = NULL;
    worker->out_last = NULL;
    *fresh = worker->running && worker->running->fresh;
    pthread_mutex_unlock(&worker->lock);
    return list;
}

/* `normally`: messages are called and jobs are done; otherwise both are only freed. */
static void hand_out(struct delivery *list, bool normally)
{
    while (list) {
        struct delivery *next = list->next;
        if (list->job) {
            if (normally && list->job->done) {
                list->job->done(list->job);
            }
            list->job->free(list->job);
        } else if (normally) {
            list->message(list->context);
        } else if (list->discard) {
            list->discard(list->context);
        }
        free(list);
        list = next;
    }
}

bool worker_dispatch(struct worker *worker)
{
    bool fresh = false;
    struct delivery *list = take_deliveries(worker, &fresh);
    bool any = list != NULL || fresh;
    hand_out(list, true);
    return any;
}

const char *worker_busy(const struct worker *worker)
{
    struct worker *unlocked = (struct worker *)(uintptr_t)worker;
    pthread_mutex_lock(&unlocked->lock);
    const struct job *job = worker->running ? worker->running : worker->first;
    const char *name = job ? job->name : NULL;
    pthread_mutex_unlock(&unlocked->lock);
    return name;
}

bool worker_progress(struct worker *worker, struct progress_report *report)
{
    pthread_mutex_lock(&worker->lock);
    struct job *job = worker->running;
    bool has = job && job->report.phase;
    if (has) {
        *report = job->report;
        job->fresh = false;
    }
    pthread_mutex_unlock(&worker->lock);
    return has;
}

/* With the lock held: what waits is handed back unstarted. */
static void take_back_waiting(struct worker *worker)
{
    while (worker->first) {
        struct job *job = worker->first;
        worker->first = job->next;
        err_set(&job->err, ERR_CANCELLED, "%s: cancelled before it began", job->name);
        deliver_job(worker, job);
    }
    worker->last = NULL;
}

bool worker_cancel(struct worker *worker, enum cancel level)
{
    pthread_mutex_lock(&worker->lock);
    struct job *job = worker->running;
    if (job) {
        if (level == CANCEL_HARD) {
            stop_cut(&job->stop);
        } else if (level != CANCEL_NO) {
            stop_ask(&job->stop);
        }
    }
    take_back_waiting(worker);
    pthread_mutex_unlock(&worker->lock);
    return job != NULL;
}

void worker_stop(struct worker *worker)
{
    if (!worker) {
        return;
    }
    worker_cancel(worker, CANCEL_HARD);
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    bool fresh;
    hand_out(take_deliveries(worker, &fresh), false);
    pthread_cond_destroy(&worker->work);
    pthread_mutex_destroy(&worker->lock);
    close(worker->pipe[0]);
    close(worker->pipe[1]);
    free(worker);
}
