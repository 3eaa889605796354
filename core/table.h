#ifndef CORE_TABLE_H
#define CORE_TABLE_H

/*
 * A table of text for people: columns as wide as their widest cell, up to a limit. Cells are
 * copied and sanitised; widths are those of a terminal.
 *
 *     struct table table;
 *     table_init(&table, 3);
 *     table_row(&table, "LOGIN", "EXT", "STATE");
 *     table_print(&table, stdout, "  ");
 *     table_release(&table);
 */

#include <stddef.h>
#include <stdio.h>

#include "core/arena.h"

#define TABLE_COLUMNS_MAX 8
#define TABLE_CELL_MAX 60 /* columns of a terminal; a longer cell is cut with "..." */

struct table {
    struct arena arena;
    size_t n_columns;
    const char **cells;
    size_t n_rows;
    size_t capacity; /* rows */
};

void table_init(struct table *table, size_t n_columns);
void table_release(struct table *table);

/* As many texts as there are columns; NULL is an empty cell. */
void table_row(struct table *table, ...);

/* `indent` before each row; the last column is not cut and not padded. */
void table_print(const struct table *table, FILE *out, const char *indent);

#endif
