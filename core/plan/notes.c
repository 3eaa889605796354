#include "core/plan/notes.h"

#include "core/base/banned.h"
#include "core/base/text.h"

void plan_note_shortage(struct plan *plan)
{
    if (plan->n_unassigned > 0) {
        struct name_list none = {.n = 0};
        for (size_t i = 0; i < plan->n_unassigned; i++) {
            name_list_add(&none, plan->unassigned[i]);
        }
        plan_note(plan, "the pool ran out: %zu agent%s no extension: %s", none.n,
                  none.n == 1 ? " has" : "s have", none.text);
    }
    if (plan->missing > 0) {
        char number[TEXT_NUMBER_ROOM];
        plan_note(plan,
                  "%s number%s of the ranges %s not to be seen in the store; --doctor says why",
                  text_number(plan->missing, number), plan->missing == 1 ? "" : "s",
                  plan->missing == 1 ? "is" : "are");
    }
}

void plan_note_partial(struct plan *plan, const struct name_list *missing)
{
    if (plan->partial) {
        plan_note(plan, "the directory was read only in part (%s), so nothing is taken back%s%s",
                  plan->partial, missing->n > 0 ? "; not in it: " : "", missing->text);
    }
}
