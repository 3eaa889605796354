/*
 * Results that wait behind a badge: a job that ends in the background does not take the keyboard
 * from an operator who went on typing.
 */

#include "tui/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/terminal/loop.h"

#include "core/base/banned.h"

static struct ready *find(struct shell *shell, enum command opens)
{
    for (size_t i = 0; i < shell->stack.n_ready; i++) {
        if (shell->stack.ready[i].opens == opens) {
            return &shell->stack.ready[i];
        }
    }
    return NULL;
}

static struct view *take(struct shell *shell, struct ready *ready)
{
    struct view *view = ready->view;
    size_t after = (size_t)(shell->stack.ready + shell->stack.n_ready - (ready + 1));
    memmove(ready, ready + 1, after * sizeof *ready);
    shell->stack.n_ready--;
    return view;
}

void shell_forget_ready(struct shell *shell, enum command opens)
{
    struct ready *ready = find(shell, opens);
    if (ready) {
        struct view *view = take(shell, ready);
        view->ops->free(view);
    }
}

bool shell_offer(struct shell *shell, const struct ready *result, unsigned long typed)
{
    shell_forget_ready(shell, result->opens);
    if (typed == shell->stack.typed) {
        shell_push(shell, result->view);
        shell->stack.came = shell_top(shell);
        shell->stack.came_until_ms = LOOP_FOREVER;
        return true;
    }
    if (shell->stack.n_ready == READY_MAX) {
        result->view->ops->free(result->view);
        return false;
    }
    shell->stack.ready[shell->stack.n_ready++] = *result;
    shell_say(shell, STYLE_INFO, "%s; %s opens it", result->says, frame_key(shell, result->opens));
    return false;
}

bool shell_just_came(const struct shell *shell, const struct view *view)
{
    return view == shell->stack.came && clock_ticks_ms() < shell->stack.came_until_ms;
}

void shell_came_sent(struct shell *shell, int64_t now_ms)
{
    struct stack *stack = &shell->stack;
    if (stack->came && stack->came == stack->drawn && stack->came_until_ms == LOOP_FOREVER) {
        stack->came_until_ms = now_ms + CAME_MS;
    }
}

bool shell_came_over(struct shell *shell, int64_t now_ms)
{
    bool over = shell->stack.came && now_ms >= shell->stack.came_until_ms;
    if (over) {
        shell->stack.came = NULL;
    }
    return over;
}

bool shell_is_ready(const struct shell *shell, enum command opens)
{
    for (size_t i = 0; i < shell->stack.n_ready; i++) {
        if (shell->stack.ready[i].opens == opens) {
            return true;
        }
    }
    return false;
}

bool shell_open_ready(struct shell *shell, enum command opens)
{
    struct ready *ready = find(shell, opens);
    if (ready) {
        shell_push(shell, take(shell, ready));
    }
    return ready != NULL;
}

bool shell_put_back(struct shell *shell, const struct ready *result)
{
    struct stack *stack = &shell->stack;
    size_t place = 1;
    while (place < stack->n_views && stack->views[place] != result->view) {
        place++;
    }
    if (stack->n_ready == READY_MAX || place == stack->n_views || find(shell, result->opens)) {
        return false;
    }
    stack->n_views--;
    memmove(&stack->views[place], &stack->views[place + 1],
            (stack->n_views - place) * sizeof stack->views[0]);
    stack->ready[stack->n_ready++] = *result;
    stack->came = stack->came == result->view ? NULL : stack->came;
    return true;
}

void shell_drop_ready(struct shell *shell)
{
    while (shell->stack.n_ready > 0) {
        struct view *view = take(shell, &shell->stack.ready[0]);
        view->ops->free(view);
    }
}
