#include "tui/view/left_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/format/text_file.h"
#include "core/settings/location.h"
#include "tui/panel/dialog.h"
#include "tui/panel/pages.h"
#include "tui/shell/work.h"
#include "tui/view/planning.h"

#include "core/base/banned.h"

#define MODE 0600 /* notes may say what is not for everybody */

struct left_out {
    struct view view;
    struct import import;
    struct plan *plan; /* NULL: none, or it is open */
    char *path;
    struct buf text; /* of the page */
    size_t top, n_lines;
    int height;
};

/* ---- the page ------------------------------------------------------------------------------- */

static void compose(struct left_out *view)
{
    const struct refusals *refusals = &view->import.refusals;
    size_t n_rows = view->import.n_rows;
    buf_printf(&view->text, "#%s: %s of %s row%s left out\n", view->import.file,
               frame_count(refusals->n_items), frame_count(n_rows),
               refusals->n_items == 1 ? " is" : "s are");
    buf_printf(&view->text, "%s\n\n",
               view->plan ? "The others are planned; nothing is written yet."
                          : "No row can be done; nothing is written.");
    for (size_t i = 0; i < refusals->n_items; i++) {
        buf_printf(&view->text, "line %zu: %s\n", refusals->items[i].line, refusals->items[i].text);
    }
}

static void draw(struct view *base, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct left_out *view = (struct left_out *)base;
    (void)caret;
    int y = frame_header(shell, canvas, "IMPORT");
    struct rect area = {1, y, canvas->width - 2,
                        canvas->height - y - (canvas->height >= 8 ? 2 : 1)};
    struct rect nowhere = {1, y, area.width, 0};
    view->height = area.height;
    view->n_lines = (size_t)page_draw_text(canvas, &view->text, 0, nowhere);
    size_t most = view->n_lines > (size_t)area.height ? view->n_lines - (size_t)area.height : 0;
    view->top = view->top > most ? most : view->top;
    frame_footer(shell, canvas, base,
                 view->plan ? "Enter shows the plan of the others, Esc drops it" : "Esc goes back");
    page_draw_text(canvas, &view->text, -(int)view->top, area);
}

static void move(struct left_out *view, int64_t by)
{
    if (by < 0 && (uint64_t)-by > view->top) {
        view->top = 0;
    } else {
        view->top = (size_t)((int64_t)view->top + by); /* draw keeps it within the text */
    }
}

/* ---- writing the rows ------------------------------------------------------------------------ */

struct writing {
    struct job job;
    struct shell *shell;
    char *path;
    size_t n_rows;
    struct buf text;
};

static void run_writing(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    (void)!fileio_create(writing->path, writing->text.data, writing->text.length, MODE, &job->err);
}

static void written(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    work_awaited(writing->shell);
    if (job->err.code == ERR_OK) {
        shell_say(writing->shell, STYLE_OK, "%s row%s written to %s; mend them and import the file",
                  frame_count(writing->n_rows), writing->n_rows == 1 ? " is" : "s are",
                  writing->path);
    } else {
        shell_say_error(writing->shell, "the rows are not written", &job->err);
    }
}

static void free_writing(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    buf_release(&writing->text);
    free(writing->path);
    free(writing);
}

static unsigned path_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct left_out *view = dialog->data;
    const struct location_base base = {.home =
                                           environment_get(shell->options->environment, "HOME")};
    if (!*text || strcmp(text, "-") == 0) {
        snprintf(dialog->problem, sizeof dialog->problem, "type the path of a new file");
        return REACT_DRAW;
    }
    struct writing *writing = mem_alloc(sizeof *writing);
    writing->job = (struct job){
        .name = "writing the rows", .run = run_writing, .done = written, .free = free_writing};
    writing->shell = shell;
    writing->path = mem_strdup(location_path(text, &base, &dialog->arena));
    writing->n_rows = view->import.refusals.n_items;
    buf_init(&writing->text, 2 * TEXT_FILE_MAX);
    import_put_left_out(&view->import, &writing->text);
    work_await(shell, &writing->job);
    return REACT_CLOSE;
}

/* "rows.csv" becomes "rows-left-out.csv". */
static void ask_path(struct left_out *view, struct shell *shell)
{
    size_t length = strlen(view->path);
    bool csv = length > 4 && strcmp(view->path + length - 4, ".csv") == 0;
    char *path = mem_printf("%.*s-left-out.csv", (int)(csv ? length - 4 : length), view->path);
    struct dialog *dialog =
        dialog_new("Write the rows that are left out",
                   "A CSV with a column that says what is wrong. Mend the rows and import it. A "
                   "file that is there is not replaced.");
    dialog_ask(dialog, "file", NULL);
    field_set(&dialog->field, path);
    dialog->data = view;
    dialog->accept = path_accepted;
    dialog_open(shell, dialog);
    free(path);
}

/* ---- commands --------------------------------------------------------------------------------- */

static unsigned show_plan(struct left_out *view, struct shell *shell)
{
    if (!view->plan) {
        shell_flash(shell, STYLE_WARN, "no row can be done: there is no plan");
        return REACT_DRAW;
    }
    struct plan *plan = view->plan;
    view->plan = NULL;
    view_plan_open(shell, plan, view->import.requests, view->import.n_requests, &planning_retry);
    return REACT_CLOSE;
}

static unsigned command(struct view *base, struct shell *shell, enum command command)
{
    struct left_out *view = (struct left_out *)base;
    switch ((int)command) {
    case CMD_UP:
    case CMD_DOWN:
        move(view, command == CMD_UP ? -1 : 1);
        return REACT_DRAW;
    case CMD_PAGE_UP:
    case CMD_PAGE_DOWN:
        move(view, command == CMD_PAGE_UP ? -view->height : view->height);
        return REACT_DRAW;
    case CMD_HALF_UP:
    case CMD_HALF_DOWN:
        move(view, command == CMD_HALF_UP ? -view->height / 2 : view->height / 2);
        return REACT_DRAW;
    case CMD_FIRST:
        view->top = 0;
        return REACT_DRAW;
    case CMD_LAST:
        view->top = view->n_lines;
        return REACT_DRAW;
    case CMD_IMPORT_PLAN:
        return show_plan(view, shell);
    case CMD_IMPORT_WRITE:
        ask_path(view, shell);
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

/* Without a plan Enter does nothing. */
static const char *hint(const struct view *base, const struct shell *shell, enum command command)
{
    const struct left_out *view = (const struct left_out *)base;
    (void)shell;
    return command == CMD_IMPORT_PLAN && !view->plan ? "" : command_info(command)->hint;
}

static void release(struct view *base)
{
    struct left_out *view = (struct left_out *)base;
    plan_free(view->plan);
    import_release(&view->import);
    buf_release(&view->text);
    free(view->path);
    free(view);
}

static const struct view_ops s_ops = {.title = "left out",
                                      .place = PLACE_IMPORT,
                                      .draw = draw,
                                      .command = command,
                                      .hint = hint,
                                      .free = release};

struct view *view_left_out_new(struct import *import, struct plan *plan, const char *path)
{
    struct left_out *view = mem_alloc(sizeof *view);
    view->view.ops = &s_ops;
    view->import = *import;
    *import = (struct import){.arena = ARENA_INIT};
    refusals_init(&import->refusals);
    view->plan = plan;
    view->path = mem_strdup(path);
    buf_init(&view->text, (size_t)256 << 20);
    compose(view);
    return &view->view;
}
