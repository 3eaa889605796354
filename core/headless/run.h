#ifndef CORE_HEADLESS_RUN_H
#define CORE_HEADLESS_RUN_H

/*
 * Private to this room: one run and the steps that its actions are made of. Every action that
 * changes something goes the same way: read what it needs, plan, judge, ask if a person is
 * there, apply, export after a sync, report. `struct run` carries what the steps make;
 * headless_run frees all of it, wherever it stopped.
 */

#include "core/headless/headless.h"
#include "core/headless/progress_line.h"
#include "core/headless/report.h"
#include "core/session/past.h"
#include "core/session/usecase.h"

struct run {
    const struct settings *settings;
    struct report *report;
    struct session *session;
    struct progress_line line;
    struct usecase use;
    char digest[DIGEST_ROOM]; /* of the plan file that was written; "": none */
    bool asked;               /* the plan was shown, and a question asked about it */
    struct port_info facts;
    struct rewound *then; /* with --at: what the store held then; NULL: it is about now */
    int64_t start_ms;
};

/* Judges the plan, asks if `ask` and a person is there, writes unless it is a dry run. */
void run_carry_out(struct run *run, bool ask);

/* What the directory says of itself ("3 rows were passed over"), on standard error. */
void run_say_note(struct run *run);

/* What is reported about the plan; `status` as run_status_of_plan gives it. */
struct action_report run_action_report(struct run *run, int status);
int run_status_of_plan(const struct run *run);
int run_report_plan(struct run *run);
int run_report_failure(struct run *run);

/* The actions; each returns the exit status. change.c */
int run_sync(struct run *run);
int run_init(struct run *run);
int run_edit(struct run *run);
int run_renumber(struct run *run);
int run_import(struct run *run);
int run_undo(struct run *run);
int run_redo(struct run *run);
int run_apply(struct run *run);
int run_doctor(struct run *run);

/* show.c */
int run_export(struct run *run);
int run_status(struct run *run);
int run_list(struct run *run);
int run_lookup(struct run *run);

/* The moment of --at, which lies in the past; 0: not given. past.c */
enum err_code run_moment(struct run *run, int64_t *at_ms) ERR_CHECK;
/* Reads what is shown into run->use.snapshot: the store as it is, or with --at as it was (run->then). */
enum err_code run_read_store(struct run *run) ERR_CHECK;
/* The time that what is shown is judged by. */
int64_t run_shown_s(const struct run *run);

/* --lookup --at */
int run_lookup_at(struct run *run);

/* history.c */
int run_history(struct run *run);

/* reports.c */
int run_report(struct run *run);

/* metrics.c */
int run_metrics(struct run *run);

#endif
