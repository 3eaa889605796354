#ifndef TUI_VIEW_HISTORY_ROWS_H
#define TUI_VIEW_HISTORY_ROWS_H

/*
 * The actions of a history as the rows of a list: who did what, when, and to whom. The rows have
 * their own copy of all texts, so that the history may be replaced while a list shows it.
 */

#include "core/plan/audit.h"
#include "core/pool/policy.h"
#include "tui/widget/list.h"

enum { HISTORY_BY_TIME, HISTORY_BY_ACTION, HISTORY_BY_WHO, HISTORY_COLUMNS };
extern const char *const history_columns[HISTORY_COLUMNS];

struct history_rows;

/* Row i is action i. `history` NULL: none. */
struct history_rows *history_rows_new(const struct history *history, const struct policy *policy,
                                      int64_t now_s);
void history_rows_free(struct history_rows *rows);
struct list_source history_rows_source(const struct history_rows *rows);

#endif
