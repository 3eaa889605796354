/* The rows of the everyday screen that a command is about. */

#include "tui/view/main_private.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void main_select(const struct main_view *main, const struct shell *shell,
                 struct selection *selection)
{
    size_t n;
    *selection = (struct selection){.agents = !main->on_numbers};
    uint32_t *rows = shell->data ? list_chosen(main_rows(main), &n) : NULL;
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
