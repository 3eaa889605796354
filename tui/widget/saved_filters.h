#ifndef TUI_WIDGET_SAVED_FILTERS_H
#define TUI_WIDGET_SAVED_FILTERS_H

/*
 * Filters that are kept under a digit or a letter. The first five are there from the start:
 * 1 state:new, 2 state:stale, 3 changed:*, 4 basket:*, 5 state:pinned.
 */

#include <stdbool.h>

#include "tui/widget/filter.h"

#define SAVED_NAMES "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SAVED_MAX (sizeof SAVED_NAMES - 1)

struct saved_filters {
    char texts[SAVED_MAX][FILTER_TEXT_MAX]; /* "": none */
};

void saved_filters_init(struct saved_filters *saved);
bool saved_filters_is_name(uint32_t key);
/* "" if there is none of that name. */
const char *saved_filters_get(const struct saved_filters *saved, char name);
/* False: it is no name. "" takes the filter away. */
bool saved_filters_set(struct saved_filters *saved, char name, const char *text);

#endif
