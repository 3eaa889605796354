#include "core/plan/import_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/format/csv.h"
#include "core/pool/export.h"
#include "core/format/text_file.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/settings/options.h"
#include "core/base/text.h"

/* ---- the header ---------------------------------------------------------------------------- */

enum column {
    COLUMN_USER,
    COLUMN_EXTENSION,
    COLUMN_ACTION,
    COLUMN_NOTE,
    COLUMN_PROBLEM, /* of a file of left-out rows: not looked at */
    COLUMN_COUNT
};
_Static_assert((int)COLUMN_PROBLEM == IMPORT_COLUMNS, "a field of each row for each other column");

const char *const import_user_columns[] = {"user",  "agent",      "username",
                                           "login", "user login", NULL};
const char *const import_extension_columns[] = {"extension", "ext", NULL};
static const char *const s_action_columns[] = {"action", NULL};
static const char *const s_note_columns[] = {"note", NULL};
static const char *const s_problem_columns[] = {"problem", NULL};

static const char *const *const s_names[COLUMN_COUNT] = {
    [COLUMN_USER] = import_user_columns,  [COLUMN_EXTENSION] = import_extension_columns,
    [COLUMN_ACTION] = s_action_columns,   [COLUMN_NOTE] = s_note_columns,
    [COLUMN_PROBLEM] = s_problem_columns,
};

struct reading {
    struct import *import;
    struct csv csv;
    struct csv_row row;
    size_t columns[COLUMN_COUNT];
    size_t n_fields;
    size_t header_line;
    size_t capacity, rows_capacity;
};

static enum column column_named(const char *name)
{
    for (enum column column = 0; column < COLUMN_COUNT; column++) {
        for (size_t k = 0; s_names[column][k]; k++) {
            if (strcmp(s_names[column][k], name) == 0) {
                return column;
            }
        }
    }
    return COLUMN_COUNT;
}

/* A column that was not taken: a stranger, or a second one for the same. */
static enum err_code surplus_column(const struct reading *r, size_t at, struct err *err)
{
    static const char *const known[] = {"user", "agent", "extension", "action", "note", NULL};
    char name[CSV_HEADER_ROOM];
    csv_header_name(r->row.fields[at], name);
    enum column column = column_named(name);
    if (column != COLUMN_COUNT) {
        return err_set(err, ERR_INPUT, "%s:%zu: columns %zu and %zu mean the same", r->csv.file,
                       r->row.line, r->columns[column] + 1, at + 1);
    }
    err_set(err, ERR_INPUT,
            "%s:%zu: column %zu, \"%s\", is not one of user, extension, action, note", r->csv.file,
            r->row.line, at + 1, name);
    const char *near = nearest_of(name, known);
    if (near) {
        err_hint(err, "Did you mean \"%s\"?", near);
    } else {
        err_hint(err, "The first line names the columns; take out those that are not needed");
    }
    return ERR_INPUT;
}

/* What the list has besides, if the configuration asks for it: it can be imported, too. */
static bool is_of_the_list(const struct reading *r, size_t at)
{
    char name[CSV_HEADER_ROOM];
    csv_header_name(r->row.fields[at], name);
    return export_has_column(name);
}

static enum err_code check_columns(const struct reading *r, struct err *err)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        bool known = is_of_the_list(r, i);
        for (enum column column = 0; column < COLUMN_COUNT; column++) {
            known = known || r->columns[column] == i;
        }
        if (!known) {
            return surplus_column(r, i, err);
        }
    }
    if (r->columns[COLUMN_USER] == CSV_NO_COLUMN && r->columns[COLUMN_EXTENSION] == CSV_NO_COLUMN) {
        return err_set(err, ERR_INPUT, "%s:%zu: neither a column user nor a column extension",
                       r->csv.file, r->header_line);
    }
    return ERR_OK;
}

static enum err_code read_header(struct reading *r, struct err *err)
{
    if (csv_next(&r->csv, &r->row, err) != ERR_OK) {
        return ERR_INPUT;
    }
    r->n_fields = r->row.n_fields;
    r->header_line = r->row.line;
    if (r->n_fields == 0) {
        return err_set(err, ERR_INPUT, "%s: there is nothing in it", r->csv.file);
    }
    while (r->n_fields > 1 && csv_trim(r->row.fields[r->n_fields - 1]).length == 0) {
        r->n_fields--; /* separators at the end of the line */
    }
    for (enum column column = 0; column < COLUMN_COUNT; column++) {
        size_t twin;
        r->columns[column] = csv_find_column(&r->row, s_names[column], &twin);
    }
    return check_columns(r, err);
}

/* ---- refusing ------------------------------------------------------------------------------ */

void import_refuse(struct import *import, size_t line, const char *text)
{
    struct refusals *list = &import->refusals;
    if (list->n_items == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = mem_resize(list->items, list->capacity, sizeof *list->items);
    }
    list->items[list->n_items++] = (struct refusal){
        .request = SIZE_MAX, .line = line, .text = arena_strdup(&list->arena, text)};
}

static bool refuse(struct reading *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Notes why the row is not valid; always false. */
static bool refuse(struct reading *r, const char *format, ...)
{
    struct err why = ERR_INIT;
    va_list args;
    va_start(args, format);
    err_vset(&why, ERR_INPUT, format, args);
    va_end(args);
    import_refuse(r->import, r->row.line, why.text);
    return false;
}

/* ---- one row ------------------------------------------------------------------------------- */

static struct csv_field field_at(const struct reading *r, enum column column)
{
    size_t at = r->columns[column];
    return at == CSV_NO_COLUMN ? (struct csv_field){"", 0} : csv_trim(r->row.fields[at]);
}

static bool take_action(struct reading *r, struct request *request)
{
    static const char *const names[] = {"assign", "release", "reassign", "reserve",  "unreserve",
                                        "pin",    "unpin",   "exempt",   "unexempt", NULL};
    struct csv_field field = field_at(r, COLUMN_ACTION);
    char word[24];
    if (field.length == 0) {
        request->kind = CHANGE_ASSIGN;
        request->as_fits = true;
        return true;
    }
    text_sanitise_to(word, sizeof word, field.text, field.length, 0);
    for (char *c = word; *c; c++) {
        *c = text_lower(*c);
    }
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], word) == 0) {
            return change_kind_parse(word, &request->kind);
        }
    }
    const char *near = nearest_of(word, names);
    return near ? refuse(r, "there is no action \"%s\": did you mean %s?", word, near)
                : refuse(r,
                         "there is no action \"%s\": assign release reassign reserve unreserve "
                         "pin unpin exempt unexempt",
                         word);
}

static bool take_user(struct reading *r, struct request *request)
{
    struct csv_field field = csv_unsafe(field_at(r, COLUMN_USER));
    const char *fault = field.length > 0 ? login_fault(field.text, field.length) : NULL;
    if (fault) {
        return refuse(r, "the user %s", fault);
    }
    if (field.length > 0) {
        request->agent = arena_strndup(&r->import->arena, field.text, field.length);
    }
    return true;
}

/* Whether it is one of the pool is for the plan to say. An apostrophe in front keeps a spreadsheet
   from taking the leading zeros. */
static bool take_extension(struct reading *r, struct request *request)
{
    struct csv_field field = field_at(r, COLUMN_EXTENSION);
    if (field.length > 1 && field.text[0] == '\'') {
        field.text++;
        field.length--;
    }
    if (field.length == 0) {
        return true;
    }
    char *ext = arena_strndup(&r->import->arena, field.text, field.length < 32 ? field.length : 32);
    if (!text_is_digits(ext)) {
        return refuse(r, "\"%s\" is not an extension: only digits are allowed", ext);
    }
    request->ext = ext;
    return true;
}

static bool take_note(struct reading *r, struct request *request)
{
    struct csv_field field = csv_unsafe(field_at(r, COLUMN_NOTE));
    const char *fault = note_fault(field.text, field.length);
    if (fault) {
        return refuse(r, "the note %s", fault);
    }
    if (field.length > 0) {
        request->note = arena_strndup(&r->import->arena, field.text, field.length);
    }
    return true;
}

/* What an action needs to know. */
static bool is_whole(struct reading *r, const struct request *request)
{
    const char *action = change_kind_name(request->kind);
    switch ((int)request->kind) {
    case CHANGE_ASSIGN:
        return request->agent ? true : refuse(r, "the user is missing");
    case CHANGE_REASSIGN:
        return request->agent && request->ext
                   ? true
                   : refuse(r, "reassign needs a user and the new extension");
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
        if (request->agent) {
            return refuse(r, "%s is about an extension: the user has to be empty", action);
        }
        return request->ext ? true : refuse(r, "%s needs an extension", action);
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
        if (request->ext) {
            return refuse(r, "%s is about an agent: the extension has to be empty", action);
        }
        return request->agent ? true : refuse(r, "the user is missing");
    default:
        return request->agent || request->ext
                   ? true
                   : refuse(r, "%s needs a user or an extension", action);
    }
}

/* The field of that column as it stands there; of a row with too many fields the last column has
   the rest of them. */
static const char *field_as_it_stands(const struct reading *r, enum column column)
{
    struct arena *arena = &r->import->arena;
    size_t at = r->columns[column];
    if (at == CSV_NO_COLUMN || at >= r->row.n_fields) {
        return "";
    }
    const char *text = arena_strndup(arena, r->row.fields[at].text, r->row.fields[at].length);
    for (size_t i = at + 1; at == r->n_fields - 1 && i < r->row.n_fields; i++) {
        const struct csv_field more = r->row.fields[i];
        text = arena_printf(arena, "%s%c%.*s", text, r->csv.separator, (int)more.length, more.text);
    }
    return text;
}

static void keep_row(struct reading *r)
{
    struct import *import = r->import;
    if (import->n_rows == r->rows_capacity) {
        r->rows_capacity = r->rows_capacity ? r->rows_capacity * 2 : 64;
        import->rows = mem_resize(import->rows, r->rows_capacity, sizeof *import->rows);
    }
    struct import_row *row = &import->rows[import->n_rows++];
    row->line = r->row.line;
    for (enum column column = 0; column < COLUMN_PROBLEM; column++) {
        row->fields[column] = field_as_it_stands(r, column);
    }
}

static void take_row(struct reading *r)
{
    struct import *import = r->import;
    struct err why = ERR_INIT;
    struct request request = {.line = r->row.line};
    keep_row(r);
    if (csv_check_count(r->csv.file, &r->row, r->n_fields, r->header_line, &why) != ERR_OK) {
        refuse(r, "%zu fields, but the header has %zu", r->row.n_fields, r->n_fields);
        return;
    }
    if (!take_action(r, &request) || !take_user(r, &request) || !take_extension(r, &request) ||
        !take_note(r, &request) || !is_whole(r, &request)) {
        return;
    }
    if (import->n_requests == r->capacity) {
        r->capacity = r->capacity ? r->capacity * 2 : 64;
        import->requests = mem_resize(import->requests, r->capacity, sizeof *import->requests);
    }
    import->requests[import->n_requests++] = request;
}

/* ---- the file ------------------------------------------------------------------------------ */

enum err_code import_parse(const char *file, const char *text, size_t length, struct import *import,
                           struct err *err)
{
    struct reading r = {.import = import};
    *import = (struct import){.arena = ARENA_INIT};
    import->file = arena_strdup(&import->arena, file);
    refusals_init(&import->refusals);
    csv_init(&r.csv, import->file, text, length);
    enum err_code code = text_file_check(file, text, length, err);
    struct text_file_guess guess = text_file_guess(text, length);
    if (code == ERR_OK && guess.what) {
        code = err_set(err, ERR_INPUT, "%s: this looks like %s, but CSV is expected", file,
                       guess.what);
        err_hint(err, "The first line names the columns: user,extension,action,note");
    } else if (code == ERR_OK) {
        code = read_header(&r, err);
    }
    while (code == ERR_OK && (code = csv_next(&r.csv, &r.row, err)) == ERR_OK &&
           r.row.n_fields > 0) {
        if (!csv_is_blank(&r.row)) {
            take_row(&r);
        }
    }
    if (code == ERR_OK && import->n_rows == 0) {
        code = err_set(err, ERR_INPUT, "%s: a header and no rows", file);
    }
    csv_release(&r.csv);
    if (code != ERR_OK) {
        import_release(import);
    }
    return code;
}

enum err_code import_read(const char *path, const struct progress *progress, struct import *import,
                          struct err *err)
{
    struct buf text;
    *import = (struct import){.arena = ARENA_INIT};
    refusals_init(&import->refusals);
    buf_init(&text, TEXT_FILE_MAX);
    enum err_code code = text_file_read(path, progress, "reading the rows", &text, err);
    if (code == ERR_OK) {
        code = import_parse(text_file_name(path), text.data, text.length, import, err);
    }
    buf_release(&text);
    return code;
}

void import_release(struct import *import)
{
    arena_release(&import->arena);
    refusals_release(&import->refusals);
    free(import->requests);
    free(import->rows);
    *import = (struct import){.arena = ARENA_INIT};
    refusals_init(&import->refusals);
}

static int compare_lines(const void *a, const void *b)
{
    size_t one = ((const struct refusal *)a)->line;
    size_t other = ((const struct refusal *)b)->line;
    return one < other ? -1 : one > other;
}

void import_sort_refusals(struct import *import)
{
    struct refusals *list = &import->refusals;
    if (list->n_items > 0) {
        qsort(list->items, list->n_items, sizeof *list->items, compare_lines);
    }
}

static const struct import_row *row_of_line(const struct import *import, size_t line)
{
    size_t low = 0;
    size_t high = import->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (import->rows[middle].line < line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < import->n_rows && import->rows[low].line == line ? &import->rows[low] : NULL;
}

void import_put_left_out(const struct import *import, struct buf *out)
{
    buf_puts(out, "user,extension,action,note,problem\r\n");
    for (size_t i = 0; i < import->refusals.n_items; i++) {
        const struct refusal *refusal = &import->refusals.items[i];
        const struct import_row *row = row_of_line(import, refusal->line);
        for (size_t k = 0; row && k < IMPORT_COLUMNS; k++) {
            csv_put(out, row->fields[k], false);
            buf_putc(out, ',');
        }
        if (row) {
            csv_put(out, refusal->text, false);
            buf_puts(out, "\r\n");
        }
    }
}

enum err_code import_error(struct import *import, struct err *err)
{
    struct refusals *list = &import->refusals;
    if (list->n_items == 0) {
        return ERR_OK;
    }
    import_sort_refusals(import);
    size_t more = list->n_items - 1;
    err_set(err, ERR_INPUT, "%s:%zu: %s", import->file, list->items[0].line, list->items[0].text);
    if (more > 0) {
        err_hint(err, "%zu more row%s not valid. Nothing was written", more,
                 more == 1 ? " is" : "s are");
    } else {
        err_hint(err, "Nothing was written");
    }
    return ERR_INPUT;
}
