#ifndef CORE_SESSION_SESSION_PRIVATE_H
#define CORE_SESSION_SESSION_PRIVATE_H

/*
 * Between session.c and publish.c, and for nobody else.
 */

#include "core/session/session.h"

#define SESSION_SERVICES_MAX 4

struct session {
    const struct settings *settings;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    struct pool_time time; /* of the last load, without its note */
    struct arena arena;
    struct directory *directory; /* NULL: not opened yet */
    struct store *store;
    struct exporter *exporter; /* of settings->export_to; NULL: not opened yet */
    const char *actor;         /* NULL: not asked yet */
    const char *user;          /* NULL: likewise */
    enum audit_via via;
    /* What the services of the ports share in this session, from the first port that needs it on. */
    struct {
        const struct port_service *service;
        void *shared;
    } services[SESSION_SERVICES_MAX];
    size_t n_services;
    bool embedded; /* the store is a file of this machine, which a first run makes */
    bool seen;     /* this session has read the store: from then on a missing one is an error */
    bool missing;  /* it was not there at the last load: the next apply makes it */
    bool made;     /* this session made it */
};

/* Nothing but the opening: no I/O on the network. */
enum err_code session_open_exporter(struct session *session, const char *uri, struct exporter **out,
                                    struct err *err) ERR_CHECK;

/* ERR_READ_ONLY with the text, and where read-only comes from. */
enum err_code session_refuse_to_write(const struct session *session, const char *text,
                                      struct err *err);

#endif
