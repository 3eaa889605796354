#include "core/session/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/embedded/store_sqlite.h"
#include "core/session/session_private.h"

#include "core/base/banned.h"

/* One look at work. */
struct look {
    struct session *session; /* opened for nothing but its ports */
    const struct settings *settings;
    struct places *places;
    struct mistakes *mistakes;
};

static void add_place(struct look *look, struct place place)
{
    struct places *places = look->places;
    places->items = mem_resize(places->items, places->n_items + 1, sizeof *places->items);
    places->items[places->n_items++] = place;
}

/* The subject of the setting stands in front. A mistake in the configuration of AWS names a file of its
   own, or it is about the profile. */
static void add_mistake(struct look *look, const char *subject, struct err *err)
{
    const struct settings *settings = look->settings;
    if (err->code == ERR_CONFIG && settings->profile) {
        subject = settings->origins[OPT_PROFILE].subject;
    } else if (err->code == ERR_CONFIG && err->text[0] == '/') {
        subject = NULL;
    }
    if (subject) {
        err_prefix(err, "%s", subject);
    }
    mistakes_add(look->mistakes, err);
    err_clear(err);
}

/* ---- directories --------------------------------------------------------------------------- */

/* A file is read to its end: only that tells whether it has the columns. */
static const char *read_file(struct look *look, struct directory *directory, const char *rest,
                             struct err *err)
{
    struct roster *roster = NULL;
    struct arena *arena = &look->places->arena;
    if (strcmp(rest, "-") == 0) {
        return "standard input: not read";
    }
    if (directory->ops->read(directory, NULL, &roster, err) != ERR_OK) {
        return "";
    }
    const char *says = text_count(arena, roster->n_agents, "agent");
    if (roster->note || roster->partial) {
        says =
            arena_printf(arena, "%s; %s", says, roster->partial ? roster->partial : roster->note);
    }
    roster_unref(roster);
    return says;
}

static void look_at_directory(struct look *look, const struct setting_directory *setting)
{
    struct err err = ERR_INIT;
    const char *rest = NULL;
    struct directory *directory = NULL;
    struct place place = {OPT_DIRECTORY, setting->name, setting->uri, ""};
    const struct port *port = session_port_of(look->session, setting->uri, &rest);
    if (!port || !port->directory) {
        err_set(&err, ERR_USAGE, "no directory of this kind in this build");
    } else {
        const struct port_opening opening =
            session_opening_of(look->session, port, setting->uri, rest);
        if (port->directory(&opening, &directory, &err) == ERR_OK) {
            place.says =
                port->service ? "in Amazon: not asked" : read_file(look, directory, rest, &err);
        }
    }
    if (err.code != ERR_OK) {
        add_mistake(look, setting->subject, &err);
    }
    directory_free(directory);
    add_place(look, place);
}

/* ---- the store ----------------------------------------------------------------------------- */

static const char *look_at_file(struct look *look, const char *path, struct err *err)
{
    enum err_code code = store_sqlite_look(path, &look->settings->policy, err);
    if (code == ERR_NOT_FOUND) {
        err_clear(err);
        return "not there yet; --init or the first sync makes it";
    }
    return code == ERR_OK ? "there" : "";
}

static void look_at_store(struct look *look)
{
    struct err err = ERR_INIT;
    const char *rest = NULL;
    struct store *store = NULL;
    const struct settings *settings = look->settings;
    struct place place = {OPT_STORE, NULL, settings->store, ""};
    if (!settings->store) {
        settings_no_store(&err);
        add_mistake(look, "HOME", &err);
        return;
    }
    const struct port *port = session_port_of(look->session, settings->store, &rest);
    if (!port || !port->store) {
        err_set(&err, ERR_USAGE, "no store of this kind in this build");
    } else {
        const struct port_opening opening =
            session_opening_of(look->session, port, settings->store, rest);
        if (port->store(&opening, &store, &err) == ERR_OK) {
            place.says = port->service ? "in Amazon: not asked" : look_at_file(look, rest, &err);
        }
    }
    if (err.code != ERR_OK) {
        add_mistake(look, settings->origins[OPT_STORE].subject, &err);
    }
    store_free(store);
    add_place(look, place);
}

/* ---- the export ---------------------------------------------------------------------------- */

/* Whether a file can be made or replaced there. */
static const char *look_at_target(struct look *look, const char *path, struct err *err)
{
    struct stat there;
    const char *slash = strrchr(path, '/');
    const char *folder = !slash ? "."
                         : slash == path
                             ? "/"
                             : arena_strndup(&look->places->arena, path, (size_t)(slash - path));
    bool built_in = look->settings->origins[OPT_EXPORT_TO].kind <= ORIGIN_DEFAULT;
    if (strcmp(path, "-") == 0) {
        return "standard output";
    }
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        err_set(err, ERR_INPUT, "%s is a folder, not a file", path);
        return "";
    }
    if (stat(folder, &there) != 0 || !S_ISDIR(there.st_mode)) {
        if (built_in) {
            return "not there yet; a sync makes it";
        }
        err_set(err, ERR_INPUT, "the folder %s is not there", folder);
        return "";
    }
    if (access(folder, W_OK | X_OK) != 0) {
        err_set_errno(err, ERR_INPUT, errno, "nothing can be written into the folder %s", folder);
        return "";
    }
    return stat(path, &there) == 0 ? "there" : "not there yet; a sync makes it";
}

static void look_at_export(struct look *look)
{
    struct err err = ERR_INIT;
    const char *rest = NULL;
    struct exporter *exporter = NULL;
    const struct settings *settings = look->settings;
    struct place place = {OPT_EXPORT_TO, NULL, settings->export_to, ""};
    if (!settings->export_to) {
        return;
    }
    const struct port *port = session_port_of(look->session, settings->export_to, &rest);
    if (session_open_exporter(look->session, settings->export_to, &exporter, &err) == ERR_OK) {
        place.says = port->service ? "in Amazon: not asked" : look_at_target(look, rest, &err);
    }
    if (err.code != ERR_OK) {
        add_mistake(look, settings->origins[OPT_EXPORT_TO].subject, &err);
    }
    exporter_free(exporter);
    add_place(look, place);
}

/* ---- all of them --------------------------------------------------------------------------- */

static void look_at_names(struct look *look)
{
    const struct settings *settings = look->settings;
    const char *connect = settings_connect_directory(settings);
    struct err err = ERR_INIT;
    if (settings_store_is_named(settings, connect, settings->export_to, &err) != ERR_OK) {
        const char *subject = settings->origins[connect ? OPT_DIRECTORY : OPT_EXPORT_TO].subject;
        err.code = ERR_USAGE; /* what is missing has no line: that of what asks for it is named */
        add_mistake(look, subject, &err);
    }
}

void places_look(const struct session_options *options, struct places *places,
                 struct mistakes *mistakes)
{
    *places = (struct places){.arena = ARENA_INIT};
    struct look look = {.session = session_for_ports(options),
                        .settings = options->settings,
                        .places = places,
                        .mistakes = mistakes};
    for (size_t i = 0; i < options->settings->n_directories; i++) {
        look_at_directory(&look, &options->settings->directories[i]);
    }
    look_at_names(&look);
    look_at_store(&look);
    look_at_export(&look);
    session_close(look.session);
}

void places_release(struct places *places)
{
    free(places->items);
    arena_release(&places->arena);
    *places = (struct places){.arena = ARENA_INIT};
}

/* ---- for the doctor ------------------------------------------------------------------------ */

/* Services answer for what is theirs. */
static bool is_local(struct session *session, const char *uri)
{
    const char *rest = NULL;
    const struct port *port = session_port_of(session, uri, &rest);
    return port && !port->service;
}

static void examine_local(struct session *session, struct checks *checks)
{
    struct places places;
    struct mistakes mistakes = MISTAKES_INIT;
    const struct session_options options = {.settings = session->settings,
                                            .ports = session->ports,
                                            .n_ports = session->n_ports,
                                            .clock = session->clock};
    places_look(&options, &places, &mistakes);
    for (size_t i = 0; i < places.n_items; i++) {
        const struct place *place = &places.items[i];
        if (place->says[0] && is_local(session, place->uri)) {
            checks_add(checks, &(struct check){.what = option_info(place->option)->key,
                                               .subject = place->uri,
                                               .result = CHECK_OK,
                                               .detail = place->says});
        }
    }
    for (size_t i = 0; i < mistakes.n_items; i++) {
        checks_add(checks, &(struct check){.what = "configuration",
                                           .result = CHECK_WRONG,
                                           .code = ERR_CONFIG,
                                           .detail = mistakes.items[i].text,
                                           .fix = mistakes.items[i].hint});
    }
    mistakes_release(&mistakes);
    places_release(&places);
}

struct examination {
    struct session *session;
    const struct progress *progress;
    struct checks *checks;
    const struct port_service *done[SESSION_SERVICES_MAX];
    size_t n_done;
};

/* Each service once, however many places it has. */
static void examine_service(struct examination *examination, const char *uri)
{
    struct session *session = examination->session;
    const char *rest = NULL;
    const struct port *port = uri ? session_port_of(session, uri, &rest) : NULL;
    if (!port || !port->service || !port->service->examine) {
        return;
    }
    for (size_t i = 0; i < examination->n_done; i++) {
        if (examination->done[i] == port->service) {
            return;
        }
    }
    const struct port_opening opening = session_opening_of(session, port, uri, rest);
    port->service->examine(opening.shared, session->settings, examination->progress,
                           examination->checks);
    examination->done[examination->n_done++] = port->service;
}

void places_examine(struct session *session, const struct progress *progress, struct checks *checks)
{
    const struct settings *settings = session->settings;
    struct examination examination = {.session = session, .progress = progress, .checks = checks};
    examine_service(&examination, settings->store);
    for (size_t i = 0; i < settings->n_directories; i++) {
        examine_service(&examination, settings->directories[i].uri);
    }
    examine_service(&examination, settings->export_to);
    examine_local(session, checks);
}
