#ifndef CORE_EMBEDDED_DIRECTORY_FILE_H
#define CORE_EMBEDDED_DIRECTORY_FILE_H

/*
 * A directory in a file: `file:PATH`, with "-" for standard input.
 *
 * CSV (core/format/csv.h) with a header. The column of the login is, in any case and position, the first
 * of `user login` (Amazon Connect's bulk-upload template,
 * https://docs.aws.amazon.com/connect/latest/adminguide/user-management.html#add-users-in-bulk),
 * `username`, `user`, `login`, `agent` that is there; blanks, line breaks, '_' and '-' in a header
 * are one blank. Names come from `name` (or `full name`, `display name`), or from `first name` and
 * `last name`; the routing profile from `routing profile name` or `routing profile`. Other columns,
 * the password among them, are not looked at. Blanks around a login go: Connect has none,
 * spreadsheets do.
 *
 * JSON as `aws connect list-users` and `aws connect search-users` print it: one page, several
 * one after the other, an array of pages, and users alone, one a line or in an array. A user who
 * stands on two pages (the list moved meanwhile) counts once; a NextToken on the last page means
 * that the list is cut short, which is an error.
 *
 * What is wrong is one sentence with file and line, or with page and entry: ERR_INPUT. A file with
 * an error gives no agents at all.
 */

#include "core/base/clock.h"
#include "core/port/directory.h"

/* Opens nothing yet. `path` is copied; the clock outlives the directory. */
struct directory *directory_file_new(const char *path, const struct clock *clock);

#endif
