#ifndef CORE_HEADLESS_REPORT_H
#define CORE_HEADLESS_REPORT_H

/*
 * What a headless run says, as text for people and as JSON for programs (README, "JSON"). Results
 * go to `out`, everything else to `err`; text from outside is sanitised here. report_text.c
 * says what an action did, report_show.c and report_lists.c what only looks, report_json*.c build one document;
 * headless*.c decide which.
 */

#include <stdbool.h>
#include <stdio.h>

#include "core/session/health.h"
#include "core/session/lookup.h"
#include "core/session/past.h"
#include "core/session/rows.h"
#include "core/session/session.h"
#include "core/session/sources.h"

struct report {
    FILE *out;
    FILE *err;
    bool json;              /* also what goes wrong is told in JSON */
    enum out_format format; /* of what is shown; FORMAT_JSON: `json` is set */
    bool quiet;
    bool verbose;
    bool journal;       /* `err` is the journal: lines begin with their priority */
    bool color;         /* `out` is a terminal and NO_COLOR is not set */
    size_t columns;     /* of the terminal that `out` is; 0: it is not a terminal */
    size_t err_columns; /* of the terminal that `err` is; 0: none that a line is redrawn on */
};

/* What stands before a line on `err`: "<3>" in the journal (sd-daemon(3)), else "". */
const char *report_priority(const struct report *report, enum log_level level);

/* All that an action which changes something has to say. */
struct action_report {
    const char *action;
    bool dry_run;
    const struct plan *plan;             /* NULL if it failed before there was one */
    const char *plan_out;                /* where the plan was to be written; NULL: nowhere */
    const char *digest;                  /* of the plan file that was written or applied; NULL */
    bool plan_said;                      /* it was shown already, with the question about it */
    const struct outcome *outcome;       /* NULL: nothing was tried */
    const struct export_receipt *export; /* published, or tried: see export_err. NULL: neither */
    const struct publish_verdict *publish_guard; /* that refused to publish; NULL */
    const struct guard_verdict *guard;           /* NULL */
    const struct err *err;                       /* what stopped it, NULL or ERR_OK: nothing */
    const struct refusals *refusals;             /* rows that are not possible, NULL */
    const struct port_info *facts;               /* of the ports after the work; NULL */
    const struct err *export_err;                /* the export failed, NULL or ERR_OK: it did not */
    int64_t duration_ms;
    int exit;
};

struct status_report {
    const struct snapshot *snapshot;
    const struct roster *roster; /* NULL: not read */
    const struct agent_rows *rows;
    const uint64_t *counts; /* EXT_STATE_COUNT */
    const struct group_tallies *groups;
    const char *group; /* rows, counts and `groups` are of this one alone; NULL: of all */
    const struct port_info *facts; /* of the ports; may be empty */
    const char *store_uri;
    const char *directory_uri;  /* NULL */
    const char *export_uri;     /* NULL */
    const struct rewound *then; /* as of a moment of the past; NULL: as of now */
    const struct settings *settings;
    const struct err *directory_err; /* why the directory was not read, NULL or ERR_OK */
};

struct agents_report {
    const struct agent_rows *rows;
    const struct policy *policy;
    const struct roster *roster; /* NULL: not read */
};

struct extensions_report {
    const struct snapshot *snapshot;
    const struct policy *policy;
    int64_t now_s;
    bool free_only;             /* those that could be assigned */
    const struct rewound *then; /* as of a moment of the past; NULL: as of now */
    const char *group;          /* those of this group; NULL: all */
};

struct lookup_report {
    const struct agent_row *agent; /* NULL: an extension was asked for */
    const struct lookup *lookup;
    const struct policy *policy;
    const struct roster *roster; /* NULL: not read */
    int64_t now_s;
    int64_t at_ms;                    /* as of then; 0: as of now */
    const struct rewind_doubt *doubt; /* NULL: it is known */
};

struct doctor_report {
    const struct checks *checks;       /* of --all; NULL: not asked for */
    const struct diagnosis *diagnosis; /* NULL: the store could not be read, see err */
    const struct err *err;
    const struct action_report *repair; /* NULL: --fix was not asked for, or nothing to do */
    size_t fixed;
    const struct policy *policy;         /* of the groups */
    const struct source_counts *sources; /* of the holders; NULL: not counted */
    /* Places that the run knows of and did not check; NULL: it checked all. */
    const char *directory_uri;
    const char *export_uri;
    int exit;
};

/* ---- text -------------------------------------------------------------------------------- */

void report_text_action(const struct report *report, const struct action_report *action);
void report_text_status(const struct report *report, const struct status_report *status);
/* One line a finding; nothing if there is none, or with --verbose one line. */
void report_text_health(const struct report *report, const struct health *health);
void report_text_agents(const struct report *report, const struct agents_report *shown);
void report_text_extensions(const struct report *report, const struct extensions_report *shown);
void report_text_lookup(const struct report *report, const struct lookup_report *lookup);
void report_text_history(const struct report *report, const struct history *history);
void report_text_doctor(const struct report *report, const struct doctor_report *doctor);
void report_text_error(const struct report *report, const struct err *err);

/* ---- rows: CSV, TSV, and tables of chosen columns (core/headless/sheet.h) ---------------------- */

extern const char *const report_agent_columns[];
enum err_code report_rows_agents(const struct report *report, const struct settings *settings,
                                 const struct agents_report *shown, struct err *err) ERR_CHECK;
/* Whether such a number is in the list. */
bool report_shows_extension(const struct extensions_report *shown, const struct slot *slot);
extern const char *const report_extension_columns[];
enum err_code report_rows_extensions(const struct report *report, const struct settings *settings,
                                     const struct extensions_report *shown,
                                     struct err *err) ERR_CHECK;
/* A row for each change. The names of the columns end with NULL. */
extern const char *const report_history_columns[];
enum err_code report_rows_history(const struct report *report, const struct settings *settings,
                                  const struct history *history, struct err *err) ERR_CHECK;

/* ---- JSON: one document on `out` ------------------------------------------------------------ */

void report_json_action(const struct report *report, const struct action_report *action);
void report_json_status(const struct report *report, const struct status_report *status);
void report_json_health(const struct report *report, const struct health *health);
void report_json_agents(const struct report *report, const struct agents_report *shown);
void report_json_extensions(const struct report *report, const struct extensions_report *shown);
void report_json_lookup(const struct report *report, const struct lookup_report *lookup);
void report_json_history(const struct report *report, const struct history *history);
/* The same objects, one a line. */
void report_json_history_lines(const struct report *report, const struct history *history);
void report_json_doctor(const struct report *report, const struct doctor_report *doctor);
void report_json_error(const struct report *report, const struct err *err, int exit);

#endif
