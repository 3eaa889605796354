#include "tui/view/row_menu.h"

#include <stdio.h>
#include <string.h>

#include "tui/panel/dialog.h"
#include "tui/view/edit.h"

#include "core/base/banned.h"

/* What the menu offers. `kind`: the change that has to fit the row; CHANGE_KIND_COUNT: it always
   does. */
static const struct entry {
    enum command command;
    enum change_kind kind;
} s_entries[] = {
    {CMD_PANE_3, CHANGE_KIND_COUNT},   {CMD_ASSIGN, CHANGE_ASSIGN},
    {CMD_REASSIGN, CHANGE_REASSIGN},   {CMD_RELEASE, CHANGE_RELEASE},
    {CMD_SWAP, CHANGE_REASSIGN},       {CMD_PIN, CHANGE_PIN},
    {CMD_EXEMPT, CHANGE_EXEMPT},       {CMD_RESERVE, CHANGE_RESERVE},
    {CMD_TARGET, CHANGE_SET},          {CMD_UNTIL, CHANGE_UNRESERVE},
    {CMD_MARK, CHANGE_KIND_COUNT},     {CMD_COPY, CHANGE_KIND_COUNT},
    {CMD_COPY_ROW, CHANGE_KIND_COUNT},
};
#define N_ENTRIES (sizeof s_entries / sizeof s_entries[0])

/* Why the change does not fit the current row. */
static const char *why_unfit(const struct shell *shell, const struct selection *selection,
                             enum change_kind kind, char *room, size_t size)
{
    const struct slot *slot = selection->slots[0];
    if (kind == CHANGE_EXEMPT && !selection->rows[0]) {
        return "nobody holds it";
    }
    if (kind == CHANGE_RESERVE && selection->agents) {
        return "for numbers only";
    }
    if (kind == CHANGE_RESERVE && slot->state == SLOT_RESERVED) {
        return NULL; /* it is put back */
    }
    bool free_number = selection->agents || edit_fits(shell, CHANGE_RESERVE, slot);
    if (edit_may(shell, kind, slot) && (kind != CHANGE_ASSIGN || free_number)) {
        return NULL;
    }
    if (edit_fits(shell, kind, slot) && kind != CHANGE_ASSIGN) {
        snprintf(room, size, "%s is pinned, unpin first", slot->ext);
        return room;
    }
    if (kind == CHANGE_ASSIGN && selection->agents) {
        snprintf(room, size, "already holds %s", slot->ext);
    } else if (slot) {
        snprintf(room, size, "%s is %s", slot->ext, screen_data_slot_states(shell->data, slot));
    } else {
        return "has no extension yet";
    }
    return room;
}

/* NULL: it can be done. */
static const char *why_off(const struct shell *shell, const struct selection *selection,
                           const struct entry *entry, char *room, size_t size)
{
    const char *why = shell_why_unusable(shell, entry->command);
    if (why || entry->kind == CHANGE_KIND_COUNT) {
        return why;
    }
    if (selection->n == 1) {
        return why_unfit(shell, selection, entry->kind, room, size);
    }
    size_t n_fit = 0;
    for (size_t i = 0; i < selection->n; i++) {
        n_fit += edit_may(shell, entry->kind, selection->slots[i]);
    }
    return n_fit > 0 ? NULL : "fits none of the marked rows";
}

static unsigned accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct offer *offer = &dialog->offers[dialog->choice];
    enum command command = command_find(text);
    if (strncmp(offer->detail, "off: ", 5) == 0) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s: %s", text, offer->detail + 5);
        return REACT_DRAW;
    }
    shell->stack.given = (struct given){.command = command};
    return REACT_CLOSE | REACT_GIVEN;
}

/* The letter of an entry is the entry: it stands beside it. */
static unsigned key(struct dialog *dialog, struct shell *shell, uint32_t key)
{
    enum command command = bindings_find(&shell->bindings, PLACE_MAIN, key);
    for (size_t i = 0; i < N_ENTRIES; i++) {
        if (s_entries[i].command == command) {
            dialog->choice = i;
            dialog->problem[0] = '\0';
            return accepted(dialog, shell, dialog->offers[i].text) | REACT_DRAW;
        }
    }
    return REACT_PASS;
}

static void name_row(const struct selection *selection, char *title, size_t size)
{
    const struct agent_row *row = selection->rows[0];
    const struct slot *slot = selection->slots[0];
    if (selection->n > 1) {
        snprintf(title, size, "%s marked rows", frame_count(selection->n));
    } else {
        snprintf(title, size, "%s%s%s", row ? row->login : "", row && slot ? "  " : "",
                 slot ? slot->ext : "");
    }
}

void row_menu_open(struct shell *shell, const struct selection *selection)
{
    char title[256];
    if (selection->n == 0) {
        shell_flash(shell, STYLE_WARN, SHELL_NO_ROW);
        return;
    }
    name_row(selection, title, sizeof title);
    struct dialog *dialog = dialog_new(title, "What should be done with it?");
    for (size_t i = 0; i < N_ENTRIES; i++) {
        char room[64];
        char detail[sizeof dialog->offers[0].detail];
        const struct entry *entry = &s_entries[i];
        const struct command_info *info = command_info(entry->command);
        const char *why = why_off(shell, selection, entry, room, sizeof room);
        snprintf(detail, sizeof detail, "%s%s%s", why ? "off: " : frame_key(shell, entry->command),
                 why ? "" : "  ", why ? why : info->help);
        dialog_offer(dialog, info->name, detail);
    }
    dialog->choice = 0;
    dialog->key = key;
    dialog->accept = accepted;
    dialog_open(shell, dialog);
}
