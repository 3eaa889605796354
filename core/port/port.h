#ifndef CORE_PORT_PORT_H
#define CORE_PORT_PORT_H

/*
 * The table of ports: who opens which URI. main.c puts it together.
 */

#include "core/port/directory.h"
#include "core/port/exporter.h"
#include "core/port/store.h"
#include "core/settings/settings.h"

/*
 * Who opens which URI. main.c puts the table together: `file` and `sqlite` of core, `connect`,
 * `dynamodb` and `s3` of aws. An opener gets the whole URI and what follows "scheme:" and does no
 * network I/O. NULL where the scheme is no such port.
 */
struct port {
    const char *scheme;
    enum err_code (*directory)(void *context, const struct settings *settings, const char *uri,
                               const char *rest, struct directory **out, struct err *err);
    enum err_code (*store)(void *context, const struct settings *settings, const char *uri,
                           const char *rest, struct store **out, struct err *err);
    enum err_code (*exporter)(void *context, const struct settings *settings, const char *uri,
                              const char *rest, struct exporter **out, struct err *err);
    /* What there is to say of a session with these settings beyond what its directory and its
       store know: profile, expiry, requests. Asked once for every port that has it; may be NULL.
       No I/O. */
    void (*facts)(void *context, const struct settings *settings, struct port_info *facts);
    void *context;
};

#endif
