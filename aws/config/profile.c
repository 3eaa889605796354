#include "aws/config/profile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fileio.h"
#include "core/base/arena.h"
#include "core/format/ini.h"
#include "core/format/shell_split.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* A property, or a sub-property where `parent` is set. Files have tens of them: lists do. */
struct property {
    struct property *next;
    enum shared_file file;
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

static const struct property *find_in(const struct shared_section *section, enum shared_file file,
                                      const char *parent, const char *name)
{
    for (const struct property *p = section ? section->properties : NULL; p; p = p->next) {
        if (p->file == file && property_is(p, parent, name)) {
            return p;
        }
    }
    return NULL;
}

static const char *value_of(const struct property *property)
{
    return property && property->value[0] != '\0' ? property->value : NULL;
}

/* The credentials file counts first. */
static const char *section_find(const struct shared_section *section, const char *parent,
                                const char *name)
{
    const struct property *property = find_in(section, SHARED_CREDENTIALS_FILE, parent, name);
    return value_of(property ? property : find_in(section, SHARED_CONFIG_FILE, parent, name));
}

/* What a line says. */
struct assignment {
    enum shared_file file;
    const char *parent; /* NULL: a property of the section itself */
    const char *name;
    const char *value;
};

/* Sets a property. An older value of the file goes, and with it the sub-properties below it. */
static void section_set(struct shared_section *section, const struct assignment *said)
{
    struct property **at = &section->properties;
    while (*at) {
        struct property *p = *at;
        bool below = !said->parent && p->parent && strcmp(p->parent, said->name) == 0;
        if (p->file == said->file && (property_is(p, said->parent, said->name) || below)) {
            *at = p->next;
            property_free(p);
        } else {
            at = &p->next;
        }
    }
    struct property *fresh = mem_alloc(sizeof *fresh);
    fresh->file = said->file;
    fresh->parent = mem_strdup(said->parent);
    fresh->name = mem_strdup(said->name);
    fresh->value = mem_strdup(said->value);
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

#define IDENTIFIER                                                                                 \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"                              \
    "-/.%@:+"

static bool is_identifier(const char *text)
{
    return text[0] != '\0' && text[strspn(text, IDENTIFIER)] == '\0';
}

/* `WORD NAME`, as the AWS command line reads it: in words of a shell, the name in quotes where it
   has blanks or other special characters. Texts in `arena`. */
struct header {
    const char *word;
    const char *name;
};

static bool split_header(const char *text, struct arena *arena, struct header *out)
{
    char **words;
    size_t count;
    if (shell_split(arena, text, &words, &count, NULL) != ERR_OK || count != 2) {
        return false;
    }
    *out = (struct header){.word = words[0], .name = words[1]};
    bool quoted = strpbrk(text, "'\"\\") != NULL;
    return is_identifier(words[1]) || (quoted && words[1][0] != '\0');
}

/* The section that a header of the configuration file opens, or NULL for one that means nothing. */
static struct shared_section *open_in_config(struct shared_config *shared, const char *text,
                                             struct arena *arena)
{
    static const struct {
        const char *word;
        enum shared_kind kind;
    } words[] = {
        {"profile", SHARED_PROFILE},
        {"sso-session", SHARED_SSO_SESSION},
        {"services", SHARED_SERVICES},
    };
    struct header header;
    if (strcmp(text, "default") == 0) {
        struct shared_section *section = find_or_add(shared, SHARED_PROFILE, "default");
        return section->prefixed ? NULL : section;
    }
    if (!split_header(text, arena, &header)) {
        (void)find_or_add(shared, SHARED_LACKS_PREFIX, text);
        return NULL;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(header.word, words[i].word) != 0) {
            continue;
        }
        struct shared_section *section = find_or_add(shared, words[i].kind, header.name);
        if (section->kind == SHARED_PROFILE && strcmp(header.name, "default") == 0 &&
            !section->prefixed) {
            section_clear(section);
            section->prefixed = true;
        }
        return section;
    }
    return NULL;
}

static struct shared_section *open_in_credentials(struct shared_config *shared, const char *text,
                                                  struct arena *arena)
{
    struct header header;
    if (split_header(text, arena, &header) && strcmp(header.word, "profile") == 0) {
        (void)find_or_add(shared, SHARED_HAS_PREFIX, header.name);
        return NULL;
    }
    bool sound = text[0] != '\0' && text[strspn(text, IDENTIFIER " \t")] == '\0';
    return sound ? find_or_add(shared, SHARED_PROFILE, text) : NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct shared_section *open_section(struct shared_config *shared, enum shared_file kind,
                                           const char *text)
{
    struct arena arena = ARENA_INIT;
    struct shared_section *section = kind == SHARED_CONFIG_FILE
                                         ? open_in_config(shared, text, &arena)
                                         : open_in_credentials(shared, text, &arena);
    arena_release(&arena);
    return section;
}

static void take(struct shared_config *shared, enum shared_file kind, const struct ini_event *event,
                 struct shared_section **section)
{
    bool nested = event->kind == INI_SUBPROPERTY;
    struct assignment said = {.file = kind,
                              .parent = nested ? event->parent : NULL,
                              .name = event->name,
                              .value = event->value};
    switch (event->kind) {
    case INI_SECTION:
        *section = open_section(shared, kind, event->section);
        break;
    case INI_PROPERTY:
    case INI_SUBPROPERTY:
        if (*section && is_identifier(event->name) && (!nested || is_identifier(event->parent))) {
            section_set(*section, &said);
        }
        break;
    case INI_END:
        break;
    }
}

enum err_code shared_config_parse(struct shared_config *shared, enum shared_file kind,
                                  const struct shared_text *from, struct err *err)
{
    struct shared_section *section = NULL;
    struct ini_event event;
    struct ini ini;
    enum err_code code;
    ini_init(&ini, from->path, from->text, from->length);
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
        const struct shared_text from = {path, text.data, text.length};
        code = shared_config_parse(shared, kind, &from, err);
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

const char *shared_section_get_in(const struct shared_section *section, enum shared_file file,
                                  const char *name)
{
    return value_of(find_in(section, file, NULL, name));
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
