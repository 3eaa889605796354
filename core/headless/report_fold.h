#ifndef CORE_HEADLESS_REPORT_FOLD_H
#define CORE_HEADLESS_REPORT_FOLD_H

/*
 * Rows that failed for the same reason: the first few are shown, the others are counted.
 *
 *     struct folds folds = {.n_items = 0};
 *     ... for each such row: if (folds_show(&folds, change)) add the row ...
 *     folds_print(&folds, out);
 *
 * The details are borrowed from the plan.
 */

#include <stdbool.h>
#include <stdio.h>

#include "core/plan/plan.h"

#define FOLDS_MAX 32       /* different reasons; rows of any further one are all shown */
#define FOLD_SHOWN 5       /* rows of one reason */
#define FOLD_DOUBTFUL 1000 /* of those in doubt: their names are what is wanted */

struct fold {
    enum change_result result;
    const char *detail; /* NULL: none */
    size_t length;      /* of what tells one reason from another */
    size_t shown, hidden;
};

struct folds {
    struct fold items[FOLDS_MAX];
    size_t n_items;
};

/* Whether the row is to be shown; otherwise it was counted. */
bool folds_show(struct folds *folds, const struct change *change);

/* "and 1,995 more failed: REASON", a line for each reason that hides rows. */
void folds_print(const struct folds *folds, FILE *out);

#endif
