#include "tui/widget/filter_value.h"

#include <stdio.h>
#include <string.h>

#include "core/base/fold_search.h"

#include "core/base/banned.h"

#define DIGITS_MAX 12

bool filter_value_text(struct filter *filter, struct filter_value *value, const char *text,
                       size_t length)
{
    value->test = TEST_TEXT;
    value->at = filter->length;
    value->length = fold_search(text, length, filter->text + filter->length,
                                sizeof filter->text - filter->length);
    filter->length += value->length;
    return value->length > 0;
}

/* ---- states --------------------------------------------------------------------------------- */

/* The states that begin so, as bits. */
static uint32_t states_of(const struct filter_scope *scope, const char *word, size_t length)
{
    uint32_t states = 0;
    for (size_t i = 0; i < 32 && scope->states && scope->states[i]; i++) {
        if (strncmp(scope->states[i], word, length) == 0) {
            states |= UINT32_C(1) << i;
        }
    }
    return states;
}

static enum filter_verdict read_states(const struct value_text *in, struct filter_value *value)
{
    const struct filter_scope *scope = in->scope;
    bool any = filter_value_text(in->filter, value, in->text, in->length);
    value->states = any ? states_of(scope, in->filter->text + value->at, value->length) : 0;
    value->test = TEST_STATES;
    if (value->states) {
        return FILTER_HOLDS;
    }
    size_t used = (size_t)snprintf(in->problem, FILTER_PROBLEM_MAX,
                                   "state: has no '%.*s':", (int)in->length, in->text);
    for (size_t i = 0; i < scope->n_said && used < FILTER_PROBLEM_MAX; i++) {
        used += (size_t)snprintf(in->problem + used, FILTER_PROBLEM_MAX - used, " %s",
                                 scope->states[i]);
    }
    return FILTER_WRONG;
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* The lowest or the highest number of that width that begins with these digits. */
static int64_t filled(const char *digits, size_t length, int width, char with)
{
    int64_t number = 0;
    for (int i = 0; i < width; i++) {
        number = number * 10 + ((i < (int)length ? digits[i] : with) - '0');
    }
    return number;
}

static size_t digits_in(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && text[n] >= '0' && text[n] <= '9') {
        n++;
    }
    return n;
}

/* `20`: what begins so; `2000-2099`: from the first to the last that begins so. */
static enum filter_verdict read_ext(const struct value_text *in, struct filter_value *value)
{
    const struct filter_scope *scope = in->scope;
    const char *text = in->text;
    size_t length = in->length;
    char *problem = in->problem;
    int width =
        scope->ext_width > 0 && scope->ext_width < DIGITS_MAX ? scope->ext_width : DIGITS_MAX;
    size_t first = digits_in(text, length);
    bool range = first > 0 && first < length && text[first] == '-';
    const char *end = range ? text + first + 1 : text;
    size_t last = range ? length - first - 1 : first;
    if (first == 0 || (range ? digits_in(end, last) < last : first < length)) {
        snprintf(problem, FILTER_PROBLEM_MAX, "ext: %.*s is not a number: 20, 2000-2099",
                 (int)length, text);
        return FILTER_WRONG;
    }
    if ((int)first > width || (int)last > width) {
        snprintf(problem, FILTER_PROBLEM_MAX, "ext: %.*s has more than %d digits", (int)length,
                 text, width);
        return FILTER_WRONG;
    }
    if (!range || last == 0) {
        (void)filter_value_text(in->filter, value, text, first);
        end = text;
        last = first;
    }
    value->test = TEST_EXT;
    value->low = filled(text, first, width, '0');
    value->high = filled(end, last, width, '9');
    if (range && end == text) {
        snprintf(problem, FILTER_PROBLEM_MAX, "ext: %.*s needs its end", (int)length, text);
        return FILTER_OPEN;
    }
    if (value->high < value->low) {
        snprintf(problem, FILTER_PROBLEM_MAX, "ext: %.*s ends before it begins", (int)length, text);
        return FILTER_WRONG;
    }
    return FILTER_HOLDS;
}

/* ---- any ------------------------------------------------------------------------------------ */

enum filter_verdict filter_value_read(const struct value_text *in, enum filter_field field,
                                      struct filter_value *value)
{
    const char *text = in->text;
    size_t length = in->length;
    enum filter_verdict verdict;
    *value = (struct filter_value){.test = TEST_NONE};
    if (length == 1 && (text[0] == '*' || text[0] == '-')) {
        value->test = text[0] == '*' ? TEST_HAS : TEST_LACKS;
        return FILTER_HOLDS;
    }
    switch (filter_field_kind(field)) {
    case FILTER_WORDS:
        return read_states(in, value);
    case FILTER_DIGITS:
        return read_ext(in, value);
    case FILTER_TIME:
        verdict = filter_time_read(in->scope->now_s, field == FILTER_UNTIL, text, length, value);
        if (verdict != FILTER_HOLDS) {
            snprintf(in->problem, FILTER_PROBLEM_MAX, "%s: %.*s is not a time: 7d, 2h, 2026-11-01",
                     filter_field_name(field), (int)length, text);
        }
        return verdict;
    case FILTER_TEXT:
    case FILTER_NOW:
        break;
    }
    if (!filter_value_text(in->filter, value, text, length)) {
        snprintf(in->problem, FILTER_PROBLEM_MAX, "%s: needs a letter or a digit",
                 filter_field_name(field));
        value->test = TEST_NONE;
        return FILTER_OPEN;
    }
    return FILTER_HOLDS;
}
