#include "core/settings/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/format/ini.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* The reader at work. */
struct reading {
    struct config *config;
    struct ini ini;
    struct ini_event event;
    enum section section;
    const char *owner;
    bool skips; /* the section cannot be told */
    struct err *err;
};

static const struct group_key_info s_group_keys[GROUP_KEY_COUNT] = {
#define X(key, ...) [key] = {__VA_ARGS__},
    GROUP_KEYS(X)
#undef X
};

const struct group_key_info *group_key_info(enum group_key key)
{
    return &s_group_keys[key];
}

/* GROUP_KEY_COUNT: there is no such key. */
static enum group_key group_key_by_name(const char *name)
{
    enum group_key key = 0;
    while (key < GROUP_KEY_COUNT && strcmp(s_group_keys[key].name, name) != 0) {
        key++;
    }
    return key;
}

static const char *nearest_group_key(const char *name)
{
    const char *names[GROUP_KEY_COUNT + 1] = {NULL};
    for (enum group_key key = 0; key < GROUP_KEY_COUNT; key++) {
        names[key] = s_group_keys[key].name;
    }
    return nearest_of(name, names);
}

/* ---- sections ------------------------------------------------------------------------------ */

bool config_has_context(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_contexts; i++) {
        if (strcmp(config->contexts[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The name of a context becomes a folder (its own store) and a word on the screen. */
static bool good_context_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > 128 || name[0] == '.' || strchr(name, '/')) {
        return false;
    }
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t taken = text_decode(name + at, length - at, &code);
        if (taken == 0 || text_is_hostile(code)) {
            return false;
        }
        at += taken;
    }
    return true;
}

static enum err_code enter_context(struct reading *r, const char *name)
{
    struct config *config = r->config;
    name += strspn(name, " \t");
    if (!good_context_name(name)) {
        ini_error(&r->ini, &r->event, r->err, "[%s] does not name a context", r->event.section);
        err_hint(
            r->err,
            "Write [context NAME]; NAME has at most 128 bytes, no '/' and no '.' at its beginning");
        return ERR_CONFIG;
    }
    r->section = SECTION_CONTEXT;
    r->owner = arena_strdup(&config->arena, name);
    if (!config_has_context(config, name)) {
        config->contexts =
            mem_resize(config->contexts, config->n_contexts + 1, sizeof *config->contexts);
        config->contexts[config->n_contexts++] = r->owner;
    }
    return ERR_OK;
}

/* Like a context's, and a word on the screen; "none" is what no group is called. */
static bool good_group_name(const char *name)
{
    return good_context_name(name) && strlen(name) <= GROUP_NAME_MAX && name[0] != '-' &&
           !strpbrk(name, "\",") && !text_equal_nocase(name, GROUPS_NONE);
}

static enum err_code enter_group(struct reading *r, const char *name)
{
    struct config *config = r->config;
    name += strspn(name, " \t");
    if (!good_group_name(name)) {
        ini_error(&r->ini, &r->event, r->err, "[%s] does not name a group", r->event.section);
        err_hint(
            r->err,
            "Write [group NAME]; NAME has at most %d bytes, no '/', ',' or '\"', no '.' or '-' "
            "at its beginning, and is not \"" GROUPS_NONE "\"",
            GROUP_NAME_MAX);
        return ERR_CONFIG;
    }
    for (size_t i = 0; i < config->n_groups; i++) {
        if (text_equal_nocase(config->groups[i].name, name)) {
            ini_error(&r->ini, &r->event, r->err, "[group %s] is there already, in line %u",
                      config->groups[i].name, config->groups[i].line);
            err_hint(r->err, "Put all lines of a group into one section; several lines of `match` "
                             "are alternatives");
            return ERR_CONFIG;
        }
    }
    r->section = SECTION_GROUP;
    r->owner = arena_strdup(&config->arena, name);
    config->groups = mem_resize(config->groups, config->n_groups + 1, sizeof *config->groups);
    config->groups[config->n_groups++] = (struct config_group){r->owner, r->event.line};
    return ERR_OK;
}

/* What follows the first word of "context london"; NULL: it begins with another word. */
static const char *behind_word(const char *name, const char *word)
{
    size_t length = strlen(word);
    bool same = strncmp(name, word, length) == 0;
    return same && (name[length] == '\0' || name[length] == ' ' || name[length] == '\t')
               ? name + length
               : NULL;
}

static enum err_code unknown_section(struct reading *r)
{
    const char *names[SECTION_COUNT + 1] = {NULL};
    const char *name = r->event.section;
    size_t word = strcspn(name, " \t");
    const char *first = arena_strndup(&r->config->arena, name, word);
    for (enum section section = SECTION_DEFAULTS; section < SECTION_COUNT; section++) {
        names[section - SECTION_DEFAULTS] = section_name(section);
    }
    const char *near = nearest_of(first, names);
    ini_error(&r->ini, &r->event, r->err, "unknown section [%s]", name);
    if (near) {
        err_hint(r->err, "Did you mean [%s%s]?", near, name + word);
    } else {
        err_hint(r->err,
                 "A context is written [context %s], a group [group %s]; the other sections are "
                 "[defaults] [policy] [theme] [keys] [console]",
                 name, name);
    }
    return ERR_CONFIG;
}

static enum err_code enter_section(struct reading *r)
{
    const char *name = r->event.section;
    const char *context = behind_word(name, "context");
    const char *group = behind_word(name, "group");
    if (context || group) {
        return context ? enter_context(r, context) : enter_group(r, group);
    }
    r->owner = NULL;
    for (enum section section = SECTION_DEFAULTS; section < SECTION_CONTEXT; section++) {
        if (strcmp(name, section_name(section)) == 0) {
            r->section = section;
            return ERR_OK;
        }
    }
    return unknown_section(r);
}

/* ---- properties ---------------------------------------------------------------------------- */

static enum err_code unknown_key(struct reading *r)
{
    const char *near = r->section == SECTION_GROUP ? nearest_group_key(r->event.name)
                                                   : option_nearest_key(r->section, r->event.name);
    enum option_id elsewhere = OPT_COUNT;
    for (enum section section = SECTION_DEFAULTS; section < SECTION_CONTEXT && !near; section++) {
        elsewhere = option_by_key(section, r->event.name);
        if (elsewhere != OPT_COUNT) {
            break;
        }
    }
    ini_error(&r->ini, &r->event, r->err, "unknown key \"%s\" in [%s]", r->event.name,
              r->event.section);
    if (near) {
        err_hint(r->err, "Did you mean \"%s\"?", near);
    } else if (elsewhere != OPT_COUNT) {
        err_hint(r->err, "It belongs in [%s]", section_name(option_info(elsewhere)->section));
    } else {
        err_hint(r->err, "extpool --help man lists all keys");
    }
    return ERR_CONFIG;
}

/* Whether the section takes names that only the console knows. */
static bool takes_pairs(enum section section)
{
    return section == SECTION_KEYS || section == SECTION_THEME;
}

static const char *one_line(struct arena *arena, const char *value)
{
    char *copy = arena_strdup(arena, value);
    for (char *lf = strchr(copy, '\n'); lf; lf = strchr(lf, '\n')) {
        *lf = ' ';
    }
    return copy;
}

/* What the section knows of the key; `repeats`: each line of it is an entry of its own. */
static bool known_key(const struct reading *r, enum option_id *id, bool *repeats)
{
    enum group_key key = group_key_by_name(r->event.name);
    *id = option_by_key(r->section, r->event.name);
    *repeats = false;
    if (r->section == SECTION_GROUP) {
        *repeats = key != GROUP_KEY_COUNT && s_group_keys[key].repeats;
        return key != GROUP_KEY_COUNT;
    }
    if (*id != OPT_COUNT) {
        *repeats = option_info(*id)->repeats;
    }
    return *id != OPT_COUNT || takes_pairs(r->section);
}

static void add_entry(struct reading *r, enum option_id id, const char *value, unsigned line)
{
    struct config *config = r->config;
    config->entries = mem_resize(config->entries, config->n_entries + 1, sizeof *config->entries);
    config->entries[config->n_entries++] = (struct config_entry){
        .section = r->section,
        .owner = r->owner,
        .id = id,
        .name = arena_strdup(&config->arena, r->event.name),
        .value = value,
        .line = line,
    };
}

/* How much of the line stands before a comment, which the reader keeps in lines that continue a value,
   because it belongs to the value in Amazon's files. */
static size_t without_comment(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool begins = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
        if (begins && (line[i] == '#' || line[i] == ';')) {
            length = i;
        }
    }
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) {
        length--;
    }
    return length;
}

/* Each line of the value is an entry. */
static void add_lines(struct reading *r, enum option_id id)
{
    const char *line = r->event.value;
    for (size_t i = 0; *line != '\0' || i == 0; i++) {
        size_t whole = strcspn(line, "\n");
        size_t length = without_comment(line, whole);
        if (length > 0 || i == 0) {
            add_entry(r, id, arena_strndup(&r->config->arena, line, length),
                      i == 0 ? r->event.line : r->event.more_lines[i - 1]);
        }
        line += whole + (line[whole] == '\n' ? 1 : 0);
    }
}

static enum err_code take_property(struct reading *r)
{
    struct config *config = r->config;
    enum option_id id;
    bool repeats;
    if (!known_key(r, &id, &repeats)) {
        return unknown_key(r);
    }
    for (size_t i = 0; i < config->n_entries && !repeats; i++) {
        const struct config_entry *other = &config->entries[i];
        if (other->section == r->section && text_same(other->owner, r->owner) &&
            strcmp(other->name, r->event.name) == 0) {
            return ini_error(&r->ini, &r->event, r->err,
                             "\"%s\" is set a second time; the first is in line %u", other->name,
                             other->line);
        }
    }
    if (repeats) {
        add_lines(r, id);
    } else {
        add_entry(r, id, one_line(&config->arena, r->event.value), r->event.line);
    }
    return ERR_OK;
}

static enum err_code take_event(struct reading *r)
{
    switch (r->event.kind) {
    case INI_SECTION:
        return enter_section(r);
    case INI_PROPERTY:
        return r->skips ? ERR_OK : take_property(r);
    case INI_SUBPROPERTY:
        return r->skips ? ERR_OK
                        : ini_error(&r->ini, &r->event, r->err,
                                    "an indented line below \"%s\", which has no value",
                                    r->event.parent);
    case INI_END:
        break;
    }
    return ERR_OK;
}

/* ---- the file ------------------------------------------------------------------------------ */

/* The next line that says something. */
static enum err_code take_next(struct reading *r)
{
    enum err_code code = ini_next(&r->ini, &r->event, r->err);
    if (code == ERR_OK) {
        code = take_event(r);
    }
    if (r->event.kind == INI_SECTION) {
        r->skips = code != ERR_OK;
    }
    return code;
}

enum err_code config_parse(const struct config_text *text, struct config *config, struct err *err)
{
    *config = (struct config){.arena = ARENA_INIT, .path = text->path};
    struct reading r = {.config = config, .err = err};
    ini_init(&r.ini, text->path, text->text, text->length);
    enum err_code code;
    do {
        code = take_next(&r);
    } while (code == ERR_OK && r.event.kind != INI_END);
    ini_release(&r.ini);
    if (code != ERR_OK) {
        config_release(config);
    }
    return code;
}

void config_parse_all(const struct config_text *text, struct config *config,
                      struct mistakes *mistakes)
{
    struct err err = ERR_INIT;
    *config = (struct config){.arena = ARENA_INIT, .path = text->path};
    struct reading r = {.config = config, .err = &err};
    ini_init(&r.ini, text->path, text->text, text->length);
    do {
        if (take_next(&r) != ERR_OK) {
            mistakes_add(mistakes, &err);
            err_clear(&err);
        }
    } while (r.event.kind != INI_END);
    ini_release(&r.ini);
}

void config_release(struct config *config)
{
    arena_release(&config->arena);
    free(config->entries);
    free(config->contexts);
    free(config->groups);
    *config = (struct config){.arena = ARENA_INIT};
}

const struct config_entry *config_find(const struct config *config, enum section section,
                                       const char *owner, enum option_id id)
{
    for (size_t i = 0; i < config->n_entries; i++) {
        const struct config_entry *entry = &config->entries[i];
        if (entry->section == section && entry->id == id && text_same(entry->owner, owner)) {
            return entry;
        }
    }
    return NULL;
}

const struct config_entry *config_next(const struct config *config,
                                       const struct config_entry *entry)
{
    const struct config_entry *end = config->entries + config->n_entries;
    for (const struct config_entry *next = entry + 1; next < end; next++) {
        if (next->section == entry->section && text_same(next->owner, entry->owner) &&
            strcmp(next->name, entry->name) == 0) {
            return next;
        }
    }
    return NULL;
}

const struct config_entry *config_find_group(const struct config *config, const char *group,
                                             enum group_key key)
{
    for (size_t i = 0; i < config->n_entries; i++) {
        const struct config_entry *entry = &config->entries[i];
        if (entry->section == SECTION_GROUP && strcmp(entry->owner, group) == 0 &&
            strcmp(entry->name, s_group_keys[key].name) == 0) {
            return entry;
        }
    }
    return NULL;
}
