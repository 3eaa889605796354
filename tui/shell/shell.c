/*
 * The base of the views: their stack, the data on the screen, and what a planner needs.
 */

#include "tui/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "core/pool/stamps.h"

#include "core/base/banned.h"

/* ---- the stack ---------------------------------------------------------------------------- */

struct view *shell_top(const struct shell *shell)
{
    return shell->stack.views[shell->stack.n_views - 1];
}

struct view *shell_bottom(const struct shell *shell)
{
    return shell->stack.views[0];
}

int shell_covered(const struct shell *shell, int height)
{
    int covered = 0;
    for (size_t i = 0; i < shell->stack.n_views; i++) {
        const struct view *view = shell->stack.views[i];
        int rows = view->ops->covers ? view->ops->covers(view, height) : 0;
        covered = rows > covered ? rows : covered;
    }
    return covered;
}

static bool is_data_frozen(const struct shell *shell)
{
    for (size_t i = 0; i < shell->stack.n_views; i++) {
        if (shell->stack.views[i]->ops->freezes_data) {
            return true;
        }
    }
    return false;
}

void shell_push(struct shell *shell, struct view *view)
{
    if (shell->stack.n_views == VIEWS_MAX) {
        view->ops->free(view);
        return;
    }
    shell->stack.views[shell->stack.n_views++] = view;
}

static void reload_from(struct shell *shell, size_t first)
{
    for (size_t i = first; i < shell->stack.n_views; i++) {
        if (shell->stack.views[i]->ops->reload) {
            shell->stack.views[i]->ops->reload(shell->stack.views[i], shell);
        }
    }
}

static void show_data(struct shell *shell, struct screen_data *data)
{
    struct screen_data *before = shell->data;
    shell->data = data;
    if (data) {
        shell_take_feed(shell, data->feed);
        shell_keep_seen(shell);
    }
    if (shell->data_replaced) {
        shell->data_replaced(shell);
    }
    reload_from(shell, 0);
    screen_data_unref(before);
}

void shell_history_read(struct shell *shell)
{
    reload_from(shell, 1);
}

void shell_close(struct shell *shell, struct view *view)
{
    for (size_t i = 1; i < shell->stack.n_views; i++) { /* the bottom view stays */
        if (shell->stack.views[i] == view) {
            memmove(&shell->stack.views[i], &shell->stack.views[i + 1],
                    (shell->stack.n_views - i - 1) * sizeof shell->stack.views[0]);
            shell->stack.n_views--;
            shell->stack.searching = shell->stack.searching == view ? NULL : shell->stack.searching;
            shell->stack.came = shell->stack.came == view ? NULL : shell->stack.came;
            view->ops->free(view);
            break;
        }
    }
    if (shell->reading.waiting && !is_data_frozen(shell)) {
        struct screen_data *data = shell->reading.waiting;
        shell->reading.waiting = NULL;
        show_data(shell, data);
    }
}

void shell_take_data(struct shell *shell, struct screen_data *data)
{
    if (data->actor) {
        snprintf(shell->place.actor, sizeof shell->place.actor, "%s", data->actor);
    }
    if (is_data_frozen(shell)) {
        screen_data_unref(shell->reading.waiting);
        shell->reading.waiting = data;
    } else {
        show_data(shell, data);
    }
}

void shell_forget_data(struct shell *shell)
{
    show_data(shell, NULL);
}

void shell_forget_place(struct shell *shell)
{
    history_free(shell->reading.row.of_agent);
    history_free(shell->reading.row.of_ext);
    shell->reading.row = (struct row_history){.read = false};
    shell->reading.history_asked = false;
    live_cache_release(&shell->live.cache);
    shell->live = (struct live_reading){.refused = false};
    changes_release(&shell->changes);
}

/* ---- the data ----------------------------------------------------------------------------- */

struct plan_input shell_plan_input(const struct shell *shell)
{
    const struct screen_data *data = shell->data;
    return (struct plan_input){.policy = session_policy(shell->place.session),
                               .snapshot = data->snapshot,
                               .roster = data->roster,
                               .still_reading = data->partial,
                               .now_s = snapshot_now_s(data->snapshot, shell->options->clock),
                               .actor = shell->place.actor[0] ? shell->place.actor : "extpool"};
}

const char *shell_place_name(const struct shell *shell)
{
    const char *context = shell->place.settings->context;
    if (context) {
        return context;
    }
    if (shell->place.settings->action == ACTION_DEMO) {
        return "demo";
    }
    const char *uri = session_store_uri(shell->place.session);
    const char *last = uri + strlen(uri);
    while (last > uri && last[-1] != '/' && last[-1] != ':') {
        last--;
    }
    return *last ? last : uri;
}

/* ---- work ---------------------------------------------------------------------------------- */

bool shell_busy(const struct shell *shell)
{
    return shell->jobs.name != NULL;
}

bool shell_writes(const struct shell *shell)
{
    return shell->jobs.name && shell->jobs.writes;
}
