#include "core/settings/groups_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/nearest.h"
#include "core/settings/location.h"

enum err_code groups_go_on(struct groups_read *read, enum err_code code)
{
    if (code == ERR_OK || !read->mistakes) {
        return code;
    }
    mistakes_add(read->mistakes, read->err);
    err_clear(read->err);
    read->wrong = true;
    return ERR_OK;
}

enum err_code groups_fail(struct groups_read *read, unsigned line, const char *format, ...)
{
    char what[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(read->err, ERR_CONFIG, "%s:%u: %s", read->settings->config_path, line, what);
}

/* ---- which directories there are ------------------------------------------------------------- */

/* Those of all contexts, and those that count in this run: the same groups hold for all. */
struct known_directories {
    const char **names; /* ends with NULL */
    size_t n_names;
    bool any;
    bool file;
};

static void add_directory(struct known_directories *known, const char *text, struct arena *arena)
{
    const char *name = NULL;
    const char *uri = text;
    struct err ignored = ERR_INIT;
    if (location_name(text, arena, &name, &uri, &ignored) != ERR_OK) {
        return; /* a mistake of the context that names it */
    }
    if (name) {
        known->names[known->n_names++] = name;
    }
    known->any = true;
    known->file = known->file || !location_rest(uri, "connect");
}

static struct known_directories directories_of(const struct groups_read *read)
{
    struct settings *settings = read->settings;
    const struct config *config = read->config;
    struct known_directories known = {0};
    size_t most = config->n_entries + settings->n_directories + 1;
    known.names = arena_alloc(&settings->arena, most * sizeof *known.names);
    for (size_t i = 0; i < config->n_entries; i++) {
        if (config->entries[i].id == OPT_DIRECTORY) {
            add_directory(&known, config->entries[i].value, &settings->arena);
        }
    }
    for (size_t i = 0; i < settings->n_directories; i++) {
        const struct setting_directory *directory = &settings->directories[i];
        known.any = true;
        known.file = known.file || !location_rest(directory->uri, "connect");
        if (directory->name) {
            known.names[known.n_names++] = directory->name;
        }
    }
    return known;
}

static bool some_name_fits(const struct known_directories *known, const char *pattern)
{
    bool fits = false;
    for (size_t i = 0; i < known->n_names && !fits; i++) {
        fits = pattern_matches(pattern, known->names[i]);
    }
    return fits;
}

/* ---- lines that nobody fits -------------------------------------------------------------------- */

static enum err_code no_such_directory(struct groups_read *read, unsigned line,
                                       const struct known_directories *known, const char *pattern)
{
    const char *near = nearest_of(pattern, known->names);
    groups_fail(read, line, "match: no directory has the name \"%s\"", pattern);
    if (near) {
        err_hint(read->err, "Did you mean directory:%s?", near);
    } else {
        err_hint(read->err, "A name stands in front of the place: directory = %s=connect:...",
                 strchr(pattern, '*') ? "leeds" : pattern);
    }
    return ERR_CONFIG;
}

static enum err_code check_term(struct groups_read *read, unsigned line,
                                const struct known_directories *known,
                                const struct match_term *term)
{
    if (known->any && term->field == FIELD_DIRECTORY && !some_name_fits(known, term->pattern)) {
        return no_such_directory(read, line, known, term->pattern);
    }
    if (known->any && term->field == FIELD_COLUMN && !known->file) {
        groups_fail(read, line, "match: \"%s\" fits nobody: no directory is a file",
                    match_term_text(term, &read->settings->arena));
        err_hint(read->err, "Amazon Connect has tags, hierarchies and routing profiles: "
                            "tag:KEY=VALUE, hierarchy:PATH, routing_profile:NAME");
        return ERR_CONFIG;
    }
    return ERR_OK;
}

static enum err_code check_line(struct groups_read *read, const struct known_directories *known,
                                const struct match_line *line, unsigned at)
{
    const struct match_term *first;
    const struct match_term *second;
    struct arena *arena = &read->settings->arena;
    if (match_contradicts(line, &first, &second)) {
        groups_fail(read, at, "match: nobody has both %s and %s", match_term_text(first, arena),
                    match_term_text(second, arena));
        err_hint(read->err, "The terms of one line hold together; write alternatives as two lines");
        return ERR_CONFIG;
    }
    for (size_t i = 0; i < line->n_terms; i++) {
        if (check_term(read, at, known, &line->terms[i]) != ERR_OK) {
            return ERR_CONFIG;
        }
    }
    return ERR_OK;
}

/* ---- groups that nobody is left for ------------------------------------------------------------ */

/* The first of the earlier groups that takes everybody whom the line fits; NULL: there is none. */
static const struct read_group *taken_before(const struct groups_read *read, size_t group,
                                             const struct match_line *line)
{
    for (size_t i = 0; i < group; i++) {
        for (size_t k = 0; k < read->all[i].n_lines; k++) {
            if (match_covers(&read->all[i].lines[k], line)) {
                return &read->all[i];
            }
        }
    }
    return NULL;
}

static enum err_code check_shadow(struct groups_read *read, size_t index)
{
    const struct read_group *group = &read->all[index];
    const struct read_group *before = NULL;
    for (size_t i = 0; i < group->n_lines; i++) {
        before = taken_before(read, index, &group->lines[i]);
        if (!before) {
            break;
        }
    }
    if (!before) {
        return ERR_OK;
    }
    groups_fail(read, group->from->line,
                "nobody is left for [group %s]: [group %s] in line %u takes them first",
                group->from->name, before->from->name, before->from->line);
    err_hint(read->err, "Put [group %s] above it: the first match counts", group->from->name);
    return ERR_CONFIG;
}

enum err_code groups_check(struct groups_read *read)
{
    const struct known_directories known = directories_of(read);
    for (size_t i = 0; i < read->n; i++) {
        const struct read_group *group = &read->all[i];
        for (size_t k = 0; k < group->n_lines; k++) {
            unsigned line = group->entries[k]->line;
            if (groups_go_on(read, check_line(read, &known, &group->lines[k], line)) != ERR_OK) {
                return ERR_CONFIG;
            }
        }
        if (groups_go_on(read, check_shadow(read, i)) != ERR_OK) {
            return ERR_CONFIG;
        }
    }
    return ERR_OK;
}
