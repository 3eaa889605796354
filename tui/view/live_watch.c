#include "tui/view/live_watch.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/shell/work.h"
#include "tui/terminal/loop.h"

#include "core/base/banned.h"

#define REST_MS 400   /* a list that moves is not asked about */
#define APART_MS 2000 /* between two requests */
#define PAGES_ALONG 4 /* above and below, as far as a request has room */

void live_watch_init(struct live_watch *watch)
{
    *watch = (struct live_watch){.at_ms = LOOP_FOREVER};
}

/* ---- who is on the screen ------------------------------------------------------------------- */

struct wanted_agents {
    const struct shell *shell;
    struct agent agents[LIVE_AGENTS_MAX];
    size_t n;
};

static void want(struct wanted_agents *wanted, const char *login)
{
    const struct agent *agent = login ? roster_find(wanted->shell->data->roster, login) : NULL;
    if (!agent || wanted->n == LIVE_AGENTS_MAX ||
        live_cache_is_fresh(&wanted->shell->live.cache, agent, clock_ticks_ms())) {
        return;
    }
    for (size_t i = 0; i < wanted->n; i++) {
        if (strcmp(wanted->agents[i].login, login) == 0) {
            return;
        }
    }
    wanted->agents[wanted->n++] = *agent;
}

static const char *agent_at(const struct screen_data *data, const struct list *list, size_t index)
{
    return data->agents.rows[list->shown[index]].login;
}

static const char *holder_at(const struct screen_data *data, const struct list *list, size_t index)
{
    const struct slot *slot = &data->snapshot->slots[list->shown[index]];
    return slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
}

static void want_agents(const struct live_lists *lists, size_t from, size_t n,
                        struct wanted_agents *out)
{
    const struct list *list = &lists->agents->list;
    for (size_t i = from; i < from + n && i < list->n_shown; i++) {
        want(out, agent_at(out->shell->data, list, i));
    }
}

static void want_holders(const struct live_lists *lists, size_t from, size_t n,
                         struct wanted_agents *out)
{
    const struct list *list = &lists->numbers->list;
    for (size_t i = from; i < from + n && i < list->n_shown; i++) {
        want(out, holder_at(out->shell->data, list, i));
    }
}

/* The row of the cursor first, then the agents, then the holders. */
static void want_shown(const struct live_lists *lists, struct wanted_agents *out)
{
    const struct list *agents = &lists->agents->list;
    const struct list *numbers = &lists->numbers->list;
    if (lists->on_numbers) {
        want_holders(lists, numbers->cursor, 1, out);
    } else {
        want_agents(lists, agents->cursor, 1, out);
    }
    want_agents(lists, agents->top, (size_t)lists->agent_rows, out);
    want_holders(lists, numbers->top, (size_t)lists->number_rows, out);
}

/* Rows of the list with the cursor, so many pages below (negative: above) what is shown. */
static void want_page(const struct live_lists *lists, int pages, struct wanted_agents *out)
{
    const struct pane *pane = lists->on_numbers ? lists->numbers : lists->agents;
    size_t rows = (size_t)(lists->on_numbers ? lists->number_rows : lists->agent_rows);
    size_t by = rows * (size_t)abs(pages);
    size_t top = pane->list.top;
    size_t from = pages > 0 ? top + by : top > by ? top - by : 0;
    (lists->on_numbers ? want_holders : want_agents)(lists, from,
                                                     pages < 0 && by > top ? top : rows, out);
}

/* What is on the screen, and the pages that a key leads to: their states are there when they come, and
   nothing is sent twice. If somebody of these is not known, the request takes more pages along. */
static void gather(const struct shell *shell, const struct live_lists *lists,
                   struct wanted_agents *out)
{
    out->shell = shell;
    out->n = 0;
    want_shown(lists, out);
    want_page(lists, 1, out);
    want_page(lists, -1, out);
    for (int pages = 2; out->n > 0 && pages <= PAGES_ALONG; pages++) {
        want_page(lists, pages, out);
        want_page(lists, -pages, out);
    }
}

/* ---- when ----------------------------------------------------------------------------------- */

/* Whether another part of the lists is on the screen than before. */
static bool has_moved(struct live_watch *watch, const struct shell *shell,
                      const struct live_lists *lists)
{
    struct live_watch now = {
        .data = shell->data,
        .top = {lists->agents->list.top, lists->numbers->list.top},
        .cursor = {lists->agents->list.cursor, lists->numbers->list.cursor},
        .rows = {lists->agent_rows, lists->number_rows},
        .renewals = watch->renewals,
        .at_ms = watch->at_ms,
    };
    bool moved = now.data != watch->data || memcmp(now.top, watch->top, sizeof now.top) != 0 ||
                 memcmp(now.cursor, watch->cursor, sizeof now.cursor) != 0 ||
                 memcmp(now.rows, watch->rows, sizeof now.rows) != 0;
    *watch = now;
    return moved;
}

void live_watch_drawn(struct live_watch *watch, const struct shell *shell,
                      const struct live_lists *lists)
{
    if (!has_moved(watch, shell, lists)) {
        return;
    }
    struct wanted_agents wanted = {.n = 0};
    if (shell_tells_live(shell)) {
        gather(shell, lists, &wanted);
    }
    watch->at_ms = wanted.n > 0 ? clock_ticks_ms() + REST_MS : LOOP_FOREVER;
}

int64_t live_watch_at(const struct live_watch *watch, const struct shell *shell)
{
    bool renewed = watch->renewals != shell->live.renewals;
    if (shell->live.asking || !shell_tells_live(shell) ||
        (!renewed && watch->at_ms == LOOP_FOREVER)) {
        return LOOP_FOREVER;
    }
    int64_t least_ms = shell->live.asked_ms > 0 ? shell->live.asked_ms + APART_MS : 0;
    int64_t at_ms = renewed ? 0 : watch->at_ms;
    return at_ms > least_ms ? at_ms : least_ms;
}

void live_watch_act(struct live_watch *watch, struct shell *shell, const struct live_lists *lists)
{
    struct wanted_agents found = {.n = 0};
    watch->at_ms = LOOP_FOREVER;
    watch->renewals = shell->live.renewals;
    gather(shell, lists, &found);
    if (found.n > 0) {
        const struct live_wanted wanted = {found.agents, found.n};
        work_read_live(shell, &wanted);
    }
}
