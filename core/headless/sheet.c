#include "core/headless/sheet.h"

#include <string.h>

#include "core/base/text.h"
#include "core/format/csv.h"
#include "core/headless/report_private.h"

#include "core/base/banned.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)

/* ---- columns --------------------------------------------------------------------------------- */

/* "a, b and c" */
static void name_all(const char *const *names, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; names[i] && used < size; i++) {
        const char *between = i == 0 ? "" : names[i + 1] ? ", " : " and ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", between, names[i]);
    }
}

static enum err_code no_column(const char *const *names, const char *name, struct err *err)
{
    char all[512];
    const char *near = nearest_of(name, names);
    name_all(names, all, sizeof all);
    err_set(err, ERR_USAGE, "--columns: there is no column \"%s\" here", name);
    if (near) {
        err_hint(err, "Did you mean \"%s\"? There are %s", near, all);
    } else {
        err_hint(err, "There are %s", all);
    }
    return ERR_USAGE;
}

static enum err_code choose_one(struct sheet *sheet, const char *name, struct err *err)
{
    size_t column = 0;
    while (sheet->names[column] && strcmp(sheet->names[column], name) != 0) {
        column++;
    }
    if (!sheet->names[column]) {
        return no_column(sheet->names, name, err);
    }
    if (sheet->n_chosen == TABLE_COLUMNS_MAX) {
        return err_set(err, ERR_USAGE, "--columns: more than %d columns", TABLE_COLUMNS_MAX);
    }
    sheet->chosen[sheet->n_chosen++] = column;
    return ERR_OK;
}

/* "agent, extension" */
static enum err_code choose(struct sheet *sheet, const char *columns, struct err *err)
{
    enum err_code code = ERR_OK;
    while (code == ERR_OK) {
        char name[64];
        columns += strspn(columns, " ");
        size_t length = strcspn(columns, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, columns);
        for (size_t end = strlen(name); end > 0 && name[end - 1] == ' ';) {
            name[--end] = '\0';
        }
        code = choose_one(sheet, name, err);
        if (columns[length] == '\0') {
            break;
        }
        columns += length + 1;
    }
    return code;
}

static enum err_code choose_columns(struct sheet *sheet, const struct settings *settings,
                                    struct err *err)
{
    if (settings->columns) {
        return choose(sheet, settings->columns, err);
    }
    for (; sheet->names[sheet->n_chosen]; sheet->n_chosen++) {
        sheet->chosen[sheet->n_chosen] = sheet->n_chosen;
    }
    return ERR_OK;
}

enum err_code sheet_check(const char *const *names, const struct settings *settings,
                          struct err *err)
{
    struct sheet sheet = {.names = names};
    return choose_columns(&sheet, settings, err);
}

/* ---- rows ------------------------------------------------------------------------------------- */

/* A cell of TSV cannot hold what ends one: a blank stands for it
   (https://www.iana.org/assignments/media-types/text/tab-separated-values). */
static void put_tsv(struct buf *out, const char *text)
{
    for (; *text; text++) {
        buf_putc(out, strchr("\t\r\n", *text) ? ' ' : *text);
    }
}

static void print_line(struct sheet *sheet, const char *const *cells)
{
    struct arena arena = ARENA_INIT;
    bool csv = sheet->format == FORMAT_CSV;
    buf_clear(&sheet->line);
    for (size_t i = 0; i < sheet->n_chosen; i++) {
        const char *cell = cells[sheet->chosen[i]];
        const char *shown = cell ? text_sanitise(&arena, cell) : "";
        if (i > 0) {
            buf_putc(&sheet->line, csv ? ',' : '\t');
        }
        if (csv) {
            csv_put(&sheet->line, shown, sheet->safe);
        } else {
            put_tsv(&sheet->line, shown);
        }
    }
    fputs(sheet->line.data, sheet->out);
    fputs("\n", sheet->out);
    arena_release(&arena);
}

static void add_to_table(struct sheet *sheet, const char *const *cells, bool heading)
{
    const char *chosen[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < sheet->n_chosen; i++) {
        chosen[i] = cells[sheet->chosen[i]];
    }
    table_add(&sheet->table, chosen, heading);
}

/* "last_agent" as "LAST AGENT". */
static const char *heading_of(struct arena *arena, const char *name)
{
    char *heading = arena_strdup(arena, name);
    for (char *c = heading; *c; c++) {
        *c = *c == '_' ? ' ' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    }
    return heading;
}

static void print_heading(struct sheet *sheet)
{
    const char *headings[TABLE_COLUMNS_MAX];
    if (sheet->format == FORMAT_HTML) {
        return; /* the page has it */
    }
    if (sheet->format != FORMAT_TEXT) {
        print_line(sheet, sheet->names);
        return;
    }
    for (size_t i = 0; sheet->names[i]; i++) {
        headings[i] = heading_of(&sheet->table.arena, sheet->names[i]);
    }
    add_to_table(sheet, headings, true);
}

enum err_code sheet_init(struct sheet *sheet, const struct report *report, const char *const *names,
                         const struct settings *settings, struct err *err)
{
    *sheet = (struct sheet){
        .out = report->out, .format = report->format, .safe = settings->csv_safe, .names = names};
    enum err_code code = choose_columns(sheet, settings, err);
    if (code == ERR_OK) {
        report_table(report, &sheet->table, sheet->n_chosen);
        buf_init(&sheet->line, LINE_MAX_BYTES);
        print_heading(sheet);
    }
    return code;
}

void sheet_row(struct sheet *sheet, const char *const *cells)
{
    if (sheet->format == FORMAT_TEXT) {
        add_to_table(sheet, cells, false);
    } else {
        print_line(sheet, cells);
    }
}

void sheet_end(struct sheet *sheet)
{
    if (sheet->format == FORMAT_TEXT) {
        table_print(&sheet->table, sheet->out, "");
    }
    table_release(&sheet->table);
    buf_release(&sheet->line);
}
