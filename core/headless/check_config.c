#include "core/headless/check_config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/headless/report_private.h"
#include "core/pool/match.h"
#include "core/settings/config.h"
#include "core/session/places.h"

#include "core/base/banned.h"

/* A context, or the settings without one. */
struct checked {
    const struct settings *settings;
    struct places places;
    bool is_default; /* a run that names no context uses it */
};

struct findings {
    const struct settings *base; /* of a run that names no context besides this one */
    struct checked *items;
    size_t n_items;
    struct mistakes mistakes;
};

/* ---- reading ------------------------------------------------------------------------------- */

static const struct settings *read_settings(const struct check_config *check, const char *context,
                                            struct findings *findings)
{
    struct settings *settings = check->room(check->context);
    const struct settings_sources sources = {check->line, check->environment, context};
    settings_check(&sources, settings, &findings->mistakes);
    return settings;
}

static void look_at(const struct check_config *check, const struct settings *settings,
                    struct findings *findings)
{
    const struct session_options options = {.settings = settings,
                                            .ports = check->ports,
                                            .n_ports = check->n_ports,
                                            .clock = check->clock};
    findings->items = mem_resize(findings->items, findings->n_items + 1, sizeof *findings->items);
    struct checked *checked = &findings->items[findings->n_items++];
    *checked = (struct checked){
        .settings = settings, .is_default = text_same(settings->context, findings->base->context)};
    places_look(&options, &checked->places, &findings->mistakes);
    if (check->judge_screen) {
        check->judge_screen(settings, &findings->mistakes);
    }
}

/* A context that the command line or a variable names is the only one that counts. */
static void read_all(const struct check_config *check, struct findings *findings)
{
    const struct settings *base = read_settings(check, NULL, findings);
    enum origin chosen_by = base->origins[OPT_CONTEXT].kind;
    bool only = base->context && chosen_by != ORIGIN_CONFIG;
    findings->base = base;
    if (only || base->n_contexts == 0 || (!base->context && base->n_directories > 0)) {
        look_at(check, base, findings);
    }
    for (size_t i = 0; i < base->n_contexts && !only; i++) {
        look_at(check, read_settings(check, base->contexts[i].name, findings), findings);
    }
    mistakes_sort(&findings->mistakes, base->config_path);
}

/* ---- what a context holds ------------------------------------------------------------------ */

static bool is_place(enum option_id id)
{
    return id == OPT_DIRECTORY || id == OPT_STORE || id == OPT_EXPORT_TO;
}

/* Whether somebody said it, or with `all` whether it has a value. */
static bool is_said(const struct settings *settings, enum option_id id, bool all)
{
    const struct setting_origin *origin = &settings->origins[id];
    return option_info(id)->key && origin->value && id != OPT_CONTEXT && !is_place(id) &&
           (all || origin->kind > ORIGIN_DEFAULT);
}

/* "2000-2999, 8000" of one group, or of the pool for the others. */
static const char *ranges_of(struct arena *arena, const struct policy *policy, uint16_t group)
{
    const char *list = "";
    for (size_t i = 0; i < policy->n_ranges; i++) {
        const struct ext_range *range = &policy->ranges[i];
        bool one = strcmp(range->first, range->last) == 0;
        if (policy->n_groups == 0 || range->group == group) {
            list = arena_printf(arena, "%s%s%s%s%s", list, list[0] ? ", " : "", range->first,
                                one ? "" : "-", one ? "" : range->last);
        }
    }
    return list;
}

static const char *blocked_of(struct arena *arena, const struct policy *policy)
{
    const char *list = "";
    for (size_t i = 0; i < policy->n_blocked; i++) {
        list = arena_printf(arena, "%s%s%s", list, i > 0 ? " " : "", policy->blocked[i]);
    }
    return list;
}

static const char *share_of(struct arena *arena, bool percent, int64_t value)
{
    return arena_printf(arena, "%lld%s", (long long)value, percent ? "%" : "");
}

/* The rules that a group has of its own, by the key in the file; NULL: that of [policy] counts. */
static const char *rule_of(struct arena *arena, const struct group *group, enum group_key key)
{
    char span[CLOCK_TEXT_MAX];
    switch (key) {
    case GROUP_COOLDOWN:
        clock_format_span(group->cooldown_s, span);
        return group->has_cooldown ? arena_strdup(arena, span) : NULL;
    case GROUP_LOW_WATER:
        return group->has_low_water
                   ? share_of(arena, group->low_water.percent, group->low_water.value)
                   : NULL;
    case GROUP_MAX_RELEASE:
        return group->has_limit ? share_of(arena, group->limit.percent, group->limit.value) : NULL;
    case GROUP_ON_MOVE:
        return group->on_move == ON_MOVE_RENUMBER ? "renumber" : "keep";
    case GROUP_MATCH:
    case GROUP_RANGES:
    case GROUP_KEY_COUNT:
        break;
    }
    return NULL;
}

/* "cooldown 1d, on_move keep" */
static const char *rules_of(struct arena *arena, const struct group *group)
{
    const char *list = "";
    for (enum group_key key = GROUP_COOLDOWN; key < GROUP_KEY_COUNT; key++) {
        const char *rule = rule_of(arena, group, key);
        if (rule) {
            list = arena_printf(arena, "%s%s%s %s", list, list[0] ? ", " : "",
                                group_key_info(key)->name, rule);
        }
    }
    return list;
}

/* ---- text ---------------------------------------------------------------------------------- */

static void pool_rows(struct table *table, const struct policy *policy)
{
    struct arena *arena = &table->arena;
    const char *ranges = ranges_of(arena, policy, GROUP_NONE);
    const char *blocked = blocked_of(arena, policy);
    table_row(
        table, "pool",
        arena_printf(arena, "%s in all; %s%s", text_count(arena, policy_size(policy), "number"),
                     policy->n_groups > 0 ? "of no group: " : "", ranges[0] ? ranges : "none"));
    table_row(table, "blocked", blocked[0] ? blocked : "nothing");
    for (size_t i = 0; i < policy->n_groups; i++) {
        const struct group *group = &policy->groups[i];
        table_row(table, arena_printf(arena, "group %s", group->name),
                  ranges_of(arena, policy, (uint16_t)i));
        for (size_t k = 0; k < group->n_lines; k++) {
            table_row(table, "",
                      arena_printf(arena, "%s %s", k == 0 ? "for" : "or",
                                   match_line_text(&group->lines[k], arena)));
        }
        table_row(table, "", rules_of(arena, group));
    }
}

static void place_rows(struct table *table, const struct places *places)
{
    struct arena *arena = &table->arena;
    for (size_t i = 0; i < places->n_items; i++) {
        const struct place *place = &places->items[i];
        const char *uri =
            place->name ? arena_printf(arena, "%s=%s", place->name, place->uri) : place->uri;
        table_row(table, option_info(place->option)->key,
                  place->says[0] ? arena_printf(arena, "%s (%s)", uri, place->says) : uri);
    }
}

static void print_context(const struct report *report, const struct checked *checked)
{
    const struct settings *settings = checked->settings;
    struct table table;
    report_table(report, &table, 2);
    place_rows(&table, &checked->places);
    pool_rows(&table, &settings->policy);
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        bool shown = id == OPT_RANGES || id == OPT_BLOCKED;
        if (is_said(settings, id, report->verbose) && (report->verbose || !shown)) {
            const char *value = settings->origins[id].value;
            table_row(&table, option_info(id)->key,
                      report->verbose ? arena_printf(&table.arena, "%s (%s)", value,
                                                     settings_origin(settings, id))
                                      : value);
        }
    }
    if (settings->context) {
        fprintf(report->out, "[context %s]%s\n", text_sanitise(&table.arena, settings->context),
                checked->is_default ? ", used if no other is named" : "");
    } else {
        fprintf(report->out, "Without a context\n");
    }
    table_print(&table, report->out, "  ");
    fputc('\n', report->out);
    table_release(&table);
}

static void print_hint(const struct report *report, const char *hint)
{
    while (*hint) {
        size_t length = strcspn(hint, "\n");
        fprintf(report->out, "  %.*s\n", (int)length, hint);
        hint += length + (hint[length] == '\n');
    }
}

static void print_text(const struct report *report, const struct findings *findings)
{
    struct arena arena = ARENA_INIT;
    const struct settings *base = findings->base;
    const struct mistakes *mistakes = &findings->mistakes;
    if (!report->quiet) {
        fprintf(report->out, "%s%s\n\n",
                base->config_path ? text_sanitise(&arena, base->config_path) : "HOME is not set",
                base->config_read ? "" : ": there is no configuration file");
    }
    for (size_t i = 0; i < findings->n_items && !report->quiet; i++) {
        print_context(report, &findings->items[i]);
    }
    for (size_t i = 0; i < mistakes->n_items; i++) {
        const struct mistake *mistake = &mistakes->items[i];
        fprintf(report->out, "%s\n", mistake->text);
        print_hint(report, mistake->hint);
    }
    if (!report->quiet) {
        fprintf(report->out, "%s\n",
                mistakes->n_items == 0 ? "No mistake was found."
                                       : text_count(&arena, mistakes->n_items, "mistake"));
    }
    arena_release(&arena);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void set_text(json_t *object, const char *member, const char *value)
{
    json_object_set_new(object, member, report_json_text(value));
}

static json_t *places_json(const struct places *places)
{
    json_t *array = json_array();
    for (size_t i = 0; i < places->n_items; i++) {
        const struct place *place = &places->items[i];
        json_t *object = json_object();
        set_text(object, "key", option_info(place->option)->key);
        set_text(object, "name", place->name);
        set_text(object, "uri", place->uri);
        set_text(object, "detail", place->says);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *groups_json(struct arena *arena, const struct policy *policy)
{
    json_t *array = json_array();
    for (size_t i = 0; i < policy->n_groups; i++) {
        const struct group *group = &policy->groups[i];
        json_t *object = json_object();
        json_t *match = json_array();
        for (size_t k = 0; k < group->n_lines; k++) {
            json_array_append_new(match,
                                  report_json_text(match_line_text(&group->lines[k], arena)));
        }
        set_text(object, "group", group->name);
        set_text(object, "ranges", ranges_of(arena, policy, (uint16_t)i));
        json_object_set_new(object, "match", match);
        for (enum group_key key = GROUP_COOLDOWN; key < GROUP_KEY_COUNT; key++) {
            set_text(object, group_key_info(key)->name, rule_of(arena, group, key));
        }
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *settings_json(const struct settings *settings)
{
    json_t *object = json_object();
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (is_said(settings, id, true)) {
            json_t *said = json_object();
            set_text(said, "value", settings->origins[id].value);
            set_text(said, "from", settings->origins[id].text);
            json_object_set_new(object, option_info(id)->key, said);
        }
    }
    return object;
}

static json_t *context_json(struct arena *arena, const struct checked *checked)
{
    const struct policy *policy = &checked->settings->policy;
    json_t *object = json_object();
    set_text(object, "context", checked->settings->context);
    json_object_set_new(object, "default", json_boolean(checked->is_default));
    json_object_set_new(object, "places", places_json(&checked->places));
    json_object_set_new(object, "numbers", json_integer((json_int_t)policy_size(policy)));
    set_text(object, "ranges", ranges_of(arena, policy, GROUP_NONE));
    set_text(object, "blocked", blocked_of(arena, policy));
    json_object_set_new(object, "groups", groups_json(arena, policy));
    json_object_set_new(object, "settings", settings_json(checked->settings));
    return object;
}

static json_t *mistakes_json(const struct findings *findings)
{
    json_t *array = json_array();
    const char *file = findings->base->config_path;
    for (size_t i = 0; i < findings->mistakes.n_items; i++) {
        const struct mistake *mistake = &findings->mistakes.items[i];
        unsigned line = file ? mistake_line(mistake, file) : 0;
        json_t *object = json_object();
        json_object_set_new(object, "line", line > 0 ? json_integer(line) : json_null());
        set_text(object, "message", mistake->text);
        set_text(object, "hint", mistake->hint[0] ? mistake->hint : NULL);
        json_array_append_new(array, object);
    }
    return array;
}

static void print_json(const struct report *report, const struct findings *findings, int status)
{
    struct arena arena = ARENA_INIT;
    json_t *document = json_object();
    json_t *contexts = json_array();
    for (size_t i = 0; i < findings->n_items; i++) {
        json_array_append_new(contexts, context_json(&arena, &findings->items[i]));
    }
    set_text(document, "config", findings->base->config_read ? findings->base->config_path : NULL);
    json_object_set_new(document, "contexts", contexts);
    json_object_set_new(document, "mistakes", mistakes_json(findings));
    json_object_set_new(document, "exit", json_integer(status));
    report_json_write(report, document);
    arena_release(&arena);
}

/* ---- all of it ----------------------------------------------------------------------------- */

int check_config_run(const struct check_config *check)
{
    struct findings findings = {.mistakes = MISTAKES_INIT};
    read_all(check, &findings);
    int status = err_exit_status(findings.mistakes.n_items > 0 ? ERR_CONFIG : ERR_OK);
    if (check->report->json) {
        print_json(check->report, &findings, status);
    } else {
        print_text(check->report, &findings);
    }
    for (size_t i = 0; i < findings.n_items; i++) {
        places_release(&findings.items[i].places);
    }
    free(findings.items);
    mistakes_release(&findings.mistakes);
    return status;
}
