/* The worker: order, delivery on the caller's thread, cancelling, messages, an orderly end. */

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/job.h"
#include "core/base/mem.h"

/* What the jobs of one test leave behind. Only touched on the test's own thread. */
struct trace {
    pthread_t ui;
    int done[64];
    size_t n_done;
    size_t freed;
    size_t messages;
    size_t discarded;
    size_t cancelled;
    size_t wrong_thread;
};

struct probe {
    struct job job;
    struct trace *trace;
    int number;
    bool until_cancelled;
    size_t posts;
    bool ran;
};

static void message(void *context)
{
    struct trace *trace = context;
    trace->messages++;
    trace->wrong_thread += !pthread_equal(pthread_self(), trace->ui);
}

static void discard(void *context)
{
    ((struct trace *)context)->discarded++;
}

static void probe_run(struct job *job)
{
    struct probe *probe = (struct probe *)job;
    probe->ran = true;
    for (size_t i = 0; i < probe->posts; i++) {
        job_post(job, message, discard, probe->trace);
        struct progress_report report = {.phase = "counting", .done = i, .total = probe->posts};
        progress_update(&job->progress, &report);
    }
    while (probe->until_cancelled) {
        if (progress_cancel(&job->progress) != CANCEL_NO) {
            err_set(&job->err, ERR_CANCELLED, "stopped");
            return;
        }
        poll(NULL, 0, 1);
    }
}

static void probe_done(struct job *job)
{
    struct probe *probe = (struct probe *)job;
    struct trace *trace = probe->trace;
    trace->wrong_thread += !pthread_equal(pthread_self(), trace->ui);
    trace->cancelled += job->err.code == ERR_CANCELLED;
    trace->done[trace->n_done++] = probe->number;
}

static void probe_free(struct job *job)
{
    ((struct probe *)job)->trace->freed++;
    free(job);
}

static struct probe *probe_new(struct trace *trace, int number)
{
    struct probe *probe = mem_alloc(sizeof *probe);
    probe->job =
        (struct job){.name = "probe", .run = probe_run, .done = probe_done, .free = probe_free};
    probe->trace = trace;
    probe->number = number;
    return probe;
}

/* Dispatches until `wanted` jobs are done; the pipe alone wakes it. */
static void dispatch_until(struct worker *worker, const struct trace *trace, size_t wanted)
{
    while (trace->n_done < wanted) {
        struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, 20000), 1);
        worker_dispatch(worker);
    }
}

static struct worker *start(struct trace *trace)
{
    struct worker *worker = NULL;
    struct err err = ERR_INIT;
    trace->ui = pthread_self();
    assert_int_equal(worker_start(&worker, &err), ERR_OK);
    return worker;
}

static void jobs_are_done_in_order_on_the_callers_thread(void **state)
{
    (void)state;
    struct trace trace = {.n_done = 0};
    struct worker *worker = start(&trace);
    for (int i = 0; i < 20; i++) {
        worker_submit(worker, &probe_new(&trace, i)->job);
    }
    dispatch_until(worker, &trace, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(trace.done[i], i);
    }
    assert_int_equal(trace.freed, 20);
    assert_int_equal(trace.wrong_thread, 0);
    assert_null(worker_busy(worker));
    worker_stop(worker);
}

static void messages_arrive_before_the_job_is_done(void **state)
{
    (void)state;
    struct trace trace = {.n_done = 0};
    struct worker *worker = start(&trace);
    struct probe *probe = probe_new(&trace, 1);
    probe->posts = 5000;
    worker_submit(worker, &probe->job);
    dispatch_until(worker, &trace, 1);
    assert_int_equal(trace.messages, 5000);
    assert_int_equal(trace.wrong_thread, 0);
    worker_stop(worker);
    assert_int_equal(trace.discarded, 0);
}

static void cancelling_stops_the_running_job_and_takes_back_the_rest(void **state)
{
    (void)state;
    struct trace trace = {.n_done = 0};
    struct worker *worker = start(&trace);
    struct probe *running = probe_new(&trace, 1);
    running->until_cancelled = true;
    running->posts = 1;
    worker_submit(worker, &running->job);
    while (trace.messages == 0) { /* it has begun */
        struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
        poll(&fd, 1, 20000);
        worker_dispatch(worker);
    }
    worker_submit(worker, &probe_new(&trace, 2)->job);
    assert_string_equal(worker_busy(worker), "probe");
    assert_true(worker_cancel(worker, CANCEL_SOFT));
    dispatch_until(worker, &trace, 2);
    assert_int_equal(trace.cancelled, 2);
    assert_int_equal(trace.freed, 2);
    assert_false(worker_cancel(worker, CANCEL_SOFT));
    worker_stop(worker);
}

static void stopping_frees_everything_and_calls_nothing(void **state)
{
    (void)state;
    struct trace trace = {.n_done = 0};
    struct worker *worker = start(&trace);
    struct probe *running = probe_new(&trace, 1);
    running->until_cancelled = true;
    running->posts = 3;
    worker_submit(worker, &running->job);
    for (int i = 0; i < 5; i++) {
        worker_submit(worker, &probe_new(&trace, 2 + i)->job);
    }
    worker_stop(worker);
    assert_int_equal(trace.n_done, 0);
    assert_int_equal(trace.freed, 6);
    assert_int_equal(trace.messages, 0);
}

static void progress_is_read_as_the_job_reported_it(void **state)
{
    (void)state;
    struct trace trace = {.n_done = 0};
    struct worker *worker = start(&trace);
    struct probe *probe = probe_new(&trace, 1);
    probe->until_cancelled = true;
    probe->posts = 10;
    worker_submit(worker, &probe->job);
    struct progress_report report = {.phase = NULL};
    while (!worker_progress(worker, &report) || report.done != 9) {
        struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
        poll(&fd, 1, 1);
        worker_dispatch(worker);
    }
    assert_string_equal(report.phase, "counting");
    assert_int_equal(report.total, 10);
    worker_cancel(worker, CANCEL_SOFT);
    dispatch_until(worker, &trace, 1);
    assert_false(worker_progress(worker, &report));
    worker_stop(worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_done_in_order_on_the_callers_thread),
        cmocka_unit_test(messages_arrive_before_the_job_is_done),
        cmocka_unit_test(cancelling_stops_the_running_job_and_takes_back_the_rest),
        cmocka_unit_test(stopping_frees_everything_and_calls_nothing),
        cmocka_unit_test(progress_is_read_as_the_job_reported_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
