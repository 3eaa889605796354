#include "core/settings/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/settings/location.h"
#include "core/settings/operands.h"
#include "core/settings/resolver.h"
#include "core/base/text.h"
#include "core/settings/option_value.h"

/* ---- one option ---------------------------------------------------------------------------- */

/* Where an option's value stands, before it is judged. */
struct finding {
    const char *text; /* NULL: nowhere */
    enum origin kind;
    const char *where;   /* the origin for people */
    const char *subject; /* what stands before a complaint: "--store", "config:7: store" */
};

static struct finding found_in_file(struct resolver *r, const struct config_entry *entry)
{
    struct arena *arena = &r->settings->arena;
    const char *path = r->settings->config_path;
    const char *section = entry->context ? arena_printf(arena, "context %s", entry->context)
                                         : section_name(entry->section);
    return (struct finding){
        .text = entry->value,
        .kind = entry->context ? ORIGIN_CONTEXT : ORIGIN_CONFIG,
        .where = arena_printf(arena, "%s:%u [%s]", path, entry->line, section),
        .subject = arena_printf(arena, "%s:%u: %s", path, entry->line, entry->name),
    };
}

static struct finding found_on_line(struct resolver *r, enum option_id id)
{
    struct arena *arena = &r->settings->arena;
    const struct command_line *line = r->line;
    if (id == OPT_EXPORT_TO && line->action == ACTION_EXPORT && line->n_operands > 0) {
        return (struct finding){line->operands[0], ORIGIN_COMMAND_LINE, "--export", "--export"};
    }
    if (!line->values[id]) {
        return (struct finding){0};
    }
    const char *name = arena_printf(arena, "--%s", option_info(id)->name);
    return (struct finding){line->values[id], ORIGIN_COMMAND_LINE, name, name};
}

/* The embedded store and export: a folder for each context, so that two never share a store
   because neither names one. */
static struct finding found_built_in(struct resolver *r, enum option_id id)
{
    struct arena *arena = &r->settings->arena;
    const char *text = option_info(id)->def;
    if ((id == OPT_STORE || id == OPT_EXPORT_TO) && r->data) {
        const char *context = r->settings->context;
        text = arena_printf(arena, "%s:%s%s%s/%s", id == OPT_STORE ? "sqlite" : "file", r->data,
                            context ? "/" : "", context ? context : "",
                            id == OPT_STORE ? "extpool.db" : "agent_extensions.csv");
    }
    return (struct finding){text, text ? ORIGIN_DEFAULT : ORIGIN_NONE,
                            text ? "built in" : "not set", "built in"};
}

/* Each key of the configuration file has a variable: EXTPOOL_COOLDOWN for `cooldown`. A Lambda has
   no other place for them. */
static struct finding found_in_own_variable(struct resolver *r, enum option_id id)
{
    const char *key = option_info(id)->key;
    char name[64] = "EXTPOOL_";
    size_t used = strlen(name);
    for (size_t i = 0; key && key[i] != '\0' && used + 1 < sizeof name; i++) {
        name[used++] = key[i] >= 'a' && key[i] <= 'z' ? (char)(key[i] - 'a' + 'A') : key[i];
    }
    const char *value = key ? environment_get(r->environment, name) : NULL;
    if (!value) {
        return (struct finding){0};
    }
    const char *kept = arena_strdup(&r->settings->arena, name);
    return (struct finding){value, ORIGIN_ENVIRONMENT, kept, kept};
}

static struct finding find_value(struct resolver *r, enum option_id id)
{
    const struct option_info *info = option_info(id);
    struct finding found = found_on_line(r, id);
    if (found.text) {
        return found;
    }
    const struct config_entry *entry = NULL;
    if (r->settings->context && !info->not_in_context && info->key) {
        entry = config_find(&r->config, SECTION_CONTEXT, r->settings->context, id);
    }
    if (!entry && info->key) {
        entry = config_find(&r->config, info->section, NULL, id);
    }
    if (entry) {
        return found_in_file(r, entry);
    }
    struct finding own = found_in_own_variable(r, id);
    if (own.text) {
        return own;
    }
    const char *variable = info->env ? environment_get(r->environment, info->env) : NULL;
    if (variable) {
        const char *text =
            info->env_prefix ? arena_printf(&r->settings->arena, "%s%s", info->env_prefix, variable)
                             : variable;
        return (struct finding){text, ORIGIN_ENVIRONMENT, info->env, info->env};
    }
    return found_built_in(r, id);
}

/* A made-up contact centre must not touch a real one. */
static bool is_real_place(enum option_id id)
{
    return (id >= OPT_DIRECTORY && id <= OPT_AUDIT_KEEP);
}

/* The policy names the key it complains about; the subject has it already. */
static const char *without_key(const char *text, enum option_id id)
{
    const char *key = option_info(id)->key;
    size_t length = key ? strlen(key) : 0;
    return key && strncmp(text, key, length) == 0 && strncmp(text + length, ": ", 2) == 0
               ? text + length + 2
               : text;
}

static enum err_code resolve_option(struct resolver *r, enum option_id id,
                                    const char *config_folder)
{
    struct settings *settings = r->settings;
    struct finding found = find_value(r, id);
    if (settings->action == ACTION_DEMO && is_real_place(id)) {
        found = (struct finding){option_info(id)->def, ORIGIN_DEFAULT, "built in", "built in"};
    }
    resolver_set_origin(settings, id, found.kind, found.where);
    if (!found.text) {
        return ERR_OK;
    }
    bool in_file = found.kind == ORIGIN_CONFIG || found.kind == ORIGIN_CONTEXT;
    struct location_base base = {.home = r->home, .folder = in_file ? config_folder : NULL};
    struct err why = ERR_INIT;
    if (found.kind == ORIGIN_DEFAULT && option_info(id)->topic == TOPIC_POLICY) {
        return ERR_OK; /* policy_default() has it */
    }
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

static enum err_code resolve_options(struct resolver *r)
{
    struct settings *settings = r->settings;
    const char *slash = settings->config_path ? strrchr(settings->config_path, '/') : NULL;
    const char *folder = slash ? arena_strndup(&settings->arena, settings->config_path,
                                               (size_t)(slash - settings->config_path))
                               : NULL;
    enum err_code code = ERR_OK;
    for (enum option_id id = OPT_DIRECTORY; id < OPT_COUNT && code == ERR_OK; id++) {
        code = resolve_option(r, id, folder);
    }
    return code;
}

/* ---- pairs, operands ----------------------------------------------------------------------- */

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

static enum err_code list_operand(struct settings *settings, const char *text, struct err *err)
{
    static const char *const names[] = {
#define X(kind, name) name,
        LIST_KINDS(X)
#undef X
            NULL};
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], text) == 0) {
            settings->list_kind = (enum list_kind)i;
            return ERR_OK;
        }
    }
    const char *near = nearest_of(text, names);
    err_set(err, ERR_USAGE, "--list %s: agents, extensions or free", text);
    if (near) {
        err_hint(err, "Did you mean --list %s?", near);
    }
    return ERR_USAGE;
}

/* A number of the pool's width is an extension. Any other could be a count or one that misses its
   zeros: what is meant is asked for. */
static enum err_code history_operand(struct settings *settings, const char *text, struct err *err)
{
    size_t width = (size_t)settings->policy.width;
    const char *named = settings->history_extension;
    const char *ext = text ? text : named;
    if (!ext) {
        return ERR_OK;
    }
    if (!text_is_digits(ext) || strlen(ext) != width) {
        err_set(err, ERR_USAGE, "%s %s: an extension has %zu digits",
                text ? "--history" : "--extension", ext, width);
        err_hint(err, "--history --limit N shows the newest N actions, --history --extension EXT "
                      "what was done to one");
        return ERR_USAGE;
    }
    if (text && named && strcmp(text, named) != 0) {
        return err_set(err, ERR_USAGE, "--history %s --extension %s: one extension at a time", text,
                       named);
    }
    settings->history_extension = arena_strdup(&settings->arena, ext);
    return ERR_OK;
}

static enum err_code take_operands(struct resolver *r)
{
    struct settings *settings = r->settings;
    const struct command_line *line = r->line;
    struct arena *arena = &settings->arena;
    int width = settings->policy.width;
    const char *first = line->n_operands > 0 ? line->operands[0] : "";
    bool given = line->n_operands > 0;
    if (action_edits(line->action)) {
        const struct operands operands = {line->action, line->operands, line->n_operands, width};
        struct request_list requests = {NULL, 0};
        enum err_code code = operands_parse(&operands, arena, &requests, r->err);
        settings->requests = requests.items;
        settings->n_requests = requests.n;
        return code;
    }
    if (line->action == ACTION_LOOKUP) {
        struct request *lookup = arena_alloc(arena, sizeof *lookup);
        settings->lookup = lookup;
        return operand_lookup(first, width, arena, lookup, r->err);
    }
    if (line->action == ACTION_LIST_) {
        return list_operand(settings, first, r->err);
    }
    if (line->action == ACTION_HISTORY) {
        return history_operand(settings, given ? first : NULL, r->err);
    }
    settings->import_path = line->action == ACTION_IMPORT ? arena_strdup(arena, first) : NULL;
    settings->undo_id = line->action == ACTION_UNDO && given ? arena_strdup(arena, first) : NULL;
    return ERR_OK;
}

/* Standard output is where results go: an export there must not stand among them. */
static enum err_code check_output(const struct settings *settings, struct err *err)
{
    if (!settings->export_to || strcmp(settings->export_to, "file:-") != 0) {
        return ERR_OK;
    }
    if (settings->action == ACTION_EXPORT && settings->json) {
        return err_set(err, ERR_USAGE,
                       "the export and --json both want standard output: leave one of them out");
    }
    if (settings->action == ACTION_SYNC && !settings->no_export) {
        err_set(err, ERR_USAGE,
                "a sync prints its plan on standard output, the export cannot go there");
        err_hint(err, "extpool --sync --no-export, then extpool --export -");
        return ERR_USAGE;
    }
    return ERR_OK;
}

/* What belongs to a team's places never gets a store of this machine only because nothing names
   one: AWS_TABLE misspelt, or another HOME under cron, would make a second pool. */
enum err_code settings_store_is_named(const struct settings *settings, const char *directory,
                                      const char *export_to, struct err *err)
{
    bool connect = directory && location_rest(directory, "connect");
    bool s3 = export_to && location_rest(export_to, "s3");
    if ((!connect && !s3) || settings->origins[OPT_STORE].kind > ORIGIN_DEFAULT) {
        return ERR_OK;
    }
    err_set(err, ERR_CONFIG, "no store is named, and the %s is %s (from %s)",
            connect ? "directory" : "export", connect ? directory : export_to,
            settings_origin(settings, connect ? OPT_DIRECTORY : OPT_EXPORT_TO));
    err_hint(err,
             "Name the store: AWS_TABLE=TABLE, --store dynamodb:TABLE or store = dynamodb:TABLE in "
             "%s%s%s;\n--store sqlite:PATH keeps it on this machine",
             settings->context ? "[context " : "[defaults]",
             settings->context ? settings->context : "", settings->context ? "]" : "");
    return ERR_CONFIG;
}

/* ---- all together -------------------------------------------------------------------------- */

static enum err_code resolve(struct resolver *r, const char *context)
{
    struct settings *settings = r->settings;
    r->home = environment_get(r->environment, "HOME");
    r->data = resolver_xdg_folder(r, "XDG_DATA_HOME", ".local/share");
    enum err_code code = resolver_read_config(r);
    if (code == ERR_OK && settings->action != ACTION_DEMO) {
        code = resolver_choose_context(r, context);
    }
    if (code == ERR_OK) {
        resolver_list_contexts(r);
        code = resolve_options(r);
    }
    if (code == ERR_OK && settings->action == ACTION_DEMO) {
        settings->directory = "demo:";
    }
    if (code == ERR_OK) {
        settings->keys = copy_pairs(r, SECTION_KEYS, &settings->n_keys);
        settings->theme_styles = copy_pairs(r, SECTION_THEME, &settings->n_theme_styles);
        code = take_operands(r);
    }
    return code == ERR_OK ? check_output(settings, r->err) : code;
}

enum err_code settings_resolve(const struct command_line *line,
                               const struct environment *environment, const char *context,
                               struct settings *settings, struct err *err)
{
    *settings = (struct settings){
        .arena = ARENA_INIT, .action = line->action, .topic = line->topic, .escdelay_ms = -1};
    policy_default(&settings->policy);
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        resolver_set_origin(settings, id, ORIGIN_NONE, "not set");
    }
    if (line->action == ACTION_HELP || line->action == ACTION_VERSION ||
        line->action == ACTION_COMPLETION) {
        /* These have to work whatever the configuration looks like. */
        struct resolver r = {.line = line, .settings = settings, .err = err};
        return line->action == ACTION_COMPLETION ? take_operands(&r) : ERR_OK;
    }
    struct resolver r = {.line = line,
                         .environment = environment,
                         .config = {.arena = ARENA_INIT},
                         .settings = settings,
                         .err = err};
    buf_init(&r.text, CONFIG_MAX);
    enum err_code code = resolve(&r, context);
    config_release(&r.config);
    buf_release(&r.text);
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

const char *settings_origin(const struct settings *settings, enum option_id id)
{
    const char *text = settings->origins[id].text;
    return text ? text : "not set";
}

enum err_code settings_no_directory(const struct settings *settings, struct err *err)
{
    err_set(err, ERR_CONFIG, "no directory is named: who works here is not known");
    err_hint(err,
             "Name it on the command line, --directory file:agents.csv or --directory "
             "connect:INSTANCE,\nor as directory = ... in %s%s%s",
             settings->context ? "[context " : "[defaults] of ",
             settings->context
                 ? settings->context
                 : (settings->config_path ? settings->config_path : "the configuration"),
             settings->context ? "]" : "");
    return ERR_CONFIG;
}

enum err_code settings_no_store(struct err *err)
{
    err_set(err, ERR_CONFIG, "no place for the store: neither XDG_DATA_HOME nor HOME is set");
    err_hint(err, "Name one: --store sqlite:PATH or --store dynamodb:TABLE");
    return ERR_CONFIG;
}
