#ifndef CORE_PORT_DIRECTORY_H
#define CORE_PORT_DIRECTORY_H

/*
 * A directory: who works here. `file:PATH` in core/embedded/directory_file.c, `connect:INSTANCE` in aws/.
 */

#include "core/base/err.h"
#include "core/base/port_info.h"
#include "core/pool/model.h"
#include "core/base/progress.h"
#include "core/port/live.h"

struct directory;

struct directory_ops {
    /*
     * Begins to read, so that a wait for a slow service overlaps with what the caller does next.
     * The answers come in while other ports of the same service work; `read` waits for what is
     * left, and tells what went wrong. `progress` has to live until `read` or `abandon` is called;
     * it is reported to all the while.
     * NULL: `read` does it all.
     */
    void (*begin)(struct directory *directory, const struct progress *progress);
    /* Stops what `begin` began; nothing may be under way. NULL where `begin` is NULL. */
    void (*abandon)(struct directory *directory);
    /*
     * Reads all agents. Either the whole list or an error: a page that fails for good fails the
     * read, because a short list would take people's extensions away. Rows are reported through
     * progress->agents as they arrive. An empty directory is ERR_INPUT, with a hint.
     * ERR_INPUT names file, line or field; ERR_AUTH, ERR_DENIED, ERR_THROTTLED, ERR_OFFLINE,
     * ERR_SERVICE name the request; ERR_CANCELLED on CANCEL_SOFT between pages, on CANCEL_HARD at
     * once. *out has one reference, the caller's. Runs on the worker's thread.
     */
    enum err_code (*read)(struct directory *directory, const struct progress *progress,
                          struct roster **out, struct err *err) ERR_CHECK;
    /*
     * The agent with exactly this login, byte by byte: *out has them alone, or nobody. ERR_DENIED:
     * not allowed to ask so; `read` may be. Other errors as for `read`. NULL: only `read` tells.
     */
    enum err_code (*find)(struct directory *directory, const char *login,
                          const struct progress *progress, struct roster **out,
                          struct err *err) ERR_CHECK;
    /*
     * What these agents do now, in one request where the service allows that. An agent whom the
     * service does not name is offline; one without an id in the directory is LIVE_UNKNOWN. NULL: a
     * directory like this cannot tell. ERR_DENIED: not allowed; the text names the missing
     * permission, and asking again is useless. Other errors as for `read`: nothing is known now.
     * *out is the caller's (live_free). Runs on the worker's thread.
     */
    enum err_code (*live)(struct directory *directory, const struct live_wanted *wanted,
                          const struct progress *progress, struct live **out,
                          struct err *err) ERR_CHECK;
    /* Whether the last read would give the same again, if that can be told without reading. NULL: it
       cannot. */
    bool (*unchanged)(struct directory *directory);
    /* What a status line shows beyond the URI; appends to `facts`. May be NULL. No I/O but what
       `read` did before. */
    void (*facts)(struct directory *directory, struct port_info *facts);
    void (*free)(struct directory *directory);
};

/* The first member of every implementation's own struct. */
struct directory {
    const struct directory_ops *ops;
    char *uri;    /* as people write it; owned, freed by directory_free */
    char *source; /* what the store has at those who come from it (slot_source), owned likewise: the
                     id of a Connect instance. NULL: the name in the configuration counts */
};

void directory_free(struct directory *directory); /* NULL is fine; port.c */

#endif
