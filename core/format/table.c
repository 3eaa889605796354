#include "core/format/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define GAP 2        /* between two columns */
#define LAST_ROOM 24 /* that the last column has before the others give way to it no more */

void table_init(struct table *table, size_t n_columns)
{
    assert(n_columns > 0 && n_columns <= TABLE_COLUMNS_MAX);
    *table = (struct table){.n_columns = n_columns};
}

void table_release(struct table *table)
{
    free(table->cells);
    free(table->marks);
    arena_release(&table->arena);
    *table = (struct table){.n_columns = 0};
}

/* ---- filling ----------------------------------------------------------------------------- */

void table_add(struct table *table, const char *const *cells, bool heading)
{
    assert(!heading || table->n_rows == 0);
    if (table->n_rows == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->cells =
            mem_resize(table->cells, table->capacity * table->n_columns, sizeof *table->cells);
        table->marks = mem_resize(table->marks, table->capacity, sizeof *table->marks);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *copy = arena_strdup(&table->arena, cells[i] ? cells[i] : "");
        table->cells[table->n_rows * table->n_columns + i] = text_sanitise(&table->arena, copy);
    }
    table->marks[table->n_rows++] = NULL;
    table->headed = table->headed || heading;
}

static void add_row(struct table *table, va_list cells, bool heading)
{
    const char *row[TABLE_COLUMNS_MAX] = {NULL};
    for (size_t i = 0; i < table->n_columns; i++) {
        row[i] = va_arg(cells, const char *);
    }
    table_add(table, row, heading);
}

void table_heading(struct table *table, ...)
{
    va_list cells;
    va_start(cells, table);
    add_row(table, cells, true);
    va_end(cells);
}

void table_row(struct table *table, ...)
{
    va_list cells;
    va_start(cells, table);
    add_row(table, cells, false);
    va_end(cells);
}

void table_mark(struct table *table, const char *sequence)
{
    assert(table->n_rows > 0);
    table->marks[table->n_rows - 1] = sequence;
}

/* ---- widths ------------------------------------------------------------------------------ */

static size_t width_of(const struct table *table, size_t column)
{
    size_t widest = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        size_t width = text_columns(table->cells[row * table->n_columns + column]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* The widest columns give way, one column of the terminal at a time, until the rows fit. */
static void fit(const struct table *table, size_t room, size_t widths[TABLE_COLUMNS_MAX])
{
    size_t last = table->n_columns - 1;
    size_t total = widths[last] < LAST_ROOM ? widths[last] : LAST_ROOM;
    for (size_t i = 0; i < last; i++) {
        total += widths[i] + GAP;
    }
    while (total > room) {
        size_t widest = last;
        for (size_t i = 0; i < last; i++) {
            bool may = !(table->whole & (1u << i)) && widths[i] > TABLE_CELL_MIN;
            widest = may && (widest == last || widths[i] > widths[widest]) ? i : widest;
        }
        if (widest == last) {
            return; /* the terminal breaks the lines */
        }
        widths[widest]--;
        total--;
    }
}

/* ---- printing ---------------------------------------------------------------------------- */

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
    fprintf(out, "%*s", (int)(width - taken + GAP), "");
}

static void print_row(const struct table *table, size_t row, const size_t *widths, FILE *out)
{
    const char **cells = &table->cells[row * table->n_columns];
    bool heading = table->headed && row == 0;
    const char *style = !table->styled ? NULL : heading ? "\033[1m" : table->marks[row];
    size_t last = table->n_columns - 1;
    while (last > 0 && cells[last][0] == '\0') {
        last--; /* no blanks at the end of a line */
    }
    fputs(style ? style : "", out);
    for (size_t i = 0; i <= last; i++) {
        if (i == last) {
            fputs(cells[i], out);
        } else {
            print_cell(out, cells[i], widths[i]);
        }
        if (style && i == (heading ? last : 0)) {
            fputs("\033[0m", out);
        }
    }
    fputc('\n', out);
}

void table_print(const struct table *table, FILE *out, const char *indent)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < table->n_columns; i++) {
        widths[i] = width_of(table, i);
    }
    size_t taken = strlen(indent);
    if (table->columns > 0) {
        fit(table, table->columns > taken ? table->columns - taken : 0, widths);
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        fputs(indent, out);
        print_row(table, row, widths, out);
    }
}
