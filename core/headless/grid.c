#include "core/headless/grid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/headless/sheet.h"

#include "core/base/banned.h"

static size_t n_columns(const struct grid *grid)
{
    size_t n = 0;
    while (grid->names[n]) {
        n++;
    }
    return n;
}

void grid_add(struct grid *grid, const char *const *cells)
{
    size_t n = n_columns(grid);
    if (grid->n_rows == grid->capacity) {
        grid->capacity = grid->capacity ? 2 * grid->capacity : 64;
        grid->cells = mem_resize(grid->cells, grid->capacity * n, sizeof *grid->cells);
    }
    memcpy(grid->cells + grid->n_rows * n, cells, n * sizeof *cells);
    grid->n_rows++;
}

void grid_release(struct grid *grid)
{
    free(grid->cells);
    arena_release(&grid->arena);
    *grid = (struct grid){.n_rows = 0};
}

const char *grid_number(struct grid *grid, uint64_t number)
{
    return arena_printf(&grid->arena, "%" PRIu64, number);
}

static enum err_code print_sheet(const struct grid *grid, const struct report *report,
                                 const struct settings *settings, struct err *err)
{
    struct sheet sheet;
    size_t n = n_columns(grid);
    enum err_code code = sheet_init(&sheet, report, grid->names, settings, err);
    if (code != ERR_OK) {
        return code;
    }
    if (report->format == FORMAT_HTML) {
        report_html_grid(report, grid, sheet.chosen, sheet.n_chosen);
    }
    for (size_t i = 0; i < grid->n_rows && report->format != FORMAT_HTML; i++) {
        sheet_row(&sheet, grid->cells + i * n);
    }
    sheet_end(&sheet);
    return ERR_OK;
}

enum err_code grid_print(const struct grid *grid, const struct report *report,
                         const struct settings *settings, struct err *err)
{
    if (report->format == FORMAT_JSON) {
        report_json_grid(report, grid);
        return ERR_OK;
    }
    return print_sheet(grid, report, settings, err);
}
