#include "tui/view/main.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/panel/jump.h"
#include "tui/panel/pages.h"
#include "tui/panel/search.h"
#include "tui/shell/work.h"
#include "tui/terminal/term.h"
#include "tui/view/ask.h"
#include "tui/view/details.h"
#include "tui/view/edit.h"
#include "tui/view/history.h"
#include "tui/view/main_private.h"
#include "tui/view/panes.h"
#include "tui/view/row_menu.h"

#include "core/base/banned.h"

#define WHEEL 3

/* ---- what the views above ask --------------------------------------------------------------- */

static void unmark(struct view *view)
{
    list_unmark_all(&main_list((struct main_view *)view)->list);
}

static void details(const struct view *view, const struct shell *shell, struct buf *out)
{
    struct selection selection;
    if (!shell->data) {
        buf_puts(out, "nothing has been read yet\n");
        return;
    }
    main_select((const struct main_view *)view, shell, &selection);
    details_text(shell, &selection, out);
    selection_release(&selection);
}

/* ---- commands ------------------------------------------------------------------------------- */

static unsigned back(struct main_view *main, struct shell *shell)
{
    struct list *list = &main_list(main)->list;
    if (main->focus == FOCUS_DETAILS || main->focus == FOCUS_CHANGES) {
        main_go(main, shell, main->on_numbers ? FOCUS_EXTENSIONS : FOCUS_AGENTS);
    } else if (list->range != SIZE_MAX) {
        list->range = SIZE_MAX;
    } else if (list->filter_text[0]) {
        search_given(list, shell, "");
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
    main_select(main, shell, &selection);
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
    struct selection selection;
    main_select(main, shell, &selection);
    unsigned reaction = edit_command(shell, command, &selection);
    selection_release(&selection);
    return reaction;
}

/* To a row that others changed: of this list, or else of the other one. */
static void to_change(struct main_view *main, struct shell *shell, int step)
{
    bool numbers = main->on_numbers;
    if (pane_to_change(main_list(main), shell, step)) {
        return;
    }
    if (pane_to_change(numbers ? &main->agents : &main->extensions, shell, step)) {
        size_t at = (numbers ? &main->agents : &main->extensions)->list.cursor;
        main_go(main, shell, numbers ? FOCUS_AGENTS : FOCUS_EXTENSIONS);
        list_move_to(&main_list(main)->list, at); /* main_go has moved it to the other row */
        return;
    }
    shell_flash(shell, STYLE_INFO,
                shell->changes.n_unseen > 0 ? "the filter hides what others changed"
                                            : "nobody else changed anything that you did not see");
}

/* Where the keyboard goes, and what opens; REACT_PASS if it is another command. */
static unsigned places(struct main_view *main, struct shell *shell, enum command command)
{
    switch ((int)command) {
    case CMD_PANE_NEXT:
        main_go(main, shell, (main->focus + 1) % FOCUS_COUNT);
        return REACT_DRAW;
    case CMD_PANE_PREVIOUS:
        main_go(main, shell, (main->focus + FOCUS_COUNT - 1) % FOCUS_COUNT);
        return REACT_DRAW;
    case CMD_PANE_1:
        main_go(main, shell, FOCUS_AGENTS);
        return REACT_DRAW;
    case CMD_PANE_2:
        main_go(main, shell, FOCUS_EXTENSIONS);
        return REACT_DRAW;
    case CMD_PANE_4:
        main_go(main, shell, FOCUS_CHANGES);
        return REACT_DRAW;
    case CMD_CHANGE_NEXT:
    case CMD_CHANGE_PREVIOUS:
        to_change(main, shell, command == CMD_CHANGE_NEXT ? 1 : -1);
        return REACT_DRAW;
    case CMD_SEEN:
        shell_see_all(shell);
        shell_flash(shell, STYLE_OK, "all changes are marked as seen");
        return REACT_DRAW;
    case CMD_PANE_3:
        details_open(shell);
        return REACT_DRAW;
    case CMD_JUMP:
        main_jump_begin(main);
        jump_open(shell);
        return REACT_DRAW;
    case CMD_ACTIVITY:
        page_activity(shell);
        return REACT_DRAW;
    case CMD_HISTORY:
        view_history_open(shell);
        return REACT_DRAW;
    case CMD_AT:
        ask_past(shell);
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

static void menu(const struct main_view *main, struct shell *shell)
{
    struct selection selection;
    main_select(main, shell, &selection);
    row_menu_open(shell, &selection);
    selection_release(&selection);
}

static unsigned on_rows(struct main_view *main, struct shell *shell, enum command command)
{
    switch ((int)command) {
    case CMD_MENU:
        menu(main, shell);
        return REACT_DRAW;
    case CMD_COPY:
    case CMD_COPY_ROW:
        copy(main, shell, command == CMD_COPY_ROW);
        return REACT_DRAW;
    case CMD_BACK:
        return back(main, shell);
    default:
        return edit(main, shell, command);
    }
}

/* The lists go to the row that the part's cursor is about; false: it is not shown. */
static bool seek_row(struct main_view *main, struct shell *shell, const struct part *part)
{
    const char *login;
    const char *ext;
    if (!part || !part->ops->row || !part->ops->row(part, &login, &ext)) {
        return false;
    }
    main->on_numbers = !(login && list_seek(&main->agents.list, login));
    if (main->on_numbers && !(ext && list_seek(&main->extensions.list, ext))) {
        shell_flash(shell, STYLE_WARN, "its row is not in the lists as they are shown");
        return false;
    }
    return true;
}

/* What the part of the right side does by itself, or about the row of its cursor. */
static unsigned part_command(struct main_view *main, struct shell *shell, enum command command)
{
    struct part *part = main_part(main);
    unsigned reaction = part ? part->ops->command(part, shell, command) : REACT_PASS;
    bool about_row = command == CMD_MENU || command == CMD_HISTORY;
    if (reaction != REACT_PASS || !about_row || !part || !part->ops->row) {
        return reaction;
    }
    if (!seek_row(main, shell, part)) {
        return REACT_DRAW;
    }
    if (command == CMD_HISTORY) {
        main_go(main, shell, FOCUS_DETAILS);
        return REACT_DRAW;
    }
    return REACT_PASS;
}

static unsigned command(struct view *view, struct shell *shell, enum command command)
{
    struct main_view *main = (struct main_view *)view;
    unsigned reaction = part_command(main, shell, command);
    if (reaction == REACT_PASS) {
        reaction = pane_command(main_list(main), shell, command);
    }
    if (command == CMD_SORT || command == CMD_REVERSE) {
        pane_keep(main_list(main), shell);
    }
    if (reaction == REACT_PASS) {
        reaction = places(main, shell, command);
    }
    if (reaction == REACT_PASS) {
        reaction = on_rows(main, shell, command);
    }
    main_list(main)->list.alone = false;
    return reaction;
}

/* To a number; "": back to where the jump began. */
static void jump(struct main_view *main, struct shell *shell, const char *digits)
{
    if (*digits) {
        main_jump(main, shell, digits);
    } else {
        main_jump_back(main);
    }
}

static bool argument(struct view *view, struct shell *shell, enum command command, const char *text)
{
    struct main_view *main = (struct main_view *)view;
    if (command == CMD_FILTER) {
        search_given(&main_list(main)->list, shell, text);
        return true;
    }
    if (command == CMD_JUMP) {
        jump(main, shell, text);
        return true;
    }
    struct selection selection;
    main_select(main, shell, &selection);
    bool taken = edit_argument(shell, command, &selection, text);
    selection_release(&selection);
    return taken;
}

static bool is_inside(struct rect area, int x, int y)
{
    return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}

static unsigned click(struct view *view, struct shell *shell, const struct key_event *event)
{
    struct main_view *main = (struct main_view *)view;
    if (!event->press) {
        return REACT_NONE;
    }
    if (event->button == 64 || event->button == 65) {
        list_move(&main_list(main)->list, event->button == 64 ? -WHEEL : WHEEL);
        return REACT_DRAW;
    }
    for (int i = FOCUS_COUNT - 1; i >= 0; i--) { /* the details share a line of the extensions */
        if (!is_inside(main->layout.areas[i], event->x, event->y)) {
            continue;
        }
        main_go(main, shell, (enum focus)i);
        if (i <= FOCUS_EXTENSIONS) {
            pane_click(main_list(main), event->x, event->y);
            pane_keep(main_list(main), shell);
        }
        return REACT_DRAW;
    }
    return REACT_NONE;
}

/* ---- time ----------------------------------------------------------------------------------- */

static int64_t wakes_at(const struct view *view, const struct shell *shell)
{
    const struct main_view *main = (const struct main_view *)view;
    int64_t live_ms = live_watch_at(&main->live, shell);
    int64_t details_ms = main->details->ops->wakes_at(main->details);
    int64_t first_ms = live_ms < details_ms ? live_ms : details_ms;
    return main->seen.at_ms < first_ms ? main->seen.at_ms : first_ms;
}

static unsigned on_time(struct view *view, struct shell *shell)
{
    struct main_view *main = (struct main_view *)view;
    int64_t now_ms = clock_ticks_ms();
    unsigned reaction = REACT_NONE;
    if (now_ms >= main->details->ops->wakes_at(main->details)) {
        reaction |= main->details->ops->on_time(main->details, shell);
    }
    if (now_ms >= main->seen.at_ms) {
        reaction |= seen_watch_act(&main->seen, shell);
    }
    if (now_ms >= live_watch_at(&main->live, shell)) {
        struct live_lists lists = main_live_lists(main);
        live_watch_act(&main->live, shell, &lists);
    }
    return reaction;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void reload(struct view *view, struct shell *shell)
{
    struct main_view *main = (struct main_view *)view;
    if (!main->recalled && shell->data) {
        main->recalled = true;
        pane_recall(&main->agents, shell);
        pane_recall(&main->extensions, shell);
    }
    pane_reload(&main->agents, shell, shell->data);
    pane_reload(&main->extensions, shell, shell->data);
    struct part *parts[] = {main->details, main->changes};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i]->ops->reload) {
            parts[i]->ops->reload(parts[i], shell);
        }
    }
}

/* With marks the edits say what they act on: "a r x p act on 2". */
static const char *hint(const struct view *view, const struct shell *shell, enum command command)
{
    const struct main_view *main = (const struct main_view *)view;
    size_t n_marked = main_rows(main)->n_marked;
    (void)shell;
    switch ((int)command) {
    case CMD_ASSIGN:
    case CMD_REASSIGN:
    case CMD_RELEASE:
        return n_marked > 0 ? " " : command_info(command)->hint;
    case CMD_SWAP:
        return n_marked == 0 ? command_info(command)->hint : n_marked == 2 ? " " : "";
    case CMD_PIN:
        return n_marked > 0 ? main->act_on : command_info(command)->hint;
    case CMD_RESERVE:
        return main->on_numbers && n_marked == 0 ? command_info(command)->hint : "";
    default:
        return command_info(command)->hint;
    }
}

static bool has_row(const struct view *view)
{
    const struct list *list = main_rows((const struct main_view *)view);
    return list->n_marked > 0 || list_current(list) != SIZE_MAX;
}

static void release(struct view *view)
{
    struct main_view *main = (struct main_view *)view;
    pane_release(&main->agents);
    pane_release(&main->extensions);
    main->details->ops->free(main->details);
    main->changes->ops->free(main->changes);
    free(main);
}

static const struct view_ops s_main_ops = {.title = "everyday screen",
                                           .place = PLACE_MAIN,
                                           .draw = main_draw,
                                           .command = command,
                                           .argument = argument,
                                           .click = click,
                                           .wakes_at = wakes_at,
                                           .on_time = on_time,
                                           .reload = reload,
                                           .has_row = has_row,
                                           .hint = hint,
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
    live_watch_init(&main->live);
    seen_watch_init(&main->seen);
    main->details = part_details_new();
    main->changes = part_changes_new();
    return &main->view;
}
