#include "core/session/setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/session/session.h"
#include "core/session/session_private.h"
#include "core/settings/config.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

#define EXPORT_MOST ((size_t)64 << 20)
#define MODE 0600 /* it names places, no secrets; but whoever could write it could move them */

static const struct {
    const char *name;
    enum option_id option;
} s_fields[SETUP_N] = {
#define X(id, name, option) [id] = {name, option},
    SETUP_FIELDS(X)
#undef X
};

static bool is_said(const struct setup *setup, enum setup_field field)
{
    return setup->values[field][0] != '\0';
}

static void put(struct setup *setup, enum setup_field field, const char *text)
{
    snprintf(setup->values[field], sizeof setup->values[field], "%s", text);
}

/* ---- what the form shows at first ---------------------------------------------------------- */

/* "/home/kim/x" as "~/x". */
static const char *with_tilde(const struct setup_place *place, const char *path, char *out,
                              size_t size)
{
    const char *home = environment_get(place->environment, "HOME");
    size_t length = home ? strlen(home) : 0;
    bool under = length > 1 && strncmp(path, home, length) == 0 && path[length] == '/';
    snprintf(out, size, "%s%s", under ? "~" : "", under ? path + length : path);
    return out;
}

void setup_propose(const struct setup_place *place, struct setup *out)
{
    char shown[SETUP_ROOM - 16];
    char folder[SETUP_ROOM - 64] = "";
    const char *data = environment_get(place->environment, "XDG_DATA_HOME");
    *out = (struct setup){.values = {""}};
    if (data && data[0] == '/') {
        with_tilde(place, data, folder, sizeof folder);
    } else if (environment_get(place->environment, "HOME")) {
        snprintf(folder, sizeof folder, "~/.local/share");
    }
    put(out, SETUP_DIRECTORY, "file:");
    if (folder[0]) {
        snprintf(shown, sizeof shown, "sqlite:%s/extpool/pool.db", folder);
    } else {
        snprintf(shown, sizeof shown, "sqlite:");
    }
    put(out, SETUP_STORE, shown);
    put(out, SETUP_EXPORT, LOCATION_NO_EXPORT);
    put(out, SETUP_WIDTH, "4");
    put(out, SETUP_RANGES, "0000-9999");
    put(out, SETUP_NAME, "default");
}

/* ---- settings of it -------------------------------------------------------------------------- */

/* The line with the form's values up to that field; SETUP_N: with all of them. */
static struct command_line line_of(const struct setup_place *place, const struct setup *setup,
                                   enum setup_field last)
{
    struct command_line line = *place->line;
    line.action = ACTION_CONSOLE;
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        if (i != SETUP_NAME && is_said(setup, i) && i <= last) {
            line.values[s_fields[i].option] = setup->values[i];
        }
    }
    return line;
}

static enum err_code resolve(const struct setup_place *place, const struct setup *setup,
                             enum setup_field last, struct settings *out, struct err *err)
{
    struct command_line line = line_of(place, setup, last);
    return settings_resolve(&line, place->environment, NULL, out, err);
}

bool setup_path(const struct setup_place *place, char *out, size_t size)
{
    struct settings settings;
    struct command_line line = *place->line;
    line.action = ACTION_CONSOLE;
    if (settings_resolve(&line, place->environment, NULL, &settings, NULL) != ERR_OK) {
        return false;
    }
    bool known = settings.config_path != NULL;
    if (known) {
        with_tilde(place, settings.config_path, out, size);
    }
    settings_release(&settings);
    return known;
}

/* The text without "--directory: " or "ranges: ", which nobody typed. */
static const char *without_option(const char *text, enum setup_field field)
{
    const struct option_info *info = option_info(s_fields[field].option);
    const char *name = strncmp(text, "--", 2) == 0 ? text + 2 : text;
    const char *words[] = {info->name, info->key};
    for (size_t i = 0; i < 2; i++) {
        size_t length = words[i] ? strlen(words[i]) : 0;
        if (words[i] && strncmp(name, words[i], length) == 0 &&
            strncmp(name + length, ": ", 2) == 0) {
            return name + length + 2;
        }
    }
    return text;
}

static enum err_code fail_at(struct setup_trial *trial, enum setup_field field,
                             const struct err *why)
{
    trial->at = field;
    err_clear(&trial->err);
    err_set(&trial->err, why->code, "%s: %s", s_fields[field].name,
            without_option(why->text, field));
    if (why->hint[0]) {
        err_hint(&trial->err, "%s", why->hint);
    }
    return why->code;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* A relative path would start from the folder of the configuration; the person meant this one. */
static const char *as_written(struct arena *arena, enum setup_field field, const char *text)
{
    static const enum port_kind ports[] = {PORT_DIRECTORY, PORT_STORE, PORT_EXPORT};
    static const char *const schemes[] = {"file", "sqlite", "file"};
    char here[PATH_MAX];
    const char *uri = text;
    struct err ignored = ERR_INIT;
    if (field > SETUP_EXPORT || strcmp(text, LOCATION_NO_EXPORT) == 0) {
        return text;
    }
    const char *name = NULL;
    const char *rest = text;
    if (field == SETUP_DIRECTORY && location_name(text, arena, &name, &rest, &ignored) != ERR_OK) {
        return text;
    }
    const struct location_text from = {ports[field], rest, NULL};
    if (location_normalise(&from, arena, &uri, &ignored) != ERR_OK) {
        return text;
    }
    const char *path = location_rest(uri, schemes[field]);
    bool whole = !path || path[0] == '/' || strncmp(path, "~/", 2) == 0;
    if (!whole && getcwd(here, sizeof here)) {
        uri = arena_printf(arena, "%s:%s/%s", schemes[field], here, path);
    }
    return name ? arena_printf(arena, "%s=%s", name, uri) : uri;
}

/* Whether the form has a field for it. */
static bool is_field(enum option_id option)
{
    bool found = false;
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        found = found || s_fields[i].option == option;
    }
    return found;
}

/* What was given on the command line was tried as well, and has to hold at the next start, too. */
static void compose_given(const struct setup_place *place, struct buf *out)
{
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        const char *value = place->line->values[id];
        bool placed = info->section == SECTION_DEFAULTS || info->section == SECTION_POLICY;
        if (value && info->key && placed && !info->not_in_context && !is_field(id)) {
            buf_printf(out, "%s = %s\n", info->key, value);
        }
    }
}

static void compose(const struct setup_place *place, const struct setup *setup, struct arena *arena,
                    struct buf *out)
{
    const char *name = setup->values[SETUP_NAME];
    buf_puts(out,
             "# Made at the first start of extpool. `extpool --help config` says what else can "
             "stand here.\n\n");
    buf_printf(out, "[defaults]\ncontext = %s\n\n[context %s]\n", name, name);
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        if (i != SETUP_NAME && is_said(setup, i)) {
            buf_printf(out, "%s = %s\n", option_info(s_fields[i].option)->key,
                       as_written(arena, i, setup->values[i]));
        }
    }
    compose_given(place, out);
}

/* Whether the file says what the form says: a text like "a #b" does not survive it. */
static enum err_code check_file(const struct setup *setup, struct arena *arena,
                                const struct config *config, struct setup_trial *trial)
{
    struct err why = ERR_INIT;
    const char *name = setup->values[SETUP_NAME];
    if (config->n_contexts != 1 || strcmp(config->contexts[0], name) != 0) {
        err_set(&why, ERR_INPUT, "\"%s\" cannot be the name of a context", name);
        err_hint(&why, "use letters, digits, '-' and '_'");
        return fail_at(trial, SETUP_NAME, &why);
    }
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        const struct config_entry *entry =
            config_find(config, SECTION_CONTEXT, name, s_fields[i].option);
        if (i != SETUP_NAME && is_said(setup, i) &&
            (!entry || strcmp(entry->value, as_written(arena, i, setup->values[i])) != 0)) {
            err_set(&why, ERR_INPUT, "\"%s\" cannot stand in a configuration file",
                    setup->values[i]);
            err_hint(&why, "leave out '#' and ';' behind a blank, and blanks at the end");
            return fail_at(trial, i, &why);
        }
    }
    return ERR_OK;
}

static enum err_code try_file(const struct setup_place *place, const struct setup *setup,
                              struct setup_trial *trial)
{
    struct arena arena = ARENA_INIT;
    struct config config;
    struct buf text;
    struct err why = ERR_INIT;
    buf_init(&text, CONFIG_MAX);
    compose(place, setup, &arena, &text);
    enum err_code code =
        config_parse(&(struct config_text){"configuration", text.data, text.length}, &config, &why);
    if (code != ERR_OK) {
        /* Nothing but the name can make a line that is not one. */
        err_clear(&why);
        err_set(&why, ERR_INPUT, "\"%s\" cannot be the name of a context",
                setup->values[SETUP_NAME]);
        err_hint(&why, "at most 128 letters, digits, '-' and '_'; no '/', no '.' in front");
        code = fail_at(trial, SETUP_NAME, &why);
    } else {
        code = check_file(setup, &arena, &config, trial);
        config_release(&config);
    }
    buf_release(&text);
    arena_release(&arena);
    return code;
}

/* ---- trying ---------------------------------------------------------------------------------- */

static enum err_code check_said(const struct setup *setup, struct setup_trial *trial)
{
    struct err why = ERR_INIT;
    for (enum setup_field i = SETUP_DIRECTORY; i <= SETUP_NAME; i++) {
        if (!is_said(setup, i)) {
            err_set(&why, ERR_USAGE, "nothing is said");
            err_hint(&why, i == SETUP_EXPORT ? "\"none\" publishes nothing" : "it is needed");
            return fail_at(trial, i, &why);
        }
    }
    if (strcmp(setup->values[SETUP_DIRECTORY], "-") == 0 ||
        strcmp(setup->values[SETUP_DIRECTORY], "file:-") == 0) {
        err_set(&why, ERR_USAGE, "standard input cannot be read again and again");
        err_hint(&why, "name a file");
        return fail_at(trial, SETUP_DIRECTORY, &why);
    }
    return ERR_OK;
}

/* The values one after the other, so that the one that is wrong is known. */
static enum err_code check_values(const struct setup_place *place, const struct setup *setup,
                                  struct setup_trial *trial)
{
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        struct settings settings;
        struct err why = ERR_INIT;
        if (i == SETUP_NAME || !is_said(setup, i)) {
            continue;
        }
        if (resolve(place, setup, i, &settings, &why) != ERR_OK) {
            return fail_at(trial, i, &why);
        }
        settings_release(&settings);
    }
    return ERR_OK;
}

static enum err_code try_directory(struct session *session, const struct progress *progress,
                                   struct setup_trial *trial)
{
    struct roster *roster = NULL;
    struct err why = ERR_INIT;
    if (session_read_directory(session, progress, &roster, &why) != ERR_OK) {
        return fail_at(trial, SETUP_DIRECTORY, &why);
    }
    trial->directory_read = true;
    trial->n_agents = roster->n_agents;
    for (size_t i = 0; i < roster->n_agents && !trial->has_names; i++) {
        trial->has_names = roster->agents[i].name != NULL;
    }
    const char *warning = roster->partial ? roster->partial : roster->note;
    snprintf(trial->warning, sizeof trial->warning, "%s", warning ? warning : "");
    roster_unref(roster);
    return ERR_OK;
}

static enum err_code try_store(struct session *session, const struct progress *progress,
                               struct setup_trial *trial)
{
    struct snapshot *snapshot = NULL;
    struct err why = ERR_INIT;
    if (session_load(session, LOAD_NORMAL, progress, &snapshot, &why) != ERR_OK) {
        return fail_at(trial, SETUP_STORE, &why);
    }
    trial->store_read = true;
    trial->makes_store = session_plan_input(session, snapshot, NULL).makes_store != NULL;
    trial->is_empty = snapshot->n_slots == 0;
    trial->n_numbers = policy_size(session_policy(session));
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        trial->n_assigned += snapshot->slots[i].state == SLOT_ASSIGNED;
    }
    snapshot_unref(snapshot);
    return ERR_OK;
}

/* Whether a list can be made there: the folder has to be there. */
static enum err_code check_folder(const char *uri, struct err *err)
{
    const char *path = location_rest(uri, "file");
    const char *slash = path ? strrchr(path, '/') : NULL;
    if (!slash) {
        return ERR_OK;
    }
    char *folder = mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    enum err_code code = ERR_OK;
    if (access(folder, W_OK | X_OK) != 0) {
        code = err_set_errno(err, ERR_IO, errno, "%s", folder);
        err_hint(err, "make the folder, or name another place; \"none\" publishes nothing");
    }
    free(folder);
    return code;
}

static enum err_code try_export(struct session *session, const struct progress *progress,
                                struct setup_trial *trial)
{
    struct exporter *exporter = NULL;
    struct err why = ERR_INIT;
    struct buf there;
    const char *uri = session_export_uri(session);
    trial->export_found = SETUP_NOTHING_THERE;
    if (!uri) {
        return ERR_OK;
    }
    buf_init(&there, EXPORT_MOST);
    enum err_code code = session_open_exporter(session, uri, &exporter, &why);
    if (code == ERR_OK) {
        code = exporter->ops->read(exporter, progress, &there, &why);
        trial->export_found = code == ERR_OK       ? SETUP_LIST_THERE
                              : code == ERR_DENIED ? SETUP_NOT_READABLE
                                                   : SETUP_NOTHING_THERE;
    }
    if (code == ERR_NOT_FOUND) {
        err_clear(&why);
        code = check_folder(exporter->uri, &why);
    } else if (code == ERR_DENIED) {
        snprintf(trial->warning, sizeof trial->warning, "%s", why.text);
        code = ERR_OK;
    }
    exporter_free(exporter);
    buf_release(&there);
    return code == ERR_OK ? ERR_OK : fail_at(trial, SETUP_EXPORT, &why);
}

static enum err_code try_places(const struct setup_place *place, const struct settings *settings,
                                const struct progress *progress, struct setup_trial *trial)
{
    struct session *session = NULL;
    struct err why = ERR_INIT;
    const struct session_options options = {.settings = settings,
                                            .ports = place->ports,
                                            .n_ports = place->n_ports,
                                            .clock = place->clock};
    enum err_code code = session_open(&options, &session, &why);
    if (code != ERR_OK) {
        return fail_at(trial, SETUP_STORE, &why);
    }
    code = try_directory(session, progress, trial);
    code = code == ERR_OK ? try_store(session, progress, trial) : code;
    code = code == ERR_OK ? try_export(session, progress, trial) : code;
    session_close(session);
    return code;
}

static enum err_code fail_taken(const char *path, struct err *err)
{
    err_set(err, ERR_CONFLICT, "%s is there already; it stays as it is", path);
    err_hint(err, "leave and start extpool again: it goes by that file");
    return ERR_CONFLICT;
}

enum err_code setup_try(const struct setup_place *place, const struct setup *setup,
                        const struct progress *progress, struct setup_trial *trial)
{
    *trial = (struct setup_trial){.at = SETUP_N, .err = ERR_INIT};
    struct settings settings;
    enum err_code code = check_said(setup, trial);
    code = code == ERR_OK ? check_values(place, setup, trial) : code;
    code = code == ERR_OK ? try_file(place, setup, trial) : code;
    if (code != ERR_OK) {
        return code;
    }
    code = resolve(place, setup, SETUP_N, &settings, &trial->err);
    if (code != ERR_OK) {
        return code;
    }
    if (settings.config_read) {
        code = fail_taken(settings.config_path, &trial->err);
    } else if (!settings.config_path) {
        code = err_set(&trial->err, ERR_CONFIG,
                       "there is no place for a configuration: neither HOME nor XDG_CONFIG_HOME "
                       "is set");
        err_hint(&trial->err, "set HOME, or name the file with --config");
    } else {
        code = try_places(place, &settings, progress, trial);
    }
    settings_release(&settings);
    return code;
}

/* ---- writing --------------------------------------------------------------------------------- */

enum err_code setup_write(const struct setup_place *place, const struct setup *setup,
                          struct err *err)
{
    struct settings settings;
    enum err_code code = resolve(place, setup, SETUP_N, &settings, err);
    if (code != ERR_OK) {
        return code;
    }
    struct arena arena = ARENA_INIT;
    struct buf text;
    struct err why = ERR_INIT;
    buf_init(&text, CONFIG_MAX);
    compose(place, setup, &arena, &text);
    code = fileio_make_parents(settings.config_path, &why);
    if (code == ERR_OK) {
        code = fileio_create(settings.config_path, text.data, text.length, MODE, &why);
    }
    if (code == ERR_CONFLICT) {
        code = fail_taken(settings.config_path, err);
    } else if (code != ERR_OK && err) {
        *err = why;
    }
    buf_release(&text);
    arena_release(&arena);
    settings_release(&settings);
    return code;
}
