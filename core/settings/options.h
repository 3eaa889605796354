#ifndef CORE_SETTINGS_OPTIONS_H
#define CORE_SETTINGS_OPTIONS_H

/*
 * The one table of actions and the one table of options. The command line (core/settings/cmdline.h), the
 * configuration file (core/settings/config.h), the environment, --help (core/settings/help.h), the completion and
 * every check of a value come from them; a new option is one more row here and a member of
 * `struct settings`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/nearest.h"

/* ---- topics of --help -------------------------------------------------------------------- */

/* id, name, what it is about */
#define TOPIC_LIST(X)                                                                              \
    X(TOPIC_OVERVIEW, "overview", "the actions, and where to read on")                             \
    X(TOPIC_SYNC, "sync", "give everyone an extension, take back those of leavers")                \
    X(TOPIC_EDIT, "edit", "assign, release, reassign, swap, reserve, pin")                         \
    X(TOPIC_SHOW, "show", "list, look up, status, history")                                        \
    X(TOPIC_FILES, "files", "import and export, and the files a directory can be")                 \
    X(TOPIC_REPAIR, "repair", "init, doctor, undo")                                                \
    X(TOPIC_STORES, "stores", "directory, store and export as URIs; Amazon options")               \
    X(TOPIC_CONFIG, "config", "the configuration file, contexts and the environment")              \
    X(TOPIC_POLICY, "policy", "the rules of the pool")                                             \
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
      "the console on a made-up contact centre")                                                   \
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
      "let two agents change places")                                                              \
    X(ACTION_RESERVE, "reserve", "EXT[-EXT][=NOTE]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,        \
      "take extensions out of the pool")                                                           \
    X(ACTION_UNRESERVE, "unreserve", "EXT[-EXT]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,           \
      "put them back")                                                                             \
    X(ACTION_PIN, "pin", "AGENT[=NOTE]...", 1, OPERANDS_MANY, true, TOPIC_EDIT,                    \
      "no sync releases or moves it")                                                              \
    X(ACTION_UNPIN, "unpin", "AGENT...", 1, OPERANDS_MANY, true, TOPIC_EDIT, "syncs decide again") \
    X(ACTION_LIST_, "list", "agents|extensions|free", 1, 1, false, TOPIC_SHOW, "list them")        \
    X(ACTION_LOOKUP, "lookup", "AGENT|EXT", 1, 1, false, TOPIC_SHOW, "who has what")               \
    X(ACTION_STATUS, "status", "", 0, 0, false, TOPIC_SHOW, "the pool in numbers")                 \
    X(ACTION_EXPORT, "export", "[DEST]", 0, 1, false, TOPIC_FILES,                                 \
      "publish user,extension as CSV")                                                             \
    X(ACTION_IMPORT, "import", "FILE.csv", 1, 1, true, TOPIC_FILES, "apply the rows of a CSV")     \
    X(ACTION_DOCTOR, "doctor", "", 0, 0, true, TOPIC_REPAIR, "look for damage; --fix repairs it")  \
    X(ACTION_HISTORY, "history", "[EXT]", 0, 1, false, TOPIC_SHOW, "what was done, newest first")  \
    X(ACTION_UNDO, "undo", "[ACTION-ID]", 0, 1, true, TOPIC_REPAIR, "take the last action back")   \
    X(ACTION_HELP, "help", "[TOPIC]", 0, 1, false, TOPIC_OVERVIEW,                                 \
      "this help, or that of a topic")                                                             \
    X(ACTION_VERSION, "version", "", 0, 0, false, TOPIC_OVERVIEW, "the version")                   \
    X(ACTION_COMPLETION, "completion", "bash|zsh", 1, 1, false, TOPIC_OVERVIEW,                    \
      "a completion script for the shell")

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

/* ---- options ----------------------------------------------------------------------------- */

enum option_id {
    /* which configuration */
    OPT_CONFIG,
    OPT_CONTEXT,
    /* where */
    OPT_DIRECTORY,
    OPT_LOGIN_COLUMN,
    OPT_ACTIVE_COLUMN,
    OPT_STORE,
    OPT_STORE_MODE,
    OPT_EXPORT_TO,
    OPT_PROFILE,
    OPT_REGION,
    OPT_ENDPOINT_URL,
    OPT_KMS_KEY,
    OPT_STORAGE_CLASS,
    OPT_BUCKET_OWNER,
    OPT_CONNECT_RATE,
    OPT_CONNECT_BURST,
    /* the rules; the width before what depends on it */
    OPT_WIDTH,
    OPT_RANGES,
    OPT_BLOCKED,
    OPT_COOLDOWN,
    OPT_MAX_RELEASE,
    OPT_AUDIT_KEEP,
    OPT_READ_ONLY,
    /* how */
    OPT_DRY_RUN,
    OPT_EXIT_CODE,
    OPT_NO_EXPORT,
    OPT_CSV_SAFE,
    OPT_FIX,
    OPT_LIMIT,
    OPT_EXTENSION,
    OPT_JSON,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_YES,
    OPT_LOG,
    OPT_LOG_LEVEL,
    /* the console */
    OPT_THEME,
    OPT_REFRESH,
    OPT_ASCII,
    OPT_MOUSE,
    OPT_ESCDELAY,
    OPT_COUNT
};

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
    TYPE_WIDTH,  /* these four set the policy */
    TYPE_RANGES,
    TYPE_BLOCKED,
    TYPE_LIMIT
};

enum section {
    SECTION_NONE,     /* not in the file */
    SECTION_DEFAULTS, /* [defaults], and every [context NAME] */
    SECTION_POLICY,
    SECTION_THEME,
    SECTION_KEYS,
    SECTION_CONSOLE,
    SECTION_CONTEXT
};

#define ACTION_BIT(action) (1u << (action))

struct option_info {
    const char *name;       /* of the command line, without "--"; NULL: not there */
    const char *env;        /* the variable, or NULL */
    const char *env_prefix; /* put before its value ("connect:"), or NULL */
    enum section section;   /* where the key lives, SECTION_NONE: no key */
    enum option_type type;
    const char *key;            /* in that section */
    const char *context_key;    /* in [context NAME]; NULL: not allowed there */
    const char *const *choices; /* TYPE_CHOICE, ends with NULL */
    const char *hint;           /* "URI", "N|N%" */
    const char *def;            /* the built-in default as one writes it, NULL: none */
    int64_t min, max;           /* TYPE_INT, TYPE_DURATION; TYPE_TEXT: the most bytes */
    size_t offset;              /* in struct settings */
    uint32_t actions;           /* ACTION_BITs it belongs to, 0: any */
    enum topic topic;
    const char *help;
    char letter; /* "-n"; 0: none */
};

extern const struct option_info option_table[OPT_COUNT]; /* core/settings/option_table.c */
const struct option_info *option_info(enum option_id id);

/* The option of that long name (without "--"), or OPT_COUNT. */
enum option_id option_by_name(const char *name);

/* The option with that key in that section, or OPT_COUNT. */
enum option_id option_by_key(enum section section, const char *key);

const char *section_name(enum section section); /* "policy" */

/* "bool" words of the file: yes no true false on off 1 0. */
bool option_parse_flag(const char *text, bool *value);

/* Of the names of actions and options: the one that was probably meant, or NULL. */
const char *option_nearest(const char *name);
/* Of the keys of that section. */
const char *option_nearest_key(enum section section, const char *key);

#endif
