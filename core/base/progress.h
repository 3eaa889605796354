#ifndef CORE_BASE_PROGRESS_H
#define CORE_BASE_PROGRESS_H

/*
 * How long work reports its progress and learns that it must stop. One port, three
 * faces: nothing (NULL), a line on standard error, the console. Called on the thread that does the
 * work; implementations copy what they need and return at once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agent;

enum cancel {
    CANCEL_NO,
    CANCEL_SOFT, /* finish the batch or page in flight, then stop */
    CANCEL_HARD, /* stop at once; what is in flight may or may not have been taken, and may be
                    asked after */
    CANCEL_NOW   /* and nobody is asked anything any more */
};

struct progress_report {
    const char *phase; /* static text: "reading the directory" */
    uint64_t done;
    uint64_t total; /* 0: not known */
    uint64_t pages;
    uint64_t requests;
    uint64_t retries;
    uint64_t throttled;
    /* Set by `waits`, not by who reports: > 0, it waits so long before it tries again; and whether
       that is because the service throttles. */
    int64_t wait_ms;
    bool slowed;
};

struct progress {
    void *context;
    void (*update)(void *context, const struct progress_report *report); /* may be NULL */
    enum cancel (*cancel)(void *context);                                /* may be NULL */
    /* A request was refused, and is tried again after so long; 0: that is over. May be NULL. */
    void (*waits)(void *context, int64_t wait_ms, bool slowed);
    /* Rows of the directory as they arrive, a page at a time; may be NULL. */
    void (*agents)(void *context, const struct agent *rows, size_t n_rows);
};

/* The same for NULL and for missing functions. */
void progress_update(const struct progress *progress, const struct progress_report *report);
enum cancel progress_cancel(const struct progress *progress);
void progress_waits(const struct progress *progress, int64_t wait_ms, bool slowed);
void progress_agents(const struct progress *progress, const struct agent *rows, size_t n_rows);

#endif
