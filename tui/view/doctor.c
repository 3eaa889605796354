#include "tui/view/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/panel/pages.h"
#include "tui/panel/search.h"
#include "tui/view/plan.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

struct doctor_view {
    struct view view;
    struct list list;
    struct filter_scope scope;
    struct diagnosis *diagnosis;
    const struct snapshot *snapshot;
    const struct roster *roster;
};

/* ---- its rows ------------------------------------------------------------------------------- */

enum { DOCTOR_AS_FOUND, DOCTOR_BY_KIND, DOCTOR_BY_EXT, DOCTOR_COLUMNS };
static const char *const s_columns[DOCTOR_COLUMNS] = {"what was found first", "kind", "extension"};

static const struct problem *at(const void *context, size_t row)
{
    return &((const struct diagnosis *)context)->problems[row];
}

static const char *key(const void *context, size_t row)
{
    const struct problem *problem = at(context, row);
    return problem->ext ? problem->ext : "";
}

static size_t find(const void *context, const char *ext)
{
    const struct diagnosis *diagnosis = context;
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        if (strcmp(key(context, i), ext) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    int order = column == DOCTOR_BY_KIND  ? strcmp(problem_kind_name(at(context, a)->kind),
                                                   problem_kind_name(at(context, b)->kind))
                : column == DOCTOR_BY_EXT ? strcmp(key(context, a), key(context, b))
                                          : 0;
    return order ? order : a < b ? -1 : a > b;
}

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    const struct problem *problem = at(context, row);
    out->texts[FILTER_KIND] = problem_kind_name(problem->kind);
    out->texts[FILTER_EXT] = problem->ext;
    out->texts[FILTER_LOGIN] = problem->agent;
    out->texts[FILTER_NOTE] = problem->detail;
}

static void open_list(struct doctor_view *view, const struct shell *shell)
{
    view->scope =
        (struct filter_scope){.fields = FILTER_BIT(FILTER_KIND) | FILTER_BIT(FILTER_EXT) |
                                        FILTER_BIT(FILTER_LOGIN) | FILTER_BIT(FILTER_NOTE),
                              .ext_width = session_policy(shell->place.session)->width,
                              .now_s = shell_now_s(shell)};
    struct list_source source = {.context = view->diagnosis,
                                 .n_rows = view->diagnosis->n_problems,
                                 .key = key,
                                 .find = find,
                                 .compare = compare,
                                 .subject = subject,
                                 .scope = &view->scope};
    list_init(&view->list, DOCTOR_COLUMNS);
    list_reload(&view->list, &source);
}

/* ---- drawing -------------------------------------------------------------------------------- */

#define KIND_X 5
#define KIND_COLUMNS 21
#define EXT_X (KIND_X + KIND_COLUMNS + 1)
#define DETAIL_X (EXT_X + 6)

static void draw_problem(const struct doctor_view *view, struct canvas *canvas, int y, size_t index)
{
    const struct problem *problem = at(view->diagnosis, view->list.shown[index]);
    const struct filter *filter = &view->list.filter;
    bool current = index == view->list.cursor;
    enum style style = current ? STYLE_CURSOR : STYLE_TEXT;
    const char *kind = problem_kind_name(problem->kind);
    const char *ext = problem->ext ? problem->ext : "";
    const char *detail = problem->detail ? problem->detail : "";
    int room = canvas->width - DETAIL_X;
    canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, style);
    canvas_printf(canvas, 0, y, canvas->width, style, "%c%s %-21s %-5s %s", current ? '>' : ' ',
                  problem->fixable ? "fix" : "   ", kind, ext, detail);
    filter_mark(filter, FILTER_KIND, kind, canvas, (struct rect){KIND_X, y, KIND_COLUMNS, 1});
    filter_mark(filter, FILTER_EXT, ext, canvas, (struct rect){EXT_X, y, 5, 1});
    if (room > 0) {
        filter_mark(filter, FILTER_NOTE, detail, canvas, (struct rect){DETAIL_X, y, room, 1});
    }
}

static size_t count_fixable(const struct diagnosis *diagnosis)
{
    size_t n = 0;
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        n += diagnosis->problems[i].fixable;
    }
    return n;
}

static void draw(struct view *base, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct doctor_view *view = (struct doctor_view *)base;
    const struct diagnosis *diagnosis = view->diagnosis;
    (void)caret;
    char title[FILTER_TEXT_MAX + 64];
    search_title(&view->list, "DOCTOR", title, sizeof title);
    int y = frame_header(shell, canvas, title);
    size_t fixable = count_fixable(diagnosis);
    char status[160];
    bool plans = fixable > 0 && !shell->place.read_only;
    snprintf(status, sizeof status, "%s%s%s shows one in full",
             plans ? frame_key(shell, CMD_REPAIR) : "", plans ? " plans the repair, " : "",
             frame_key(shell, CMD_DETAILS));
    int low = frame_footer(shell, canvas, base, diagnosis->n_problems ? status : "Esc goes back");
    canvas_printf(canvas, 0, y++, canvas->width, diagnosis->n_problems ? STYLE_WARN : STYLE_OK,
                  " %s records checked: %s problem%s, %s can be repaired",
                  frame_count(diagnosis->checked), frame_count(diagnosis->n_problems),
                  diagnosis->n_problems == 1 ? "" : "s", frame_count(fixable));
    if (diagnosis->n_problems == 0 && low - y >= 3) {
        canvas_text(canvas, 0, y + 1, canvas->width, STYLE_TEXT,
                    " Every record is correct; there is nothing to repair.");
    }
    list_scroll(&view->list, low - y);
    if (diagnosis->n_problems > 0 && view->list.n_shown == 0) {
        search_draw_none(shell, canvas, (struct rect){1, y + 1, canvas->width - 2, low - y - 1});
    }
    for (int i = 0; i < low - y && view->list.top + (size_t)i < view->list.n_shown; i++) {
        draw_problem(view, canvas, y + i, view->list.top + (size_t)i);
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
    unsigned reaction = search_command(&view->list, shell, command, s_columns);
    size_t row = list_current(&view->list);
    if (reaction != REACT_PASS) {
        return reaction;
    }
    if (command == CMD_DETAILS && row != SIZE_MAX) {
        details(shell, at(view->diagnosis, row));
        return REACT_DRAW;
    }
    return command == CMD_REPAIR ? repair(view, shell) : REACT_PASS;
}

static bool argument(struct view *base, struct shell *shell, enum command command, const char *text)
{
    if (command == CMD_FILTER) {
        search_given(&((struct doctor_view *)base)->list, shell, text);
    }
    return command == CMD_FILTER;
}

static const char *hint(const struct view *base, const struct shell *shell, enum command command)
{
    const struct doctor_view *view = (const struct doctor_view *)base;
    bool nothing = command == CMD_REPAIR && count_fixable(view->diagnosis) == 0;
    (void)shell;
    return nothing ? "" : command_info(command)->hint;
}

static bool has_row(const struct view *base)
{
    return list_current(&((const struct doctor_view *)base)->list) != SIZE_MAX;
}

static void release(struct view *base)
{
    struct doctor_view *view = (struct doctor_view *)base;
    list_release(&view->list);
    diagnosis_free(view->diagnosis);
    snapshot_unref(view->snapshot);
    roster_unref(view->roster);
    free(view);
}

static const struct view_ops s_doctor_ops = {.title = "doctor",
                                             .place = PLACE_DOCTOR,
                                             .draw = draw,
                                             .command = command,
                                             .argument = argument,
                                             .has_row = has_row,
                                             .hint = hint,
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
    open_list(view, shell);
    snprintf(result.says, sizeof result.says, "doctor: %s records checked, %s problem%s",
             frame_count(diagnosis->checked), frame_count(diagnosis->n_problems),
             diagnosis->n_problems == 1 ? "" : "s");
    snprintf(result.badge, sizeof result.badge, "doctor %s", frame_count(diagnosis->n_problems));
    if (shell_offer(shell, &result, typed)) {
        shell_say(shell, diagnosis->n_problems ? STYLE_WARN : STYLE_OK, "%s", result.says);
    }
}
