#include "core/settings/directories.h"

#include <string.h>

#include "core/base/banned.h"

size_t directory_lines_of(const char *text, const char *subject, struct arena *arena,
                          struct directory_line *lines)
{
    size_t n = 0;
    for (const char *at = text; *at != '\0' && n <= DIRECTORIES_MAX;) {
        size_t length = strcspn(at, "\n");
        if (length > 0) {
            lines[n++] = (struct directory_line){arena_strndup(arena, at, length), subject, 0};
        }
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    return n;
}

/* "line 6", or "--directory" beside it. */
static const char *place_of(const struct directory_line *line, struct arena *arena)
{
    return line->line > 0 ? arena_printf(arena, "in line %u", line->line) : "there, too";
}

/* An error about the later of two lines that do not go together. */
static enum err_code clash(const struct directory_line *first, const struct directory_line *second,
                           const char *what, struct arena *arena, struct err *err)
{
    err_set(err, ERR_USAGE, "%s: \"%s\" %s \"%s\" %s", second->subject, second->text, what,
            first->text, place_of(first, arena));
    return ERR_USAGE;
}

static bool is_connect(const struct setting_directory *directory)
{
    return location_rest(directory->uri, "connect") != NULL;
}

/* One that was read already is not read again, however it is written. */
static enum err_code check_twice(const struct directory_line *lines, size_t n,
                                 struct settings *settings, struct err *err)
{
    struct arena *arena = &settings->arena;
    const struct setting_directory *all = settings->directories;
    const char **identities = arena_alloc(arena, (n + 1) * sizeof *identities);
    for (size_t i = 0; n > 1 && i < n; i++) {
        identities[i] = location_identity(all[i].uri, arena);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(identities[i], identities[k]) == 0) {
                clash(&lines[k], &lines[i], "is the same directory as", arena, err);
                err_hint(err, "Leave one of them out");
                return ERR_USAGE;
            }
            if (all[i].name && all[k].name && strcmp(all[i].name, all[k].name) == 0) {
                clash(&lines[k], &lines[i], "has the name of", arena, err);
                err_hint(err, "Give each directory a name of its own");
                return ERR_USAGE;
            }
        }
    }
    return ERR_OK;
}

/* A name says later which directory an agent came from. An instance has its id. */
static enum err_code check_named(const struct directory_line *lines, size_t n,
                                 const struct settings *settings, struct err *err)
{
    for (size_t i = 0; n > 1 && i < n; i++) {
        const struct setting_directory *directory = &settings->directories[i];
        if (!directory->name && !is_connect(directory)) {
            err_set(err, ERR_USAGE, "%s: \"%s\" has no name, and there are %zu directories",
                    lines[i].subject, lines[i].text, n);
            err_hint(err, "Give it a name that stays, as in leeds=%s", directory->uri);
            return ERR_USAGE;
        }
    }
    return ERR_OK;
}

static enum err_code set_one(const struct directory_line *line, const struct location_base *base,
                             struct settings *settings, struct setting_directory *out,
                             struct err *err)
{
    struct arena *arena = &settings->arena;
    struct err why = ERR_INIT;
    const char *rest = NULL;
    out->subject = line->subject;
    enum err_code code = location_name(line->text, arena, &out->name, &rest, &why);
    if (code == ERR_OK) {
        const struct location_text from = {PORT_DIRECTORY, rest, base};
        code = location_normalise(&from, arena, &out->uri, &why);
    }
    if (code == ERR_OK && out->name && !is_connect(out) && location_like_instance(out->name)) {
        code =
            err_set(&why, ERR_USAGE, "\"%s\" looks like the id of a Connect instance", out->name);
        err_hint(&why, "Give the file another name");
    }
    if (code != ERR_OK) {
        err_set(err, code, "%s: %s", line->subject, why.text);
        err_hint(err, "%s", why.hint);
    }
    return code;
}

/* "london=connect:..., leeds=file:/srv/leeds.csv" */
static const char *joined(const struct settings *settings, struct arena *arena)
{
    const char *all = NULL;
    for (size_t i = 0; i < settings->n_directories; i++) {
        const struct setting_directory *one = &settings->directories[i];
        all = arena_printf(arena, "%s%s%s%s%s", all ? all : "", all ? ", " : "",
                           one->name ? one->name : "", one->name ? "=" : "", one->uri);
    }
    return all;
}

enum err_code directories_set(const struct directory_line *lines, size_t n,
                              const struct location_base *base, struct settings *settings,
                              struct err *err)
{
    if (n > DIRECTORIES_MAX) {
        return err_set(err, ERR_USAGE, "%s: more than %d directories", lines[n - 1].subject,
                       DIRECTORIES_MAX);
    }
    struct setting_directory *all =
        arena_alloc(&settings->arena, (n + 1) * sizeof *settings->directories);
    for (size_t i = 0; i < n; i++) {
        if (set_one(&lines[i], base, settings, &all[i], err) != ERR_OK) {
            return ERR_USAGE;
        }
    }
    settings->directories = all;
    settings->n_directories = n;
    settings->directory = joined(settings, &settings->arena);
    return check_twice(lines, n, settings, err) == ERR_OK ? check_named(lines, n, settings, err)
                                                          : ERR_USAGE;
}
