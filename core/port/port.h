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
 * What the ports of one service share while a session lasts: an account, its connections. It belongs
 * to the session and to the thread that the session is used by.
 */
struct port_service {
    /* No I/O; never NULL. The settings outlive what comes back. */
    void *(*begin)(void *context, const struct settings *settings);
    void (*end)(void *shared);
    /* What there is to say of it beyond what the directory and the store know: profile, expiry,
       requests. No I/O. */
    void (*facts)(const void *shared, struct port_info *facts);
    void *context;
};

/* What an opener is given; borrowed for the call, but for `settings` and `shared`, which outlive
   what it opens. */
struct port_opening {
    const struct settings *settings;
    const char *uri;  /* the whole of it */
    const char *rest; /* what follows "scheme:" */
    void *shared;     /* of the port's service in this session; NULL: it has none */
};

/* Who opens which URI: `file` and `sqlite` of core, `connect`, `dynamodb` and `s3` of aws. Openers
   do no network I/O; they are NULL if the scheme is no such port. */
struct port {
    const char *scheme;
    enum err_code (*directory)(const struct port_opening *opening, struct directory **out,
                               struct err *err);
    enum err_code (*store)(const struct port_opening *opening, struct store **out, struct err *err);
    enum err_code (*exporter)(const struct port_opening *opening, struct exporter **out,
                              struct err *err);
    const struct port_service *service; /* NULL: it needs none */
};

#endif
