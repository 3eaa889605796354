/*
 * The words in the footer of a plan and of the basket.
 */
#include "tui/view/plan_private.h"

#include "tui/shell/gather.h"

#include "core/base/banned.h"

/* What Enter does at this moment. */
static const char *apply_hint(const struct plan_view *view, const struct shell *shell)
{
    const struct change *change =
        view->plan && view->plan->n_changes > 0 ? &view->plan->changes[view->cursor] : NULL;
    if (view->stage == STAGE_APPLIED) {
        return view->left > 0 ? "Plan again" : command_info(CMD_APPLY)->hint;
    }
    if (view->stage != STAGE_PLAN) {
        return "";
    }
    if (view->basket && change && change->result == RESULT_CONFLICT) {
        return "Choose";
    }
    if (shell_just_came(shell, &view->view)) {
        return "";
    }
    if (view->judged.gate == GATE_NOTHING) {
        return view_plan_publishes(view, shell) ? "Export" : "";
    }
    if (shell->place.read_only || view->judged.gate == GATE_SHUT) {
        return "";
    }
    return view->judged.gate == GATE_NAME    ? "Name..."
           : view->judged.gate == GATE_COUNT ? "Count..."
                                             : view->apply_hint;
}

const char *view_plan_hint(const struct view *base, const struct shell *shell, enum command command)
{
    const struct plan_view *view = (const struct plan_view *)base;
    bool choosing = view->stage == STAGE_PLAN && view->plan;
    if (view->asking != ASKS_NOTHING) {
        return command == CMD_APPLY  ? command_info(command)->hint
               : command == CMD_BACK ? "Back to the plan"
                                     : "";
    }
    switch ((int)command) {
    case CMD_APPLY:
        return apply_hint(view, shell);
    case CMD_TOGGLE:
    case CMD_ALL_IN:
    case CMD_ALL_OUT:
    case CMD_TICKET:
        return choosing ? command_info(command)->hint : "";
    case CMD_PLAN_FILE:
        return choosing && shell->place.read_only ? "Plan file" : "";
    case CMD_DROP:
        return choosing && view->basket ? command_info(command)->hint : "";
    case CMD_COMMAND: /* it works, but there is no room to say so */
        return "";
    case CMD_BACK:
        return view->basket ? "" : command_info(command)->hint;
    case CMD_UNDO:
        return choosing && view->basket && gather_can_undo(shell) ? command_info(command)->hint
                                                                  : "";
    default:
        return command_info(command)->hint;
    }
}
