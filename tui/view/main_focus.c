/*
 * Where the keyboard of the everyday screen is, and how one list leads to the other.
 */

#include "tui/view/main_private.h"

#include <stdio.h>
#include <string.h>

#include "tui/shell/work.h"

#include "core/base/banned.h"

struct part *main_part(const struct main_view *main)
{
    return main->focus == FOCUS_DETAILS   ? main->details
           : main->focus == FOCUS_CHANGES ? main->changes
                                          : NULL;
}

/* The extensions go to the number of the current agent. */
static void seek_number(struct main_view *main, const struct shell *shell)
{
    size_t row = list_current(&main->agents.list);
    if (shell->data && row != SIZE_MAX && shell->data->agents.rows[row].slot) {
        list_seek(&main->extensions.list, shell->data->agents.rows[row].slot->ext);
    }
}

/* The agents go to the holder of the current number; false: it has none that is shown. */
static bool seek_holder(struct main_view *main, const struct shell *shell)
{
    size_t row = list_current(&main->extensions.list);
    const struct slot *slot =
        shell->data && row != SIZE_MAX ? &shell->data->snapshot->slots[row] : NULL;
    return slot && slot->state == SLOT_ASSIGNED && list_seek(&main->agents.list, slot->agent);
}

void main_go(struct main_view *main, struct shell *shell, enum focus to)
{
    struct part *part = main_part(main);
    if (part && to != main->focus && part->ops->left) {
        part->ops->left(part, shell);
    }
    if (to == FOCUS_EXTENSIONS) {
        if (!main->on_numbers) {
            seek_number(main, shell);
        }
        main->on_numbers = true;
    } else if (to == FOCUS_AGENTS || main->extensions.list.n_marked == 0) {
        bool held = main->on_numbers && seek_holder(main, shell);
        main->on_numbers = main->on_numbers && !held && to != FOCUS_AGENTS;
    }
    main->focus = to;
}

/* ---- to a number ---------------------------------------------------------------------------- */

/* The first number that begins so; NULL. */
static const struct slot *first_number(const struct snapshot *snapshot, const char *digits)
{
    size_t low = 0;
    size_t high = snapshot->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(snapshot->slots[middle].ext, digits) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool begins =
        low < snapshot->n_slots && strncmp(snapshot->slots[low].ext, digits, strlen(digits)) == 0;
    return begins ? &snapshot->slots[low] : NULL;
}

void main_jump_begin(struct main_view *main)
{
    main->jumped_from = (struct jumped_from){.focus = main->focus,
                                             .on_numbers = main->on_numbers,
                                             .agent = main->agents.list.cursor,
                                             .number = main->extensions.list.cursor};
}

void main_jump_back(struct main_view *main)
{
    const struct jumped_from *from = &main->jumped_from;
    main->focus = from->focus;
    main->on_numbers = from->on_numbers;
    list_move_to(&main->agents.list, from->agent);
    list_move_to(&main->extensions.list, from->number);
}

void main_jump(struct main_view *main, struct shell *shell, const char *digits)
{
    const struct slot *slot = shell->data ? first_number(shell->data->snapshot, digits) : NULL;
    if (!slot) {
        shell_flash(shell, STYLE_WARN, "no number begins with %s", digits);
        return;
    }
    main_go(main, shell, FOCUS_EXTENSIONS);
    if (!list_seek(&main->extensions.list, slot->ext)) {
        shell_flash(shell, STYLE_WARN, "the filter hides %s", slot->ext);
        return;
    }
    seek_holder(main, shell);
}
