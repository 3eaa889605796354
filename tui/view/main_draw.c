/*
 * How the everyday screen is drawn.
 */

#include "tui/terminal/loop.h"
#include "tui/view/main_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/shell/gather.h"

#include "core/base/banned.h"

/* ---- the status ----------------------------------------------------------------------------- */

/* Why a source could not be read, or what to do about it. */
static void trouble(const struct shell *shell, char *room, size_t size)
{
    const char *hint = shell_trouble(shell)->hint;
    if (hint[0]) {
        snprintf(room, size, "%.*s", (int)strcspn(hint, "\n"), hint);
    } else {
        snprintf(room, size, "%s; %s reads it again", shell_trouble(shell)->text,
                 frame_key(shell, CMD_RELOAD));
    }
}

static void say_marked(const struct shell *shell, size_t n, char *out, size_t size)
{
    char basket[TEXT_NUMBER_ROOM + 24] = "";
    char reviews[KEYS_TEXT_MAX + 12] = "";
    if (gather_count(shell) > 0) {
        snprintf(basket, sizeof basket, ", %s in the basket", frame_count(gather_count(shell)));
        snprintf(reviews, sizeof reviews, ", %s reviews", frame_key(shell, CMD_BASKET));
    }
    snprintf(out, size, "%s marked%s: %s %s %s %s act on the marked, %s forgets them%s",
             frame_count(n), basket, frame_key(shell, CMD_ASSIGN), frame_key(shell, CMD_REASSIGN),
             frame_key(shell, CMD_RELEASE), frame_key(shell, CMD_PIN),
             frame_key(shell, CMD_UNMARK_ALL), reviews);
}

/* What a sync would do. */
static void say_pending(const struct shell *shell, char *out, size_t size)
{
    const struct screen_data *data = shell->data;
    char joined[TEXT_NUMBER_ROOM + 24] = "";
    char left[TEXT_NUMBER_ROOM + 24] = "";
    if (data->agents.n_new > 0) {
        snprintf(joined, sizeof joined, "%s without an extension", frame_count(data->agents.n_new));
    }
    if (data->agents.n_stale > 0) {
        snprintf(left, sizeof left, "%s%s to take back", joined[0] ? ", " : "",
                 frame_count(data->agents.n_stale));
    }
    bool plans = !shell->place.read_only;
    snprintf(out, size, "%s%s%s%s%s", joined, left, plans ? ": " : "",
             plans ? frame_key(shell, CMD_SYNC) : "", plans ? " plans it" : "");
}

/* What the marks and open results wait for; false: nothing waits. */
static bool waiting(const struct list *list, const struct shell *shell, char *room, size_t size)
{
    if (list->range != SIZE_MAX) {
        snprintf(room, size, "range: move to its other end; %s marks it, %s cancels it",
                 frame_key(shell, CMD_RANGE), frame_key(shell, CMD_BACK));
    } else if (list->n_marked > 0) {
        say_marked(shell, list->n_marked, room, size);
    } else if (shell->stack.n_ready > 0) {
        snprintf(room, size, "%s waits: %s opens it", shell->stack.ready[0].badge,
                 frame_key(shell, shell->stack.ready[0].opens));
    } else if (shell_trouble(shell)->code != ERR_OK) {
        trouble(shell, room, size);
    } else {
        return false;
    }
    return true;
}

static const char *status(const struct main_view *main, const struct shell *shell,
                          const struct part_about *about, char *room, size_t size)
{
    const struct screen_data *data = shell->data;
    if (waiting(main_rows(main), shell, room, size)) {
        return room;
    }
    if (main->focus == FOCUS_CHANGES && shell->changes.n_unseen > 0) {
        snprintf(room, size, "%s not seen yet: %s next, %s before, %s marks all seen",
                 frame_count(shell->changes.n_unseen), frame_key(shell, CMD_CHANGE_NEXT),
                 frame_key(shell, CMD_CHANGE_PREVIOUS), frame_key(shell, CMD_SEEN));
        return room;
    }
    if (data && main->layout.areas[FOCUS_DETAILS].height == 0 && about->selection->n > 0) {
        part_details_line(shell, about, room, size);
        return room;
    }
    if (data && data->partial) {
        return "the directory has not been read completely yet";
    }
    if (main->focus == FOCUS_DETAILS) { /* in the lists it would be sent anew with each row */
        part_details_live(shell, about, room, size);
        if (room[0]) {
            return room;
        }
    }
    if (data && data->roster && data->agents.n_new + data->agents.n_stale > 0) {
        say_pending(shell, room, size);
        return room;
    }
    if (data && !session_directory_uri(shell->place.session)) {
        return "no directory: these agents hold extensions; a sync needs a directory";
    }
    return data && data->roster ? "everyone has an extension" : NULL;
}

/* ---- the parts ------------------------------------------------------------------------------ */

static void draw_part(const struct main_view *main, enum focus place, struct shell *shell,
                      struct part_about *about, struct canvas *canvas)
{
    struct part *part = place == FOCUS_DETAILS ? main->details : main->changes;
    struct rect area = main->layout.areas[place];
    char title[128];
    if (area.height == 0) {
        return;
    }
    about->focus = main->focus == place;
    about->form = canvas->width >= LAYOUT_THREE ? PART_COLUMN
                  : main->layout.small_details  ? PART_SMALL
                                                : PART_SIDE;
    part->ops->title(part, shell, about, title, sizeof title);
    struct rect inside = canvas_box(canvas, area, about->focus ? STYLE_FRAME_FOCUS : STYLE_FRAME,
                                    about->focus ? STYLE_TITLE_FOCUS : STYLE_TITLE, title);
    part->ops->draw(part, shell, about, canvas,
                    (struct rect){inside.x + 1, inside.y, inside.width - 1, inside.height});
}

/* The current row, and what is marked. */
static void fill_about(const struct main_view *main, const struct shell *shell,
                       const struct selection *selection, struct part_about *out)
{
    size_t row = list_current(main_rows(main));
    *out = (struct part_about){
        .number = main->on_numbers, .selection = selection, .n_marked = main_rows(main)->n_marked};
    if (!shell->data || row == SIZE_MAX) {
        return;
    }
    if (main->on_numbers) {
        out->slot = &shell->data->snapshot->slots[row];
        out->row = out->slot->state == SLOT_ASSIGNED
                       ? screen_data_find_agent(shell->data, out->slot->agent)
                       : NULL;
    } else {
        out->row = &shell->data->agents.rows[row];
        out->slot = out->row->slot;
    }
}

/* ---- the lists ------------------------------------------------------------------------------ */

static enum pane_cursor cursor_of(const struct main_view *main, enum focus place)
{
    if (main->focus == place) {
        return PANE_CURSOR;
    }
    return main->focus > FOCUS_EXTENSIONS && main->on_numbers == (place == FOCUS_EXTENSIONS)
               ? PANE_CURSOR_KEPT
               : PANE_CURSOR_IDLE;
}

/* In three columns the extensions follow the current agent. */
static bool follow(struct main_view *main, const struct shell *shell, char *title, size_t size)
{
    size_t row = list_current(&main->agents.list);
    if (main->on_numbers || !shell->data || row == SIZE_MAX) {
        return false;
    }
    const struct slot *slot = shell->data->agents.rows[row].slot;
    if (!slot || !list_seek(&main->extensions.list, slot->ext)) {
        return false;
    }
    snprintf(title, size, "  follows %s", slot->ext);
    return true;
}

static void draw_lists(struct main_view *main, struct shell *shell, struct canvas *canvas)
{
    const struct rect *areas = main->layout.areas;
    struct pane_look agents = {cursor_of(main, FOCUS_AGENTS), ""};
    struct pane_look extensions = {cursor_of(main, FOCUS_EXTENSIONS), ""};
    char follows[64];
    if (canvas->width >= LAYOUT_THREE && follow(main, shell, follows, sizeof follows)) {
        extensions = (struct pane_look){PANE_CURSOR_FOLLOWS, follows};
    }
    if (areas[FOCUS_AGENTS].height > 0) {
        pane_draw(&main->agents, shell, canvas, areas[FOCUS_AGENTS], &agents);
    }
    if (areas[FOCUS_EXTENSIONS].height > 0) {
        pane_draw(&main->extensions, shell, canvas, areas[FOCUS_EXTENSIONS], &extensions);
    }
}

static void draw_activity(const struct main_view *main, struct shell *shell, struct canvas *canvas)
{
    bool bad =
        shell->messages.flash_style == STYLE_WARN || shell->messages.flash_style == STYLE_ERROR;
    struct rect lines = main->layout.activity;
    if (lines.height > 0 && shell->messages.flash_said && !bad) {
        shell->messages.flash[0] = '\0'; /* the activity shows it already */
    }
    if (main->layout.activity_frame) {
        lines = canvas_box(canvas, lines, STYLE_FRAME, STYLE_TITLE, "Activity");
    }
    frame_activity(shell, canvas, lines);
}

void main_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct main_view *main = (struct main_view *)view;
    struct selection selection;
    struct part_about about;
    char says[256];
    char room[ERR_HINT_MAX];
    (void)caret;
    if (main->answers != shell->live.answers) { /* a filter may ask for what agents do */
        main->answers = shell->live.answers;
        list_filter_again(&main->agents.list);
        list_filter_again(&main->extensions.list);
    }
    layout_everyday(canvas->width, canvas->height, main->focus, &main->layout);
    frame_header(shell, canvas, NULL);
    if (main->layout.gauge) {
        frame_gauge(shell, canvas, 1);
    }
    draw_lists(main, shell, canvas);
    main_select(main, shell, &selection);
    fill_about(main, shell, &selection, &about);
    about.empty = selection.n > 0 ? NULL : pane_empty(main_list(main), shell, says, sizeof says);
    draw_part(main, FOCUS_DETAILS, shell, &about, canvas);
    draw_part(main, FOCUS_CHANGES, shell, &about, canvas);
    draw_activity(main, shell, canvas);
    snprintf(main->act_on, sizeof main->act_on, "act on %s", frame_count(about.n_marked));
    frame_footer(shell, canvas, view, status(main, shell, &about, room, sizeof room));
    selection_release(&selection);
    seen_watch_drawn(&main->seen, shell, about.row ? about.row->login : NULL,
                     about.slot ? about.slot->ext : NULL);
    struct live_lists lists = main_live_lists(main);
    live_watch_drawn(&main->live, shell, &lists);
}
