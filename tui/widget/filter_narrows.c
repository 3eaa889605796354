/*
 * Whether one filter only takes away from another: a proof, term by term. Without one the answer is
 * no, which costs a search over all rows and nothing else.
 */

#include "tui/widget/filter_private.h"

#include <string.h>

#include "core/base/banned.h"

static bool contains(const struct filter *in, const struct filter_value *value,
                     const struct filter *of, const struct filter_value *part)
{
    const char *text = in->text + value->at;
    const char *needle = of->text + part->at;
    for (size_t at = 0; at + part->length <= value->length; at++) {
        if (memcmp(text + at, needle, part->length) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether each row with the value `a` has the value `b`, in the same field. */
static bool value_implies(const struct filter *fa, const struct filter_value *a,
                          const struct filter *fb, const struct filter_value *b)
{
    if (b->test == TEST_HAS) {
        return a->test != TEST_LACKS;
    }
    if (a->test != b->test) {
        return false;
    }
    switch (b->test) {
    case TEST_TEXT:
        return contains(fa, a, fb, b);
    case TEST_FUZZY:
        return filter_fuzzy(fa->text + a->at, a->length, fb->text + b->at, b->length, NULL) > 0;
    case TEST_STATES:
        return (a->states & ~b->states) == 0;
    case TEST_EXT:
    case TEST_TIME:
        return a->low >= b->low && a->high <= b->high;
    case TEST_LACKS:
        return true;
    case TEST_HAS:
    case TEST_NONE:
        break;
    }
    return false;
}

/* Whether the field that `a` asks for is one that `b` looks at. */
static bool field_implies(const struct filter_term *a, const struct filter_value *value,
                          const struct filter_term *b)
{
    bool in_text = value->test == TEST_TEXT;
    bool within = b->field == FILTER_ANY && in_text && filter_is_plain(a->field);
    return a->field == b->field || within;
}

/* Whether the terms, taken without their `!`, are: who has `a`, has `b`. */
static bool plain_implies(const struct filter *fa, const struct filter_term *a,
                          const struct filter *fb, const struct filter_term *b)
{
    for (unsigned i = 0; i < a->n_values; i++) {
        const struct filter_value *value = &fa->values[a->first + i];
        bool any = false;
        for (unsigned k = 0; k < b->n_values && !any; k++) {
            any = field_implies(a, value, b) &&
                  value_implies(fa, value, fb, &fb->values[b->first + k]);
        }
        if (!any) {
            return false;
        }
    }
    return true;
}

static bool term_implies(const struct filter *fa, const struct filter_term *a,
                         const struct filter *fb, const struct filter_term *b)
{
    if (a->negated != b->negated) {
        return false;
    }
    return a->negated ? plain_implies(fb, b, fa, a) : plain_implies(fa, a, fb, b);
}

/* Whether the group that begins at `from` in `narrow` takes away from the one at `at` in `wide`. */
static bool group_implies(const struct filter *narrow, size_t from, const struct filter *wide,
                          size_t at)
{
    unsigned group = narrow->terms[from].group;
    unsigned wanted = wide->terms[at].group;
    for (; at < wide->n_terms && wide->terms[at].group == wanted; at++) {
        bool any = false;
        for (size_t i = from; i < narrow->n_terms && narrow->terms[i].group == group && !any; i++) {
            any = term_implies(narrow, &narrow->terms[i], wide, &wide->terms[at]);
        }
        if (!any) {
            return false;
        }
    }
    return true;
}

static bool begins_group(const struct filter *filter, size_t i)
{
    return i == 0 || filter->terms[i - 1].group != filter->terms[i].group;
}

bool filter_narrows(const struct filter *wide, const struct filter *narrow)
{
    if (wide->n_terms == 0) {
        return true;
    }
    if (narrow->n_terms == 0 || wide->changes || narrow->changes) {
        return false;
    }
    for (size_t i = 0; i < narrow->n_terms; i++) {
        bool any = !begins_group(narrow, i);
        for (size_t k = 0; k < wide->n_terms && !any; k++) {
            any = begins_group(wide, k) && group_implies(narrow, i, wide, k);
        }
        if (!any) {
            return false;
        }
    }
    return true;
}
