#ifndef TUI_SHELL_GATHER_PRIVATE_H
#define TUI_SHELL_GATHER_PRIVATE_H

/* Private to gather.c and gather_kept.c, which stands above it: all that is known of the basket. */

#include "tui/shell/gather.h"

struct replanning; /* gather.c */

struct gathered {
    struct basket basket;
    struct plan *plan; /* NULL: not planned since the last change */
    struct basket_counts counts;
    unsigned long planned;         /* the edits of the basket that the plan knows */
    struct replanning *replanning; /* the newest job that plans; NULL: none */
    char *store;                   /* its identity */
    char *kept_place; /* where the store was that was restored; NULL: here, or not known */
    bool foreign;
    bool restored;                /* from an earlier run, and nothing was said yet */
    int64_t restored_at_s;        /* when it was kept */
    char stays_out[ERR_TEXT_MAX]; /* why; "": nothing does, or it was said */
};

static inline struct gathered *gather_all(const struct shell *shell)
{
    return shell->gathering.all;
}

static inline bool gather_is_readable(const struct shell *shell)
{
    return shell->data && shell->data->snapshot && shell->data->snapshot->read_at_s != 0;
}

/* Tells everybody what they may know of the basket. */
void gather_publish(struct shell *shell);
/* Another plan, or none. Whoever shows the plan learns of it before the old one goes. */
void gather_set_plan(struct shell *shell, struct plan *plan);

/* Plans on the data that is new on the screen, and says what somebody else changed. */
void gather_replan(struct shell *shell);

#endif
