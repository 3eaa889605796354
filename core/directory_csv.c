/*
 * A directory as CSV: Amazon Connect's bulk-upload template, or any table with a column of logins.
 */

#include <stdio.h>
#include <string.h>

#include "core/banned.h"
#include "core/csv.h"
#include "core/directory_parse.h"
#include "core/text.h"

#define NO_COLUMN SIZE_MAX
#define HEADER_MAX 64 /* bytes of a header that are told apart */

/* ---- the header ---------------------------------------------------------------------------- */

enum column { COLUMN_LOGIN, COLUMN_NAME, COLUMN_FIRST, COLUMN_LAST, COLUMN_PROFILE, COLUMN_COUNT };

#define NAMES_MAX 6

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

/* Lower case; blanks, line breaks, '_' and '-' are one blank, none at the ends. */
static void normalise(struct csv_field field, char out[HEADER_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < field.length && n < HEADER_MAX - 1; i++) {
        char c = field.text[i];
        bool blank = memchr(" \t\r\n_-", c, 6) != NULL;
        if (!blank) {
            out[n++] = text_lower(c);
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    n -= n > 0 && out[n - 1] == ' ';
    out[n] = '\0';
}

static size_t find_name(const struct csv_row *row, const char *name, size_t from)
{
    for (size_t i = from; i < row->n_fields; i++) {
        char known[HEADER_MAX];
        normalise(row->fields[i], known);
        if (strcmp(known, name) == 0) {
            return i;
        }
    }
    return NO_COLUMN;
}

static enum err_code find_column(const char *file, const struct csv_row *row, enum column column,
                                 size_t *out, struct err *err)
{
    *out = NO_COLUMN;
    for (size_t k = 0; k < NAMES_MAX && s_names[column][k]; k++) {
        const char *name = s_names[column][k];
        size_t at = find_name(row, name, 0);
        if (at == NO_COLUMN) {
            continue;
        }
        size_t other = find_name(row, name, at + 1);
        if (column == COLUMN_LOGIN && other != NO_COLUMN) {
            return err_set(err, ERR_INPUT, "%s:%zu: columns %zu and %zu are both \"%s\"", file,
                           row->line, at + 1, other + 1, name);
        }
        *out = at;
        break;
    }
    return ERR_OK;
}

static enum err_code no_login_column(const char *file, const struct csv_row *row, struct err *err)
{
    char columns[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < row->n_fields && used < sizeof columns - 80; i++) {
        char name[HEADER_MAX];
        text_sanitise_to(name, sizeof name, row->fields[i].text, row->fields[i].length, 0);
        int wrote = snprintf(columns + used, sizeof columns - used, "%s%s", i ? ", " : "", name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    err_set(err, ERR_INPUT, "%s:%zu: no column of logins; the columns are: %s", file, row->line,
            columns);
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
    if (code == ERR_OK && header->columns[COLUMN_LOGIN] == NO_COLUMN) {
        code = no_login_column(csv->file, &row, err);
    }
    header->n_fields = row.n_fields;
    header->line = row.line;
    return code;
}

/* ---- the rows ------------------------------------------------------------------------------ */

static struct csv_field trimmed(struct csv_field field)
{
    while (field.length > 0 && memchr(" \t", field.text[0], 2)) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && memchr(" \t", field.text[field.length - 1], 2)) {
        field.length--;
    }
    return field;
}

static struct csv_field field_at(const struct csv_row *row, const struct header *header,
                                 enum column column)
{
    size_t at = header->columns[column];
    return at == NO_COLUMN ? (struct csv_field){NULL, 0} : trimmed(row->fields[at]);
}

/* Spreadsheets leave rows of separators behind. */
static bool is_blank(const struct csv_row *row)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        if (trimmed(row->fields[i]).length > 0) {
            return false;
        }
    }
    return true;
}

static enum err_code check_count(const char *file, const struct csv_row *row,
                                 const struct header *header, struct err *err)
{
    size_t n = row->n_fields;
    while (n > header->n_fields && trimmed(row->fields[n - 1]).length == 0) {
        n--;
    }
    if (n == header->n_fields) {
        return ERR_OK;
    }
    err_set(err, ERR_INPUT, "%s:%zu: %zu field%s, and the header in line %zu has %zu", file,
            row->line, n, n == 1 ? "" : "s", header->line, header->n_fields);
    if (n > header->n_fields) {
        err_hint(err, "A field that holds a comma has to stand in quotes");
    }
    return ERR_INPUT;
}

static enum err_code add_row(struct collector *collector, const struct csv_row *row,
                             const struct header *header, struct err *err)
{
    if (is_blank(row)) {
        return ERR_OK;
    }
    if (check_count(collector->file, row, header, err) != ERR_OK) {
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
    bool connect = code == ERR_OK && header.columns[COLUMN_PROFILE] != NO_COLUMN;
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
