#ifndef CORE_SETTINGS_LOCATION_H
#define CORE_SETTINGS_LOCATION_H

/*
 * Where a directory, a store or an export is: a URI, as a user writes it.
 *
 *   directory   file:PATH    connect:INSTANCE    demo:SEED   (INSTANCE: an id or an ARN)
 *               NAME=file:PATH, NAME=connect:INSTANCE: one of several, with a name
 *   store       sqlite:PATH  dynamodb:TABLE
 *   export      file:PATH    s3://BUCKET[/KEY]
 *
 * A text without a scheme is a path ("agents.csv", "/srv/cc/ext.db", "-" for standard input or
 * output). It gets the scheme of the embedded implementation. "file:///srv/a.csv" is the same as
 * "file:/srv/a.csv"; nothing in a file URI is percent-decoded. "~/" is the home folder. A relative
 * path starts from the folder of the configuration file if it is written there, else from the
 * current folder.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"

enum port_kind { PORT_DIRECTORY, PORT_STORE, PORT_EXPORT, PORT_COUNT };

/* The forms, as messages and the help name them; the first of each is the embedded one. */
#define LOCATION_DIRECTORY_FORMS "file:PATH or connect:INSTANCE"
#define LOCATION_STORE_FORMS "sqlite:PATH or dynamodb:TABLE"
#define LOCATION_EXPORT_FORMS "file:PATH or s3://BUCKET[/KEY]"

#define LOCATION_NO_EXPORT "none" /* instead of a place: nothing is published */
#define LOCATION_MAX 4096         /* bytes */

/* What relative and "~/" paths start from; either may be NULL. */
struct location_base {
    const char *home;
    const char *folder;
};

/* A place as somebody wrote it. */
struct location_text {
    enum port_kind port;
    const char *text;
    const struct location_base *base; /* may be NULL */
};

/* The URI with its scheme, in `arena`. ERR_USAGE with the schemes that there are, and the one that
   was probably meant. */
enum err_code location_normalise(const struct location_text *from, struct arena *arena,
                                 const char **uri, struct err *err) ERR_CHECK;

#define LOCATION_NO_NAME "none" /* what --take-over says of no source; nobody is called so */
#define LOCATION_NAME_MAX 64    /* bytes of a directory's name */

/* Splits "london=connect:..." into the name (NULL: there is none) and the rest. What stands before '='
   is a name only if a scheme follows. ERR_USAGE: it is not a good one. */
enum err_code location_name(const char *text, struct arena *arena, const char **name,
                            const char **rest, struct err *err) ERR_CHECK;

/* Whether it looks like the id of a Connect instance: "0a1b2c3d-4e5f-6789-abcd-ef0123456789". */
bool location_like_instance(const char *text);

/* The schemes of a port, the one of a file of this machine first; ends with NULL. */
const char *const *location_schemes(enum port_kind port);

/* What follows "scheme:", or NULL if the URI has another scheme. For "s3://bucket/key" that is
   "//bucket/key". */
const char *location_rest(const char *uri, const char *scheme);

/* The same for every way to write a place: of this machine a full path without links and "..", of a
   Connect instance its id. Two URIs with one identity are one place. Looks at the file system. In
   `arena`, or `uri` itself. */
const char *location_identity(const char *uri, struct arena *arena);

/* "~/" expanded, relative paths put into the folder; in `arena` or `path` itself. */
const char *location_path(const char *path, const struct location_base *base, struct arena *arena);

#endif
