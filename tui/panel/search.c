#include "tui/panel/search.h"

#include <stdio.h>

#include "tui/panel/prompt.h"

#include "core/base/banned.h"

/* Whether it was a command that moves the current row. */
static bool moved(struct list *list, enum command command)
{
    switch ((int)command) {
    case CMD_UP:
    case CMD_DOWN:
        list_move(list, command == CMD_UP ? -1 : 1);
        return true;
    case CMD_PAGE_UP:
    case CMD_PAGE_DOWN:
        list_turn(list, command == CMD_PAGE_UP ? -list->page : list->page);
        return true;
    case CMD_HALF_UP:
    case CMD_HALF_DOWN:
        list_turn(list, (int64_t)((list->page + 1) / 2) * (command == CMD_HALF_UP ? -1 : 1));
        return true;
    case CMD_FIRST:
        list_move_to(list, 0);
        return true;
    case CMD_LAST:
        list_move_to(list, SIZE_MAX);
        return true;
    case CMD_NEXT:
    case CMD_PREVIOUS:
        list_cycle(list, command == CMD_NEXT ? 1 : -1);
        return true;
    default:
        return false;
    }
}

static void sort_by_next(struct list *list, struct shell *shell, const char *const *columns)
{
    int column = list->column;
    do {
        column = (column + 1) % list->n_columns;
    } while (!columns[column] && column != list->column);
    list_sort(list, column, false);
    shell_flash(shell, STYLE_INFO, "sorted by %s", columns[column]);
}

unsigned search_command(struct list *list, struct shell *shell, enum command command,
                        const char *const *columns)
{
    if (moved(list, command)) {
        return REACT_DRAW;
    }
    switch ((int)command) {
    case CMD_FILTER:
        prompt_filter(shell, list, NULL);
        return REACT_DRAW;
    case CMD_JUMP: /* where rows are no numbers: to those that are about one */
        prompt_filter(shell, list, "ext:");
        return REACT_DRAW;
    case CMD_SAVED_FILTER:
    case CMD_SAVE_FILTER:
        prompt_saved(shell, list, command == CMD_SAVE_FILTER);
        return REACT_DRAW;
    case CMD_SORT:
        sort_by_next(list, shell, columns);
        return REACT_DRAW;
    case CMD_REVERSE:
        list_sort(list, list->column, !list->reverse);
        return REACT_DRAW;
    case CMD_BACK:
        if (list->filter_text[0]) {
            search_given(list, shell, "");
            return REACT_DRAW;
        }
        return REACT_PASS;
    default:
        return REACT_PASS;
    }
}

void search_given(struct list *list, struct shell *shell, const char *text)
{
    char problem[FILTER_PROBLEM_MAX];
    if (list_change_filter(list, text, problem) == FILTER_WRONG) {
        shell_flash(shell, STYLE_ERROR, "%s", problem);
    }
}

void search_title(const struct list *list, const char *name, char *out, size_t size)
{
    if (list->filter_text[0]) {
        snprintf(out, size, "%s %s of %s /%s", name, frame_count(list->n_shown),
                 frame_count(list->source.n_rows), list->filter_text);
    } else {
        snprintf(out, size, "%s", name);
    }
}

void search_draw_none(const struct shell *shell, struct canvas *canvas, struct rect area)
{
    char text[160];
    snprintf(text, sizeof text,
             "nothing matches the filter\n%s changes it, %s shows everything again",
             frame_key(shell, CMD_FILTER), frame_key(shell, CMD_BACK));
    canvas_wrap(canvas, area, STYLE_DIM, text);
}
