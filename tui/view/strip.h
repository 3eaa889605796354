#ifndef TUI_VIEW_STRIP_H
#define TUI_VIEW_STRIP_H

/*
 * The strip: the edit of one row, question and plan at once, on the last rows of the screen.
 *
 *     +- Reassign a.bennett  Bennett, Alfie  holds 0012 ------------------------+
 *      number: 01_                22 free, 1 cooling, 76 held begin so; free first
 *     >0131  free      never used                                nearest to 0012
 *      plan: ~ reassign  0012>0131 a.bennett; 0012 cools until 2 Dec
 *      Guards: 1 person changes (typed count above 5), 0 releases
 *      Enter fills in 0131, Enter again applies it   Esc leaves, nothing kept
 *
 * Enter applies what the strip shows in full; if that is more than fits, or if it asks for a count,
 * Enter opens the plan (tui/view/plan.h). Enter writes nothing that was not drawn before it was
 * pressed. Esc writes nothing. While a strip is open the data under it does not change.
 *
 * All strings are copied.
 */

#include "core/plan/plan.h"
#include "tui/shell/shell.h"

/* Asks for the number of this agent. An empty field is the lowest free one. */
struct strip_number {
    enum change_kind kind; /* assign, or reassign */
    const char *login;
    const char *holds; /* the number that a reassign replaces; NULL: none */
    const char *typed; /* stands in the field already; NULL: nothing */
    bool selected;     /* the first character replaces it */
};
void strip_number(struct shell *shell, const struct strip_number *about);

/* Asks who gets this free number. */
void strip_agent(struct shell *shell, const char *ext);
/* Asks with whom this agent swaps. `typed` may be NULL. */
void strip_partner(struct shell *shell, const char *login, const char *typed);
/* Asks for the note of a pin or of a reservation, of one row or of many. */
void strip_note(struct shell *shell, const char *action, const struct request *requests,
                size_t n_requests);
/* Asks where calls go: those to a number that is or gets reserved (a request to reserve it), or those that
   an agent does not take (a request to set it). `now`: what the store has; NULL: nothing. An empty
   field takes it away. */
void strip_target(struct shell *shell, const struct request *request, const char *now);
/* Asks when a reservation comes back by itself. `now_s`: what the store has; 0: never. An empty field is
   never. */
void strip_until(struct shell *shell, const struct request *request, int64_t now_s);
/* Asks for nothing: release, unpin, unreserve. */
void strip_plain(struct shell *shell, const char *action, const struct request *request);

#endif
