#ifndef CORE_HEADLESS_SHEET_H
#define CORE_HEADLESS_SHEET_H

/*
 * Rows with named columns, in the form that --format asks for: a table for people, or CSV
 * (RFC 4180, with a line feed behind each row) or TSV for other programs. --columns chooses some of them. Rows of CSV and TSV are printed
 * at once; a table is printed at the end, because its columns are as wide as their widest cell.
 *
 *     static const char *const names[] = {"extension", "state", NULL};
 *     struct sheet sheet;
 *     if (sheet_init(&sheet, &report, names, settings, err) == ERR_OK) {
 *         sheet_row(&sheet, (const char *[]){"0042", "free"});
 *         sheet_end(&sheet);
 *     }
 *
 * Cells are sanitised. Those of a CSV that a spreadsheet would run as formulas get an apostrophe if
 * csv_safe is set.
 */

#include "core/base/buf.h"
#include "core/format/table.h"
#include "core/headless/report.h"

struct sheet {
    FILE *out;
    enum out_format format;
    bool safe;
    const char *const *names; /* of all columns; ends with NULL */
    size_t chosen[TABLE_COLUMNS_MAX];
    size_t n_chosen;
    struct table table; /* FORMAT_TEXT */
    struct buf line;    /* the others */
};

/* Prints the heading. ERR_USAGE if --columns names one that is not there; then nothing was printed,
   and there is nothing to end. */
enum err_code sheet_init(struct sheet *sheet, const struct report *report, const char *const *names,
                         const struct settings *settings, struct err *err) ERR_CHECK;

/* As many cells as there are names; NULL is an empty one. */
void sheet_row(struct sheet *sheet, const char *const *cells);

/* Prints what is left, and frees all of it. */
void sheet_end(struct sheet *sheet);

/* ERR_USAGE as above, before anything is read. */
enum err_code sheet_check(const char *const *names, const struct settings *settings,
                          struct err *err) ERR_CHECK;

#endif
