#ifndef TUI_SHELL_GATHER_H
#define TUI_SHELL_GATHER_H

/*
 * Gathering: while it is on, edits go into one basket (core/plan/basket.h) instead of being applied one
 * by one. The basket belongs to the shell: lists show its signs, the header its count, and each new
 * picture of the store plans it anew. It is kept in the state folder through quit and hang-up.
 *
 *     gather_begin(shell);
 *     gather_add(shell, requests, n);            "added, not written: basket 4, b shows it"
 *     sign = gather_sign(shell, login, ext);     what a list draws in its gutter
 *     gather_undo(shell);
 *
 * UI thread.
 */

#include "core/plan/basket.h"
#include "tui/shell/shell.h"

#define GATHER_HERE_MAX 1000 /* wishes; more are planned on the worker when there is new data */
#define GATHER_REMIND_S 600  /* after so long the status line says again that nothing is written */

/* From now on edits are gathered. */
void gather_begin(struct shell *shell);
/* No more, and what was gathered is thrown away. */
void gather_end(struct shell *shell);
bool gather_is_on(const struct shell *shell);
size_t gather_count(const struct shell *shell); /* rows in the basket */

/* Adds an edit, and says so. */
void gather_add(struct shell *shell, const struct request *requests, size_t n_requests);

/* The newest gathered edit goes out of the basket, or comes back. False: there is none. */
bool gather_undo(struct shell *shell);
bool gather_redo(struct shell *shell);
bool gather_can_undo(const struct shell *shell);
bool gather_can_redo(const struct shell *shell);

/* The mark of the wish that is about the agent or, if that is NULL, about the number; '\0': none. */
char gather_sign(const struct shell *shell, const char *login, const char *ext);

/* What stands in a gutter: that mark, 'c' if the row was changed by somebody else, '!' for both. */
char gather_sign_with(const struct shell *shell, const char *login, const char *ext, bool changed);
/* For filters (shell_row_now_fn): the verb of the wish that is about the row. */
const char *gather_row_now(const struct shell *shell, bool agents, const char *key);

/* The plan of all wishes on what the screen shows; NULL: nothing was read yet. It is the shell's, and
   another one after each change. */
struct plan *gather_plan(struct shell *shell);
const struct basket_counts *gather_counts(const struct shell *shell);
/* The view of the basket has the plan for a while: to write it. The next one is made anew. */
struct plan *gather_take_plan(struct shell *shell);
/* What came of it. */
void gather_applied(struct shell *shell, const struct plan *plan);

/* What these requests would become, beside what is gathered (basket_preview). */
struct plan *gather_preview(const struct shell *shell, const char *action,
                            const struct request *requests, size_t n_requests);

/* The data on the screen is new: plans again, and says what somebody else changed. Many wishes are
   planned on the worker; until that ends, the plan is that of the data before. */
void gather_reload(struct shell *shell);
bool gather_is_planning(const struct shell *shell);

/* Says again that gathered rows are not written, if that was said long ago; then true. */
bool gather_remind(struct shell *shell);
/* When that is to be asked (clock_ticks_ms); INT64_MAX: nothing is gathered. */
int64_t gather_remind_at_ms(const struct shell *shell);

/* For the view of the basket: what it ticks, drops and decides. */
struct basket *gather_basket(struct shell *shell);
const struct basket *gather_look(const struct shell *shell);
/* Wishes were changed: the plan is made anew. */
void gather_changed(struct shell *shell);
/* Only ticks were changed, in the plan too: it stays. */
void gather_know(struct shell *shell);

/* ---- for tui/shell/keep.c -------------------------------------------------------------------- */

/* An empty basket, for a new place; then what was kept of an earlier one. False: what stands in that
   file stays out, because it is of another store or cannot be read. */
void gather_open(struct shell *shell);
bool gather_restore(struct shell *shell, const char *path);
void gather_close(struct shell *shell);
/* What was restored is of another account or region, which was not known before. It is out of the
   basket, and its file has to be set aside. */
bool gather_is_foreign(const struct shell *shell);
/* Says where the file of what stays out is now; NULL: where it was. */
void gather_set_aside(struct shell *shell, const char *path);
/* Counts everything that changes the basket. */
unsigned long gather_edits(const struct shell *shell);
/* The basket as a plan file. */
enum err_code gather_encode(const struct shell *shell, struct buf *out, struct err *err) ERR_CHECK;

#endif
