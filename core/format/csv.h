#ifndef CORE_FORMAT_CSV_H
#define CORE_FORMAT_CSV_H

/*
 * CSV as in RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), read from a text that is all in
 * memory, a row at a time, without copying what needs no change:
 *
 *     struct csv csv;
 *     struct csv_row row;
 *     csv_init(&csv, "agents.csv", text, length);
 *     while ((code = csv_next(&csv, &row, err)) == ERR_OK && row.n_fields > 0) {
 *         ... row.fields[0].text, .length, row.line ...
 *     }
 *     csv_release(&csv);
 *
 * Lines end with CRLF, LF or CR. A field in quotes may hold separators, line ends and, doubled,
 * quotes; blanks before and behind its quotes do not count. A quote inside a field that does not
 * begin with one is an ordinary character. Lines with nothing in them are passed over; a UTF-8 byte
 * order mark at the start is, too. The separator is a comma unless the first line has none of it and
 * a semicolon or a TAB instead (spreadsheets write that if the comma is the decimal sign).
 * Encoding is the caller's affair (core/format/text_file.h).
 *
 * Three kinds of lines before the header are passed over: "sep=;", with which Excel names the
 * separator, "#TYPE ...", which PowerShell's Export-Csv writes, and "version:v1.0", which the files
 * of Microsoft Entra begin with.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

#define CSV_FIELDS_MAX 1024 /* in a row */

struct csv_field {
    const char *text; /* not terminated */
    size_t length;
};

struct csv_row {
    const struct csv_field *fields; /* with their text: until the next csv_next */
    size_t n_fields;                /* 0: the end */
    size_t line;                    /* where the row begins, from 1 */
    bool ended;                     /* a line end stands behind it; false: the text stops here */
};

struct csv {
    const char *file;
    const char *at;
    const char *end;
    size_t line;
    char separator;
    struct csv_field *fields;
    size_t *unquoted; /* of each field: 1 + where it is in `scratch`; 0: it is in the text */
    size_t n_fields;
    size_t capacity;
    struct buf scratch; /* fields whose doubled quotes are undone */
};

/* `file` is a name for messages; it and `text` must outlive the reader. */
void csv_init(struct csv *csv, const char *file, const char *text, size_t length);
void csv_release(struct csv *csv); /* wipes: a bulk-upload file has passwords */

/* ERR_INPUT names "FILE:LINE". After an error the reader stays at its end. */
enum err_code csv_next(struct csv *csv, struct csv_row *row, struct err *err) ERR_CHECK;

/* ---- headers ----------------------------------------------------------------------------- */

#define CSV_HEADER_ROOM 64 /* bytes of a column's name that are told apart, with the NUL */
#define CSV_NO_COLUMN SIZE_MAX

/* The name of a column as it is compared: in lower case, with one blank for each run of blanks,
   line breaks, '_' and '-', none at the ends, and without what nobody sees. */
void csv_header_name(struct csv_field field, char out[CSV_HEADER_ROOM]);

/* The same without what says that a column is needed: a '*' at the end, "[Required]" and other
   remarks in brackets, "(required)", the word "required" behind brackets. */
void csv_header_plain(struct csv_field field, char out[CSV_HEADER_ROOM]);

/* The first column from `from` on with this name (in compared form), as it stands or without
   remarks; or CSV_NO_COLUMN. */
size_t csv_find_name(const struct csv_row *row, const char *name, size_t from);

/* The column with the first of these names (in compared form; ends with NULL) that the row has, or
   CSV_NO_COLUMN. A further column with the same name goes to *twin (else CSV_NO_COLUMN). */
size_t csv_find_column(const struct csv_row *row, const char *const *names, size_t *twin);

/* Without blanks, of any alphabet, at the ends. */
struct csv_field csv_trim(struct csv_field field);

/* Whether no field holds anything: spreadsheets leave such rows behind. */
bool csv_is_blank(const struct csv_row *row);

/* That a row has as many fields as the header; empty ones at its end may be more. */
enum err_code csv_check_count(const char *file, const struct csv_row *row, size_t n_fields,
                              size_t header_line, struct err *err) ERR_CHECK;

/* ---- writing ----------------------------------------------------------------------------- */

/* Adds a field, in quotes if it needs them. With `safe`, one that a spreadsheet would run as a
   formula (it begins with = + - @, TAB or CR) gets an apostrophe in front
   (https://owasp.org/www-community/attacks/CSV_Injection). */
void csv_put(struct buf *out, const char *text, bool safe);

/* The field without that apostrophe: what csv_put with `safe` would write as this. */
struct csv_field csv_unsafe(struct csv_field field);

/* Whether a spreadsheet would run it. */
bool csv_is_formula(const char *text, size_t length);

#endif
