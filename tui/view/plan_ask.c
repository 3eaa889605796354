/*
 * What a plan or the basket asks for in a dialog: the ticket, and the path of a plan file.
 */
#include "tui/view/plan_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/plan/plan_file.h"
#include "core/pool/login.h"
#include "tui/panel/dialog.h"
#include "tui/shell/gather.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

#define TICKET_MAX 64 /* bytes */

static struct field_history s_tickets; /* one console a process */
static struct field_history s_paths;

/* The view below the dialog; it may be gone by then. */
static struct plan_view *view_of(const struct shell *shell, const struct dialog *dialog)
{
    struct view *const *wanted = dialog->data;
    for (size_t i = 0; i < shell->stack.n_views; i++) {
        if (shell->stack.views[i] == *wanted) {
            return (struct plan_view *)*wanted;
        }
    }
    return NULL;
}

static struct dialog *dialog_about(struct plan_view *view, const char *title, const char *body)
{
    struct dialog *dialog = dialog_new(title, body);
    struct view **about = arena_alloc(&dialog->arena, sizeof *about);
    *about = &view->view;
    dialog->data = about;
    return dialog;
}

/* ---- the ticket ------------------------------------------------------------------------------- */

static unsigned ticket_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct plan_view *view = view_of(shell, dialog);
    const char *fault = note_fault(text, strlen(text));
    if (fault && text[0]) {
        snprintf(dialog->problem, sizeof dialog->problem, "the ticket %s", fault);
        return REACT_DRAW;
    }
    if (view && view->basket) {
        basket_set_ticket(gather_basket(shell), text);
    } else if (view) {
        view->ticket = text[0] ? arena_strdup(&view->arena, text) : NULL;
    }
    return REACT_CLOSE;
}

void plan_ask_ticket(struct plan_view *view, struct shell *shell)
{
    const char *ticket = view_plan_ticket(view, shell);
    struct dialog *dialog =
        dialog_about(view, "Ticket", "It goes into the history of every row. Empty: none.");
    dialog_ask(dialog, "ticket", &s_tickets);
    field_set(&dialog->field, ticket ? ticket : "");
    dialog->field.max = TICKET_MAX;
    dialog->accept = ticket_accepted;
    dialog_open(shell, dialog);
}

/* ---- the plan file ---------------------------------------------------------------------------- */

/* Writes on the worker: a path can lead anywhere. */
struct writing {
    struct job job;
    struct shell *shell;
    char *path;
    struct buf text;
    char digest[DIGEST_ROOM];
    size_t n_rows;
};

static void write_file(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    if (fileio_create(writing->path, writing->text.data, writing->text.length, 0600, &job->err) ==
        ERR_CONFLICT) {
        err_hint(&job->err, "name a file that is not there yet");
    }
}

static void file_written(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    struct shell *shell = writing->shell;
    char spoken[12];
    if (job->err.code != ERR_OK) {
        shell_say_error(shell, "plan file", &job->err);
        return;
    }
    plan_file_speak(writing->digest, spoken);
    shell_say(shell, STYLE_OK, "plan file: %s row%s, digest %s; nothing was applied: %s",
              frame_count(writing->n_rows), writing->n_rows == 1 ? "" : "s", spoken, writing->path);
}

static void free_writing(struct job *job)
{
    struct writing *writing = (struct writing *)job;
    buf_release(&writing->text);
    free(writing->path);
    free(writing);
}

static enum err_code encode(struct plan_view *view, const struct shell *shell,
                            struct writing *writing, struct err *err)
{
    const struct screen_data *data = shell->data; /* there is a plan, so there is data */
    const struct plan_file_content content = {.store = data->store_name,
                                              .place = data->store_place,
                                              .maker = data->user,
                                              .made_at_s = shell_now_s(shell),
                                              .action = view->plan->action,
                                              .ticket = view_plan_ticket(view, shell),
                                              .guard = &view->judged.verdict,
                                              .plan = view->plan};
    writing->n_rows = view_plan_ticked(view->plan);
    return plan_file_write(&content, &writing->text, writing->digest, err);
}

static unsigned path_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct plan_view *view = view_of(shell, dialog);
    struct err err = ERR_INIT;
    if (!text[0] || strcmp(text, "-") == 0) {
        snprintf(dialog->problem, sizeof dialog->problem, "type the path of a new file");
        return REACT_DRAW;
    }
    if (!view || !view->plan) {
        return REACT_CLOSE;
    }
    struct writing *writing = mem_alloc(sizeof *writing);
    writing->job = (struct job){.name = "plan file",
                                .run = write_file,
                                .done = file_written,
                                .free = free_writing,
                                .err = ERR_INIT};
    writing->shell = shell;
    writing->path = mem_strdup(text);
    buf_init(&writing->text, PLAN_FILE_MAX);
    if (encode(view, shell, writing, &err) != ERR_OK) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        free_writing(&writing->job);
        return REACT_DRAW;
    }
    worker_submit(shell->jobs.worker, &writing->job);
    return REACT_CLOSE;
}

void plan_ask_file(struct plan_view *view, struct shell *shell)
{
    if (view_plan_ticked(view->plan) == 0) {
        shell_flash(shell, STYLE_WARN, "plan file: no row of the plan is ticked");
        return;
    }
    struct dialog *dialog = dialog_about(
        view, "Plan file",
        "Where to? The file holds the ticked rows with what they saw, and a digest. Nothing is "
        "applied; somebody else can apply exactly this.");
    dialog_ask(dialog, "file", &s_paths);
    dialog->accept = path_accepted;
    dialog_open(shell, dialog);
}
