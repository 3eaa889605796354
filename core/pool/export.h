#ifndef CORE_POOL_EXPORT_H
#define CORE_POOL_EXPORT_H

/*
 * The export: who has which extension, as CSV for the contact flow's readers and for people.
 *
 *     user,extension
 *     alice,0042
 *
 * One row per assigned extension, sorted by user (bytes) and then by extension, RFC 4180 with CRLF:
 * the same state gives the same bytes, so a reader can compare files. It can be imported again.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"
#include "core/pool/roster.h"

#define EXPORT_MAX ((size_t)1 << 30) /* bytes: 10^8 extensions would not fit, a million do */
#define EXPORT_NAME "agent_extensions.csv"
#define EXPORT_TYPE "text/csv; charset=utf-8"

/* What the list has beside the login and the extension, which always come first. */
#define EXPORT_COLUMNS(X)                                                                          \
    X(EXPORT_NAME_COLUMN, "name")       /* of the directory */                                     \
    X(EXPORT_PROFILE_COLUMN, "profile") /* the routing profile, of the directory */                \
    X(EXPORT_GROUP_COLUMN, "group")     /* whose range has the number */                           \
    X(EXPORT_SINCE_COLUMN, "since")     /* RFC 3339 */                                             \
    X(EXPORT_PINNED_COLUMN, "pinned")   /* the note of the pin */                                  \
    X(EXPORT_SOURCE_COLUMN, "source")   /* the directory that lists the agent */                   \
    X(EXPORT_ARN_COLUMN, "agent_arn")                                                              \
    X(EXPORT_FALLBACK_COLUMN, "fallback")

enum export_column {
#define X(column, name) column,
    EXPORT_COLUMNS(X)
#undef X
        EXPORT_COLUMN_COUNT
};

struct export_columns {
    enum export_column items[EXPORT_COLUMN_COUNT];
    size_t n;
};

/* "name, group". ERR_INPUT names the one that is not there, or stands twice. */
enum err_code export_columns_parse(const char *text, struct export_columns *columns,
                                   struct err *err) ERR_CHECK;
/* Whether the list can have that column, as csv_header_name says it (core/format/csv.h). */
bool export_has_column(const char *name);
/* Whether they tell something that only the directory knows. */
bool export_columns_want_roster(const struct export_columns *columns);

struct export_form {
    bool
        csv_safe; /* texts that a spreadsheet would run get an apostrophe in front (core/format/csv.h) */
    struct export_columns columns;
    const struct policy *policy; /* for the group; NULL: none */
    const struct roster *roster; /* for names and profiles; NULL: they stay empty */
};

/* Appends to `out`, whose max bounds it (EXPORT_MAX); *rows (may be NULL) without the header. ERR_NOMEM if
   it does not fit. */
enum err_code export_build(const struct snapshot *snapshot, const struct export_form *form,
                           struct buf *out, size_t *rows, struct err *err) ERR_CHECK;

#endif
