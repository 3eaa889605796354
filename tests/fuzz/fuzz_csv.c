/* The CSV reader: rows in order, fields within the text, and what is written reads back. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/csv.h"
#include "core/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

/* Writes the row and reads it again: the same fields. */
static void round_trip(const struct csv_row *row)
{
    struct buf text;
    struct csv again;
    struct csv_row same;
    buf_init(&text, 1 << 20);
    buf_puts(&text, "a,b\r\n"); /* settles the separator; a byte order mark behind it is text */
    for (size_t i = 0; i < row->n_fields; i++) {
        char *field = mem_strndup(row->fields[i].text, row->fields[i].length);
        if (strlen(field) != row->fields[i].length) { /* a NUL: the writer takes strings */
            free(field);
            buf_release(&text);
            return;
        }
        buf_puts(&text, i ? "," : "");
        csv_put(&text, field, false);
        free(field);
    }
    csv_init(&again, "again", text.data, text.length);
    if (row->n_fields > 1 && !buf_failed(&text)) {
        check(csv_next(&again, &same, NULL) == ERR_OK && same.n_fields == 2);
        check(csv_next(&again, &same, NULL) == ERR_OK && same.n_fields == row->n_fields);
        for (size_t i = 0; i < row->n_fields; i++) {
            check(same.fields[i].length == row->fields[i].length &&
                  memcmp(same.fields[i].text, row->fields[i].text, same.fields[i].length) == 0);
        }
    }
    csv_release(&again);
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv csv;
    struct csv_row row;
    size_t line = 0;
    size_t rows = 0;
    csv_init(&csv, "f", (const char *)data, size);
    while (csv_next(&csv, &row, NULL) == ERR_OK && row.n_fields > 0) {
        check(row.line > line);
        line = row.line;
        check(row.n_fields <= CSV_FIELDS_MAX);
        if (rows++ < 64) {
            round_trip(&row);
        }
    }
    check(rows <= size);
    csv_release(&csv);
    return 0;
}
