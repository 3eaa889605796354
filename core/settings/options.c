#include "core/settings/options.h"

#include <assert.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

const struct option_info *option_info(enum option_id id)
{
    assert(id < OPT_COUNT);
    return &option_table[id];
}

/* ---- actions, topics, sections ----------------------------------------------------------- */

static const struct action_info s_actions[ACTION_COUNT] = {
#define X(id, name, operands, min, max, writes, topic, help)                                       \
    [id] = {name, operands, min, max, writes, topic, help},
    ACTION_LIST(X)
#undef X
};

const struct action_info *action_info(enum action action)
{
    assert(action < ACTION_COUNT);
    return &s_actions[action];
}

bool action_edits(enum action action)
{
    return action_info(action)->topic == TOPIC_EDIT;
}

static const char *const s_topics[TOPIC_COUNT][2] = {
#define X(id, name, about) [id] = {name, about},
    TOPIC_LIST(X)
#undef X
};

const char *topic_name(enum topic topic)
{
    return s_topics[topic][0];
}

const char *topic_about(enum topic topic)
{
    return s_topics[topic][1];
}

const char *section_name(enum section section)
{
    static const char *const names[] = {
        [SECTION_NONE] = "",           [SECTION_DEFAULTS] = "defaults",
        [SECTION_POLICY] = "policy",   [SECTION_THEME] = "theme",
        [SECTION_KEYS] = "keys",       [SECTION_CONSOLE] = "console",
        [SECTION_CONTEXT] = "context",
    };
    return names[section];
}

/* ---- looking up -------------------------------------------------------------------------- */

enum option_id option_by_name(const char *name)
{
    enum option_id id = 0;
    while (id < OPT_COUNT && (!option_table[id].name || strcmp(option_table[id].name, name) != 0)) {
        id++;
    }
    return id;
}

static const char *key_in(enum option_id id, enum section section)
{
    const struct option_info *info = &option_table[id];
    if (section == SECTION_CONTEXT) {
        return info->context_key;
    }
    return info->section == section ? info->key : NULL;
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

const char *option_nearest(const char *name)
{
    const char *names[ACTION_COUNT + OPT_COUNT + 1];
    size_t n = 0;
    for (enum action action = 0; action < ACTION_COUNT; action++) {
        if (s_actions[action].name[0] != '\0') {
            names[n++] = s_actions[action].name;
        }
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_table[id].name) {
            names[n++] = option_table[id].name;
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
