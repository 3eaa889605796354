#include "aws/config/profile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fileio.h"
#include "core/format/ini.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* A property, or a sub-property where `parent` is set. Files have tens of them: lists do. */
struct property {
    struct property *next;
    char *parent;
    char *name;
    char *value;
};

struct shared_section {
    struct shared_section *next;
    enum shared_kind kind;
    char *name;
    bool prefixed; /* [profile default], which a later [default] does not touch */
    struct property *properties;
};

struct shared_config {
    struct shared_section *first;
    struct shared_section **end;
};

/* ---- sections and properties ---------------------------------------------------------------- */

static void property_free(struct property *property)
{
    mem_wipe(property->value, strlen(property->value));
    free(property->value);
    free(property->parent);
    free(property->name);
    free(property);
}

static void section_clear(struct shared_section *section)
{
    while (section->properties) {
        struct property *property = section->properties;
        section->properties = property->next;
        property_free(property);
    }
}

static bool property_is(const struct property *property, const char *parent, const char *name)
{
    return strcmp(property->name, name) == 0 &&
           (parent ? property->parent && strcmp(property->parent, parent) == 0 : !property->parent);
}

static const char *section_find(const struct shared_section *section, const char *parent,
                                const char *name)
{
    for (const struct property *p = section ? section->properties : NULL; p; p = p->next) {
        if (property_is(p, parent, name)) {
            return p->value[0] != '\0' ? p->value : NULL;
        }
    }
    return NULL;
}

/* Sets a property. An older value goes, and with it the sub-properties that stood below it. */
static void section_set(struct shared_section *section, const char *parent, const char *name,
                        const char *value)
{
    struct property **at = &section->properties;
    while (*at) {
        struct property *p = *at;
        bool below = !parent && p->parent && strcmp(p->parent, name) == 0;
        if (property_is(p, parent, name) || below) {
            *at = p->next;
            property_free(p);
        } else {
            at = &p->next;
        }
    }
    struct property *fresh = mem_alloc(sizeof *fresh);
    fresh->parent = mem_strdup(parent);
    fresh->name = mem_strdup(name);
    fresh->value = mem_strdup(value);
    *at = fresh;
}

static struct shared_section *find(const struct shared_config *shared, enum shared_kind kind,
                                   const char *name)
{
    for (struct shared_section *s = shared->first; s; s = s->next) {
        if (s->kind == kind && strcmp(s->name, name) == 0) {
            return s;
        }
    }
    return NULL;
}

static struct shared_section *find_or_add(struct shared_config *shared, enum shared_kind kind,
                                          const char *name)
{
    struct shared_section *section = find(shared, kind, name);
    if (!section) {
        section = mem_alloc(sizeof *section);
        section->kind = kind;
        section->name = mem_strdup(name);
        *shared->end = section;
        shared->end = &section->next;
    }
    return section;
}

/* ---- what a header means -------------------------------------------------------------------- */

static bool is_identifier(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
                                  "-/.%@:+";
    return text[0] != '\0' && text[strspn(text, allowed)] == '\0';
}

/* The name behind "WORD " in a header; NULL where the header does not start so. */
static const char *behind_word(const char *header, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(header, word, length) != 0) {
        return NULL;
    }
    size_t blanks = strspn(header + length, " \t");
    return blanks > 0 ? header + length + blanks : NULL;
}

/* The section that a header of the configuration file opens, or NULL for one that means nothing. */
static struct shared_section *open_in_config(struct shared_config *shared, const char *header)
{
    static const struct {
        const char *word;
        enum shared_kind kind;
    } words[] = {
        {"profile", SHARED_PROFILE},
        {"sso-session", SHARED_SSO_SESSION},
        {"services", SHARED_SERVICES},
    };
    if (strcmp(header, "default") == 0) {
        struct shared_section *section = find_or_add(shared, SHARED_PROFILE, "default");
        return section->prefixed ? NULL : section;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *name = behind_word(header, words[i].word);
        if (!name || !is_identifier(name)) {
            continue;
        }
        struct shared_section *section = find_or_add(shared, words[i].kind, name);
        if (section->kind == SHARED_PROFILE && strcmp(name, "default") == 0 && !section->prefixed) {
            section_clear(section);
            section->prefixed = true;
        }
        return section;
    }
    return NULL;
}

static struct shared_section *open_in_credentials(struct shared_config *shared, const char *header)
{
    return is_identifier(header) ? find_or_add(shared, SHARED_PROFILE, header) : NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void take(struct shared_config *shared, enum shared_file kind, const struct ini_event *event,
                 struct shared_section **section)
{
    switch (event->kind) {
    case INI_SECTION:
        *section = kind == SHARED_CONFIG_FILE ? open_in_config(shared, event->section)
                                              : open_in_credentials(shared, event->section);
        break;
    case INI_PROPERTY:
        if (*section && is_identifier(event->name)) {
            section_set(*section, NULL, event->name, event->value);
        }
        break;
    case INI_SUBPROPERTY:
        if (*section && is_identifier(event->parent) && is_identifier(event->name)) {
            section_set(*section, event->parent, event->name, event->value);
        }
        break;
    case INI_END:
        break;
    }
}

enum err_code shared_config_parse(struct shared_config *shared, enum shared_file kind,
                                  const char *path, const char *text, size_t length,
                                  struct err *err)
{
    struct shared_section *section = NULL;
    struct ini_event event;
    struct ini ini;
    enum err_code code;
    ini_init(&ini, path, text, length);
    do {
        code = ini_next(&ini, &event, err);
        take(shared, kind, &event, &section);
    } while (code == ERR_OK && event.kind != INI_END);
    ini_release(&ini);
    return code;
}

enum err_code shared_config_read(struct shared_config *shared, enum shared_file kind,
                                 const char *path, struct err *err)
{
    struct buf text;
    struct err unread = ERR_INIT;
    buf_init_secret(&text, SHARED_FILE_MAX);
    enum err_code code = fileio_read(path, &text, &unread);
    if (code == ERR_NOT_FOUND) {
        code = ERR_OK;
    } else if (code != ERR_OK) {
        code = err_set(err, code == ERR_INPUT ? ERR_CONFIG : code, "%s", unread.text);
    } else {
        code = shared_config_parse(shared, kind, path, text.data, text.length, err);
    }
    buf_release(&text);
    return code;
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct shared_config *shared_config_new(void)
{
    struct shared_config *shared = mem_alloc(sizeof *shared);
    shared->end = &shared->first;
    return shared;
}

void shared_config_free(struct shared_config *shared)
{
    if (!shared) {
        return;
    }
    while (shared->first) {
        struct shared_section *section = shared->first;
        shared->first = section->next;
        section_clear(section);
        free(section->name);
        free(section);
    }
    free(shared);
}

const struct shared_section *shared_config_find(const struct shared_config *shared,
                                                enum shared_kind kind, const char *name)
{
    return find(shared, kind, name);
}

const char *shared_section_name(const struct shared_section *section)
{
    return section->name;
}

const char *shared_section_get(const struct shared_section *section, const char *name)
{
    return section_find(section, NULL, name);
}

const char *shared_section_get_sub(const struct shared_section *section, const char *parent,
                                   const char *name)
{
    return section_find(section, parent, name);
}

void shared_config_each_profile(const struct shared_config *shared,
                                void (*each)(void *context, const char *name), void *context)
{
    for (const struct shared_section *s = shared->first; s; s = s->next) {
        if (s->kind == SHARED_PROFILE) {
            each(context, s->name);
        }
    }
}
