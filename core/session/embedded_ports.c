#include "core/demo/demo.h"
#include "core/embedded/directory_file.h"
#include "core/embedded/export_file.h"
#include "core/session/session.h"
#include "core/demo/store.h"
#include "core/embedded/store_sqlite.h"

#include <string.h>

#include "core/base/banned.h"

/* The ports that need no service: files, SQLite, the made-up contact centre. */

static enum err_code open_file_directory(const struct port_opening *opening, struct directory **out,
                                         struct err *err)
{
    (void)err;
    const struct settings *settings = opening->settings;
    const struct directory_settings columns = {
        .login_column = settings->login_column,
        .login_origin = settings_origin(settings, OPT_LOGIN_COLUMN),
        .active_column = settings->active_column,
        .active_origin = settings_origin(settings, OPT_ACTIVE_COLUMN),
        .policy = &settings->policy,
    };
    *out = directory_file_new(opening->rest, &columns, &clock_system);
    return ERR_OK;
}

static enum err_code open_sqlite(const struct port_opening *opening, struct store **out,
                                 struct err *err)
{
    (void)err;
    const struct settings *settings = opening->settings;
    *out = store_sqlite_new(opening->rest, &clock_system);
    store_sqlite_set_mode(*out, (unsigned)settings->store_mode,
                          settings->origins[OPT_STORE_MODE].kind > ORIGIN_DEFAULT);
    return ERR_OK;
}

static enum err_code open_file_exporter(const struct port_opening *opening, struct exporter **out,
                                        struct err *err)
{
    (void)err;
    const struct settings *settings = opening->settings;
    bool built_in = settings->origins[OPT_EXPORT_TO].kind <= ORIGIN_DEFAULT &&
                    settings->export_to && strcmp(settings->export_to, opening->uri) == 0;
    *out = exporter_file_new(opening->rest, built_in);
    return ERR_OK;
}

static enum err_code open_demo_directory(const struct port_opening *opening, struct directory **out,
                                         struct err *err)
{
    (void)opening;
    (void)err;
    *out = directory_demo_new(DEMO_SEED, &clock_system);
    return ERR_OK;
}

static enum err_code open_demo_store(const struct port_opening *opening, struct store **out,
                                     struct err *err)
{
    (void)err;
    *out = store_demo_new(opening->rest, DEMO_SEED, &clock_system);
    return ERR_OK;
}

const struct port session_embedded_ports[] = {
    {.scheme = "file", .directory = open_file_directory, .exporter = open_file_exporter},
    {.scheme = "sqlite", .store = open_sqlite, .makes_file = true},
    {.scheme = "demo", .directory = open_demo_directory, .store = open_demo_store},
};
const size_t session_n_embedded_ports =
    sizeof session_embedded_ports / sizeof session_embedded_ports[0];
