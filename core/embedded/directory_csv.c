/*
 * A directory as CSV: Amazon Connect's bulk-upload template, or any table with a column of logins.
 */

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/format/csv.h"
#include "core/embedded/directory_parse.h"
#include "core/base/text.h"

/* ---- the header ---------------------------------------------------------------------------- */

enum column { COLUMN_LOGIN, COLUMN_NAME, COLUMN_FIRST, COLUMN_LAST, COLUMN_PROFILE, COLUMN_COUNT };

#define NAMES_MAX 7 /* with the NULL at the end */

/* The names of a column, the ones that count most first. */
static const char *const s_names[COLUMN_COUNT][NAMES_MAX] = {
    [COLUMN_LOGIN] = {"user login", "username", "user name", "user", "login", "agent"},
    [COLUMN_NAME] = {"name", "full name", "display name"},
    [COLUMN_FIRST] = {"first name", "firstname", "given name"},
    [COLUMN_LAST] = {"last name", "lastname", "family name", "surname"},
    [COLUMN_PROFILE] = {"routing profile name", "routing profile"},
};

struct header {
    size_t columns[COLUMN_COUNT];
    size_t n_fields;
    size_t line;
};

static enum err_code find_column(const char *file, const struct csv_row *row, enum column column,
                                 size_t *out, struct err *err)
{
    size_t twin;
    *out = csv_find_column(row, s_names[column], &twin);
    if (column == COLUMN_LOGIN && twin != CSV_NO_COLUMN) {
        char name[CSV_HEADER_ROOM];
        csv_header_name(row->fields[twin], name);
        return err_set(err, ERR_INPUT, "%s:%zu: columns %zu and %zu are both \"%s\"", file,
                       row->line, *out + 1, twin + 1, name);
    }
    return ERR_OK;
}

static enum err_code no_login_column(const struct csv *csv, const struct csv_row *row,
                                     struct err *err)
{
    char columns[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < row->n_fields && used < sizeof columns - 80; i++) {
        char name[CSV_HEADER_ROOM];
        text_sanitise_to(name, sizeof name, row->fields[i].text, row->fields[i].length, 0);
        int wrote = snprintf(columns + used, sizeof columns - used, "%s%s", i ? ", " : "", name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    err_set(err, ERR_INPUT, "%s:%zu: no column of logins; the columns are: %s", csv->file,
            row->line, columns);
    if (csv->separator == '\t') {
        err_hint(err, TEXT_OUTPUT_HINT);
        return ERR_INPUT;
    }
    err_hint(err, "It is called \"user login\", \"username\" or \"user\"; the first line of the "
                  "file names the columns");
    return ERR_INPUT;
}

static enum err_code read_header(struct csv *csv, struct header *header, struct err *err)
{
    struct csv_row row;
    enum err_code code = csv_next(csv, &row, err);
    for (enum column column = 0; column < COLUMN_COUNT && code == ERR_OK; column++) {
        code = find_column(csv->file, &row, column, &header->columns[column], err);
    }
    if (code == ERR_OK && header->columns[COLUMN_LOGIN] == CSV_NO_COLUMN) {
        code = no_login_column(csv, &row, err);
    }
    header->n_fields = row.n_fields;
    header->line = row.line;
    return code;
}

/* ---- the rows ------------------------------------------------------------------------------ */

static struct csv_field field_at(const struct csv_row *row, const struct header *header,
                                 enum column column)
{
    size_t at = header->columns[column];
    return at == CSV_NO_COLUMN ? (struct csv_field){NULL, 0} : csv_trim(row->fields[at]);
}

static enum err_code add_row(struct collector *collector, const struct csv_row *row,
                             const struct header *header, struct err *err)
{
    if (csv_is_blank(row)) {
        return ERR_OK;
    }
    if (csv_check_count(collector->file, row, header->n_fields, header->line, err) != ERR_OK) {
        return ERR_INPUT;
    }
    struct csv_field login = field_at(row, header, COLUMN_LOGIN);
    struct csv_field name = field_at(row, header, COLUMN_NAME);
    struct csv_field first = field_at(row, header, COLUMN_FIRST);
    struct csv_field last = field_at(row, header, COLUMN_LAST);
    struct csv_field profile = field_at(row, header, COLUMN_PROFILE);
    struct found_agent agent = {
        .login = login.text,
        .login_length = login.length,
        .name = name.length > 0 ? name.text : NULL,
        .name_length = name.length,
        .first = first.text,
        .first_length = first.length,
        .last = last.text,
        .last_length = last.length,
        .profile = profile.text,
        .profile_length = profile.length,
        .place = row->line,
    };
    return collector_add(collector, &agent, err);
}

enum err_code directory_csv_parse(const char *file, const char *text, size_t length,
                                  const struct progress *progress, struct roster *roster,
                                  const char **format, struct err *err)
{
    struct csv csv;
    struct csv_row row = {0};
    struct header header = {.n_fields = 0};
    struct collector collector;
    csv_init(&csv, file, text, length);
    collector_init(&collector, file, false, roster, progress);
    enum err_code code = read_header(&csv, &header, err);
    bool connect = code == ERR_OK && header.columns[COLUMN_PROFILE] != CSV_NO_COLUMN;
    while (code == ERR_OK && (code = csv_next(&csv, &row, err)) == ERR_OK && row.n_fields > 0) {
        code = add_row(&collector, &row, &header, err);
    }
    collector_report(&collector);
    roster->pages = 1;
    *format = connect ? "CSV, bulk upload of Amazon Connect" : "CSV";
    collector_release(&collector);
    csv_release(&csv);
    return code;
}
