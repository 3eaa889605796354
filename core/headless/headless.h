#ifndef CORE_HEADLESS_HEADLESS_H
#define CORE_HEADLESS_HEADLESS_H

/*
 * One action of the command line, from start to end, without a screen: what cron, systemd, a
 * pipeline, the Lambda and a person at a prompt call. Results on report->out, everything else on
 * report->err.
 */

#include "core/headless/report.h"

struct headless_options {
    const struct settings *settings; /* `action` is one that needs no screen */
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    struct report *report;
    enum audit_via via;        /* VIA_UNKNOWN: found out (core/session/actor.h) */
    int64_t stop_at_ticks_ms;  /* clock_ticks_ms() at which work stops softly, and at once 6 s
                                  later; 0: never */
    bool publishes_after_stop; /* a sync that was stopped publishes what the store holds then */
};

/* What came of it, for a face that does more than print. */
struct headless_result {
    struct err err; /* what stopped it, or kept the list from being published; ERR_OK: nothing */
    bool counted;   /* the store was read, and `counts` holds */
    uint64_t counts[EXT_STATE_COUNT];
    size_t unassigned; /* agents for whom nothing was left */
    size_t applied, released, conflicts, failed;
    size_t not_tried, in_doubt; /* after a stop */
};

/* Returns the exit status (README, "Exit codes"). `result` may be NULL. */
int headless_run(const struct headless_options *options, struct headless_result *result);

#endif
