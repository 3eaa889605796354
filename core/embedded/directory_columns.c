#include "core/embedded/directory_columns.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"
#include "core/embedded/directory_collect.h"

#define NAMES_MAX 8 /* with the NULL at the end */

/* The names of a column, the ones that count most first. */
static const char *const s_names[COLUMN_COUNT][NAMES_MAX] = {
    [COLUMN_LOGIN] = {"user login", "username", "user name", "user", "login", "agent"},
    [COLUMN_NAME] = {"name", "full name", "display name", "displayname", "name.fullname", "cn"},
    [COLUMN_FIRST] = {"first name", "firstname", "given name", "givenname", "user.firstname",
                      "profile.firstname", "name.givenname"},
    [COLUMN_LAST] = {"last name", "lastname", "family name", "surname", "sn", "user.lastname",
                     "profile.lastname"},
    [COLUMN_PROFILE] = {"routing profile name", "routing profile"},
};

/* What other systems call the login: Okta, Active Directory, Entra, Google and its tool GAM. Two of
   them in one table: only a person knows which one Connect has. */
static const char *const s_foreign_logins[] = {"user.login",
                                               "profile.login",
                                               "samaccountname",
                                               "sam account name",
                                               "userprincipalname",
                                               "user principal name",
                                               "email address [required]",
                                               "primaryemail",
                                               "primary email",
                                               NULL};

/* Columns that might be meant if there is none with a name that is known. */
static const char *const s_likely_logins[] = {
    "email",        "e mail",  "mail",         "email address", "user email",
    "work email",   "upn",     "user id",      "userid",        "login id",
    "login name",   "account", "account name", "alias",         "nickname",
    "mailnickname", "uid",     "agent id",     "agent login",   NULL};

/* ---- complaints ---------------------------------------------------------------------------- */

static const char *name_shown(const struct csv_row *row, size_t at, char out[CSV_HEADER_ROOM])
{
    struct csv_field field = csv_trim(row->fields[at]);
    text_sanitise_to(out, CSV_HEADER_ROOM, field.text, field.length, 0);
    return out;
}

static void list_columns(const struct csv_row *row, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < row->n_fields && used + CSV_HEADER_ROOM + 4 < size; i++) {
        char name[CSV_HEADER_ROOM];
        int wrote =
            snprintf(out + used, size - used, "%s%s", i ? ", " : "", name_shown(row, i, name));
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

static enum err_code no_login_column(const struct csv *csv, const struct csv_row *row,
                                     struct err *err)
{
    char columns[400];
    size_t twin;
    list_columns(row, columns, sizeof columns);
    err_set(err, ERR_INPUT, "%s:%zu: no column with logins; the columns are: %s", csv->file,
            row->line, columns);
    size_t likely = csv_find_column(row, s_likely_logins, &twin);
    if (likely != CSV_NO_COLUMN) {
        char name[CSV_HEADER_ROOM];
        err_hint(err, "If this is the one, set login_column = %s in the configuration",
                 name_shown(row, likely, name));
    } else if (csv->separator == '\t') {
        err_hint(err, TEXT_OUTPUT_HINT);
    } else {
        err_hint(
            err,
            "Call it \"user login\", \"username\" or \"user\", or name it in the configuration: "
            "login_column = NAME. The first line of the file names the columns");
    }
    return ERR_INPUT;
}

static enum err_code no_such_column(const struct csv *csv, const struct csv_row *row,
                                    const char *name, const char *origin, struct err *err)
{
    char columns[400];
    list_columns(row, columns, sizeof columns);
    err_set(err, ERR_INPUT, "%s:%zu: there is no column \"%s\"; the columns are: %s", csv->file,
            row->line, name, columns);
    err_hint(err, "It was set by %s", origin ? origin : "the configuration");
    return ERR_INPUT;
}

static enum err_code twin_columns(const struct csv *csv, const struct csv_row *row, size_t at,
                                  size_t twin, struct err *err)
{
    char name[CSV_HEADER_ROOM];
    csv_header_name(row->fields[twin], name);
    return err_set(err, ERR_INPUT, "%s:%zu: columns %zu and %zu are both \"%s\"", csv->file,
                   row->line, at + 1, twin + 1, name);
}

/* ---- the login ----------------------------------------------------------------------------- */

static enum err_code find_foreign_login(const struct csv *csv, const struct csv_row *row,
                                        size_t *out, struct err *err)
{
    for (size_t i = 0; s_foreign_logins[i]; i++) {
        size_t at = csv_find_name(row, s_foreign_logins[i], 0);
        if (at == CSV_NO_COLUMN || at == *out) {
            continue;
        }
        if (*out != CSV_NO_COLUMN) {
            char one[CSV_HEADER_ROOM];
            char other[CSV_HEADER_ROOM];
            err_set(err, ERR_INPUT, "%s:%zu: two columns can be the login: %s and %s", csv->file,
                    row->line, name_shown(row, *out, one), name_shown(row, at, other));
            err_hint(
                err,
                "Name the one that Amazon Connect uses in the configuration: login_column = %s",
                one);
            return ERR_INPUT;
        }
        *out = at;
    }
    return *out == CSV_NO_COLUMN ? no_login_column(csv, row, err) : ERR_OK;
}

static enum err_code find_login(const struct csv *csv, const struct csv_row *row,
                                const struct directory_settings *settings, size_t *out,
                                struct err *err)
{
    size_t twin;
    if (settings && settings->login_column) {
        char name[CSV_HEADER_ROOM];
        csv_header_name((struct csv_field){settings->login_column, strlen(settings->login_column)},
                        name);
        const char *const names[] = {name, NULL};
        *out = csv_find_column(row, names, &twin);
        if (*out == CSV_NO_COLUMN) {
            return no_such_column(csv, row, settings->login_column, settings->login_origin, err);
        }
    } else {
        *out = csv_find_column(row, s_names[COLUMN_LOGIN], &twin);
        if (*out == CSV_NO_COLUMN) {
            return find_foreign_login(csv, row, out, err);
        }
    }
    return twin == CSV_NO_COLUMN ? ERR_OK : twin_columns(csv, row, *out, twin, err);
}

/* ---- who is active ------------------------------------------------------------------------- */

static void watch_columns(const struct csv_row *row, struct columns *columns)
{
    for (size_t i = 0; i < row->n_fields && columns->n_watched < WATCHED_MAX; i++) {
        if (i != columns->at[COLUMN_LOGIN] &&
            active_column_known(row->fields[i], &columns->watched[columns->n_watched])) {
            columns->watched_at[columns->n_watched++] = i;
        }
    }
}

static enum err_code find_active(const struct csv *csv, const struct csv_row *row,
                                 const struct directory_settings *settings, struct columns *columns,
                                 struct err *err)
{
    if (!settings || !settings->active_column) {
        watch_columns(row, columns);
        return ERR_OK;
    }
    columns->judged = active_column_parse(settings->active_column, &columns->active);
    if (!columns->judged) {
        return ERR_OK;
    }
    columns->active_at = csv_find_name(row, columns->active.name, 0);
    return columns->active_at == CSV_NO_COLUMN
               ? no_such_column(csv, row, columns->active.shown, settings->active_origin, err)
               : ERR_OK;
}

/* ---- the header ---------------------------------------------------------------------------- */

enum err_code columns_read(struct csv *csv, const struct directory_settings *settings,
                           struct columns *columns, struct err *err)
{
    struct csv_row row;
    *columns = (struct columns){.n_fields = 0};
    if (csv_next(csv, &row, err) != ERR_OK ||
        find_login(csv, &row, settings, &columns->at[COLUMN_LOGIN], err) != ERR_OK) {
        return ERR_INPUT;
    }
    for (enum column column = COLUMN_LOGIN + 1; column < COLUMN_COUNT; column++) {
        size_t twin;
        columns->at[column] = csv_find_column(&row, s_names[column], &twin);
    }
    columns->header = row;
    columns->n_fields = row.n_fields;
    columns->line = row.line;
    return find_active(csv, &row, settings, columns, err);
}

enum err_code columns_find(const struct csv *csv, const struct columns *columns, const char *name,
                           size_t *at, struct err *err)
{
    char plain[CSV_HEADER_ROOM];
    const char *const names[] = {plain, NULL};
    size_t twin;
    csv_header_name((struct csv_field){name, strlen(name)}, plain);
    *at = csv_find_column(&columns->header, names, &twin);
    return twin == CSV_NO_COLUMN ? ERR_OK : twin_columns(csv, &columns->header, *at, twin, err);
}

struct csv_field columns_field(const struct columns *columns, const struct csv_row *row,
                               enum column column)
{
    size_t at = columns->at[column];
    return at == CSV_NO_COLUMN ? (struct csv_field){"", 0} : csv_trim(row->fields[at]);
}
