#include "core/format/csv.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/* What tables have in common: a first line that names the columns, and rows that fit it. */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void csv_header_name(struct csv_field field, char out[CSV_HEADER_ROOM])
{
    size_t n = 0;
    for (size_t i = 0; i < field.length && n < CSV_HEADER_ROOM - 1; i++) {
        char c = field.text[i];
        bool blank = is_blank(c) || c == '\r' || c == '\n' || c == '_' || c == '-';
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
        char known[CSV_HEADER_ROOM];
        csv_header_name(row->fields[i], known);
        if (strcmp(known, name) == 0) {
            return i;
        }
    }
    return CSV_NO_COLUMN;
}

size_t csv_find_column(const struct csv_row *row, const char *const *names, size_t *twin)
{
    size_t at = CSV_NO_COLUMN;
    *twin = CSV_NO_COLUMN;
    for (; *names && at == CSV_NO_COLUMN; names++) {
        at = find_name(row, *names, 0);
        *twin = at == CSV_NO_COLUMN ? at : find_name(row, *names, at + 1);
    }
    return at;
}

struct csv_field csv_trim(struct csv_field field)
{
    while (field.length > 0 && is_blank(field.text[0])) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && is_blank(field.text[field.length - 1])) {
        field.length--;
    }
    return field;
}

bool csv_is_blank(const struct csv_row *row)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        if (csv_trim(row->fields[i]).length > 0) {
            return false;
        }
    }
    return true;
}

enum err_code csv_check_count(const char *file, const struct csv_row *row, size_t n_fields,
                              size_t header_line, struct err *err)
{
    size_t n = row->n_fields;
    while (n > n_fields && csv_trim(row->fields[n - 1]).length == 0) {
        n--;
    }
    if (n == n_fields) {
        return ERR_OK;
    }
    err_set(err, ERR_INPUT, "%s:%zu: %zu field%s, and the header in line %zu has %zu", file,
            row->line, n, n == 1 ? "" : "s", header_line, n_fields);
    if (n > n_fields) {
        err_hint(err, "A field that holds a comma has to stand in quotes");
    }
    return ERR_INPUT;
}
