/*
 * Results that wait behind a badge: nothing that ends in the background takes the keyboard from a
 * person who has gone on typing.
 */

#include "tui/shell/view.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

static struct ready *find(struct console *console, enum command opens)
{
    for (size_t i = 0; i < console->n_ready; i++) {
        if (console->ready[i].opens == opens) {
            return &console->ready[i];
        }
    }
    return NULL;
}

static struct view *take(struct console *console, struct ready *ready)
{
    struct view *view = ready->view;
    size_t after = (size_t)(console->ready + console->n_ready - (ready + 1));
    memmove(ready, ready + 1, after * sizeof *ready);
    console->n_ready--;
    return view;
}

bool console_offer(struct console *console, const struct ready *result, unsigned long typed)
{
    struct ready *older = find(console, result->opens);
    if (older) {
        struct view *view = take(console, older);
        view->ops->free(view);
    }
    if (typed == console->typed) {
        console_push(console, result->view);
        return true;
    }
    if (console->n_ready == READY_MAX) {
        result->view->ops->free(result->view);
        return false;
    }
    console->ready[console->n_ready++] = *result;
    console_say(console, STYLE_INFO, "%s; %s opens it", result->says,
                frame_key(console, result->opens));
    return false;
}

bool console_is_ready(const struct console *console, enum command opens)
{
    for (size_t i = 0; i < console->n_ready; i++) {
        if (console->ready[i].opens == opens) {
            return true;
        }
    }
    return false;
}

bool console_open_ready(struct console *console, enum command opens)
{
    struct ready *ready = find(console, opens);
    if (ready) {
        console_push(console, take(console, ready));
    }
    return ready != NULL;
}

void console_drop_ready(struct console *console)
{
    while (console->n_ready > 0) {
        struct view *view = take(console, &console->ready[0]);
        view->ops->free(view);
    }
}
