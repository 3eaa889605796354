#ifndef CORE_SESSION_SETUP_H
#define CORE_SESSION_SETUP_H

/*
 * The first configuration: what somebody says about directory, store and export is tried, and then
 * written. A use-case; the console's first start is its face.
 *
 *     setup_propose(&place, &setup);                 what the form shows at first
 *     ... the person edits setup.values ...
 *     if (setup_try(&place, &setup, progress, &trial) == ERR_OK &&
 *         setup_write(&place, &setup, &err) == ERR_OK) {
 *         ... the context setup.values[SETUP_NAME] can be opened ...
 *     }
 *
 * Trying reads the directory, the store and what lies at the place of the export, and writes
 * nothing. Writing makes one file, which was not there before, and nothing else: the store is made
 * by the first plan that is applied.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/port/port.h"
#include "core/settings/cmdline.h"

/* Field, its name for people, the key in the file. */
#define SETUP_FIELDS(X)                                                                            \
    X(SETUP_DIRECTORY, "Directory", OPT_DIRECTORY)                                                 \
    X(SETUP_STORE, "Store", OPT_STORE)                                                             \
    X(SETUP_EXPORT, "Export", OPT_EXPORT_TO)                                                       \
    X(SETUP_WIDTH, "Width", OPT_WIDTH)                                                             \
    X(SETUP_RANGES, "Ranges", OPT_RANGES)                                                          \
    X(SETUP_NAME, "Name", OPT_CONTEXT)                                                             \
    X(SETUP_PROFILE, "Profile", OPT_PROFILE)

enum setup_field {
#define X(id, name, option) id,
    SETUP_FIELDS(X)
#undef X
        SETUP_N
};

#define SETUP_ROOM 1024

struct setup {
    char values[SETUP_N][SETUP_ROOM]; /* "": not said */
};

/* Where it happens. All borrowed; everything outlives the calls. */
struct setup_place {
    const struct command_line *line; /* options that were given count beside the form */
    const struct environment *environment;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
};

enum setup_export {
    SETUP_NOT_TRIED,
    SETUP_NOTHING_THERE, /* nothing lies there yet, or nothing is published at all */
    SETUP_LIST_THERE,    /* something does; the guard of publishing will look at it */
    SETUP_NOT_READABLE   /* it may not be read */
};

/* What came of a trial, in its order. */
struct setup_trial {
    bool directory_read, store_read;
    size_t n_agents;
    bool has_names;     /* at least one agent has a name */
    bool makes_store;   /* there is none: the first plan makes it */
    bool is_empty;      /* there is one, without a number yet */
    uint64_t n_numbers; /* of the pool */
    size_t n_assigned;  /* in a store that is there */
    enum setup_export export_found;
    char warning[ERR_TEXT_MAX]; /* what should be known all the same; "" */
    enum setup_field at;        /* the field that has to be mended; SETUP_N: it is no field */
    struct err err;             /* and why: names the field */
};

/* No I/O but the names of the home folder. */
void setup_propose(const struct setup_place *place, struct setup *out);

/* "~/.config/extpool/config", for people, in `out`; false: there is no place for one, because
   neither HOME nor XDG_CONFIG_HOME is set. */
bool setup_path(const struct setup_place *place, char *out, size_t size);

/* Network and disk: for the worker's thread. The code is that of trial->err. ERR_CONFLICT: there is
   a configuration by now. */
enum err_code setup_try(const struct setup_place *place, const struct setup *setup,
                        const struct progress *progress, struct setup_trial *trial) ERR_CHECK;

/* Makes the file, with mode 0600, whole or not at all. ERR_CONFLICT: there is one, and it stays as
   it is. ERR_IO, ERR_CONFIG. */
enum err_code setup_write(const struct setup_place *place, const struct setup *setup,
                          struct err *err) ERR_CHECK;

#endif
