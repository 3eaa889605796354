#ifndef CORE_EMBEDDED_DIRECTORY_FILE_H
#define CORE_EMBEDDED_DIRECTORY_FILE_H

/*
 * A directory in a file: `file:PATH`, with "-" for standard input.
 *
 * CSV (core/format/csv.h) with a header. The column of the login is, in any case and position, the
 * first of `user login` (Amazon Connect's bulk-upload template,
 * https://docs.aws.amazon.com/connect/latest/adminguide/user-management.html#add-users-in-bulk),
 * `username`, `user`, `login`, `agent` that is there, else the one that Okta, Entra, Active
 * Directory or Google write (core/embedded/directory_columns.c), or what login_column names.
 * Blanks, line breaks, '_' and '-' in a header are one blank; "[Required]" and '*' behind it do not
 * count. Names come from `name` (or `full name`, `display name`), or from `first name` and
 * `last name`; the routing profile from `routing profile name` or `routing profile`. Other columns,
 * the password among them, are not looked at, but for those that say who is active
 * (core/embedded/directory_active.h). Blanks around a login go: Connect has none, spreadsheets do.
 * A file that ends in the middle of its last row gives a partial roster.
 *
 * JSON as `aws connect list-users` and `aws connect search-users` print it: one page, several
 * one after the other, an array of pages, and users alone, one a line or in an array. A user who
 * stands on two pages (the list moved meanwhile) counts once; a NextToken on the last page means
 * that the list is cut short, which is an error.
 *
 * One agent is found by reading the file by the same rules and keeping nobody else. Of what can be
 * read only once nobody is found so (ERR_DENIED).
 *
 * What is wrong is one sentence with file and line, or with page and entry: ERR_INPUT. A file with
 * an error gives no agents at all.
 */

#include "core/base/clock.h"
#include "core/embedded/directory_columns.h"
#include "core/port/directory.h"

/* Opens nothing yet. `path` and `settings` (may be NULL) are copied; the texts of the settings and
   the clock outlive the directory. */
struct directory *directory_file_new(const char *path, const struct directory_settings *settings,
                                     const struct clock *clock);

#endif
