/*
 * The resolver: asks the sources of s_sources for each option, in order, and sets what the first
 * one has.
 */
#include "core/settings/settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/banned.h"
#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/settings/cmdline.h"
#include "core/settings/config.h"
#include "core/settings/directories.h"
#include "core/settings/groups.h"
#include "core/settings/operands.h"
#include "core/settings/option_value.h"

/* One resolution at work. */
struct resolver {
    const struct command_line *line;
    const struct environment *environment;
    const char *chosen; /* the context, if the console chose one */
    struct config config;
    const char *home; /* NULL: not set */
    struct settings *settings;
    struct mistakes *mistakes; /* where all of them go; NULL: the first one ends it */
    struct err *err;
};

/* A value as its source has it, before it is checked. */
struct finding {
    const char *text; /* NULL: this source has none */
    enum origin kind;
    const char *where;                /* the origin, as the user reads it */
    const char *subject;              /* what a message begins with: "--store", "config:7: store" */
    const struct config_entry *entry; /* the (first) line of the file, or NULL */
};

/* After a step: whether to go on. If all mistakes are wanted, they always do. */
static enum err_code go_on(const struct resolver *r, enum err_code code)
{
    if (code == ERR_OK || !r->mistakes) {
        return code;
    }
    mistakes_add(r->mistakes, r->err);
    err_clear(r->err);
    return ERR_OK;
}

/* $VARIABLE/extpool, else HOME/FALLBACK/extpool, else NULL. A relative path in the variable does
   not count (XDG Base Directory Specification, "Environment variables"). */
static const char *xdg_folder(struct resolver *r, const char *variable, const char *fallback)
{
    struct arena *arena = &r->settings->arena;
    const char *folder = environment_get(r->environment, variable);
    if (folder && folder[0] == '/') {
        return arena_printf(arena, "%s/extpool", folder);
    }
    return r->home ? arena_printf(arena, "%s/%s/extpool", r->home, fallback) : NULL;
}

/* ---- the sources --------------------------------------------------------------------------- */

static struct finding from_console(struct resolver *r, enum option_id id)
{
    const char *text = id == OPT_CONTEXT ? r->chosen : NULL;
    return (struct finding){text, ORIGIN_COMMAND_LINE, "chosen in the console", "context", NULL};
}

static struct finding from_command_line(struct resolver *r, enum option_id id)
{
    const struct command_line *line = r->line;
    if (id == OPT_EXPORT_TO && line->action == ACTION_EXPORT && line->n_operands > 0) {
        return (struct finding){line->operands[0], ORIGIN_COMMAND_LINE, "--export", "--export",
                                NULL};
    }
    if (!line->values[id]) {
        return (struct finding){0};
    }
    const struct option_info *info =
        option_info(id); /* the console gives those without a name, too */
    const char *name =
        info->name ? arena_printf(&r->settings->arena, "--%s", info->name) : info->key;
    return (struct finding){line->values[id], ORIGIN_COMMAND_LINE, name, name, NULL};
}

static struct finding of_entry(struct resolver *r, const struct config_entry *entry)
{
    struct arena *arena = &r->settings->arena;
    const char *path = r->settings->config_path;
    if (!entry) {
        return (struct finding){0};
    }
    return (struct finding){
        .text = entry->value,
        .kind = entry->owner ? ORIGIN_CONTEXT : ORIGIN_CONFIG,
        .where =
            arena_printf(arena, "%s:%u [%s%s%s]", path, entry->line, section_name(entry->section),
                         entry->owner ? " " : "", entry->owner ? entry->owner : ""),
        .subject = arena_printf(arena, "%s:%u: %s", path, entry->line, entry->name),
        .entry = entry,
    };
}

static struct finding from_context(struct resolver *r, enum option_id id)
{
    const char *context = r->settings->context;
    return of_entry(r, context ? config_find(&r->config, SECTION_CONTEXT, context, id) : NULL);
}

static struct finding from_section(struct resolver *r, enum option_id id)
{
    return of_entry(r, config_find(&r->config, option_info(id)->section, NULL, id));
}

static struct finding from_variable(struct resolver *r, const char *name, const char *prefix)
{
    const char *text = name ? environment_get(r->environment, name) : NULL;
    if (text && prefix) {
        text = arena_printf(&r->settings->arena, "%s%s", prefix, text);
    }
    return (struct finding){text, ORIGIN_ENVIRONMENT, name, name, NULL};
}

/* Each key of the configuration file has a variable: EXTPOOL_COOLDOWN for `cooldown`. A Lambda has
   no other place for them. */
static struct finding from_own_variable(struct resolver *r, enum option_id id)
{
    const char *key = option_info(id)->key;
    char *name = key ? arena_printf(&r->settings->arena, "EXTPOOL_%s", key) : NULL;
    for (char *c = name; c && *c; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    }
    return from_variable(r, name, NULL);
}

static struct finding from_other_variable(struct resolver *r, enum option_id id)
{
    return from_variable(r, option_info(id)->env, option_info(id)->env_prefix);
}

static struct finding built_in(const char *text)
{
    return (struct finding){text, ORIGIN_DEFAULT, "built in", "built in", NULL};
}

/* The embedded store and export have a folder for each context, so that two never share a store
   because neither names one. */
static struct finding from_home(struct resolver *r, enum option_id id)
{
    struct arena *arena = &r->settings->arena;
    bool config = id == OPT_CONFIG;
    const char *name = config                ? "config"
                       : id == OPT_STORE     ? "extpool.db"
                       : id == OPT_EXPORT_TO ? "agent_extensions.csv"
                                             : NULL;
    const char *folder = !name    ? NULL
                         : config ? xdg_folder(r, "XDG_CONFIG_HOME", ".config")
                                  : xdg_folder(r, "XDG_DATA_HOME", ".local/share");
    if (!folder) {
        return (struct finding){0};
    }
    const char *scheme = config ? "" : id == OPT_STORE ? "sqlite:" : "file:";
    const char *context = r->settings->context;
    const char *text = arena_printf(arena, "%s%s%s%s/%s", scheme, folder, context ? "/" : "",
                                    context ? context : "", name);
    return built_in(text);
}

static struct finding from_table(struct resolver *r, enum option_id id)
{
    (void)r;
    return built_in(option_info(id)->def);
}

static struct finding from_demo(struct resolver *r, enum option_id id)
{
    return id == OPT_DIRECTORY ? built_in("demo:") : from_table(r, id);
}

typedef struct finding source_fn(struct resolver *r, enum option_id id);

/* The first that has a value counts. */
static source_fn *const s_sources[] = {
    from_command_line,   from_context, from_section, from_own_variable,
    from_other_variable, from_home,    from_table,   NULL};

/* A package is made once, and the variables say what is different where it runs. */
static source_fn *const s_function_sources[] = {
    from_command_line, from_own_variable, from_other_variable, from_context,
    from_section,      from_home,         from_table,          NULL};

/* Which context counts is asked before there is one, and a variable overrules the file. */
static source_fn *const s_context_sources[] = {from_console, from_command_line, from_own_variable,
                                               from_section, NULL};

/* A made-up contact centre must not touch a real one. */
static source_fn *const s_demo_sources[] = {from_demo, NULL};

static bool is_real_place(enum option_id id)
{
    return id >= OPT_DIRECTORY && id <= OPT_AUDIT_KEEP;
}

static void warn(struct settings *settings, const char *text)
{
    settings->warnings =
        mem_resize(settings->warnings, settings->n_warnings + 1, sizeof *settings->warnings);
    settings->warnings[settings->n_warnings++] = text;
}

/* In a Lambda a variable hides what the package says: the directories of a context, perhaps. */
static void warn_if_hidden(struct resolver *r, enum option_id id, const struct finding *found)
{
    struct finding hidden = from_context(r, id);
    hidden = hidden.text ? hidden : from_section(r, id);
    if (found->kind == ORIGIN_ENVIRONMENT && hidden.text && !text_same(hidden.text, found->text)) {
        warn(r->settings, arena_printf(&r->settings->arena, "the variable %s counts, not %s",
                                       found->where, hidden.where));
    }
}

/* Asks the sources in order and records the origin of the value. */
static struct finding find_value(struct resolver *r, enum option_id id)
{
    bool demo = r->settings->action == ACTION_DEMO && is_real_place(id);
    bool function = r->line->environment_first;
    source_fn *const *sources = demo                ? s_demo_sources
                                : id == OPT_CONTEXT ? s_context_sources
                                : function          ? s_function_sources
                                                    : s_sources;
    struct finding found = {0};
    for (size_t i = 0; sources[i] && !found.text; i++) {
        found = sources[i](r, id);
    }
    if (function && id != OPT_CONTEXT) {
        warn_if_hidden(r, id, &found);
    }
    if (found.text) {
        r->settings->origins[id] = (struct setting_origin){
            found.kind, found.where, arena_strdup(&r->settings->arena, found.text), found.subject};
    }
    return found;
}

/* ---- the configuration file ---------------------------------------------------------------- */

/* Whoever can write it chooses where a sync writes. */
static void warn_if_writable(struct settings *settings)
{
    struct stat file;
    if (stat(settings->config_path, &file) == 0 && S_ISREG(file.st_mode) &&
        (file.st_mode & (S_IWGRP | S_IWOTH))) {
        warn(settings, arena_printf(&settings->arena,
                                    "%s: others can write to this file; chmod go-w prevents it",
                                    text_sanitise(&settings->arena, settings->config_path)));
    }
}

static enum err_code read_config(struct resolver *r)
{
    struct settings *settings = r->settings;
    struct finding found = find_value(r, OPT_CONFIG);
    if (!found.text) {
        return ERR_OK;
    }
    struct location_base base = {.home = r->home};
    struct err why = ERR_INIT;
    struct buf text;
    if (settings->action != ACTION_DEMO) { /* a made-up contact centre leaves nothing behind */
        settings->state_folder = xdg_folder(r, "XDG_STATE_HOME", ".local/state");
    }
    settings->config_path =
        arena_strdup(&settings->arena, location_path(found.text, &base, &settings->arena));
    buf_init(&text, CONFIG_MAX);
    enum err_code code = fileio_read(settings->config_path, &text, &why);
    if (code == ERR_NOT_FOUND && found.kind == ORIGIN_DEFAULT) {
        code = ERR_OK;
    } else if (code != ERR_OK) {
        code = err_set(r->err, ERR_CONFIG, "the configuration file cannot be read: %s", why.text);
    } else {
        warn_if_writable(settings);
        const struct config_text file = {settings->config_path, text.data, text.length};
        code = ERR_OK;
        if (r->mistakes) {
            config_parse_all(&file, &r->config, r->mistakes);
        } else {
            code = config_parse(&file, &r->config, r->err);
        }
        settings->config_read = code == ERR_OK;
    }
    buf_release(&text);
    return code;
}

/* ---- the context --------------------------------------------------------------------------- */

static enum err_code unknown_context(struct resolver *r, const struct finding *found)
{
    const char *name = found->text;
    struct settings *settings = r->settings;
    if (!settings->config_read) {
        err_set(r->err, ERR_CONFIG, "there is no context \"%s\": %s%s", name,
                settings->config_path ? "there is no configuration file " : "HOME is not set",
                settings->config_path ? settings->config_path : "");
        err_hint(r->err, "extpool --help config shows an example");
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
    if (found->kind == ORIGIN_CONFIG) {
        err_set(r->err, ERR_CONFIG, "%s: there is no context \"%s\"", found->subject, name);
    } else {
        err_set(r->err, ERR_CONFIG, "%s has no context \"%s\"", settings->config_path, name);
    }
    if (near) {
        err_hint(r->err, "Did you mean \"%s\"?", near);
    } else if (r->config.n_contexts > 0 && !buf_failed(&list)) {
        err_hint(r->err, "It has %s", list.data);
    } else {
        err_hint(r->err, "Add a section [context %s]", name);
    }
    buf_release(&list);
    return ERR_CONFIG;
}

static enum err_code choose_context(struct resolver *r)
{
    struct settings *settings = r->settings;
    const struct finding found = find_value(r, OPT_CONTEXT);
    const char *name = found.text;
    if (name && name[0] == '\0') { /* `context =` in [defaults]: none */
        settings->origins[OPT_CONTEXT] = (struct setting_origin){ORIGIN_NONE, NULL, NULL, NULL};
        return ERR_OK;
    }
    if (name && !config_has_context(&r->config, name)) {
        return unknown_context(r, &found);
    }
    settings->context = arena_strdup(&settings->arena, name);
    return ERR_OK;
}

/* Of a key that may stand several times, all values. */
static const char *context_value(struct resolver *r, const char *context, enum option_id id)
{
    const struct config_entry *entry = config_find(&r->config, SECTION_CONTEXT, context, id);
    const char *value = entry ? arena_strdup(&r->settings->arena, entry->value) : NULL;
    while (entry && (entry = config_next(&r->config, entry))) {
        value = arena_printf(&r->settings->arena, "%s, %s", value, entry->value);
    }
    return value;
}

static void list_contexts(struct resolver *r)
{
    struct settings *settings = r->settings;
    const char *const *names = r->config.contexts;
    size_t n = names ? r->config.n_contexts : 0;
    settings->n_contexts = n;
    settings->contexts = arena_alloc(&settings->arena, (n + 1) * sizeof *settings->contexts);
    for (size_t i = 0; i < n; i++) {
        const char *name = names[i];
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

/* ---- the options --------------------------------------------------------------------------- */

/* A message of the policy begins with the key; the subject names it already. */
static const char *without_key(const char *text, enum option_id id)
{
    const char *key = option_info(id)->key;
    size_t length = key ? strlen(key) : 0;
    return key && strncmp(text, key, length) == 0 && strncmp(text + length, ": ", 2) == 0
               ? text + length + 2
               : text;
}

/* In the file each line of the section counts, elsewhere each line of the text. */
static size_t directory_lines(struct resolver *r, const struct finding *found,
                              struct directory_line *lines)
{
    struct arena *arena = &r->settings->arena;
    size_t n = 0;
    if (!found->entry) {
        return directory_lines_of(found->text, found->subject, arena, lines);
    }
    for (const struct config_entry *entry = found->entry; entry && n <= DIRECTORIES_MAX;
         entry = config_next(&r->config, entry)) {
        lines[n++] = (struct directory_line){arena_strdup(arena, entry->value),
                                             of_entry(r, entry).subject, entry->line};
    }
    return n;
}

static enum err_code resolve_directories(struct resolver *r, const struct finding *found,
                                         const struct location_base *base)
{
    struct directory_line lines[DIRECTORIES_MAX + 1];
    struct err why = ERR_INIT;
    size_t n = directory_lines(r, found, lines);
    enum err_code code = directories_set(lines, n, base, r->settings, &why);
    if (code != ERR_OK) {
        code = found->kind == ORIGIN_COMMAND_LINE ? ERR_USAGE : ERR_CONFIG;
        err_set(r->err, code, "%s", why.text);
        err_hint(r->err, "%s", why.hint);
    }
    return code;
}

static enum err_code resolve_option(struct resolver *r, enum option_id id)
{
    struct settings *settings = r->settings;
    struct finding found = find_value(r, id);
    bool built_in = found.kind == ORIGIN_DEFAULT;
    bool in_file = found.kind == ORIGIN_CONFIG || found.kind == ORIGIN_CONTEXT;
    if (!found.text || (built_in && option_info(id)->topic == TOPIC_POLICY)) {
        return ERR_OK; /* policy_default() has set it */
    }
    struct location_base base = {.home = r->home};
    if (in_file) {
        const char *path = settings->config_path;
        size_t length = strrchr(path, '/') ? (size_t)(strrchr(path, '/') - path) : 0;
        base.folder = strrchr(path, '/') ? arena_strndup(&settings->arena, path, length) : NULL;
    }
    if (id == OPT_DIRECTORY) {
        return resolve_directories(r, &found, &base);
    }
    struct err why = ERR_INIT;
    if (option_value_set(id, found.text, &base, settings, &why) != ERR_OK) {
        enum err_code code = found.kind == ORIGIN_COMMAND_LINE ? ERR_USAGE : ERR_CONFIG;
        err_set(r->err, code, "%s: %s", found.subject, without_key(why.text, id));
        if (why.hint[0] != '\0') {
            err_hint(r->err, "%s", why.hint);
        }
        return code;
    }
    if (id == OPT_MAX_RELEASE) {
        settings->policy.limit.given = found.kind == ORIGIN_COMMAND_LINE;
    }
    return ERR_OK;
}

static const struct setting_pair *copy_pairs(struct resolver *r, enum section section, size_t *n)
{
    struct arena *arena = &r->settings->arena;
    struct setting_pair *pairs = arena_alloc(arena, (r->config.n_entries + 1) * sizeof *pairs);
    *n = 0;
    for (size_t i = 0; i < r->config.n_entries; i++) {
        const struct config_entry *entry = &r->config.entries[i];
        if (entry->section == section && entry->id == OPT_COUNT) {
            pairs[(*n)++] = (struct setting_pair){
                arena_strdup(arena, entry->name), arena_strdup(arena, entry->value),
                arena_printf(arena, "%s:%u", r->settings->config_path, entry->line)};
        }
    }
    return pairs;
}

/* ---- all together -------------------------------------------------------------------------- */

static enum err_code resolve(struct resolver *r)
{
    struct settings *settings = r->settings;
    enum err_code code = go_on(r, read_config(r));
    if (code == ERR_OK && settings->action != ACTION_DEMO) {
        code = go_on(r, choose_context(r));
    }
    list_contexts(r);
    for (enum option_id id = OPT_DIRECTORY; id < OPT_COUNT && code == ERR_OK; id++) {
        code = go_on(r, resolve_option(r, id));
    }
    if (code == ERR_OK && settings->action != ACTION_DEMO) {
        code = groups_resolve(&r->config, settings, r->mistakes, r->err);
    }
    if (code == ERR_OK) {
        settings->keys = copy_pairs(r, SECTION_KEYS, &settings->n_keys);
        settings->theme_styles = copy_pairs(r, SECTION_THEME, &settings->n_theme_styles);
        code = operands_take(r->line, settings, r->err);
    }
    settings->dry_run = settings->dry_run || settings->plan_out;
    return code == ERR_OK ? settings_judge(settings, r->err) : code;
}

static void settings_init(struct settings *settings, const struct command_line *line)
{
    static unsigned long s_serial;
    *settings = (struct settings){.arena = ARENA_INIT,
                                  .serial = __atomic_add_fetch(&s_serial, 1, __ATOMIC_RELAXED),
                                  .action = line->action,
                                  .topic = line->topic,
                                  .escdelay_ms = -1};
    policy_default(&settings->policy);
}

static struct resolver resolver_of(const struct settings_sources *sources,
                                   struct settings *settings, struct err *err)
{
    return (struct resolver){.line = sources->line,
                             .environment = sources->environment,
                             .chosen = sources->context,
                             .config = {.arena = ARENA_INIT},
                             .home = environment_get(sources->environment, "HOME"),
                             .settings = settings,
                             .err = err};
}

void settings_check(const struct settings_sources *sources, struct settings *settings,
                    struct mistakes *mistakes)
{
    struct err err = ERR_INIT;
    settings_init(settings, sources->line);
    struct resolver r = resolver_of(sources, settings, &err);
    r.mistakes = mistakes;
    go_on(&r, resolve(&r));
    config_release(&r.config);
}

enum err_code settings_resolve(const struct command_line *line,
                               const struct environment *environment, const char *context,
                               struct settings *settings, struct err *err)
{
    settings_init(settings, line);
    if (line->action == ACTION_HELP || line->action == ACTION_VERSION ||
        line->action == ACTION_COMPLETION || line->action == ACTION_COMPLETE) {
        return ERR_OK; /* these have to work whatever the configuration looks like */
    }
    const struct settings_sources sources = {line, environment, context};
    struct resolver r = resolver_of(&sources, settings, err);
    enum err_code code = resolve(&r);
    config_release(&r.config);
    if (code != ERR_OK) {
        settings_release(settings);
    }
    return code;
}

void settings_release(struct settings *settings)
{
    arena_release(&settings->arena);
    free(settings->warnings);
    *settings = (struct settings){.arena = ARENA_INIT};
}
