#ifndef CORE_HEADLESS_GRID_H
#define CORE_HEADLESS_GRID_H

/*
 * A report: rows with named columns under a title, and the forms that it is printed in: a table, CSV,
 * TSV, JSON, or one page of HTML that needs nothing else.
 *
 *     static const char *const names[] = {"user", "assigned", NULL};
 *     struct grid grid = {.title = "Changes", .names = names, .numbers = 1u << 1};
 *     grid_add(&grid, (const char *[]){"kim@desk7", "3"});
 *     grid_print(&grid, report, settings, err);
 *     grid_release(&grid);
 */

#include "core/headless/report.h"

struct grid {
    const char *title;
    const char *about;        /* a line below it: what it is of, and when */
    const char *const *names; /* ends with NULL */
    unsigned numbers;         /* bits: columns of numbers */
    struct arena arena;       /* for the caller's cells, too */
    const char **cells;
    size_t n_rows, capacity;
};

/* As many cells as there are names; NULL is an empty one. They live on, or in `arena`. */
void grid_add(struct grid *grid, const char *const *cells);
void grid_release(struct grid *grid);

/* A number as a cell. */
const char *grid_number(struct grid *grid, uint64_t number);

/* In the form of report->format. ERR_USAGE if --columns names one that is not there. */
enum err_code grid_print(const struct grid *grid, const struct report *report,
                         const struct settings *settings, struct err *err) ERR_CHECK;

/* ---- report_json.c and report_html.c -------------------------------------------------------- */

/* An array with an object for each row; cells of number columns are numbers, empty ones null. */
void report_json_grid(const struct report *report, const struct grid *grid);

/* A page with the columns `chosen`. It has its style in it, for light and dark screens and for paper,
   and no script; everything from outside is escaped. */
void report_html_grid(const struct report *report, const struct grid *grid, const size_t *chosen,
                      size_t n_chosen);

#endif
