#ifndef CORE_SETTINGS_OPTIONS_H
#define CORE_SETTINGS_OPTIONS_H

/*
 * The tables: topics of --help, actions, options. The command line (core/settings/cmdline.h), the
 * configuration file (core/settings/config.h), the environment, the help and the completion
 * (core/settings/help.h) and every check of a value (core/settings/option_value.h) read them.
 *
 * A new option is a row of OPTION_LIST and a member of `struct settings`. A new action is a row of
 * ACTION_LIST.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/nearest.h"
#include "core/settings/location.h"

/* ---- topics of --help -------------------------------------------------------------------- */

/* id, name, what it is about */
#define TOPIC_LIST(X)                                                                              \
    X(TOPIC_OVERVIEW, "overview", "the actions and the other topics")                              \
    X(TOPIC_SYNC, "sync", "give everyone an extension, take back those of leavers")                \
    X(TOPIC_EDIT, "edit", "assign, release, reassign, swap, reserve, pin")                         \
    X(TOPIC_SHOW, "show", "list, look up, status")                                                 \
    X(TOPIC_HISTORY, "history", "what was done, by whom, and what was then")                       \
    X(TOPIC_FILES, "files", "import, export, and directories that are files")                      \
    X(TOPIC_PLAN, "plan", "plan files: one person plans, another one applies")                     \
    X(TOPIC_REPAIR, "repair", "init, doctor, undo, redo")                                          \
    X(TOPIC_STORES, "stores", "where directory, store and export are; options for Amazon")         \
    X(TOPIC_CONFIG, "config", "the configuration file, contexts and the environment")              \
    X(TOPIC_POLICY, "policy", "the rules of the pool")                                             \
    X(TOPIC_GROUPS, "groups", "several sites: who is given which numbers")                         \
    X(TOPIC_CONSOLE, "console", "the screen: themes, keys, refresh")                               \
    X(TOPIC_OUTPUT, "output", "text, JSON, progress, the log")                                     \
    X(TOPIC_EXIT, "exit", "exit codes")

enum topic {
#define X(id, name, about) id,
    TOPIC_LIST(X)
#undef X
        TOPIC_COUNT
};
#define TOPIC_MAN TOPIC_COUNT /* all of them, as a manual page: `make install` asks for it */

const char *topic_name(enum topic topic);
const char *topic_about(enum topic topic);

/* ---- actions ----------------------------------------------------------------------------- */

#define OPERANDS_MANY 1000000u /* operands */

/* id, name ("" for none), operands as --help shows them, how many at least and at most, whether it
   changes the store, topic, help */
#define ACTION_LIST(X)                                                                             \
    X(ACTION_CONSOLE, "", "", 0, 0, true, TOPIC_CONSOLE, "open the console")                       \
    X(ACTION_DEMO, "demo", "", 0, 0, true, TOPIC_CONSOLE,                                          \
      "open the console on a made-up contact centre")                                              \
    X(ACTION_INIT, "init", "", 0, 0, true, TOPIC_REPAIR, "create what is missing, fill the pool")  \
    X(ACTION_SYNC, "sync", "", 0, 0, true, TOPIC_SYNC,                                             \
      "bring the pool in line with the directory")                                                 \
    X(ACTION_ASSIGN, "assign", "AGENT[=EXT]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,               \
      "give agents an extension")                                                                  \
    X(ACTION_RELEASE, "release", "AGENT|EXT...", 1, OPERANDS_MANY, true, TOPIC_EDIT,               \
      "take extensions back")                                                                      \
    X(ACTION_REASSIGN, "reassign", "AGENT=EXT...", 1, OPERANDS_MANY, true, TOPIC_EDIT,             \
      "give agents another extension")                                                             \
    X(ACTION_SWAP, "swap", "AGENT=AGENT...", 1, OPERANDS_MANY, true, TOPIC_EDIT,                   \
      "exchange the extensions of two agents")                                                     \
    X(ACTION_RESERVE, "reserve", "EXT[-EXT][=NOTE]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,        \
      "take extensions out of the pool")                                                           \
    X(ACTION_UNRESERVE, "unreserve", "EXT[-EXT]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,           \
      "put them back into the pool")                                                               \
    X(ACTION_PIN, "pin", "AGENT[=NOTE]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,                    \
      "protect it: no sync releases or moves it")                                                  \
    X(ACTION_UNPIN, "unpin", "AGENT...", 1, OPERANDS_MANY, true, TOPIC_EDIT,                       \
      "let syncs release or move it again")                                                        \
    X(ACTION_EXEMPT, "exempt", "AGENT[=NOTE]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,              \
      "they need no extension: syncs give them none")                                              \
    X(ACTION_UNEXEMPT, "unexempt", "AGENT...", 1, OPERANDS_MANY, true, TOPIC_EDIT,                 \
      "they need one again")                                                                       \
    X(ACTION_FALLBACK, "fallback", "AGENT=TARGET...", 1, OPERANDS_MANY, true, TOPIC_EDIT,          \
      "where calls go that they do not take")                                                      \
    X(ACTION_RENUMBER, "renumber", "OLD-RANGE=NEW-RANGE", 1, 1, true, TOPIC_GROUPS,                \
      "give a range of numbers another range")                                                     \
    X(ACTION_LIST_, "list", "agents|extensions|free", 1, 1, false, TOPIC_SHOW,                     \
      "list one of these")                                                                         \
    X(ACTION_LOOKUP, "lookup", "AGENT|EXT", 1, 1, false, TOPIC_SHOW,                               \
      "who has an extension, or what an agent has")                                                \
    X(ACTION_STATUS, "status", "", 0, 0, false, TOPIC_SHOW, "show the pool in numbers")            \
    X(ACTION_METRICS, "metrics", "FILE|-", 1, 1, false, TOPIC_SHOW,                                \
      "write the pool's numbers for Prometheus")                                                   \
    X(ACTION_EXPORT, "export", "[DEST]", 0, 1, false, TOPIC_FILES,                                 \
      "publish user,extension as CSV")                                                             \
    X(ACTION_IMPORT, "import", "FILE.csv", 1, 1, true, TOPIC_FILES, "apply the rows of a CSV")     \
    X(ACTION_DOCTOR, "doctor", "", 0, 0, true, TOPIC_REPAIR, "look for damage; --fix repairs it")  \
    X(ACTION_HISTORY, "history", "[AGENT|EXT]", 0, 1, false, TOPIC_HISTORY,                        \
      "show what was done, newest first")                                                          \
    X(ACTION_REPORT, "report", "utilisation|changes|phonebook|conflicts", 1, 1, false, TOPIC_SHOW, \
      "summarise one of these")                                                                    \
    X(ACTION_APPLY, "apply", "PLANFILE", 1, 1, true, TOPIC_PLAN, "carry out a plan file")          \
    X(ACTION_UNDO, "undo", "[ACTION-ID]", 0, 1, true, TOPIC_REPAIR,                                \
      "take back your last action, or this one")                                                   \
    X(ACTION_REDO, "redo", "", 0, 0, true, TOPIC_REPAIR, "bring back what your last undo took")    \
    X(ACTION_CHECK_CONFIG, "check-config", "", 0, 0, false, TOPIC_CONFIG,                          \
      "how it is understood, and all its mistakes")                                                \
    X(ACTION_HELP, "help", "[TOPIC]", 0, 1, false, TOPIC_OVERVIEW,                                 \
      "show this help, or the help on a topic")                                                    \
    X(ACTION_VERSION, "version", "", 0, 0, false, TOPIC_OVERVIEW,                                  \
      "show the version; -v: libraries, too")                                                      \
    X(ACTION_COMPLETION, "completion", "bash|zsh|fish", 1, 1, false, TOPIC_OVERVIEW,               \
      "print a completion script for the shell")                                                   \
    X(ACTION_COMPLETE, "complete", "SHELL WORD...", 1, OPERANDS_MANY, false, TOPIC_OVERVIEW,       \
      "what the last word can become; completion scripts ask so")

enum action {
#define X(id, name, operands, min, max, writes, topic, help) id,
    ACTION_LIST(X)
#undef X
        ACTION_COUNT
};

struct action_info {
    const char *name;     /* "sync"; "" for the console */
    const char *operands; /* "AGENT[=EXT]..." */
    unsigned min, max;    /* operands */
    bool writes;
    enum topic topic;
    const char *help;
};

const struct action_info *action_info(enum action action);

/* The action of that name, which is also its word ("sync"), or ACTION_COUNT. */
enum action action_by_name(const char *name);

/* The operands that it can have, if they are a few fixed words: of --list, --help, --completion.
   Ends with NULL; else NULL. */
const char *const *action_words(enum action action);

/* Whether it changes the store by hand: the operands become `struct request`s. */
bool action_edits(enum action action);

#define LIST_KINDS(X)                                                                              \
    X(LIST_AGENTS, "agents")                                                                       \
    X(LIST_EXTENSIONS, "extensions")                                                               \
    X(LIST_FREE, "free")

enum list_kind {
#define X(kind, name) kind,
    LIST_KINDS(X)
#undef X
};

#define REPORT_KINDS(X)                                                                            \
    X(REPORT_UTILISATION, "utilisation")                                                           \
    X(REPORT_CHANGES, "changes")                                                                   \
    X(REPORT_PHONEBOOK, "phonebook")                                                               \
    X(REPORT_CONFLICTS, "conflicts")

enum report_kind {
#define X(kind, name) kind,
    REPORT_KINDS(X)
#undef X
};

/* What --format can say. */
#define OUT_FORMATS(X)                                                                             \
    X(FORMAT_TEXT, "text")                                                                         \
    X(FORMAT_JSON, "json")                                                                         \
    X(FORMAT_JSONL, "jsonl") /* an object a line */                                                \
    X(FORMAT_CSV, "csv")                                                                           \
    X(FORMAT_TSV, "tsv")                                                                           \
    X(FORMAT_HTML, "html")

enum out_format {
#define X(format, name) format,
    OUT_FORMATS(X)
#undef X
        OUT_FORMAT_COUNT
};

/* Whether it only shows something: its text may be long. */
bool action_shows(enum action action);

const char *out_format_name(enum out_format format);

/* Whether what the action shows can have that form. */
bool action_has_format(enum action action, enum out_format format);

/* ---- options ----------------------------------------------------------------------------- */

enum option_type {
    TYPE_FLAG,      /* bool */
    TYPE_INT,       /* int in [min, max] */
    TYPE_DURATION,  /* int64_t seconds: "90s" "15m" "12h" "7d" "2w" */
    TYPE_TEXT,      /* const char *, at most `max` bytes */
    TYPE_PATH,      /* const char *; "~/" and, in the file, relative to its folder */
    TYPE_DIRECTORY, /* const char *, a URI of that port (core/settings/location.h) */
    TYPE_STORE,
    TYPE_EXPORT,
    TYPE_URL,    /* const char *, http:// or https:// */
    TYPE_LABEL,  /* const char *, letters, digits and '-': it becomes part of a host name */
    TYPE_MODE,   /* int, the permissions of a file: 0600, 0660 */
    TYPE_CHOICE, /* an enum: the index in `choices` */
    TYPE_WIDTH,  /* these five set the policy */
    TYPE_RANGES,
    TYPE_BLOCKED,
    TYPE_EXEMPT,
    TYPE_LIMIT,
    TYPE_LOW,
    TYPE_TARGET,  /* const char *, core/pool/target.h; "none" is "" */
    TYPE_UNTIL,   /* struct until */
    TYPE_SINCE,   /* struct until, of the past: a day is its begin */
    TYPE_COLUMNS, /* struct export_columns */
    TYPE_AT,      /* the same, but a day is its end */
    TYPE_ARN,     /* const char *, "arn:aws:..." */
    TYPE_COUNT
};

/* id, name in the file */
#define SECTION_LIST(X)                                                                            \
    X(SECTION_NONE, "")             /* not in the file */                                          \
    X(SECTION_DEFAULTS, "defaults") /* for every context */                                        \
    X(SECTION_POLICY, "policy")                                                                    \
    X(SECTION_THEME, "theme")                                                                      \
    X(SECTION_KEYS, "keys")                                                                        \
    X(SECTION_CONSOLE, "console")                                                                  \
    X(SECTION_CONTEXT, "context")                                                                  \
    X(SECTION_GROUP, "group")

enum section {
#define X(id, name) id,
    SECTION_LIST(X)
#undef X
        SECTION_COUNT
};

/* The actions that an option goes with. */
#define ACTION_BIT(action) (UINT64_C(1) << (action))
#define FOR_SYNC ACTION_BIT(ACTION_SYNC)
#define FOR_RENUMBER ACTION_BIT(ACTION_RENUMBER)
#define FOR_DOCTOR ACTION_BIT(ACTION_DOCTOR)
#define FOR_HISTORY ACTION_BIT(ACTION_HISTORY)
#define FOR_STATUS ACTION_BIT(ACTION_STATUS)
#define FOR_REPORT ACTION_BIT(ACTION_REPORT)
#define FOR_GROUP (ACTION_BIT(ACTION_LIST_) | FOR_STATUS | FOR_HISTORY | FOR_REPORT)
/* Those that only show something. */
#define FOR_SHOWS                                                                                  \
    (ACTION_BIT(ACTION_LIST_) | ACTION_BIT(ACTION_LOOKUP) | FOR_STATUS | FOR_HISTORY | FOR_REPORT)
/* Those that can show what was. */
#define FOR_PAST (ACTION_BIT(ACTION_LIST_) | ACTION_BIT(ACTION_LOOKUP) | FOR_STATUS | FOR_REPORT)
#define FOR_TABLES (ACTION_BIT(ACTION_LIST_) | FOR_HISTORY | FOR_REPORT)
#define FOR_EXPORT ACTION_BIT(ACTION_EXPORT)
#define FOR_SCREEN (ACTION_BIT(ACTION_CONSOLE) | ACTION_BIT(ACTION_DEMO))
/* Plans of more than what the words of the command line name. */
#define FOR_PLANS                                                                                  \
    (FOR_SYNC | FOR_DOCTOR | ACTION_BIT(ACTION_IMPORT) | ACTION_BIT(ACTION_UNDO) |                 \
     ACTION_BIT(ACTION_REDO) | ACTION_BIT(ACTION_APPLY) | FOR_RENUMBER)
#define FOR_EDITS                                                                                  \
    (ACTION_BIT(ACTION_ASSIGN) | ACTION_BIT(ACTION_RELEASE) | ACTION_BIT(ACTION_REASSIGN) |        \
     ACTION_BIT(ACTION_SWAP) | ACTION_BIT(ACTION_RESERVE) | ACTION_BIT(ACTION_UNRESERVE) |         \
     ACTION_BIT(ACTION_PIN) | ACTION_BIT(ACTION_UNPIN) | ACTION_BIT(ACTION_EXEMPT) |               \
     ACTION_BIT(ACTION_UNEXEMPT) | ACTION_BIT(ACTION_FALLBACK))
#define FOR_RESERVE ACTION_BIT(ACTION_RESERVE)
#define FOR_WRITES (FOR_PLANS | FOR_EDITS | ACTION_BIT(ACTION_INIT) | FOR_EXPORT)
/* Those that make a plan: all that writes, but the export and a plan file. */
#define FOR_PLAN_OUT (FOR_WRITES & ~(FOR_EXPORT | ACTION_BIT(ACTION_APPLY)))
#define FOR_LIMIT (FOR_PLANS | FOR_EDITS | FOR_SCREEN | FOR_EXPORT)
#define FOR_CSV (FOR_SYNC | FOR_SCREEN | FOR_EXPORT | FOR_TABLES)
#define NOT_SCREEN (~FOR_SCREEN)
#define NOT_DEMO (~ACTION_BIT(ACTION_DEMO)) /* it must not touch a real place */
#define FOR_ALL UINT64_C(0)

/*
 * One option a row:
 *
 *   id       OPT_...
 *   letter   "-n", or 0
 *   name     on the command line, without "--"; NULL: not there
 *   key      in its section, in [context NAME], and after EXTPOOL_ in upper case in the environment
 *   type     TYPE_...
 *   hint     the name of the value in help and messages
 *   section  SECTION_..., of the key
 *   topic    TOPIC_..., where the help shows it
 *   member   of struct settings, where the value goes
 *   actions  that it goes with
 *   help     one line
 *
 * and then, as members of `struct option_info`, what only some have: the old program's variable,
 * the default, LIMITS of a number, the most BYTES of a text.
 */
/* clang-format off */
#define LIMITS(least, most) .min = (least), .max = (most)
#define BYTES(most) .max = (most)

#define OPTION_LIST(X)                                                                             \
    /* ---- which configuration ---- */                                                            \
    X(OPT_CONFIG,        0,   "config",       NULL,                    PATH,      "FILE",         \
      NONE,     CONFIG,  config_path, FOR_ALL, "read this file ($XDG_CONFIG_HOME/extpool/config)",\
      .env = "EXTPOOL_CONFIG", BYTES(4096))                                                       \
    X(OPT_CONTEXT,       'c', "context",      "context",               TEXT,      "NAME",         \
      DEFAULTS, CONFIG,  context, NOT_DEMO, "use [context NAME] of the configuration",            \
      .not_in_context = true, BYTES(128))                                                         \
    /* ---- where ---- */                                                                          \
    X(OPT_DIRECTORY,     0,   "directory",    "directory",             DIRECTORY, "URI",          \
      DEFAULTS, STORES,  directory, NOT_DEMO, "who works here: " LOCATION_DIRECTORY_FORMS,        \
      .env = "AWS_CONNECT_INSTANCEID", .env_prefix = "connect:", .repeats = true)                 \
    X(OPT_LOGIN_COLUMN,  0,   NULL,           "login_column",          TEXT,      "NAME",         \
      DEFAULTS, FILES,   login_column, FOR_ALL, "the column with the logins in a directory file", \
      BYTES(60))                                                                                  \
    X(OPT_ACTIVE_COLUMN, 0,   NULL,           "active_column",         TEXT,      "NAME",         \
      DEFAULTS, FILES,   active_column, FOR_ALL, "the column that says who is active",            \
      BYTES(512))                                                                                 \
    X(OPT_STORE,         0,   "store",        "store",                 STORE,     "URI",          \
      DEFAULTS, STORES,  store, NOT_DEMO, "who holds what: " LOCATION_STORE_FORMS,                \
      .env = "AWS_TABLE", .env_prefix = "dynamodb:")                                              \
    X(OPT_STORE_MODE,    0,   NULL,           "store_mode",            MODE,      "MODE",         \
      DEFAULTS, STORES,  store_mode, FOR_ALL, "file mode of an sqlite: store (0660: a group)",    \
      .def = "0600")                                                                              \
    X(OPT_EXPORT_TO,     0,   "export-to",    "export",                EXPORT,    "URI",          \
      DEFAULTS, STORES,  export_to, NOT_DEMO, "the CSV goes to " LOCATION_EXPORT_FORMS,           \
      .env = "AWS_EXPORT_BUCKET", .env_prefix = "s3://")                                          \
    X(OPT_EXPORT_COLUMNS, 0,  NULL,           "export_columns",        COLUMNS,   "A,B",          \
      DEFAULTS, STORES,  export_columns, FOR_ALL, "what the list has behind user,extension")      \
    X(OPT_PROFILE,       0,   "profile",      "profile",               TEXT,      "P",            \
      DEFAULTS, STORES,  profile, NOT_DEMO, "the AWS profile (AWS_PROFILE)", BYTES(256))          \
    X(OPT_REGION,        0,   "region",       "region",                LABEL,     "R",            \
      DEFAULTS, STORES,  region, NOT_DEMO, "the AWS Region", .env = "AWS_REGION", BYTES(63))      \
    X(OPT_ENDPOINT_URL,  0,   "endpoint-url", "endpoint_url",          URL,       "URL",          \
      DEFAULTS, STORES,  endpoint_url, NOT_DEMO, "send all requests here (a local DynamoDB)")     \
    X(OPT_KMS_KEY,       0,   NULL,           "kms_key",               TEXT,      "KEY",          \
      DEFAULTS, STORES,  kms_key, FOR_ALL, "encrypt the export in S3 with this KMS key",          \
      BYTES(2048))                                                                                \
    X(OPT_STORAGE_CLASS, 0,   NULL,           "storage_class",         TEXT,      "CLASS",        \
      DEFAULTS, STORES,  storage_class, FOR_ALL, "the S3 storage class of the export", BYTES(64)) \
    X(OPT_BUCKET_OWNER,  0,   NULL,           "expected_bucket_owner", TEXT,      "ACCOUNT",      \
      DEFAULTS, STORES,  bucket_owner, FOR_ALL, "refuse a bucket of another account", BYTES(12))  \
    X(OPT_FUNCTION,      0,   NULL,           "function",              ARN,       "ARN",          \
      DEFAULTS, STORES,  function, FOR_ALL, "the Lambda of the flow, for --doctor --all",         \
      BYTES(2048))                                                                                \
    X(OPT_FLOW,          0,   NULL,           "flow",                  ARN,       "ARN",          \
      DEFAULTS, STORES,  flow, FOR_ALL, "the contact flow, for --doctor --all", BYTES(2048))      \
    X(OPT_CONNECT_RATE,  0,   NULL,           "connect_rate",          INT,       "N",            \
      DEFAULTS, STORES,  connect_rate, FOR_ALL, "requests per second to Amazon Connect",          \
      .def = "2", LIMITS(1, 1000))                                                                \
    X(OPT_CONNECT_BURST, 0,   NULL,           "connect_burst",         INT,       "N",            \
      DEFAULTS, STORES,  connect_burst, FOR_ALL, "how many of them may be sent at once",          \
      .def = "5", LIMITS(1, 1000))                                                                \
    /* ---- the rules; the width comes before what depends on it ---- */                          \
    X(OPT_WIDTH,         0,   NULL,           "width",                 WIDTH,     "N",            \
      POLICY,   POLICY,  policy, FOR_ALL, "digits of an extension, 2 to 8", .def = "4",           \
      LIMITS(EXT_WIDTH_MIN, EXT_WIDTH_MAX))                                                       \
    X(OPT_RANGES,        0,   NULL,           "ranges",                RANGES,    "LIST",         \
      POLICY,   POLICY,  policy, FOR_ALL, "the numbers: \"2000-2999, 7100-7199, 8000\"")          \
    X(OPT_GROUPS,        0,   NULL,           "groups",                TEXT,      "NAMES",        \
      POLICY,   GROUPS,  groups, FOR_ALL, "which [group NAME] count (all); none",                 \
      BYTES(8192))                                                                                \
    X(OPT_BLOCKED,       0,   NULL,           "blocked",               BLOCKED,   "LIST",         \
      POLICY,   POLICY,  policy, FOR_ALL, "prefixes that are never assigned; empty: none")        \
    X(OPT_COOLDOWN,      0,   NULL,           "cooldown",              DURATION,  "TIME",         \
      POLICY,   POLICY,  policy.cooldown_s, FOR_ALL,                                              \
      "rest of a released one: 90s 15m 12h 7d 2w", .def = "7d",                                    \
      LIMITS(0, 3650 * INT64_C(86400)))                                                           \
    X(OPT_MAX_RELEASE,   0,   "max-release",  "max_release",           LIMIT,     "N|N%",         \
      POLICY,   POLICY,  policy.limit, FOR_LIMIT,                                                 \
      "refuse if more people lose or change a number", .def = "10%")                               \
    X(OPT_AUDIT_KEEP,    0,   NULL,           "audit_keep",            DURATION,  "TIME",         \
      POLICY,   POLICY,  policy.audit_keep_s, FOR_ALL,                                            \
      "how long the audit trail is kept; 0: for ever", .def = "400d",                              \
      LIMITS(0, 36500 * INT64_C(86400)))                                                          \
    X(OPT_LOW_WATER,     0,   NULL,           "low_water",             LOW,       "N|N%",         \
      POLICY,   POLICY,  policy.low_water, FOR_ALL,                                               \
      "the pool is low if fewer numbers are left", .def = "5%")                                    \
    X(OPT_EXEMPT,        0,   NULL,           "exempt",                EXEMPT,    "PATTERNS",     \
      POLICY,   POLICY,  policy, FOR_ALL, "who needs no number: \"svc-* test.*\"")              \
    X(OPT_READ_ONLY,     0,   "read-only",    "read_only",             FLAG,      NULL,           \
      DEFAULTS, CONFIG,  read_only, FOR_ALL, "refuse everything that writes")                     \
    /* ---- how ---- */                                                                            \
    X(OPT_DRY_RUN,       'n', "dry-run",      NULL,                    FLAG,      NULL,           \
      NONE,     SYNC,    dry_run, FOR_WRITES, "print the plan, write nothing")                    \
    X(OPT_PLAN_OUT,      0,   "plan-out",     NULL,                    PATH,      "FILE",         \
      NONE,     PLAN,    plan_out, FOR_PLAN_OUT, "write the plan into FILE, and nothing else",    \
      BYTES(4096))                                                                                \
    X(OPT_EXIT_CODE,     0,   "exit-code",    NULL,                    FLAG,      NULL,           \
      NONE,     SYNC,    exit_code, FOR_WRITES,                                                   \
      "with --dry-run: exit 2 if changes are pending")                                             \
    X(OPT_NO_EXPORT,     0,   "no-export",    NULL,                    FLAG,      NULL,           \
      NONE,     SYNC,    no_export, FOR_SYNC, "do not publish the export")                        \
    X(OPT_TAKE_OVER,     0,   "take-over",    NULL,                    TEXT,      "SOURCE|none",  \
      NONE,     SYNC,    take_over, FOR_SYNC,                                                     \
      "holders of this source count as read", BYTES(256))                                          \
    X(OPT_CSV_SAFE,      0,   "csv-safe",     "csv_safe",              FLAG,      NULL,           \
      DEFAULTS, FILES,   csv_safe, FOR_CSV, "put ' before cells that begin with = + - @")         \
    X(OPT_FIX,           0,   "fix",          NULL,                    FLAG,      NULL,           \
      NONE,     REPAIR,  fix, FOR_DOCTOR, "with --doctor: repair what was found")                 \
    X(OPT_ALL,           0,   "all",          NULL,                    FLAG,      NULL,           \
      NONE,     REPAIR,  all, FOR_DOCTOR, "with --doctor: check services and places, too")        \
    X(OPT_LIMIT,         0,   "limit",        NULL,                    INT,       "N",            \
      NONE,     HISTORY, history_limit, FOR_HISTORY,                                              \
      "the newest N; 0: all (20; all with --since)", .def = "20", LIMITS(0, 1000000))   \
    X(OPT_EXTENSION,     0,   "extension",    NULL,                    TEXT,      "EXT",          \
      NONE,     HISTORY, history_extension, FOR_HISTORY,                                          \
      "what was done to this extension", BYTES(64))                                                \
    X(OPT_AGENT,         0,   "agent",        NULL,                    TEXT,      "AGENT",        \
      NONE,     HISTORY, history_agent, FOR_HISTORY, "what was done to this agent", BYTES(128))   \
    X(OPT_ACTOR,         0,   "actor",        NULL,                    TEXT,      "P",            \
      NONE,     HISTORY, history_actor, FOR_HISTORY,                                              \
      "what this user or role did (a part of the name)", BYTES(256))                               \
    X(OPT_GROUP,         0,   "group",        NULL,                    TEXT,      "G",            \
      NONE,     HISTORY, group, FOR_GROUP,                                                        \
      "what belongs to this group, or was done to it", BYTES(128))                                 \
    X(OPT_AT,            0,   "at",           NULL,                    AT,        "T",            \
      NONE,     HISTORY, at, FOR_PAST,                                                            \
      "--list, --lookup, --status, --report as of then")                                   \
    X(OPT_SINCE,         0,   "since",        NULL,                    SINCE,     "T",            \
      NONE,     HISTORY, since, FOR_HISTORY | FOR_REPORT,                                                      \
      "what began then or later (a day: its begin)")                                              \
    X(OPT_TO,            0,   "to",           NULL,                    EXPORT,    "URI",          \
      NONE,     HISTORY, history_to, FOR_HISTORY,                                                 \
      "--history as JSON lines into a file or S3")                                                 \
    X(OPT_CHECK,         0,   "check",        NULL,                    FLAG,      NULL,           \
      NONE,     SHOW,    check, FOR_STATUS, "with --status: say only what is wrong")     \
    X(OPT_TARGET,        0,   "target",       NULL,                    TARGET,    "URI|none",     \
      NONE,     EDIT,    target, FOR_RESERVE, "with --reserve: calls to the number go there")     \
    X(OPT_UNTIL,         0,   "until",        NULL,                    UNTIL,     "T|never",      \
      NONE,     EDIT,    until, FOR_RESERVE | FOR_HISTORY | FOR_REPORT,                                        \
      "with --reserve: when it comes back by itself")                                             \
    X(OPT_KEEP_OLD,      0,   "keep-old",     NULL,                    DURATION,  "TIME",         \
      NONE,     GROUPS,  renumbering.keep_old_s, FOR_RENUMBER,                                                \
      "with --renumber: old numbers lead on so long",                                               \
      LIMITS(1, 3650 * INT64_C(86400)))                                                            \
    X(OPT_JSON,          'j', "json",         NULL,                    FLAG,      NULL,           \
      NONE,     OUTPUT,  json, NOT_SCREEN, "print one JSON document")                             \
    X(OPT_FORMAT,        0,   "format",       NULL,                    CHOICE,    "F",            \
      NONE,     OUTPUT,  format, FOR_SHOWS,                                                       \
      "text, json, jsonl, csv, tsv or html", .choices = s_out_formats, .def = "text")                    \
    X(OPT_COLUMNS,       0,   "columns",      NULL,                    TEXT,      "A,B",          \
      NONE,     OUTPUT,  columns, FOR_TABLES, "only these columns, in this order", BYTES(1024))   \
    X(OPT_NO_PAGER,      0,   "no-pager",     NULL,                    FLAG,      NULL,           \
      NONE,     OUTPUT,  no_pager, FOR_SHOWS, "what is shown goes to the terminal at once")       \
    X(OPT_QUIET,         'q', "quiet",        NULL,                    FLAG,      NULL,           \
      NONE,     OUTPUT,  quiet, NOT_SCREEN, "print only results, errors and new notes")         \
    X(OPT_VERBOSE,       'v', "verbose",      NULL,                    FLAG,      NULL,           \
      NONE,     OUTPUT,  verbose, NOT_SCREEN, "print more: where each setting comes from")        \
    X(OPT_YES,           'y', "yes",          NULL,                    FLAG,      NULL,           \
      NONE,     OUTPUT,  yes, NOT_SCREEN, "answer questions with yes; never lifts a guard")       \
    X(OPT_LOG,           0,   "log",          "log",                   PATH,      "FILE",         \
      DEFAULTS, OUTPUT,  log_path, FOR_ALL, "append what happens to FILE; -: standard error",       \
      BYTES(4096))                                                                                \
    X(OPT_LOG_FORMAT,    0,   NULL,           "log_format",            CHOICE,    "F",            \
      DEFAULTS, OUTPUT,  log_format, FOR_ALL, "text or json, one object a line",                 \
      .choices = s_log_formats, .def = "text")                                                    \
    X(OPT_LOG_LEVEL,     0,   "log-level",    "log_level",             CHOICE,    "L",            \
      DEFAULTS, OUTPUT,  log_level, FOR_ALL, "error, warn, info or debug",                        \
      .choices = s_log_levels, .def = "info")                                                     \
    /* ---- the console ---- */                                                                    \
    X(OPT_THEME,         0,   "theme",        "theme",                 TEXT,      "NAME",         \
      THEME,    CONSOLE, theme, FOR_SCREEN, "the name of a theme, or the path of its file",       \
      .section_key = "name", BYTES(4096))                                                         \
    X(OPT_REFRESH,       0,   "refresh",      "refresh",               DURATION,  "TIME",         \
      CONSOLE,  CONSOLE, refresh_s, FOR_SCREEN, "how often to read again; 0: only on Ctrl-R",     \
      .def = "30s", LIMITS(0, 86400))                                                             \
    X(OPT_FULL_REFRESH,  0,   "full-refresh", "full_refresh",          DURATION,  "TIME",         \
      CONSOLE,  CONSOLE, full_refresh_s, FOR_SCREEN,                                              \
      "how often that reads all of the store; 0: never",                          \
      .def = "10m", LIMITS(0, 86400))                                                             \
    X(OPT_ASCII,         0,   "ascii",        "ascii",                 FLAG,      NULL,           \
      CONSOLE,  CONSOLE, ascii, FOR_SCREEN, "draw frames with + - | only")                        \
    X(OPT_MOUSE,         0,   "mouse",        "mouse",                 FLAG,      NULL,           \
      CONSOLE,  CONSOLE, mouse, FOR_SCREEN, "start with the mouse switched on")                   \
    X(OPT_ESCDELAY,      0,   NULL,           "escdelay",              INT,       "MS",           \
      CONSOLE,  CONSOLE, escdelay_ms, FOR_SCREEN,                                                 \
      "how long Esc waits for the rest of a key (25)", .not_in_context = true, LIMITS(0, 5000))   \
    X(OPT_CONFIRM,       0,   NULL,           "confirm",               CHOICE,    "HOW",          \
      CONSOLE,  CONSOLE, confirm, FOR_SCREEN,                                                     \
      "Enter on one row: strip applies, plan shows it",                                          \
      .choices = s_confirms, .def = "strip")

/* clang-format on */

enum option_id {
#define X(id, ...) id,
    OPTION_LIST(X)
#undef X
        OPT_COUNT
};

struct option_info {
    char letter;
    const char *name;
    const char *key;
    enum option_type type;
    const char *hint;
    enum section section;
    enum topic topic;
    size_t offset;    /* of the member of struct settings */
    uint64_t actions; /* ACTION_BITs, FOR_ALL: any */
    const char *help;
    /* ---- what only some have ---- */
    const char *env;            /* the old program's variable, or a well-known one */
    const char *env_prefix;     /* put before its value: "connect:" */
    const char *section_key;    /* in its section, if that is not `key` */
    bool not_in_context;        /* the key is not allowed in [context NAME] */
    bool repeats;               /* it may be given several times; each line of the value is one */
    const char *const *choices; /* TYPE_CHOICE, ends with NULL */
    const char *def;            /* the built-in default as a user writes it */
    int64_t min, max;           /* TYPE_INT, TYPE_DURATION; TYPE_TEXT: the most bytes */
};

const struct option_info *option_info(enum option_id id);

/* The option of that long name (without "--"), or OPT_COUNT. */
enum option_id option_by_name(const char *name);

/* The option with that key in that section, or OPT_COUNT. */
enum option_id option_by_key(enum section section, const char *key);

const char *section_name(enum section section); /* "policy" */

/* "bool" words of the file: yes no true false on off 1 0. */
bool option_parse_flag(const char *text, bool *value);

/* Of the names of the actions: the one that was probably meant, or NULL. */
const char *action_nearest(const char *word);
/* Of the names of actions and options. */
const char *option_nearest(const char *name);
/* Of the keys of that section. */
const char *option_nearest_key(enum section section, const char *key);

#endif
