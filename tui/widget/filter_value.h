#ifndef TUI_WIDGET_FILTER_VALUE_H
#define TUI_WIDGET_FILTER_VALUE_H

/*
 * Private to the parser: one value of a field, as `2000-2099`, `stale`, `>90d`.
 */

#include "tui/widget/filter.h"

/* Puts the text, folded, at the end of filter->text; false: nothing of it can be searched for. */
bool filter_value_text(struct filter *filter, struct filter_value *value, const char *text,
                       size_t length);

/* One value to read. */
struct value_text {
    struct filter *filter; /* gets its folded text */
    const struct filter_scope *scope;
    const char *text;
    size_t length;
    char *problem; /* in words; FILTER_PROBLEM_MAX bytes of room */
};

/* Reads it into *value. FILTER_OPEN: more may follow; then *value is what can be said so far, or
   TEST_NONE. */
enum filter_verdict filter_value_read(const struct value_text *in, enum filter_field field,
                                      struct filter_value *value);

/* The same for one of `since:` and `until:`; `ahead`: it is counted from now on. */
enum filter_verdict filter_time_read(int64_t now_s, bool ahead, const char *text, size_t length,
                                     struct filter_value *value);

#endif
