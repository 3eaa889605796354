#ifndef CORE_HEADLESS_RUN_H
#define CORE_HEADLESS_RUN_H

/*
 * Private to headless*.c: one run and the steps that its actions are made of. Every action that
 * changes something goes the same way: read what it needs, plan, judge, ask where a person is
 * there, apply, export where it is a sync, report. `struct run` carries what the steps make;
 * headless_run frees all of it, wherever it stopped.
 */

#include "core/headless/headless.h"
#include "core/plan/import_file.h"
#include "core/headless/progress_line.h"

struct run {
    const struct settings *settings;
    struct report *report;
    struct session *session;
    struct progress_line line;
    struct snapshot *snapshot;
    struct roster *roster;
    struct plan *plan;
    struct refusals refusals; /* of edits */
    struct import import;     /* with its own refusals; only where `imported` */
    bool imported;
    struct guard_verdict guard;
    bool judged;
    struct outcome outcome;
    bool tried;
    bool asked; /* the plan was shown, and a question asked about it */
    struct export_receipt receipt;
    bool exported;
    struct port_info facts;
    struct err err;
    struct err export_err;
    int64_t start_ms;
};

/* Steps: each sets run->err and returns its code. */
enum err_code run_load(struct run *run, enum load_mode mode) ERR_CHECK;
enum err_code run_read_directory(struct run *run) ERR_CHECK;
/* Asks who acts, because the actor is part of a plan. */
enum err_code run_plan_input(struct run *run, struct plan_input *input) ERR_CHECK;
/* Judges run->plan, asks where `ask` and a person is there, writes unless it is a dry run. */
void run_carry_out(struct run *run, bool ask);

/* What is reported about run->plan; `status` as run_status_of_plan gives it. */
struct action_report run_action_report(struct run *run, int status);
int run_status_of_plan(const struct run *run);
int run_report_plan(struct run *run);
int run_report_failure(struct run *run);

/* The actions; each returns the exit status. headless_change.c */
int run_sync(struct run *run);
int run_init(struct run *run);
int run_edit(struct run *run);
int run_import(struct run *run);
int run_undo(struct run *run);
int run_doctor(struct run *run);

/* headless_show.c */
int run_export(struct run *run);
int run_status(struct run *run);
int run_list(struct run *run);
int run_lookup(struct run *run);
int run_history(struct run *run);

#endif
