#include "core/format/csv.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/* What tables have in common: a first line that names the columns, and rows that fit it. */

/* What a character of a header counts as: itself, ' ', or 0 for nothing. */
static uint32_t header_character(uint32_t code)
{
    if (text_is_white(code) || code == '_' || code == '-') {
        return ' ';
    }
    return text_is_hostile(code) ? 0 : code;
}

void csv_header_name(struct csv_field field, char out[CSV_HEADER_ROOM])
{
    size_t n = 0;
    for (size_t i = 0; i < field.length;) {
        uint32_t code;
        size_t size = text_decode(field.text + i, field.length - i, &code);
        uint32_t counts = size > 0 ? header_character(code) : 0;
        size_t room = counts == ' ' ? 1 : size;
        if (n + room >= CSV_HEADER_ROOM) {
            break;
        }
        if (counts == ' ' && n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        } else if (counts != ' ' && counts != 0) {
            memcpy(out + n, field.text + i, size);
            out[n] = text_lower(out[n]);
            n += size;
        }
        i += size > 0 ? size : 1;
    }
    n -= n > 0 && out[n - 1] == ' ';
    out[n] = '\0';
}

/* ---- remarks ------------------------------------------------------------------------------- */

static bool cut_end(char *name, const char *ending)
{
    size_t n = strlen(name);
    size_t m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0) {
        return false;
    }
    name[n - m] = '\0';
    return true;
}

/* Without "[...]", unless nothing stands before it. */
static bool cut_brackets(char *name)
{
    char *open = strchr(name, '[');
    char *close = open ? strchr(open, ']') : NULL;
    if (!close || open == name) {
        return false;
    }
    memmove(open, close + 1, strlen(close + 1) + 1);
    return true;
}

static void trim_end(char *name)
{
    size_t n = strlen(name);
    while (n > 0 && name[n - 1] == ' ') {
        name[--n] = '\0';
    }
}

void csv_header_plain(struct csv_field field, char out[CSV_HEADER_ROOM])
{
    static const char *const endings[] = {"*",          "(required)", "(mandatory)",
                                          "(optional)", "(yes/no)",   ":"};
    csv_header_name(field, out);
    bool bracket = false;
    while (cut_brackets(out)) {
        bracket = true;
        trim_end(out);
    }
    if (bracket) {
        cut_end(out, " required");
        trim_end(out);
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (cut_end(out, endings[i])) {
            trim_end(out);
        }
    }
}

size_t csv_find_name(const struct csv_row *row, const char *name, size_t from)
{
    for (size_t i = from; i < row->n_fields; i++) {
        char known[CSV_HEADER_ROOM];
        csv_header_name(row->fields[i], known);
        if (strcmp(known, name) == 0) {
            return i;
        }
        csv_header_plain(row->fields[i], known);
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
        at = csv_find_name(row, *names, 0);
        *twin = at == CSV_NO_COLUMN ? at : csv_find_name(row, *names, at + 1);
    }
    return at;
}

struct csv_field csv_trim(struct csv_field field)
{
    size_t before = text_blanks_before(field.text, field.length);
    field.text += before;
    field.length -= before;
    field.length -= text_blanks_behind(field.text, field.length);
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

static bool has_quote(const struct csv_row *row)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        if (memchr(row->fields[i].text, '"', row->fields[i].length)) {
            return true;
        }
    }
    return false;
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
    err_set(err, ERR_INPUT, "%s:%zu: %zu field%s, but the header in line %zu has %zu", file,
            row->line, n, n == 1 ? "" : "s", header_line, n_fields);
    if (n > n_fields && has_quote(row)) {
        err_hint(err, "A quote counts only as the first character of a field; inside a field in "
                      "quotes write it twice");
    } else if (n > n_fields) {
        err_hint(err, "Put a field that holds a comma in quotes");
    }
    return ERR_INPUT;
}
