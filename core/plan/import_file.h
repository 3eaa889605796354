#ifndef CORE_PLAN_IMPORT_FILE_H
#define CORE_PLAN_IMPORT_FILE_H

/*
 * The CSV of --import: rows that an operator prepared, as requests (core/plan/plan.h).
 *
 *     user,extension,action,note
 *     alice,2041,,
 *     bob,,release,left on Friday
 *     ,2000,reserve,night desk
 *
 * Columns, in any order and case: `user` (or `agent`, `username`, `login`), `extension` (or `ext`),
 * and optionally `action` and `note`. A column `problem`, which import_put_left_out writes, is not
 * looked at. Another column is refused, because a misspelt `action`
 * would turn releases into assignments. A row without an action gives the agent that extension,
 * whether they hold another one or none (so that an export can be imported again, with --csv-safe
 * too), or, without an extension, the lowest free one.
 *
 *   assign reassign   user; reassign also the extension
 *   release           user, or extension, or both, which then have to belong together
 *   pin unpin         user, or extension, or both; the note is that of the pin
 *   reserve unreserve extension; no user
 *
 * One invalid row, and nothing is written. So that all of them are named at once, reading goes on
 * behind one; the caller plans what is valid with the same list of refusals:
 *
 *     import_read("rows.csv", progress, &import, &err);
 *     plan_edit(&input, "import", import.requests, import.n_requests, &import.refusals, ...);
 *     if (import.refusals.n_items > 0) { import_error(&import, &err); ... each line ... }
 *     import_release(&import);
 */

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/plan/plan.h"
#include "core/base/progress.h"

#define IMPORT_COLUMNS 4 /* user, extension, action, note */

/* A row as it stands in the file. */
struct import_row {
    size_t line;
    const char *fields[IMPORT_COLUMNS];
};

struct import {
    struct arena arena;
    const char *file;         /* as messages name it */
    struct request *requests; /* of the valid rows, in the order of the file */
    size_t n_requests;
    struct import_row *rows;  /* all of them, in the order of the file */
    size_t n_rows;            /* without header and blank ones */
    struct refusals refusals; /* of the others; `request` is SIZE_MAX */
};

/* What the columns with logins and with extensions may be called, in compared form
   (core/format/csv.h); each ends with NULL. */
extern const char *const import_user_columns[];
extern const char *const import_extension_columns[];

/* `path` may be "-", `progress` NULL. ERR_OK also with refusals; ERR_NOT_FOUND, ERR_IO, or
   ERR_INPUT if it is no CSV with such a header or has no rows. After an error `import` holds
   nothing. */
enum err_code import_read(const char *path, const struct progress *progress, struct import *import,
                          struct err *err) ERR_CHECK;

/* The same for a text in memory. */
enum err_code import_parse(const char *file, const char *text, size_t length, struct import *import,
                           struct err *err) ERR_CHECK;
void import_release(struct import *import);

/* If there are refusals, also those of the plan: sorts them by line and says ERR_INPUT with the
   first, and how many more there are. ERR_OK if there are none. */
enum err_code import_error(struct import *import, struct err *err) ERR_CHECK;

/* For a caller that plans the valid rows all the same: notes that the request of that line cannot
   be done. The text is copied. */
void import_refuse(struct import *import, size_t line, const char *text);
/* Sorts the refusals by line. */
void import_sort_refusals(struct import *import);

/* The refused rows as a CSV that can be mended and imported again: user, extension, action, note,
   and in a column `problem` what was wrong. */
void import_put_left_out(const struct import *import, struct buf *out);

#endif
