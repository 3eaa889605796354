#include "tui/view/main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/mem.h"
#include "tui/view/details.h"
#include "tui/view/edit.h"
#include "tui/panel/pages.h"
#include "tui/view/panes.h"
#include "tui/panel/prompt.h"
#include "tui/terminal/term.h"
#include "tui/view/history.h"

#include "core/base/banned.h"

#define NARROW 66 /* below, one list at a time */
#define WHEEL 3

struct main_view {
    struct view view;
    struct pane agents;
    struct pane extensions;
    bool on_extensions; /* where the keyboard is */
    struct rect agents_area, extensions_area;
};

static struct pane *focus(struct main_view *main)
{
    return main->on_extensions ? &main->extensions : &main->agents;
}

static const struct pane *focus_of(const struct main_view *main)
{
    return main->on_extensions ? &main->extensions : &main->agents;
}

/* ---- selection ------------------------------------------------------------------------------ */

static void select_rows(const struct main_view *main, const struct shell *shell,
                        struct selection *selection)
{
    size_t n;
    *selection = (struct selection){.agents = !main->on_extensions};
    uint32_t *rows = list_chosen(&focus_of(main)->list, &n);
    if (!rows) {
        return;
    }
    selection->n = n;
    selection->rows = mem_array(n, sizeof *selection->rows);
    selection->slots = mem_array(n, sizeof *selection->slots);
    for (size_t i = 0; i < n; i++) {
        if (selection->agents) {
            selection->rows[i] = &shell->data->agents.rows[rows[i]];
            selection->slots[i] = selection->rows[i]->slot;
        } else {
            selection->slots[i] = &shell->data->snapshot->slots[rows[i]];
            selection->rows[i] =
                selection->slots[i]->state == SLOT_ASSIGNED
                    ? screen_data_find_agent(shell->data, selection->slots[i]->agent)
                    : NULL;
        }
    }
    free(rows);
}

static void unmark(struct view *view)
{
    list_unmark_all(&focus((struct main_view *)view)->list);
}

static void details(const struct view *view, const struct shell *shell, struct buf *out)
{
    struct selection selection;
    if (!shell->data) {
        buf_puts(out, "nothing has been read yet\n");
        return;
    }
    select_rows((const struct main_view *)view, shell, &selection);
    details_text(shell, &selection, out);
    selection_release(&selection);
}

/* ---- drawing -------------------------------------------------------------------------------- */

static void draw_details(const struct main_view *main, const struct shell *shell,
                         struct canvas *canvas, struct rect area)
{
    struct buf text;
    struct rect inside = canvas_box(canvas, area, STYLE_FRAME, STYLE_TITLE, "Details");
    buf_init(&text, 65536);
    details(&main->view, shell, &text);
    page_draw_text(canvas, &text, 0,
                   (struct rect){inside.x + 1, inside.y, inside.width - 2, inside.height});
    buf_release(&text);
}

static void draw_panes(struct main_view *main, struct shell *shell, struct canvas *canvas,
                       struct rect area)
{
    main->agents_area = main->extensions_area = (struct rect){0, 0, 0, 0};
    if (area.width < NARROW) {
        *(main->on_extensions ? &main->extensions_area : &main->agents_area) = area;
        pane_draw(focus(main), shell, canvas, area, true);
        return;
    }
    int lists = area.width >= SHELL_WIDE ? area.width * 7 / 10 : area.width;
    int left = lists * 58 / 100;
    main->agents_area = (struct rect){area.x, area.y, left, area.height};
    main->extensions_area = (struct rect){area.x + left, area.y, lists - left, area.height};
    pane_draw(&main->agents, shell, canvas, main->agents_area, !main->on_extensions);
    pane_draw(&main->extensions, shell, canvas, main->extensions_area, main->on_extensions);
    if (lists < area.width) {
        draw_details(main, shell, canvas,
                     (struct rect){area.x + lists, area.y, area.width - lists, area.height});
    }
}

static const char *status(const struct main_view *main, const struct shell *shell, char *room,
                          size_t size)
{
    const struct list *list = &focus_of(main)->list;
    const struct screen_data *data = shell->data;
    if (list->range != SIZE_MAX) {
        snprintf(room, size, "range: move to its other end; %s marks it, %s cancels it",
                 frame_key(shell, CMD_RANGE), frame_key(shell, CMD_BACK));
        return room;
    }
    if (list->n_marked > 0) {
        snprintf(room, size, "%s marked: %s %s %s %s act on all of them, %s unmarks them",
                 frame_count(list->n_marked), frame_key(shell, CMD_ASSIGN),
                 frame_key(shell, CMD_REASSIGN), frame_key(shell, CMD_RELEASE),
                 frame_key(shell, CMD_PIN), frame_key(shell, CMD_UNMARK_ALL));
        return room;
    }
    if (shell->stack.n_ready > 0) {
        snprintf(room, size, "%s waits: %s opens it", shell->stack.ready[0].badge,
                 frame_key(shell, shell->stack.ready[0].opens));
        return room;
    }
    if (shell_trouble(shell)->code != ERR_OK) {
        const char *hint = shell_trouble(shell)->hint;
        if (hint[0]) {
            snprintf(room, size, "%.*s", (int)strcspn(hint, "\n"), hint);
        } else {
            snprintf(room, size, "%s; %s reads it again", shell_trouble(shell)->text,
                     frame_key(shell, CMD_RELOAD));
        }
        return room;
    }
    if (data && data->partial) {
        return "the directory has not been read completely yet";
    }
    if (data && data->roster && data->agents.n_new + data->agents.n_stale > 0) {
        snprintf(room, size, "%s without an extension, %s to take back: %s plans it",
                 frame_count(data->agents.n_new), frame_count(data->agents.n_stale),
                 frame_key(shell, CMD_SYNC));
        return room;
    }
    if (data && !session_directory_uri(shell->place.session)) {
        return "no directory: these agents hold extensions; a sync needs a directory";
    }
    return data && data->roster ? "everyone has an extension" : NULL;
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct main_view *main = (struct main_view *)view;
    char room[ERR_HINT_MAX];
    (void)caret;
    int y = frame_header(shell, canvas, NULL);
    if (canvas->height >= 9) {
        y = frame_gauge(shell, canvas, y);
    }
    int activity = canvas->height >= 36 ? 8 : canvas->height >= 16 ? 2 : 0;
    bool bad =
        shell->messages.flash_style == STYLE_WARN || shell->messages.flash_style == STYLE_ERROR;
    if (activity > 0 && shell->messages.flash_said && !bad) {
        shell->messages.flash[0] = '\0'; /* the activity above shows it already */
    }
    int low = frame_footer(shell, canvas, view, status(main, shell, room, sizeof room));
    struct rect lines = {0, low - activity, canvas->width, activity};
    if (activity > 2) {
        struct rect box = {0, lines.y - 2, canvas->width, activity + 2};
        lines = canvas_box(canvas, box, STYLE_FRAME, STYLE_TITLE, "Activity");
        low = box.y;
    } else {
        low = lines.y;
    }
    frame_activity(shell, canvas, lines);
    draw_panes(main, shell, canvas, (struct rect){0, y, canvas->width, low - y});
}

/* ---- commands ------------------------------------------------------------------------------- */

static unsigned back(struct main_view *main, struct shell *shell)
{
    struct list *list = &focus(main)->list;
    if (list->range != SIZE_MAX) {
        list->range = SIZE_MAX;
    } else if (list->filter_text[0]) {
        list_filter(list, "");
    } else {
        char key[KEYS_TEXT_MAX];
        bindings_key(&shell->bindings, CMD_QUIT, key);
        shell_flash(shell, STYLE_DIM, "this is the first screen; %s leaves", key);
    }
    return REACT_DRAW;
}

static void copy(const struct main_view *main, struct shell *shell, bool whole)
{
    struct selection selection;
    struct arena arena = ARENA_INIT;
    struct buf text;
    struct err err = ERR_INIT;
    size_t n = 0;
    buf_init(&text, 1 << 20);
    select_rows(main, shell, &selection);
    for (size_t i = 0; i < selection.n; i++) {
        const struct agent_row *row = selection.rows[i];
        const struct slot *slot = selection.slots[i];
        if (!whole && !slot) {
            continue;
        }
        buf_puts(&text, n++ ? "\n" : "");
        if (!whole) {
            buf_puts(&text, slot->ext);
        } else {
            /* A TAB or a line end in a name would split the row. */
            buf_printf(&text, "%s\t%s\t%s\t%s", slot ? slot->ext : "",
                       row ? text_sanitise(&arena, row->login) : "",
                       row && row->name ? text_sanitise(&arena, row->name) : "",
                       slot ? screen_data_slot_states(shell->data, slot)
                            : screen_data_agent_look(shell->data, row)->states);
        }
    }
    if (n == 0) {
        shell_flash(shell, STYLE_WARN, "nothing to copy: this row has no extension");
    } else if (buf_failed(&text) || term_copy(text.data, &err) != ERR_OK) {
        shell_flash(shell, STYLE_WARN, "copy: %s", err.code ? err.text : "too much");
    } else if (n == 1) {
        shell_flash(shell, STYLE_OK, "copied %s", text.data);
    } else {
        shell_flash(shell, STYLE_OK, "copied %s %s", frame_count(n), whole ? "rows" : "extensions");
    }
    selection_release(&selection);
    arena_release(&arena);
    buf_release(&text);
}

static unsigned edit(const struct main_view *main, struct shell *shell, enum command command)
{
    struct selection selection = {0};
    if (shell->data) {
        select_rows(main, shell, &selection);
    }
    unsigned reaction = edit_command(shell, command, &selection);
    selection_release(&selection);
    return reaction;
}

static unsigned command(struct view *view, struct shell *shell, enum command command)
{
    struct main_view *main = (struct main_view *)view;
    unsigned reaction = pane_command(focus(main), shell, command);
    if (reaction != REACT_PASS) {
        return reaction;
    }
    switch ((int)command) {
    case CMD_PANE_NEXT:
    case CMD_PANE_PREVIOUS:
        main->on_extensions = !main->on_extensions;
        return REACT_DRAW;
    case CMD_PANE_1:
    case CMD_PANE_2:
        main->on_extensions = command == CMD_PANE_2;
        return REACT_DRAW;
    case CMD_DETAILS:
    case CMD_PANE_3:
        details_open(shell);
        return REACT_DRAW;
    case CMD_PANE_4:
        page_activity(shell);
        return REACT_DRAW;
    case CMD_FILTER:
        prompt_filter(shell, &focus(main)->list);
        return REACT_DRAW;
    case CMD_COPY:
    case CMD_COPY_ROW:
        copy(main, shell, command == CMD_COPY_ROW);
        return REACT_DRAW;
    case CMD_HISTORY:
        view_history_open(shell);
        return REACT_DRAW;
    case CMD_BACK:
        return back(main, shell);
    default:
        return edit(main, shell, command);
    }
}

static bool argument(struct view *view, struct shell *shell, enum command command, const char *text)
{
    if (command == CMD_FILTER) {
        list_filter(&focus((struct main_view *)view)->list, text);
        return true;
    }
    return edit_argument(shell, command, text);
}

static unsigned click(struct view *view, struct shell *shell, const struct key_event *event)
{
    struct main_view *main = (struct main_view *)view;
    (void)shell;
    if (!event->press) {
        return REACT_NONE;
    }
    if (event->button == 64 || event->button == 65) {
        list_move(&focus(main)->list, event->button == 64 ? -WHEEL : WHEEL);
        return REACT_DRAW;
    }
    struct rect areas[2] = {main->agents_area, main->extensions_area};
    for (int i = 0; i < 2; i++) {
        struct rect a = areas[i];
        if (event->x >= a.x && event->x < a.x + a.width && event->y >= a.y &&
            event->y < a.y + a.height) {
            main->on_extensions = i == 1;
            struct pane *pane = focus(main);
            int line = event->y - pane->rows.y;
            if (line >= 0 && line < pane->rows.height &&
                pane->list.top + (size_t)line < pane->list.n_shown) {
                list_move_to(&pane->list, pane->list.top + (size_t)line);
            }
            return REACT_DRAW;
        }
    }
    return REACT_NONE;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void reload(struct view *view, struct shell *shell)
{
    struct main_view *main = (struct main_view *)view;
    pane_reload(&main->agents, shell, shell->data);
    pane_reload(&main->extensions, shell, shell->data);
}

static bool has_row(const struct view *view)
{
    const struct list *list = &focus_of((const struct main_view *)view)->list;
    return list->n_marked > 0 || list_current(list) != SIZE_MAX;
}

static void release(struct view *view)
{
    struct main_view *main = (struct main_view *)view;
    pane_release(&main->agents);
    pane_release(&main->extensions);
    free(main);
}

static const struct view_ops s_main_ops = {.title = "everyday screen",
                                           .place = PLACE_MAIN,
                                           .draw = draw,
                                           .command = command,
                                           .argument = argument,
                                           .click = click,
                                           .reload = reload,
                                           .has_row = has_row,
                                           .unmark = unmark,
                                           .details = details,
                                           .free = release};

struct view *view_main_new(void)
{
    edit_start();
    struct main_view *main = mem_alloc(sizeof *main);
    main->view.ops = &s_main_ops;
    pane_init(&main->agents, &pane_agents);
    pane_init(&main->extensions, &pane_extensions);
    return &main->view;
}
