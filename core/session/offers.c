#include "core/session/offers.h"

#include <string.h>
#include <sys/stat.h>

#include "core/embedded/store_sqlite.h"
#include "core/session/session_private.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

static void from_store(const struct settings *settings, enum store_names_kind kind,
                       const char *begin, const struct store_names *names)
{
    const char *path = settings->store ? location_rest(settings->store, "sqlite") : NULL;
    if (path) {
        struct store *store = store_sqlite_new(path, &clock_system);
        store_sqlite_names(store, kind, begin, names);
        store_free(store);
    }
}

static bool is_quick(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && file.st_size <= OFFERS_FILE_MAX;
}

static void from_file(struct session *session, const char *uri, const char *begin,
                      const struct store_names *names)
{
    const char *rest = NULL;
    struct directory *directory = NULL;
    struct roster *roster = NULL;
    const struct port *port = session_port_of(session, uri, &rest);
    if (!location_rest(uri, "file") || !port || !port->directory || !is_quick(rest)) {
        return;
    }
    const struct port_opening opening = session_opening_of(session, port, uri, rest);
    size_t length = strlen(begin);
    int n = 0;
    if (port->directory(&opening, &directory, NULL) == ERR_OK &&
        directory->ops->read(directory, NULL, &roster, NULL) == ERR_OK) {
        for (size_t i = 0; i < roster->n_agents && n < STORE_NAMES_MAX; i++) {
            const struct agent *agent = &roster->agents[i];
            if (strncmp(agent->login, begin, length) == 0) {
                names->put(names->context, agent->login, agent->name ? agent->name : "");
                n++;
            }
        }
    }
    roster_unref(roster);
    directory_free(directory);
}

void offers_agents(const struct session_options *options, const char *begin,
                   const struct store_names *names)
{
    struct session *session = session_for_ports(options);
    from_store(options->settings, STORE_NAMES_AGENTS, begin, names);
    for (size_t i = 0; i < options->settings->n_directories; i++) {
        from_file(session, options->settings->directories[i].uri, begin, names);
    }
    session_close(session);
}

void offers_extensions(const struct session_options *options, const char *begin, bool free,
                       const struct store_names *names)
{
    from_store(options->settings, free ? STORE_NAMES_FREE : STORE_NAMES_EXTENSIONS, begin, names);
}
