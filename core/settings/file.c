/*
 * Where settings come from: the configuration file, and the context of it that counts.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/banned.h"
#include "core/base/fileio.h"
#include "core/settings/location.h"
#include "core/base/mem.h"
#include "core/settings/resolver.h"
#include "core/base/text.h"

/* ---- folders ------------------------------------------------------------------------------- */

/* $VARIABLE/extpool, else HOME/FALLBACK/extpool. A relative path in the variable does not count
   (XDG Base Directory Specification, "Environment variables"). */
const char *resolver_xdg_folder(struct resolver *r, const char *variable, const char *fallback)
{
    struct arena *arena = &r->settings->arena;
    const char *folder = environment_get(r->environment, variable);
    if (folder && folder[0] == '/') {
        return arena_printf(arena, "%s/extpool", folder);
    }
    return r->home ? arena_printf(arena, "%s/%s/extpool", r->home, fallback) : NULL;
}

static void warn(struct settings *settings, const char *text)
{
    settings->warnings =
        mem_resize(settings->warnings, settings->n_warnings + 1, sizeof *settings->warnings);
    settings->warnings[settings->n_warnings++] = text;
}

/* ---- the configuration file ---------------------------------------------------------------- */

void resolver_set_origin(struct settings *settings, enum option_id id, enum origin kind,
                         const char *text)
{
    settings->origins[id] = (struct setting_origin){kind, text};
}

/* Whoever can write it chooses where a sync writes. */
static void warn_if_writable(struct settings *settings)
{
    struct stat file;
    if (stat(settings->config_path, &file) == 0 && S_ISREG(file.st_mode) &&
        (file.st_mode & (S_IWGRP | S_IWOTH))) {
        warn(settings, arena_printf(&settings->arena,
                                    "%s: others can write this file; chmod go-w takes that away",
                                    text_sanitise(&settings->arena, settings->config_path)));
    }
}

static void find_config(struct resolver *r, bool *required)
{
    struct settings *settings = r->settings;
    const char *given = r->line->values[OPT_CONFIG];
    const char *variable = given ? NULL : environment_get(r->environment, "EXTPOOL_CONFIG");
    *required = given || variable;
    if (given) {
        resolver_set_origin(settings, OPT_CONFIG, ORIGIN_COMMAND_LINE, "--config");
    } else if (variable) {
        resolver_set_origin(settings, OPT_CONFIG, ORIGIN_ENVIRONMENT, "EXTPOOL_CONFIG");
        given = variable;
    } else {
        resolver_set_origin(settings, OPT_CONFIG, ORIGIN_DEFAULT, "built in");
        const char *folder = resolver_xdg_folder(r, "XDG_CONFIG_HOME", ".config");
        settings->config_path = folder ? arena_printf(&settings->arena, "%s/config", folder) : NULL;
        return;
    }
    struct location_base base = {.home = r->home};
    settings->config_path =
        arena_strdup(&settings->arena, location_path(given, &base, &settings->arena));
}

enum err_code resolver_read_config(struct resolver *r)
{
    struct settings *settings = r->settings;
    bool required;
    find_config(r, &required);
    if (!settings->config_path) {
        return ERR_OK;
    }
    struct err why = ERR_INIT;
    enum err_code code = fileio_read(settings->config_path, &r->text, &why);
    if (code == ERR_NOT_FOUND && !required) {
        return ERR_OK;
    }
    if (code != ERR_OK) {
        err_set(r->err, ERR_CONFIG, "the configuration file cannot be read: %s", why.text);
        return ERR_CONFIG;
    }
    warn_if_writable(settings);
    code = config_parse(settings->config_path, r->text.data, r->text.length, &r->config, r->err);
    settings->config_read = code == ERR_OK;
    return code;
}

/* ---- the context --------------------------------------------------------------------------- */

static enum err_code unknown_context(struct resolver *r, const char *name)
{
    struct settings *settings = r->settings;
    if (!settings->config_read) {
        err_set(r->err, ERR_CONFIG, "there is no context \"%s\": %s%s", name,
                settings->config_path ? "no configuration file " : "no HOME to look in",
                settings->config_path ? settings->config_path : "");
        err_hint(r->err, "extpool --help config shows what one looks like");
        return ERR_CONFIG;
    }
    const char **names = arena_alloc(&settings->arena, (r->config.n_contexts + 1) * sizeof *names);
    struct buf list;
    buf_init(&list, ERR_HINT_MAX / 2);
    for (size_t i = 0; i < r->config.n_contexts; i++) {
        names[i] = r->config.contexts[i];
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = nearest_of(name, names);
    err_set(r->err, ERR_CONFIG, "%s has no context \"%s\"", settings->config_path, name);
    if (near) {
        err_hint(r->err, "Did you mean \"%s\"?", near);
    } else if (r->config.n_contexts > 0 && !buf_failed(&list)) {
        err_hint(r->err, "It has %s", list.data);
    } else {
        err_hint(r->err, "A context is a section: [context %s]", name);
    }
    buf_release(&list);
    return ERR_CONFIG;
}

enum err_code resolver_choose_context(struct resolver *r, const char *asked)
{
    struct settings *settings = r->settings;
    const struct config_entry *usual = config_find(&r->config, SECTION_DEFAULTS, NULL, OPT_CONTEXT);
    const char *name = NULL;
    if (asked) {
        name = asked;
        resolver_set_origin(settings, OPT_CONTEXT, ORIGIN_COMMAND_LINE, "chosen in the console");
    } else if ((name = r->line->values[OPT_CONTEXT])) {
        resolver_set_origin(settings, OPT_CONTEXT, ORIGIN_COMMAND_LINE, "--context");
    } else if ((name = environment_get(r->environment, "EXTPOOL_CONTEXT"))) {
        resolver_set_origin(settings, OPT_CONTEXT, ORIGIN_ENVIRONMENT, "EXTPOOL_CONTEXT");
    } else if (usual && usual->value[0] != '\0') {
        name = usual->value;
        resolver_set_origin(
            settings, OPT_CONTEXT, ORIGIN_CONFIG,
            arena_printf(&settings->arena, "%s:%u [defaults]", settings->config_path, usual->line));
    }
    if (name && !config_has_context(&r->config, name)) {
        return unknown_context(r, name);
    }
    settings->context = arena_strdup(&settings->arena, name);
    return ERR_OK;
}

static const char *context_value(struct resolver *r, const char *context, enum option_id id)
{
    const struct config_entry *entry = config_find(&r->config, SECTION_CONTEXT, context, id);
    return entry ? arena_strdup(&r->settings->arena, entry->value) : NULL;
}

void resolver_list_contexts(struct resolver *r)
{
    struct settings *settings = r->settings;
    settings->n_contexts = r->config.n_contexts;
    settings->contexts =
        arena_alloc(&settings->arena, (settings->n_contexts + 1) * sizeof *settings->contexts);
    for (size_t i = 0; i < settings->n_contexts; i++) {
        const char *name = r->config.contexts[i];
        const char *read_only = context_value(r, name, OPT_READ_ONLY);
        struct setting_context *context = &settings->contexts[i];
        *context = (struct setting_context){
            .name = arena_strdup(&settings->arena, name),
            .directory = context_value(r, name, OPT_DIRECTORY),
            .store = context_value(r, name, OPT_STORE),
            .region = context_value(r, name, OPT_REGION),
        };
        if (read_only && !option_parse_flag(read_only, &context->read_only)) {
            context->read_only = true; /* to be on the safe side until it is chosen and judged */
        }
    }
}
