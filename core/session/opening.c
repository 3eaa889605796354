/* For the files of a session: which port opens a URI, and what it is given. */

#include "core/session/session_private.h"

#include <assert.h>

#include "core/settings/location.h"

#include "core/base/banned.h"

/* The port whose scheme the URI has; *rest is what follows it. */
const struct port *session_port_of(const struct session *session, const char *uri,
                                   const char **rest)
{
    for (size_t i = 0; i < session->n_ports; i++) {
        *rest = location_rest(uri, session->ports[i].scheme);
        if (*rest) {
            return &session->ports[i];
        }
    }
    return NULL;
}

/* What the port's service shares in this session; NULL: it has no service. */
static void *shared_of(struct session *session, const struct port *port)
{
    for (size_t i = 0; i < session->n_services; i++) {
        if (session->services[i].service == port->service) {
            return session->services[i].shared;
        }
    }
    if (!port->service) {
        return NULL;
    }
    assert(session->n_services < SESSION_SERVICES_MAX);
    void *shared = port->service->begin(port->service->context, session->settings);
    session->services[session->n_services].service = port->service;
    session->services[session->n_services++].shared = shared;
    return shared;
}

struct port_opening session_opening_of(struct session *session, const struct port *port,
                                       const char *uri, const char *rest)
{
    return (struct port_opening){.settings = session->settings,
                                 .uri = uri,
                                 .rest = rest,
                                 .shared = shared_of(session, port)};
}

enum err_code session_no_port(const char *what, const char *uri, struct err *err)
{
    return err_set(err, ERR_USAGE, "%s: no %s of this kind in this build", uri, what);
}

/* A name that a port cannot open: says where it was set, because the environment may say it too.
   Other errors (ERR_CONFIG: the configuration of AWS) name their place themselves. */
enum err_code session_opened(const struct session *session, enum err_code code, enum option_id id,
                             struct err *err)
{
    if (code == ERR_USAGE) {
        err_prefix(err, "%s", settings_origin(session->settings, id));
    }
    return code;
}
