#ifndef CORE_EMBEDDED_DIRECTORY_COLUMNS_H
#define CORE_EMBEDDED_DIRECTORY_COLUMNS_H

/*
 * Which column of a table of people says what: by names that Amazon Connect, Okta, Entra, Active
 * Directory and Google give them, or by the configuration (login_column, active_column).
 */

#include "core/embedded/directory_active.h"
#include "core/format/csv.h"

/* What the configuration says; every pointer may be NULL. The origins are for messages. */
struct directory_settings {
    const char *login_column, *login_origin;
    const char *active_column, *active_origin;
    const struct policy *policy; /* its groups say which columns are read besides */
};

enum column { COLUMN_LOGIN, COLUMN_NAME, COLUMN_FIRST, COLUMN_LAST, COLUMN_PROFILE, COLUMN_COUNT };

#define WATCHED_MAX 4

struct columns {
    size_t at[COLUMN_COUNT]; /* CSV_NO_COLUMN: not there */
    size_t n_fields;
    size_t line;
    bool judged;                 /* active_column is set: `active` counts */
    struct active_column active; /* with `judged` */
    size_t active_at;
    struct active_column watched[WATCHED_MAX]; /* those that usually say who is active */
    size_t watched_at[WATCHED_MAX];
    size_t n_watched;
    struct csv_row header; /* until the next row is read */
};

/* Reads the header, the first row of `csv`. ERR_INPUT names the columns and what to set. */
enum err_code columns_read(struct csv *csv, const struct directory_settings *settings,
                           struct columns *columns, struct err *err) ERR_CHECK;

/* The column with that name, compared as all are, while the header is there; CSV_NO_COLUMN: none has it.
   ERR_INPUT if two have it. */
enum err_code columns_find(const struct csv *csv, const struct columns *columns, const char *name,
                           size_t *at, struct err *err) ERR_CHECK;

/* The field of a row, without blanks at its ends; empty if the column is not there. */
struct csv_field columns_field(const struct columns *columns, const struct csv_row *row,
                               enum column column);

#endif
