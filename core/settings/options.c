#include "core/settings/options.h"

#include <assert.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/settings/settings.h"

/* ---- the tables -------------------------------------------------------------------------- */

static const char *const s_confirms[] = {[CONFIRM_STRIP] = "strip", [CONFIRM_PLAN] = "plan", NULL};

static const char *const s_report_kinds[] = {
#define X(kind, name) [kind] = name,
    REPORT_KINDS(X)
#undef X
        NULL};

static const char *const s_out_formats[] = {
#define X(format, name) [format] = name,
    OUT_FORMATS(X)
#undef X
        NULL};

static const char *const s_log_levels[] = {
#define X(level, name) [level] = name,
    LOG_LEVELS(X)
#undef X
        NULL};

static const char *const s_log_formats[] = {
#define X(format, name) [format] = name,
    LOG_FORMATS(X)
#undef X
        NULL};

static const struct option_info s_options[OPT_COUNT] = {
#define X(id, l, n, k, t, h, s, about, m, a, ...)                                                  \
    [id] = {.letter = l,                                                                           \
            .name = n,                                                                             \
            .key = k,                                                                              \
            .type = TYPE_##t,                                                                      \
            .hint = h,                                                                             \
            .section = SECTION_##s,                                                                \
            .topic = TOPIC_##about,                                                                \
            .offset = offsetof(struct settings, m),                                                \
            .actions = a,                                                                          \
            .help = __VA_ARGS__},
    OPTION_LIST(X)
#undef X
};

static const struct action_info s_actions[ACTION_COUNT] = {
#define X(id, ...) [id] = {__VA_ARGS__},
    ACTION_LIST(X)
#undef X
};
_Static_assert(ACTION_COUNT <= 64, "the actions of an option are bits of a uint64_t");

/* The names, each list ends with NULL, and what a topic is about. */
static const char *const s_topics[TOPIC_COUNT + 1] = {
#define X(id, name, about) [id] = name,
    TOPIC_LIST(X)
#undef X
};

static const char *const s_about[TOPIC_COUNT] = {
#define X(id, name, about) [id] = about,
    TOPIC_LIST(X)
#undef X
};

static const char *const s_sections[SECTION_COUNT] = {
#define X(id, name) [id] = name,
    SECTION_LIST(X)
#undef X
};

static const char *const s_list_kinds[] = {
#define X(kind, name) [kind] = name,
    LIST_KINDS(X)
#undef X
        NULL};

static const char *const s_shells[] = {"bash", "zsh", "fish", NULL};

const struct option_info *option_info(enum option_id id)
{
    assert(id < OPT_COUNT);
    return &s_options[id];
}

const struct action_info *action_info(enum action action)
{
    assert(action < ACTION_COUNT);
    return &s_actions[action];
}

const char *const *action_words(enum action action)
{
    return action == ACTION_LIST_        ? s_list_kinds
           : action == ACTION_REPORT     ? s_report_kinds
           : action == ACTION_COMPLETION ? s_shells
           : action == ACTION_HELP       ? s_topics + TOPIC_SYNC
                                         : NULL;
}

bool action_edits(enum action action)
{
    return action_info(action)->topic == TOPIC_EDIT;
}

bool action_shows(enum action action)
{
    return (FOR_SHOWS & ACTION_BIT(action)) != 0;
}

const char *out_format_name(enum out_format format)
{
    return s_out_formats[format];
}

#define FORMAT_BIT(format) (1u << (format))
#define DOCUMENTS (FORMAT_BIT(FORMAT_TEXT) | FORMAT_BIT(FORMAT_JSON))
#define TABLES (DOCUMENTS | FORMAT_BIT(FORMAT_CSV) | FORMAT_BIT(FORMAT_TSV))

bool action_has_format(enum action action, enum out_format format)
{
    unsigned formats = action == ACTION_HISTORY  ? TABLES | FORMAT_BIT(FORMAT_JSONL)
                       : action == ACTION_REPORT ? TABLES | FORMAT_BIT(FORMAT_HTML)
                       : action == ACTION_LIST_  ? TABLES
                                                 : DOCUMENTS;
    return (formats & FORMAT_BIT(format)) != 0;
}

const char *topic_name(enum topic topic)
{
    return s_topics[topic];
}

const char *topic_about(enum topic topic)
{
    return s_about[topic];
}

const char *section_name(enum section section)
{
    return s_sections[section];
}

/* ---- looking up -------------------------------------------------------------------------- */

enum action action_by_name(const char *name)
{
    enum action action = ACTION_DEMO;
    while (action < ACTION_COUNT && strcmp(s_actions[action].name, name) != 0) {
        action++;
    }
    return action;
}

enum option_id option_by_name(const char *name)
{
    enum option_id id = 0;
    while (id < OPT_COUNT && (!s_options[id].name || strcmp(s_options[id].name, name) != 0)) {
        id++;
    }
    return id;
}

/* The option's key in that section, or NULL. */
static const char *key_in(enum option_id id, enum section section)
{
    const struct option_info *info = &s_options[id];
    if (section == SECTION_CONTEXT) {
        return info->not_in_context ? NULL : info->key;
    }
    return info->section != section ? NULL : info->section_key ? info->section_key : info->key;
}

enum option_id option_by_key(enum section section, const char *key)
{
    enum option_id id = 0;
    while (id < OPT_COUNT) {
        const char *known = key_in(id, section);
        if (known && strcmp(known, key) == 0) {
            break;
        }
        id++;
    }
    return id;
}

bool option_parse_flag(const char *text, bool *value)
{
    static const char *const words[][2] = {
        {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (int yes = 0; yes < 2; yes++) {
            if (text_equal_nocase(text, words[i][yes])) {
                *value = yes;
                return true;
            }
        }
    }
    return false;
}

/* ---- what was meant ---------------------------------------------------------------------- */

/* Fills in the names of the actions; returns how many they are. */
static size_t action_names(const char **names)
{
    size_t n = 0;
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        names[n++] = s_actions[action].name;
    }
    names[n] = NULL;
    return n;
}

const char *action_nearest(const char *word)
{
    const char *names[ACTION_COUNT + 1];
    action_names(names);
    return nearest_of(word, names);
}

const char *option_nearest(const char *name)
{
    const char *names[ACTION_COUNT + OPT_COUNT + 1];
    size_t n = action_names(names);
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (s_options[id].name) {
            names[n++] = s_options[id].name;
        }
    }
    names[n] = NULL;
    return nearest_of(name, names);
}

const char *option_nearest_key(enum section section, const char *key)
{
    const char *names[OPT_COUNT + 1];
    size_t n = 0;
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const char *known = key_in(id, section);
        if (known) {
            names[n++] = known;
        }
    }
    names[n] = NULL;
    return nearest_of(key, names);
}
