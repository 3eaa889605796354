/*
 * The Changes beside the lists: what was done, newest first, one action a line.
 */

#include "tui/view/part.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static size_t n_actions(const struct shell *shell)
{
    return shell->reading.history ? shell->reading.history->n_actions : 0;
}

static void title(const struct part *part, const struct shell *shell,
                  const struct part_about *about, char *out, size_t size)
{
    (void)part;
    if (about->form == PART_COLUMN) {
        snprintf(out, size, "4 Changes %s", frame_count(n_actions(shell)));
    } else {
        snprintf(out, size, "3 Details > ext > CHANGES %s", frame_count(n_actions(shell)));
    }
}

static void draw(struct part *part, struct shell *shell, const struct part_about *about,
                 struct canvas *canvas, struct rect inside)
{
    (void)part;
    (void)about;
    for (int i = 0; i < inside.height && (size_t)i < n_actions(shell); i++) {
        const struct audit_action *action = &shell->reading.history->actions[i];
        char when[WHEN_MAX];
        when_day(action->at_ms / 1000, shell_now_s(shell), when);
        canvas_printf(canvas, inside.x, inside.y + i, 6, STYLE_DIM, "%s", when);
        canvas_printf(canvas, inside.x + 7, inside.y + i, inside.width - 7, STYLE_TEXT,
                      "%s  %s %zu", action->actor, action->action, action->n_changes);
    }
}

static unsigned command(struct part *part, struct shell *shell, enum command command)
{
    (void)part;
    (void)shell;
    (void)command;
    return REACT_PASS;
}

static void release(struct part *part)
{
    free(part);
}

static const struct part_ops s_ops = {
    .title = title, .draw = draw, .command = command, .free = release};

struct part *part_changes_new(void)
{
    struct part *part = mem_alloc(sizeof *part);
    part->ops = &s_ops;
    return part;
}
