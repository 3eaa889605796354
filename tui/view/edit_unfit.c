#include "tui/view/edit_unfit.h"

#include "tui/shell/shell.h"

#include "core/base/banned.h"

/* Why a row does not qualify, as `edit_fits` decides it, and what the change does to one that does. */
static const struct {
    const char *done;
    const char *agents;
    const char *extensions;
} s_unfit[] = {
    [CHANGE_ASSIGN] = {"assigned", "have an extension", "have a holder"},
    [CHANGE_RELEASE] = {"released", "have no extension", "have no holder"},
    [CHANGE_REASSIGN] = {"reassigned", "have no extension", "have no holder"},
    [CHANGE_PIN] = {"pinned", "have no extension", "have no holder"},
    [CHANGE_UNPIN] = {"unpinned", "have no pinned extension", "have no pin"},
    [CHANGE_EXEMPT] = {"made exempt", "are exempt", "have no holder"},
    [CHANGE_UNEXEMPT] = {"unexempted", "are not exempt", "have no holder"},
    [CHANGE_RESERVE] = {"reserved", "have no free extension", "are not free"},
    [CHANGE_UNRESERVE] = {"unreserved", "have no reserved extension", "are not reserved"},
    [CHANGE_KIND_COUNT] = {NULL, NULL, NULL},
};
_Static_assert(sizeof s_unfit / sizeof s_unfit[0] == CHANGE_KIND_COUNT + 1, "a row for each kind");

static const char *why_unfit(enum change_kind kind, const struct selection *selection)
{
    return selection->agents ? s_unfit[kind].agents : s_unfit[kind].extensions;
}

void edit_say_none(struct shell *shell, const char *action, enum change_kind kind,
                   const struct selection *selection)
{
    if (selection->n == 1) {
        shell_flash(shell, STYLE_WARN, "%s: nobody holds it", action);
    } else {
        shell_flash(shell, STYLE_WARN, "none of the marked %s can be %s: all of them %s",
                    selection->agents ? "agents" : "extensions", s_unfit[kind].done,
                    why_unfit(kind, selection));
    }
}

void edit_say_skipped(struct shell *shell, enum change_kind kind, const struct selection *selection,
                      size_t skipped)
{
    if (skipped > 0 && shell_top(shell) != shell_bottom(shell)) {
        shell_say(shell, STYLE_WARN, "%s of the %s marked can be %s; the others %s",
                  frame_count(selection->n - skipped), frame_count(selection->n),
                  s_unfit[kind].done, why_unfit(kind, selection));
    }
}
