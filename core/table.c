#include "core/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/text.h"

#include "core/banned.h"

void table_init(struct table *table, size_t n_columns)
{
    assert(n_columns > 0 && n_columns <= TABLE_COLUMNS_MAX);
    *table = (struct table){.n_columns = n_columns};
}

void table_release(struct table *table)
{
    free(table->cells);
    arena_release(&table->arena);
    *table = (struct table){.n_columns = 0};
}

void table_row(struct table *table, ...)
{
    if (table->n_rows == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->cells = mem_resize(table->cells, table->capacity * table->n_columns,
                                  sizeof *table->cells);
    }
    va_list args;
    va_start(args, table);
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *cell = va_arg(args, const char *);
        const char *copy = arena_strdup(&table->arena, cell ? cell : "");
        table->cells[table->n_rows * table->n_columns + i] = text_sanitise(&table->arena, copy);
    }
    va_end(args);
    table->n_rows++;
}

static size_t width_of(const struct table *table, size_t column)
{
    size_t widest = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        size_t width = text_columns(table->cells[row * table->n_columns + column]);
        widest = width > widest ? width : widest;
    }
    return widest > TABLE_CELL_MAX ? TABLE_CELL_MAX : widest;
}

static void print_cell(FILE *out, const char *cell, size_t width)
{
    size_t taken = text_columns(cell);
    if (taken > width) {
        size_t bytes = text_fit(cell, width - 3, &taken);
        fprintf(out, "%.*s...", (int)bytes, cell);
        taken += 3;
    } else {
        fputs(cell, out);
    }
    fprintf(out, "%*s", (int)(width - taken + 2), "");
}

void table_print(const struct table *table, FILE *out, const char *indent)
{
    size_t widths[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < table->n_columns; i++) {
        widths[i] = width_of(table, i);
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        const char **cells = &table->cells[row * table->n_columns];
        size_t last = table->n_columns - 1;
        while (last > 0 && cells[last][0] == '\0') {
            last--; /* no blanks at the end of a line */
        }
        fputs(indent, out);
        for (size_t i = 0; i < last; i++) {
            print_cell(out, cells[i], widths[i]);
        }
        fputs(cells[last], out);
        fputc('\n', out);
    }
}
