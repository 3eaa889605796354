#include "core/settings/groups.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/nearest.h"
#include "core/settings/groups_check.h"
#include "core/settings/option_value.h"

/* Of a key, with the reason that another part of the settings found. */
static enum err_code fail_key(struct groups_read *read, const struct config_entry *entry,
                              const struct err *why)
{
    groups_fail(read, entry->line, "%s: %s", entry->name, why->text);
    if (why->hint[0]) {
        err_hint(read->err, "%s", why->hint);
    }
    return ERR_CONFIG;
}

/* ---- which groups count ------------------------------------------------------------------------ */

static enum err_code unknown_group(struct groups_read *read, const char *name)
{
    const struct config *config = read->config;
    const char **names =
        arena_alloc(&read->settings->arena, (config->n_groups + 1) * sizeof *names);
    for (size_t i = 0; i < config->n_groups; i++) {
        names[i] = config->groups[i].name;
    }
    const char *near = nearest_of(name, names);
    err_set(read->err, ERR_CONFIG, "%s: groups: there is no [group %s]",
            settings_origin(read->settings, OPT_GROUPS), name);
    if (near) {
        err_hint(read->err, "Did you mean \"%s\"?", near);
    } else {
        err_hint(read->err, "Add the section, or write the names of others, or " GROUPS_NONE);
    }
    return ERR_CONFIG;
}

static const struct config_group *find_group(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_groups; i++) {
        if (strcmp(config->groups[i].name, name) == 0) {
            return &config->groups[i];
        }
    }
    return NULL;
}

static bool is_wanted(const char *const *names, const char *group)
{
    bool wanted = !names;
    for (; names && *names && !wanted; names++) {
        wanted = strcmp(*names, group) == 0;
    }
    return wanted;
}

/* In the order of the file, whatever the order of the names is. */
static enum err_code choose(struct groups_read *read)
{
    struct settings *settings = read->settings;
    const struct config *config = read->config;
    const char *const *names = NULL;
    struct err why = ERR_INIT;
    if (settings->groups && match_words(settings->groups, ",", &settings->arena, &names, &why)) {
        return err_set(read->err, ERR_CONFIG, "%s: groups: %s",
                       settings_origin(settings, OPT_GROUPS), why.text);
    }
    bool none = names && names[0] && !names[1] && strcmp(names[0], GROUPS_NONE) == 0;
    for (size_t i = 0; names && names[i] && !none; i++) {
        if (!find_group(config, names[i])) {
            return unknown_group(read, names[i]);
        }
    }
    read->all = arena_alloc(&settings->arena, (config->n_groups + 1) * sizeof *read->all);
    for (size_t i = 0; i < config->n_groups && !none; i++) {
        if (is_wanted(names, config->groups[i].name)) {
            read->all[read->n++].from = &config->groups[i];
        }
    }
    return ERR_OK;
}

/* ---- the keys of a group ----------------------------------------------------------------------- */

static const struct config_entry *entry_of(const struct groups_read *read,
                                           const struct read_group *group, enum group_key key)
{
    return config_find_group(read->config, group->from->name, key);
}

static enum err_code missing(struct groups_read *read, const struct read_group *group,
                             enum group_key key, const char *example)
{
    groups_fail(read, group->from->line, "[group %s] has no `%s`", group->from->name,
                group_key_info(key)->name);
    err_hint(read->err, "Add a line, as in: %s = %s", group_key_info(key)->name, example);
    return ERR_CONFIG;
}

static enum err_code read_match(struct groups_read *read, struct read_group *group)
{
    struct arena *arena = &read->settings->arena;
    const struct config_entry *entry = entry_of(read, group, GROUP_MATCH);
    size_t most = 0;
    if (!entry) {
        return missing(read, group, GROUP_MATCH, "routing_profile:London*");
    }
    for (const struct config_entry *at = entry; at; at = config_next(read->config, at)) {
        if (++most > MATCH_LINES_MAX) {
            return groups_fail(read, at->line, "match: more than %d lines in one group",
                               MATCH_LINES_MAX);
        }
    }
    group->lines = arena_alloc(arena, most * sizeof *group->lines);
    group->entries = arena_alloc(arena, most * sizeof *group->entries);
    for (; entry; entry = config_next(read->config, entry)) {
        struct err why = ERR_INIT;
        if (match_parse(entry->value, arena, &group->lines[group->n_lines], &why) != ERR_OK) {
            return fail_key(read, entry, &why);
        }
        group->entries[group->n_lines++] = entry;
    }
    return ERR_OK;
}

static enum err_code read_ranges(struct groups_read *read, size_t index)
{
    struct read_group *group = &read->all[index];
    struct err why = ERR_INIT;
    group->ranges = entry_of(read, group, GROUP_RANGES);
    if (!group->ranges) {
        return missing(read, group, GROUP_RANGES, "2000-2999");
    }
    if (policy_add_ranges(&read->settings->policy, (uint16_t)index, group->ranges->value, &why) !=
        ERR_OK) {
        return groups_fail(read, group->ranges->line, "%s", why.text); /* it names the key */
    }
    return ERR_OK;
}

/* The same checks as those of the option of that name, in settings of its own. */
static enum err_code read_option(struct groups_read *read, const struct config_entry *entry,
                                 enum option_id id, struct policy *out, bool *given)
{
    struct settings scratch = {.arena = ARENA_INIT};
    const struct location_base base = {0};
    struct err why = ERR_INIT;
    *given = entry != NULL;
    enum err_code code = entry ? option_value_set(id, entry->value, &base, &scratch, &why) : ERR_OK;
    *out = scratch.policy;
    arena_release(&scratch.arena);
    return code == ERR_OK ? ERR_OK : fail_key(read, entry, &why);
}

static enum err_code read_on_move(struct groups_read *read, const struct config_entry *entry,
                                  enum on_move *out)
{
    bool renumber = entry && strcmp(entry->value, "renumber") == 0;
    if (entry && !renumber && strcmp(entry->value, "keep") != 0) {
        groups_fail(read, entry->line, "on_move: \"%s\" is neither keep nor renumber",
                    entry->value);
        err_hint(read->err, "keep: who moves to another group keeps the number; renumber: the next "
                            "sync gives them one of the new group");
        return ERR_CONFIG;
    }
    *out = renumber ? ON_MOVE_RENUMBER : ON_MOVE_KEEP;
    return ERR_OK;
}

static enum err_code read_group(struct groups_read *read, size_t index, struct group *out)
{
    struct settings *settings = read->settings;
    struct read_group *group = &read->all[index];
    struct policy cooldown, low_water, limit;
    if (read_match(read, group) != ERR_OK || read_ranges(read, index) != ERR_OK ||
        read_option(read, entry_of(read, group, GROUP_COOLDOWN), OPT_COOLDOWN, &cooldown,
                    &out->has_cooldown) != ERR_OK ||
        read_option(read, entry_of(read, group, GROUP_LOW_WATER), OPT_LOW_WATER, &low_water,
                    &out->has_low_water) != ERR_OK ||
        read_option(read, entry_of(read, group, GROUP_MAX_RELEASE), OPT_MAX_RELEASE, &limit,
                    &out->has_limit) != ERR_OK ||
        read_on_move(read, entry_of(read, group, GROUP_ON_MOVE), &out->on_move) != ERR_OK) {
        return ERR_CONFIG;
    }
    out->cooldown_s = cooldown.cooldown_s;
    out->low_water = low_water.low_water;
    out->limit = limit.limit;
    out->name = arena_strdup(&settings->arena, group->from->name);
    out->at = arena_printf(&settings->arena, "%s:%u", settings->config_path, group->from->line);
    out->lines = group->lines;
    out->n_lines = group->n_lines;
    return ERR_OK;
}

/* ---- ranges against each other ------------------------------------------------------------------- */

/* "config:12", or the variable, of the ranges of a group or of the others. */
static const char *ranges_place(const struct groups_read *read, uint16_t group)
{
    return group >= read->n
               ? settings_origin(read->settings, OPT_RANGES)
               : arena_printf(&read->settings->arena, "%s:%u", read->settings->config_path,
                              read->all[group].ranges->line);
}

static enum err_code check_overlap(struct groups_read *read)
{
    const struct ext_range *one = policy_overlap(&read->settings->policy);
    if (!one) {
        return ERR_OK;
    }
    const struct ext_range *other = one + 1;
    err_set(read->err, ERR_CONFIG, "%s: ranges: %s-%s overlaps with %s-%s of %s",
            ranges_place(read, other->group), other->first, other->last, one->first, one->last,
            ranges_place(read, one->group));
    err_hint(read->err,
             "A number belongs to one group, or to the others; change one of the ranges");
    return ERR_CONFIG;
}

static enum err_code check_blocked(struct groups_read *read)
{
    const struct policy *policy = &read->settings->policy;
    size_t n_dead = 0;
    for (size_t i = 0; i < policy->n_ranges; i++) {
        const struct ext_range *range = &policy->ranges[i];
        if (!policy_blocks_all(policy, range)) {
            continue;
        }
        n_dead++;
        if (policy->n_groups > 0) {
            err_set(read->err, ERR_CONFIG,
                    "%s: ranges: %s-%s has no number: a blocked prefix begins them all",
                    ranges_place(read, range->group), range->first, range->last);
            err_hint(read->err, "Leave the range out, or change `blocked` in [policy]");
            return ERR_CONFIG;
        }
    }
    if (n_dead < policy->n_ranges) {
        return ERR_OK;
    }
    const struct setting_origin *origins = read->settings->origins;
    bool by_ranges = origins[OPT_RANGES].kind >= origins[OPT_BLOCKED].kind;
    err_set(read->err, ERR_CONFIG, "%s: the pool has no number: a blocked prefix begins them all",
            settings_origin(read->settings, by_ranges ? OPT_RANGES : OPT_BLOCKED));
    err_hint(read->err, "Block fewer prefixes, or give the pool other ranges");
    return ERR_CONFIG;
}

/* ---- all groups ---------------------------------------------------------------------------------- */

static enum err_code read_groups(struct groups_read *read, struct group *groups)
{
    for (size_t i = 0; i < read->n; i++) {
        if (groups_go_on(read, read_group(read, i, &groups[i])) != ERR_OK) {
            return ERR_CONFIG;
        }
    }
    if (groups_go_on(read, check_overlap(read)) != ERR_OK ||
        groups_go_on(read, check_blocked(read)) != ERR_OK) {
        return ERR_CONFIG;
    }
    return read->n > 0 ? groups_check(read) : ERR_OK;
}

enum err_code groups_resolve(const struct config *config, struct settings *settings,
                             struct mistakes *mistakes, struct err *err)
{
    struct groups_read read = {
        .config = config, .settings = settings, .mistakes = mistakes, .err = err};
    struct policy *policy = &settings->policy;
    enum err_code code = choose(&read);
    if (code != ERR_OK) {
        return groups_go_on(&read, code);
    }
    struct group *groups = arena_alloc(&settings->arena, (read.n + 1) * sizeof *groups);
    policy->groups = groups;
    policy->n_groups = read.n;
    if (read.n > 0 && settings->origins[OPT_RANGES].kind <= ORIGIN_DEFAULT) {
        policy->n_ranges = 0; /* all numbers are those of groups */
    }
    code = read_groups(&read, groups);
    policy->n_groups = code == ERR_OK && !read.wrong ? read.n : 0;
    return code;
}
