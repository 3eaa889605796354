#ifndef TUI_VIEW_PAST_H
#define TUI_VIEW_PAST_H

/* What was done to an agent or a number: the changes of the history that concern it. Pure. */

#include "core/plan/audit.h"

/* One change of an action. */
struct past_change {
    const struct audit_action *action;
    const struct audit_change *change;
};

/* The changes that concern a row, newest first; it points into the history. */
struct past {
    struct past_change *changes;
    size_t n;
};

/* Those of `history` that concern the login or the extension (either may be NULL). */
void past_find(const struct history *history, const char *login, const char *ext, struct past *out);
void past_release(struct past *past);

#endif
