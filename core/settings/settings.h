#ifndef CORE_SETTINGS_SETTINGS_H
#define CORE_SETTINGS_SETTINGS_H

/*
 * Settings: everything that the command line, the configuration file and the environment say,
 * typed, checked and with its origin. main.c gets them so:
 *
 *     struct command_line line;                                        core/settings/cmdline.h
 *     struct settings settings;
 *     command_line_parse(argc, argv, &line, &err);
 *     settings_resolve(&line, &environment_system, NULL, &settings, &err);
 *     ... for (i < settings.n_warnings) log or print settings.warnings[i] ...
 *     settings_release(&settings);
 *     command_line_release(&line);
 *
 * Each value comes from the first of these that has it (s_sources in core/settings/settings.c):
 *
 *   1. the command line
 *   2. the chosen context of the configuration file ([context NAME])
 *   3. the section that the key lives in ([defaults], [policy], [theme], [console])
 *   4. its variable: EXTPOOL_ and the key in upper case (EXTPOOL_COOLDOWN)
 *   5. the variable of the old program, or of Amazon's tools (AWS_CONNECT_INSTANCEID, AWS_TABLE,
 *      AWS_EXPORT_BUCKET, AWS_REGION)
 *   6. the built-in default; store and export are in $XDG_DATA_HOME/extpool (else
 *      ~/.local/share/extpool)
 *
 * In a Lambda (`environment_first` of the command line) 4 and 5 come before 2 and 3: a package has one
 * file, and the variables say what is different where it runs. A variable that hides a line of the file is
 * one of the warnings.
 *
 * The context is the argument `context` (the console switches with it), else --context, else
 * EXTPOOL_CONTEXT, else `context` in [defaults]. If none of them names one, there is no context.
 *
 * --demo asks none of them for the places and the rules. Its directory is "demo:", its store
 * and export are NULL until main.c has made a throw-away folder and names files in it.
 *
 * All strings live in the settings' arena. Settings do not change once they are resolved, and every
 * thread may read them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/settings/mistakes.h"
#include "core/settings/options.h"
#include "core/pool/export.h"
#include "core/pool/request.h"
#include "core/pool/policy.h"
#include "core/pool/renumbering.h"

/* Where a value comes from, in order of precedence, the weakest first. */
enum origin {
    ORIGIN_NONE,    /* nothing says it */
    ORIGIN_DEFAULT, /* built in */
    ORIGIN_ENVIRONMENT,
    ORIGIN_CONFIG,  /* a general section of the configuration file */
    ORIGIN_CONTEXT, /* the chosen context */
    ORIGIN_COMMAND_LINE
};

struct setting_origin {
    enum origin kind;
    const char *text;    /* "--store", "/home/kim/.config/extpool/config:7 [context prod]",
                         "AWS_TABLE", "built in"; NULL: not set */
    const char *value;   /* as that source has it, "14d"; NULL: not set */
    const char *subject; /* what a message about the value begins with: "config:7: store"; NULL */
};

/* A pair of [keys] or [theme] that the console judges (tui/), in the order of the file. */
struct setting_pair {
    const char *name;
    const char *value;
    const char *at; /* "config:12", for messages */
};

/* One of the directories that say who works here. */
struct setting_directory {
    const char *name;    /* "london=connect:..." has "london"; NULL: it has none */
    const char *uri;     /* with its scheme */
    const char *subject; /* what a message about it begins with: "config:7: directory" */
};

#define DIRECTORIES_MAX 64

/* What a picker shows of a context. */
struct setting_context {
    const char *name;
    const char *directory; /* as the file has it, several with ", "; NULL: not in the file */
    const char *store;
    const char *region;
    bool read_only;
};

/* What the edit of one row in the console asks for before it is written. */
enum confirm {
    CONFIRM_STRIP, /* Enter on the strip, which shows the plan */
    CONFIRM_PLAN   /* Enter on the plan, on a screen of its own */
};

struct settings {
    struct arena arena;
    unsigned long serial; /* of the resolution: no two in this process have the same */

    /* ---- what to do ---- */
    enum action action;
    const struct request *requests; /* of --assign ... --unpin, in the order given */
    size_t n_requests;
    const char *target;             /* --reserve; NULL: not said, "": none */
    struct until until;             /* --reserve */
    struct renumbering renumbering; /* --renumber */
    const struct request *lookup;   /* --lookup: `agent` or `ext` is set */
    enum list_kind list_kind;       /* --list */
    const char *import_path;        /* --import; "-" is standard input */
    const char *plan_path;          /* --apply */
    const char *metrics_path;       /* --metrics; "-" is standard output */
    const char *undo_id;            /* --undo; NULL: the last action */
    int history_limit;              /* --history; 0: all */
    const char *history_extension;  /* --history; NULL: of all extensions */
    const char *history_agent;      /* NULL: of all agents */
    const char *history_actor;      /* part of a name; NULL: of everybody */
    const char *group;              /* --group; NULL: of all */
    const char *history_to;         /* NULL: standard output */
    enum report_kind report_kind;
    struct until since; /* of --history and --report */
    struct until at;    /* of --list, --lookup, --status, --report: as of then */
    enum topic topic;   /* --help */

    /* ---- where ---- */
    const char
        *state_folder; /* what a run leaves for the next (core/settings/state.h); NULL: nothing */
    const char *config_path; /* the file, whether it exists or not; NULL: HOME is not set */
    bool config_read;
    const char *context;              /* NULL: none */
    struct setting_context *contexts; /* in the order of the file */
    size_t n_contexts;
    const struct setting_directory *directories; /* in the order they are written */
    size_t n_directories;                        /* 0: none, see settings_no_directory */
    const char *directory;                       /* all of them, for people; NULL: none */
    const char *login_column;                    /* of a directory file; NULL: by its name */
    const char *active_column;                   /* NULL: nobody is left out */
    const char *store;
    int store_mode;        /* permissions of an embedded store's file */
    const char *export_to; /* NULL: nothing is published (`export = none`, or no home folder) */
    struct export_columns export_columns; /* behind user and extension */
    const char *profile;                  /* NULL: as the credential chain decides */
    const char *region;                   /* NULL */
    const char *endpoint_url;             /* NULL */
    const char *kms_key;                  /* S3: server-side encryption with this key; NULL */
    const char *storage_class;            /* S3; NULL */
    const char *bucket_owner;             /* S3: expected account of the bucket; NULL */
    const char *function;                 /* ARN of the Lambda that the contact flow asks; NULL */
    const char *flow;                     /* ARN of the contact flow; NULL */
    int connect_rate;                     /* requests a second */
    int connect_burst;

    /* ---- rules ---- */
    const char *groups;   /* which [group NAME] count; NULL: all. They are in the policy */
    struct policy policy; /* --max-release is in it */
    bool read_only;

    /* ---- how ---- */
    bool quiet, verbose, yes, no_pager;
    bool json;              /* --json, or --format json */
    enum out_format format; /* FORMAT_JSON: --json, too */
    const char *columns;    /* --columns; NULL: all */
    const char *plan_out;   /* --plan-out, which is a dry run; NULL */
    const char *take_over;  /* of a sync: a source, or "none"; NULL: none is taken over */
    bool dry_run, exit_code, no_export, csv_safe, fix, check, all;
    const char *log_path; /* NULL: no log */
    enum log_level log_level;
    enum log_format log_format;

    /* ---- the console ---- */
    const char *theme; /* NULL: chosen by the terminal */
    const struct setting_pair *theme_styles;
    size_t n_theme_styles;
    const struct setting_pair *keys;
    size_t n_keys;
    int64_t refresh_s;      /* 0: only when asked */
    int64_t full_refresh_s; /* how often that reads all of the store; 0: only when asked */
    bool ascii;
    bool mouse;
    int escdelay_ms; /* -1: not set, ncurses' own ESCDELAY counts */
    enum confirm confirm;

    struct setting_origin origins[OPT_COUNT];
    const char **warnings; /* for the user: a configuration that others can write to, ... */
    size_t n_warnings;
};

struct command_line;

/* What settings are put together from, besides the file. */
struct settings_sources {
    const struct command_line *line;
    const struct environment *environment;
    const char *context; /* that was chosen; NULL: as the sources say */
};

/* Reads the configuration file and puts all sources together. `context` as above, usually NULL;
   the command line and the environment are not kept. On an error `settings` holds nothing.
   ERR_USAGE names the option, ERR_CONFIG the file and line or the variable. */
enum err_code settings_resolve(const struct command_line *line,
                               const struct environment *environment, const char *context,
                               struct settings *settings, struct err *err) ERR_CHECK;
/* The same, and goes on after a mistake: `settings` has what is right, and is the caller's in every case. */
void settings_check(const struct settings_sources *sources, struct settings *settings,
                    struct mistakes *mistakes);
void settings_release(struct settings *settings);

/* Whether the values go together: ERR_USAGE says which ones do not. Part of resolving. */
enum err_code settings_judge(const struct settings *settings, struct err *err) ERR_CHECK;

/* "built in", "--region", "AWS_REGION", ...: never NULL. */
const char *settings_origin(const struct settings *settings, enum option_id id);

/* For an action that needs a directory if nothing names one: the error, and what to do. */
enum err_code settings_no_directory(const struct settings *settings, struct err *err);
/* The same if nothing names a store and there is no home folder to keep one in. */
enum err_code settings_no_store(struct err *err);

/* The first directory that is in Amazon Connect, "connect:...", or NULL. */
const char *settings_connect_directory(const struct settings *settings);

/* With a connect: directory or an s3: export (either may be NULL) the store has to be named by
   somebody: ERR_CONFIG if it is only the built-in one. */
enum err_code settings_store_is_named(const struct settings *settings, const char *connect,
                                      const char *export_to, struct err *err) ERR_CHECK;

#endif
