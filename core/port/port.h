#ifndef CORE_PORT_PORT_H
#define CORE_PORT_PORT_H

/*
 * The table of ports: which functions open the URIs of a scheme. main.c puts it together, a session
 * opens what its settings name:
 *
 *     {.scheme = "file", .directory = open_file_directory, .exporter = open_file_exporter},
 */

#include "core/port/directory.h"
#include "core/port/exporter.h"
#include "core/port/preflight.h"
#include "core/port/store.h"
#include "core/settings/settings.h"

/*
 * What the ports of one service share while a session lasts: an account, its connections. It
 * belongs to the session, and to the thread that uses the session.
 */
struct port_service {
    /* No I/O; never NULL. The settings outlive what comes back. */
    void *(*begin)(void *context, const struct settings *settings);
    void (*end)(void *shared);
    /* Adds what the directory and the store do not know: profile, expiry, requests. No I/O. */
    void (*facts)(const void *shared, struct port_info *facts);
    /* Asks what `--doctor --all` wants to know of the places in the settings that are this service's, and
       of the way to them. NULL: there is nothing to ask. */
    void (*examine)(void *shared, const struct settings *settings, const struct progress *progress,
                    struct checks *checks);
    void *context;
};

/* What an opener is given. It borrows all of it for the call; only `settings` and `shared` outlive
   what it opens. */
struct port_opening {
    const struct settings *settings;
    const char *uri;  /* all of it */
    const char *rest; /* what follows "scheme:" */
    void *shared;     /* of the port's service in this session; NULL: it has none */
};

/* One scheme: `file` and `sqlite` of core, `connect`, `dynamodb` and `s3` of aws. Openers do no
   network I/O. An opener is NULL if the scheme has no such port. */
struct port {
    const char *scheme;
    enum err_code (*directory)(const struct port_opening *opening, struct directory **out,
                               struct err *err);
    enum err_code (*store)(const struct port_opening *opening, struct store **out, struct err *err);
    enum err_code (*exporter)(const struct port_opening *opening, struct exporter **out,
                              struct err *err);
    const struct port_service *service; /* NULL: it needs none */
    bool makes_file; /* its store is a file of this machine, which the first run makes */
};

#endif
