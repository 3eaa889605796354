#include "core/settings/location.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

/* The first scheme is the embedded one, which a plain path gets. */
static const struct {
    const char *noun;
    const char *schemes[4];
    const char *forms;
} s_ports[] = {
    [PORT_DIRECTORY] = {"directory",
                        {"file", "connect", "demo", NULL},
                        "A directory is " LOCATION_DIRECTORY_FORMS},
    [PORT_STORE] = {"store", {"sqlite", "dynamodb", NULL}, "A store is " LOCATION_STORE_FORMS},
    [PORT_EXPORT] = {"export", {"file", "s3", NULL}, "An export goes to " LOCATION_EXPORT_FORMS},
};
_Static_assert(sizeof s_ports / sizeof *s_ports == PORT_COUNT, "one row a port");

const char *const *location_schemes(enum port_kind port)
{
    return s_ports[port].schemes;
}

const char *location_rest(const char *uri, const char *scheme)
{
    size_t length = strlen(scheme);
    return strncmp(uri, scheme, length) == 0 && uri[length] == ':' ? uri + length + 1 : NULL;
}

/* Without links and "..", whether the file is there or not; NULL: its folder is not. */
static const char *full_path(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *real = realpath(path, NULL);
    const char *full = arena_strdup(arena, real);
    if (!real) { /* it is not there yet */
        const char *folder = !slash ? "."
                             : slash == path
                                 ? "/"
                                 : arena_printf(arena, "%.*s", (int)(slash - path), path);
        real = realpath(folder, NULL);
        full = real ? arena_printf(arena, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) : NULL;
    }
    free(real);
    return full;
}

/* "arn:...:instance/ID" and "ID" are one. */
static const char *instance_identity(const char *instance, struct arena *arena)
{
    static const char mark[] = ":instance/";
    const char *id = strstr(instance, mark);
    char *identity = arena_printf(arena, "connect:%s", id ? id + strlen(mark) : instance);
    for (char *c = identity; *c; c++) {
        *c = text_lower(*c);
    }
    return identity;
}

const char *location_identity(const char *uri, struct arena *arena)
{
    static const char *const local[] = {"sqlite", "file"};
    const char *instance = location_rest(uri, "connect");
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        const char *path = location_rest(uri, local[i]);
        const char *full = path && strcmp(path, "-") != 0 ? full_path(path, arena) : NULL;
        if (full) {
            return arena_printf(arena, "%s:%s", local[i], full);
        }
    }
    return instance ? instance_identity(instance, arena) : uri;
}

const char *location_path(const char *path, const struct location_base *base, struct arena *arena)
{
    if (!base || path[0] == '/' || strcmp(path, "-") == 0) {
        return path;
    }
    if (path[0] == '~' && path[1] == '/' && base->home) {
        return arena_printf(arena, "%s/%s", base->home, path + 2);
    }
    return base->folder ? arena_printf(arena, "%s/%s", base->folder, path) : path;
}

/* How many characters a scheme in front has, without the ':'; 0: there is none, it is a path. */
static size_t scheme_length(const char *text)
{
    size_t n = 0;
    while ((text_lower(text[n]) >= 'a' && text_lower(text[n]) <= 'z') ||
           (n > 0 && ((text[n] >= '0' && text[n] <= '9') || text[n] == '+' || text[n] == '-'))) {
        n++;
    }
    return text[n] == ':' ? n : 0;
}

static enum err_code unknown_scheme(enum port_kind port, const char *text, size_t length,
                                    struct err *err)
{
    char scheme[32];
    text_sanitise_to(scheme, sizeof scheme, text, length, 0);
    err_set(err, ERR_USAGE, "\"%s\": a %s cannot begin with \"%s:\"", text, s_ports[port].noun,
            scheme);
    const char *near = nearest_of(scheme, s_ports[port].schemes);
    if (near) {
        err_hint(err, "Did you mean \"%s:\"? %s", near, s_ports[port].forms);
    } else {
        err_hint(err, "%s. Write a path that contains ':' as %s:PATH", s_ports[port].forms,
                 s_ports[port].schemes[0]);
    }
    return ERR_USAGE;
}

/* The path of a "file:" or "sqlite:" URI: file:///a is /a; a host cannot be reached. */
static enum err_code strip_authority(const char *text, const char **path, struct err *err)
{
    if (strncmp(*path, "//", 2) != 0) {
        return ERR_OK;
    }
    if ((*path)[2] != '/') {
        err_set(err, ERR_USAGE, "\"%s\": a file on another host cannot be opened", text);
        err_hint(err, "Use one slash or three: file:/srv/agents.csv or file:///srv/agents.csv");
        return ERR_USAGE;
    }
    *path += 2;
    return ERR_OK;
}

enum err_code location_normalise(const struct location_text *from, struct arena *arena,
                                 const char **uri, struct err *err)
{
    const enum port_kind port = from->port;
    const char *text = from->text;
    size_t length = strlen(text);
    if (length == 0 || length > LOCATION_MAX) {
        err_set(err, ERR_USAGE, "the %s is %s", s_ports[port].noun,
                length == 0 ? "empty" : "longer than 4,096 bytes");
        err_hint(err, "%s", s_ports[port].forms);
        return ERR_USAGE;
    }
    if (text_utf8_check(text, length) != length) {
        return err_set(err, ERR_USAGE, "\"%s\" is not UTF-8", text);
    }
    const char *embedded = s_ports[port].schemes[0];
    const char *scheme = embedded;
    const char *rest = text;
    size_t given = scheme_length(text);
    if (given > 0) {
        scheme = NULL;
        for (size_t i = 0; s_ports[port].schemes[i]; i++) {
            const char *known = s_ports[port].schemes[i];
            if (strlen(known) == given && strncmp(known, text, given) == 0) {
                scheme = known;
            }
        }
        if (!scheme) {
            return unknown_scheme(port, text, given, err);
        }
        rest = text + given + 1;
    }
    if (rest[0] == '\0' && strcmp(scheme, "demo") != 0) {
        err_set(err, ERR_USAGE, "\"%s\": nothing follows \"%s:\"", text, scheme);
        err_hint(err, "%s", s_ports[port].forms);
        return ERR_USAGE;
    }
    if (scheme == embedded) {
        if (strip_authority(text, &rest, err) != ERR_OK) {
            return ERR_USAGE;
        }
        rest = location_path(rest, from->base, arena);
    }
    *uri = arena_printf(arena, "%s:%s", scheme, rest);
    return ERR_OK;
}

/* ---- names of directories -------------------------------------------------------------------- */

static bool is_name(const char *text, size_t length)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return length > 0 && strspn(text, letters) >= length;
}

/* A scheme that a directory can have, not just any: "a=b.csv" and "my a=b:c" are paths. */
static bool known_scheme_follows(const char *text)
{
    size_t length = scheme_length(text);
    for (size_t i = 0; s_ports[PORT_DIRECTORY].schemes[i]; i++) {
        const char *known = s_ports[PORT_DIRECTORY].schemes[i];
        if (strlen(known) == length && strncmp(known, text, length) == 0) {
            return true;
        }
    }
    return false;
}

enum err_code location_name(const char *text, struct arena *arena, const char **name,
                            const char **rest, struct err *err)
{
    size_t length = strcspn(text, "=/");
    const char *behind = text + length + 1;
    *name = NULL;
    *rest = text;
    if (text[length] != '=' || scheme_length(text) > 0) {
        return ERR_OK;
    }
    bool good = is_name(text, length);
    if (!known_scheme_follows(behind) && !(good && scheme_length(behind) > 0)) {
        return ERR_OK; /* a path */
    }
    *name = arena_strndup(arena, text, length);
    *rest = behind;
    if (!good || length > LOCATION_NAME_MAX || text_equal_nocase(*name, LOCATION_NO_NAME)) {
        err_set(err, ERR_USAGE, "\"%.*s\" is not a good name for a directory",
                (int)(length < LOCATION_NAME_MAX ? length : LOCATION_NAME_MAX), text);
        err_hint(err,
                 "Use at most %d letters, digits, '-' and '_', and not \"" LOCATION_NO_NAME
                 "\". Write a path with '=' as file:PATH",
                 LOCATION_NAME_MAX);
        return ERR_USAGE;
    }
    return ERR_OK;
}

bool location_like_instance(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    while (text[i] != '\0' && form[i] != '\0' &&
           (form[i] == 'x' ? strchr("0123456789abcdefABCDEF", text[i]) != NULL : text[i] == '-')) {
        i++;
    }
    return text[i] == '\0' && form[i] == '\0';
}
