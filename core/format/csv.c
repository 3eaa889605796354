#include "core/format/csv.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- the reader's state -------------------------------------------------------------------- */

/* Of the three that are in use, the one that the first line has; of several the comma. */
static char guess_separator(const char *text, const char *end)
{
    char found = ',';
    bool quoted = false;
    for (; text < end && (quoted || (*text != '\n' && *text != '\r')); text++) {
        if (*text == '"') {
            quoted = !quoted;
        } else if (!quoted && *text == ',') {
            return ',';
        } else if (!quoted && found == ',' && (*text == ';' || *text == '\t')) {
            found = *text;
        }
    }
    return found;
}

static void skip_line_end(struct csv *csv)
{
    bool cr = *csv->at++ == '\r';
    if (cr && csv->at < csv->end && *csv->at == '\n') {
        csv->at++;
    }
    csv->line++;
}

static bool at_line_end(const struct csv *csv)
{
    return csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r');
}

static bool begins_with(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    if (length < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (text_lower(text[i]) != word[i]) {
            return false;
        }
    }
    return true;
}

/* Whether this line, which is not data, stands before a header; *separator is what it names. */
static bool is_preamble(const char *line, size_t length, char *separator)
{
    if (length > 1 && line[0] == '"' && line[length - 1] == '"') {
        line++;
        length -= 2;
    }
    if (length == 5 && begins_with(line, length, "sep=")) {
        *separator = line[4];
        return true;
    }
    if (length == 6 && begins_with(line, length, "sep=\\t")) {
        *separator = '\t';
        return true;
    }
    return begins_with(line, length, "#type ") || begins_with(line, length, "version:v");
}

/* Moves to the header. Returns the separator that was named, or NUL. */
static char skip_preamble(struct csv *csv)
{
    char separator = '\0';
    for (;;) {
        while (at_line_end(csv)) {
            skip_line_end(csv);
        }
        const char *line = csv->at;
        size_t length = 0;
        while (line + length < csv->end && line[length] != '\n' && line[length] != '\r') {
            length++;
        }
        if (!is_preamble(line, length, &separator)) {
            return separator;
        }
        csv->at += length;
    }
}

void csv_init(struct csv *csv, const char *file, const char *text, size_t length)
{
    const char *end = text + length;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
    }
    *csv = (struct csv){.file = file, .at = text, .end = end, .line = 1};
    buf_init(&csv->scratch, length + 1);
    char named = skip_preamble(csv);
    csv->separator = named ? named : guess_separator(csv->at, end);
}

void csv_release(struct csv *csv)
{
    free(csv->fields);
    free(csv->unquoted);
    buf_wipe_release(&csv->scratch);
    *csv = (struct csv){0};
    buf_init(&csv->scratch, 0);
}

static enum err_code stop(struct csv *csv, size_t line, const char *what, struct err *err)
{
    csv->at = csv->end;
    return err_set(err, ERR_INPUT, "%s:%zu: %s", csv->file, line, what);
}

static void add_field(struct csv *csv, const char *text, size_t length, size_t unquoted)
{
    if (csv->n_fields == csv->capacity) {
        csv->capacity = csv->capacity ? csv->capacity * 2 : 32;
        csv->fields = mem_resize(csv->fields, csv->capacity, sizeof *csv->fields);
        csv->unquoted = mem_resize(csv->unquoted, csv->capacity, sizeof *csv->unquoted);
    }
    csv->fields[csv->n_fields] = (struct csv_field){text, length};
    csv->unquoted[csv->n_fields++] = unquoted;
}

/* ---- one field ----------------------------------------------------------------------------- */

/* The bytes of blanks from here on. A TAB that separates fields is not a blank. */
static size_t blanks_here(const struct csv *csv)
{
    size_t at = 0;
    while (csv->at + at < csv->end) {
        const char *text = csv->at + at;
        uint32_t code;
        size_t size = text_decode(text, (size_t)(csv->end - text), &code);
        if (size == 0 || !text_is_blank(code) || *text == csv->separator || *text == '\n' ||
            *text == '\r') {
            break;
        }
        at += size;
    }
    return at;
}

static void read_plain(struct csv *csv)
{
    const char *start = csv->at;
    while (csv->at < csv->end && *csv->at != csv->separator && !at_line_end(csv)) {
        csv->at++;
    }
    add_field(csv, start, (size_t)(csv->at - start), 0);
}

/* The reader stands behind the opening quote. What stands between the quotes is copied only from
   the first doubled one on. */
static enum err_code read_quoted(struct csv *csv, struct err *err)
{
    size_t opened = csv->line;
    const char *start = csv->at;
    size_t copy = 0; /* 1 + where it begins in the scratch */
    for (;;) {
        while (csv->at < csv->end && *csv->at != '"' && !at_line_end(csv)) {
            csv->at++;
        }
        if (csv->at == csv->end) {
            return stop(csv, opened, "a quote is opened here and never closed", err);
        }
        if (at_line_end(csv)) {
            skip_line_end(csv);
            continue;
        }
        if (csv->at + 1 == csv->end || csv->at[1] != '"') {
            break;
        }
        csv->at++; /* the first of the two belongs to the field */
        copy = copy ? copy : csv->scratch.length + 1;
        buf_append(&csv->scratch, start, (size_t)(csv->at - start));
        start = ++csv->at;
    }
    size_t length = (size_t)(csv->at - start);
    csv->at++;
    csv->at += blanks_here(csv);
    if (csv->at < csv->end && *csv->at != csv->separator && !at_line_end(csv)) {
        return stop(csv, csv->line,
                    "text after a closing quote; a quote inside a field is written twice", err);
    }
    if (copy) {
        buf_append(&csv->scratch, start, length);
        length = csv->scratch.length - (copy - 1);
    }
    add_field(csv, start, length, copy);
    return ERR_OK;
}

/* ---- one row ------------------------------------------------------------------------------- */

static enum err_code read_fields(struct csv *csv, struct err *err)
{
    for (;;) {
        if (csv->n_fields == CSV_FIELDS_MAX) {
            return stop(csv, csv->line, "more than 1,024 fields in a row", err);
        }
        size_t blanks = blanks_here(csv);
        if (csv->at + blanks < csv->end && csv->at[blanks] == '"') {
            csv->at += blanks + 1;
            if (read_quoted(csv, err) != ERR_OK) {
                return ERR_INPUT;
            }
        } else {
            read_plain(csv);
        }
        if (csv->at == csv->end || *csv->at != csv->separator) {
            return ERR_OK;
        }
        csv->at++;
    }
}

enum err_code csv_next(struct csv *csv, struct csv_row *row, struct err *err)
{
    *row = (struct csv_row){0};
    csv->n_fields = 0;
    buf_clear(&csv->scratch);
    while (at_line_end(csv)) {
        skip_line_end(csv);
    }
    if (csv->at == csv->end) {
        return ERR_OK;
    }
    size_t line = csv->line;
    if (read_fields(csv, err) != ERR_OK) {
        return ERR_INPUT;
    }
    bool ended = at_line_end(csv);
    if (ended) {
        skip_line_end(csv);
    }
    if (buf_failed(&csv->scratch)) {
        return stop(csv, line, "no memory for this row", err);
    }
    for (size_t i = 0; i < csv->n_fields; i++) {
        if (csv->unquoted[i]) {
            csv->fields[i].text = csv->scratch.data + csv->unquoted[i] - 1;
        }
    }
    *row = (struct csv_row){csv->fields, csv->n_fields, line, ended};
    return ERR_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

bool csv_is_formula(const char *text, size_t length)
{
    return length > 0 && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

void csv_put(struct buf *out, const char *text, bool safe)
{
    bool formula = safe && csv_is_formula(text, strlen(text));
    bool quotes = strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ' ||
                  (text[0] != '\0' && text[strlen(text) - 1] == ' ');
    if (quotes) {
        buf_putc(out, '"');
    }
    if (formula) {
        buf_putc(out, '\'');
    }
    for (const char *quote; quotes && (quote = strchr(text, '"')); text = quote + 1) {
        buf_append(out, text, (size_t)(quote + 1 - text));
        buf_putc(out, '"');
    }
    buf_puts(out, text);
    if (quotes) {
        buf_putc(out, '"');
    }
}

struct csv_field csv_unsafe(struct csv_field field)
{
    if (field.length > 1 && field.text[0] == '\'' &&
        csv_is_formula(field.text + 1, field.length - 1)) {
        return (struct csv_field){field.text + 1, field.length - 1};
    }
    return field;
}
