#include "tui/view/details.h"

#include <string.h>

#include "tui/panel/pages.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* What the history says about an agent or an extension. */
static void add_history(const struct shell *shell, struct buf *out, const char *login,
                        const char *ext)
{
    size_t n = 0;
    buf_puts(out, "\n#History\n");
    if (!shell->reading.history) {
        buf_printf(out, "%s reads the history\n", frame_key(shell, CMD_HISTORY));
        return;
    }
    for (size_t i = 0; i < shell->reading.history->n_actions; i++) {
        const struct audit_action *action = &shell->reading.history->actions[i];
        for (size_t k = 0; k < action->n_changes; k++) {
            const struct audit_change *change = &action->changes[k];
            if (same(change->agent, login) || same(change->ext, ext) ||
                (change->kind == CHANGE_REASSIGN && same(change->from, ext))) {
                char when[WHEN_MAX];
                when_moment(action->at_ms / 1000, shell_now_s(shell), when);
                buf_printf(out, "%s  ", when);
                page_add_change(out, change);
                buf_printf(out, "    %s by %s\n", action->action, action->actor);
                n++;
            }
        }
    }
    if (n == 0) {
        buf_printf(out, "nothing in the last %zu actions\n", shell->reading.history->n_actions);
    }
}

static void add_slot(const struct shell *shell, struct buf *out, const struct slot *slot)
{
    const struct screen_data *data = shell->data;
    char when[WHEN_MAX];
    buf_printf(out, "extension  %s  %s\n", slot->ext, screen_data_slot_states(data, slot));
    if (slot->at_s > 0) {
        when_moment(slot->at_s, data->now_s, when);
        buf_printf(out, "since      %s\n", when);
    }
    if (slot->by) {
        buf_printf(out, "by         %s\n", slot->by);
    }
    if (policy_state(data->policy, slot, data->now_s) == EXT_COOLING) {
        when_moment(policy_cool_until_s(data->policy, slot, data->now_s), data->now_s, when);
        buf_printf(out, "cools till %s\n", when);
    }
    if (slot->note) {
        buf_printf(out, "note       %s\n", slot->note);
    }
    if (slot->state == SLOT_FREE && slot->agent) {
        buf_printf(out, "last held  %s\n", slot->agent);
    }
    if (slot->state == SLOT_ASSIGNED && slot->at_s == 0) {
        buf_puts(out, "           written by the older program; a sync adopts it\n");
    }
}

void details_text(const struct shell *shell, const struct selection *selection, struct buf *out)
{
    if (selection->n == 0) {
        buf_puts(out, "no row is selected\n");
    } else if (selection->n > 1) {
        buf_printf(out, "%s rows are marked\n", frame_count(selection->n));
    } else {
        const struct agent_row *row = selection->rows[0];
        const struct slot *slot = selection->slots[0];
        if (row) {
            buf_printf(out, "#%s\nlogin      %s  %s\n", row->name ? row->name : row->login,
                       row->login, screen_data_agent_look(shell->data, row)->states);
            if (row->routing_profile) {
                buf_printf(out, "profile    %s\n", row->routing_profile);
            }
        }
        if (slot) {
            add_slot(shell, out, slot);
        } else {
            buf_printf(out, "extension  none: %s assigns one, %s plans a sync\n",
                       frame_key(shell, CMD_ASSIGN), frame_key(shell, CMD_SYNC));
        }
        add_history(shell, out, row ? row->login : NULL, slot ? slot->ext : NULL);
    }
}

static void render_details(const struct shell *shell, unsigned place, struct buf *out)
{
    const struct view *below = shell_bottom(shell);
    (void)place;
    below->ops->details(below, shell, out);
}

void details_open(struct shell *shell)
{
    if (!shell->reading.history) {
        work_read_history(shell);
    }
    page_open_rendered(shell, "DETAILS", 0, render_details);
}
