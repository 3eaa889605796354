#ifndef TUI_WIDGET_FILTER_H
#define TUI_WIDGET_FILTER_H

/*
 * The filter language: terms between blanks, all of which must hold.
 *
 *     smith           some field contains it; upper and lower case are the same
 *     "smith, j"      with blanks in it
 *     ~smt            its characters occur in this order (fuzzy; the best match comes first)
 *     ext:20          the extension begins with it
 *     state:stale     a word of the state begins with it
 *     login: name: note:   this field contains it
 *     !state:ok       the opposite
 *
 * Every text is a filter: text without a meaning is searched for literally. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#define FILTER_TEXT_MAX 256
#define FILTER_TERMS_MAX 16

/* field, name in a filter */
#define FILTER_FIELDS(X)                                                                           \
    X(FILTER_EXT, "ext")                                                                           \
    X(FILTER_STATE, "state")                                                                       \
    X(FILTER_LOGIN, "login")                                                                       \
    X(FILTER_NAME, "name")                                                                         \
    X(FILTER_NOTE, "note")

enum filter_field {
#define X(field, name) field,
    FILTER_FIELDS(X)
#undef X
        FILTER_FIELD_COUNT,
    FILTER_ANY = FILTER_FIELD_COUNT
};

struct filter_term {
    enum filter_field field;
    bool negated;
    bool fuzzy;
    char text[FILTER_TEXT_MAX]; /* lower case */
    size_t length;
};

struct filter {
    struct filter_term terms[FILTER_TERMS_MAX];
    size_t n_terms;
    bool ranked; /* has a fuzzy term: order the rows by score */
};

/* The fields of a row; NULL if it lacks one. */
struct filter_subject {
    const char *fields[FILTER_FIELD_COUNT];
};

void filter_parse(struct filter *filter, const char *text);

/* 0: it does not match; otherwise the higher the better. */
int filter_match(const struct filter *filter, const struct filter_subject *subject);

/* Whether everything that matches `narrow` also matches `wide`, so that only the rows that
   `wide` left need a look. */
bool filter_narrows(const struct filter *wide, const struct filter *narrow);

#endif
