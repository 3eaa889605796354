#include "tui/view/doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/panel/pages.h"
#include "tui/widget/rows.h"
#include "tui/view/plan.h"

#include "core/base/banned.h"

struct doctor_view {
    struct view view;
    struct rows rows;
    struct diagnosis *diagnosis;
    const struct snapshot *snapshot;
    const struct roster *roster;
};

static void draw(struct view *base, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct doctor_view *view = (struct doctor_view *)base;
    const struct diagnosis *diagnosis = view->diagnosis;
    (void)caret;
    int y = frame_header(shell, canvas, "DOCTOR");
    char status[160];
    snprintf(status, sizeof status, "%s plans the repair, %s shows one in full",
             frame_key(shell, CMD_REPAIR), frame_key(shell, CMD_DETAILS));
    int low = frame_footer(shell, canvas, base, diagnosis->n_problems ? status : "Esc goes back");
    size_t fixable = 0;
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        fixable += diagnosis->problems[i].fixable;
    }
    canvas_printf(canvas, 0, y++, canvas->width, diagnosis->n_problems ? STYLE_WARN : STYLE_OK,
                  " %s records checked: %s problem%s, %s can be repaired",
                  frame_count(diagnosis->checked), frame_count(diagnosis->n_problems),
                  diagnosis->n_problems == 1 ? "" : "s", frame_count(fixable));
    if (diagnosis->n_problems == 0 && low - y >= 3) {
        canvas_text(canvas, 0, y + 1, canvas->width, STYLE_TEXT,
                    " Every record is correct; there is nothing to repair.");
    }
    rows_fit(&view->rows, diagnosis->n_problems, low - y);
    for (int i = 0; i < low - y && view->rows.top + (size_t)i < view->rows.n; i++) {
        size_t index = view->rows.top + (size_t)i;
        const struct problem *problem = &diagnosis->problems[index];
        enum style style = index == view->rows.cursor ? STYLE_CURSOR : STYLE_TEXT;
        canvas_fill(canvas, (struct rect){0, y + i, canvas->width, 1}, style);
        canvas_printf(canvas, 0, y + i, canvas->width, style, "%c%s %-21s %-5s %s",
                      index == view->rows.cursor ? '>' : ' ', problem->fixable ? "fix" : "   ",
                      problem_kind_name(problem->kind), problem->ext ? problem->ext : "",
                      problem->detail ? problem->detail : "");
    }
}

static void details(struct shell *shell, const struct problem *problem)
{
    struct buf text;
    buf_init(&text, 65536);
    buf_printf(&text, "#%s\n", problem_kind_name(problem->kind));
    buf_printf(&text, "extension  %s\nagent      %s\n", problem->ext ? problem->ext : "-",
               problem->agent ? problem->agent : "-");
    buf_printf(&text, "\n%s\n", problem->detail ? problem->detail : "");
    buf_printf(&text, "\n%s: %s\n", problem->fixable ? "the repair will" : "by hand",
               problem->fix ? problem->fix : "");
    page_open(shell, "PROBLEM", text.data);
    buf_release(&text);
}

static unsigned repair(struct doctor_view *view, struct shell *shell)
{
    struct plan_input input = shell_plan_input(shell);
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    input.snapshot = view->snapshot;
    input.roster = view->roster;
    if (plan_repair(&input, view->diagnosis, &plan, &err) != ERR_OK) {
        shell_say_error(shell, "repair", &err);
        return REACT_DRAW;
    }
    view_plan_open(shell, plan, NULL, 0, NULL);
    return REACT_CLOSE; /* after the repair it would be out of date */
}

static unsigned command(struct view *base, struct shell *shell, enum command command)
{
    struct doctor_view *view = (struct doctor_view *)base;
    if (rows_command(&view->rows, command)) {
        return REACT_DRAW;
    }
    if (command == CMD_DETAILS && view->rows.cursor < view->diagnosis->n_problems) {
        details(shell, &view->diagnosis->problems[view->rows.cursor]);
        return REACT_DRAW;
    }
    return command == CMD_REPAIR ? repair(view, shell) : REACT_PASS;
}

static bool has_row(const struct view *base)
{
    return ((const struct doctor_view *)base)->diagnosis->n_problems > 0;
}

static void release(struct view *base)
{
    struct doctor_view *view = (struct doctor_view *)base;
    diagnosis_free(view->diagnosis);
    snapshot_unref(view->snapshot);
    roster_unref(view->roster);
    free(view);
}

static const struct view_ops s_doctor_ops = {.title = "doctor",
                                             .place = PLACE_DOCTOR,
                                             .draw = draw,
                                             .command = command,
                                             .has_row = has_row,
                                             .free = release};

void view_doctor_offer(struct shell *shell, struct diagnosis *diagnosis,
                       const struct snapshot *snapshot, const struct roster *roster,
                       unsigned long typed)
{
    struct doctor_view *view = mem_alloc(sizeof *view);
    struct ready result = {.opens = CMD_DOCTOR, .view = &view->view};
    view->view.ops = &s_doctor_ops;
    view->diagnosis = diagnosis;
    view->snapshot = snapshot_ref(snapshot);
    view->roster = roster ? roster_ref(roster) : NULL;
    snprintf(result.says, sizeof result.says, "doctor: %s records checked, %s problem%s",
             frame_count(diagnosis->checked), frame_count(diagnosis->n_problems),
             diagnosis->n_problems == 1 ? "" : "s");
    snprintf(result.badge, sizeof result.badge, "doctor %s", frame_count(diagnosis->n_problems));
    if (shell_offer(shell, &result, typed)) {
        shell_say(shell, diagnosis->n_problems ? STYLE_WARN : STYLE_OK, "%s", result.says);
    }
}
