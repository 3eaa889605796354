#ifndef CORE_FORMAT_TABLE_H
#define CORE_FORMAT_TABLE_H

/*
 * A table of text for people: columns as wide as their widest cell. Cells are copied and sanitised;
 * widths are those of a terminal.
 *
 *     struct table table;
 *     table_init(&table, 3);
 *     table.columns = 80;
 *     table_heading(&table, "LOGIN", "EXT", "STATE");
 *     table_row(&table, "alice", "0042", "assigned");
 *     table_print(&table, stdout, "  ");
 *     table_release(&table);
 *
 * For a pipe (`columns` 0) nothing is cut, whatever its length: programs read it. On a terminal
 * that is too narrow the widest columns give way, and a cell that does not fit ends in "...".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/arena.h"

#define TABLE_COLUMNS_MAX 24
#define TABLE_CELL_MIN 8 /* columns of a terminal; no cell is cut shorter */

struct table {
    /* For the caller to set after table_init. */
    size_t columns; /* of the terminal; 0: no terminal, nothing is cut */
    unsigned whole; /* bits: columns that are never cut */
    bool styled;    /* headings and marks with escape sequences */

    struct arena arena;
    size_t n_columns;
    const char **cells;
    const char **marks; /* one a row; NULL: none */
    size_t n_rows;
    size_t capacity; /* rows */
    bool headed;
};

void table_init(struct table *table, size_t n_columns);
void table_release(struct table *table);

/* As many texts as there are columns; NULL is an empty cell. The heading comes first. */
void table_heading(struct table *table, ...);
void table_row(struct table *table, ...);
/* The same from an array, with as many cells as there are columns. */
void table_add(struct table *table, const char *const *cells, bool heading);

/* The escape sequence (static text) that the first cell of the last row is shown in. */
void table_mark(struct table *table, const char *sequence);

/* `indent` before each row; the last column is not cut and not padded. */
void table_print(const struct table *table, FILE *out, const char *indent);

#endif
