#ifndef TUI_WIDGET_FILTER_H
#define TUI_WIDGET_FILTER_H

/*
 * The filter language, one in every list:
 *
 *     filter = and , { "or" , and } ;         and  = term , { term } ;
 *     term   = [ "!" ] , ( field , ":" , values | "~" , word | text ) ;
 *     values = value , { "," , value } ;      text = word | '"' , { char } , '"' ;
 *     value  = text | range | age | "*" (it has one) | "-" (it has none) ;
 *
 *     smith                          login, name, number, state, profile or note contains it
 *     ext:2000-2099 !state:pinned    a range of numbers; not pinned
 *     since:7d   since:>90d          in the last seven days; longer ago
 *     muller or garcia               one of the two
 *     note:*   note:-                has a note; has none
 *     ~smrn                          these characters in this order; the best match comes first
 *
 * Texts are compared as core/base/fold_search.h writes them. Ages are counted from scope->now_s,
 * days are those of the process's zone (TZ).
 *
 * filter_parse reads a filter, filter_block.h searches rows, filter_spans.h marks what was found.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_TEXT_MAX 256
#define FILTER_TERMS_MAX 16
#define FILTER_VALUES_MAX 32
#define FILTER_PROBLEM_MAX 512

/* What a field holds, and so which values it takes. FILTER_NOW is a text that changes without the
   data (struct filter_now). */
enum filter_kind { FILTER_WORDS, FILTER_DIGITS, FILTER_TEXT, FILTER_TIME, FILTER_NOW };

/* field, name in a filter, kind; in the order of the messages */
#define FILTER_FIELDS(X)                                                                           \
    X(FILTER_EXT, "ext", FILTER_DIGITS)                                                            \
    X(FILTER_LOGIN, "login", FILTER_TEXT)                                                          \
    X(FILTER_NAME, "name", FILTER_TEXT)                                                            \
    X(FILTER_STATE, "state", FILTER_WORDS)                                                         \
    X(FILTER_PROFILE, "profile", FILTER_TEXT)                                                      \
    X(FILTER_GROUP, "group", FILTER_TEXT)                                                          \
    X(FILTER_SINCE, "since", FILTER_TIME)                                                          \
    X(FILTER_BY, "by", FILTER_TEXT)                                                                \
    X(FILTER_NOTE, "note", FILTER_TEXT)                                                            \
    X(FILTER_LIVE, "live", FILTER_NOW)                                                             \
    X(FILTER_UNTIL, "until", FILTER_TIME)                                                          \
    X(FILTER_TARGET, "target", FILTER_TEXT)                                                        \
    X(FILTER_CHANGED, "changed", FILTER_NOW)                                                       \
    X(FILTER_BASKET, "basket", FILTER_NOW)                                                         \
    X(FILTER_ACTION, "action", FILTER_TEXT)                                                        \
    X(FILTER_ACTOR, "actor", FILTER_TEXT)                                                          \
    X(FILTER_KIND, "kind", FILTER_TEXT)

enum filter_field {
#define X(field, name, kind) field,
    FILTER_FIELDS(X)
#undef X
        FILTER_FIELD_COUNT,
    FILTER_ANY = FILTER_FIELD_COUNT
};

#define FILTER_BIT(field) (1u << (field))

/* What the rows of a list can be asked for. */
struct filter_scope {
    unsigned fields;           /* FILTER_BIT of each */
    const char *const *states; /* the words of `state:`, NULL ends; at most 32 */
    size_t n_said;             /* so many of them are named in messages; the rest are synonyms */
    int ext_width;             /* digits of a number */
    int64_t now_s;             /* the data's now */
};

/* The fields of a row. */
struct filter_subject {
    /* FILTER_TEXT and FILTER_EXT; NULL: it has none. A row of several numbers has them with blanks
       between, "0042 0100-0199". FILTER_STATE: the word that is shown, for a text without a field. */
    const char *texts[FILTER_FIELD_COUNT];
    uint32_t states;          /* bit i: scope->states[i] */
    int64_t since_s, until_s; /* 0: not known */
};

/* ---- a filter ------------------------------------------------------------------------------- */

/* TEST_NONE: nothing can be said yet. */
enum filter_test {
    TEST_NONE,
    TEST_TEXT,
    TEST_FUZZY,
    TEST_STATES,
    TEST_EXT,
    TEST_TIME,
    TEST_HAS,
    TEST_LACKS
};

struct filter_value {
    enum filter_test test;
    size_t at, length; /* its folded text in filter->text; TEST_EXT: the digits of a beginning */
    uint32_t states;
    int64_t low, high; /* TEST_EXT, TEST_TIME: both included */
};

struct filter_term {
    enum filter_field field;
    bool negated;
    uint8_t group; /* of terms that hold together */
    uint8_t first, n_values;
};

struct filter {
    struct filter_term terms[FILTER_TERMS_MAX];
    size_t n_terms;
    struct filter_value values[FILTER_VALUES_MAX];
    size_t n_values;
    size_t n_groups;
    bool ranked;  /* has a fuzzy term: the best match comes first */
    bool changes; /* asks for something that changes without the data */
    char text[4 * FILTER_TEXT_MAX];
    size_t length;
    char problem[FILTER_PROBLEM_MAX]; /* in words; "": none */
};

enum filter_verdict {
    FILTER_HOLDS,
    FILTER_OPEN, /* `problem` is where somebody types: it can still become right. The filter is
                    what can be said of it so far */
    FILTER_WRONG /* the filter cannot be used */
};

#define FILTER_NO_CURSOR SIZE_MAX

/* `cursor` is the place in `text` where somebody types, FILTER_NO_CURSOR: the text is complete. */
enum filter_verdict filter_parse(struct filter *filter, const struct filter_scope *scope,
                                 const char *text, size_t cursor);

/* Whether everything that matches `narrow` also matches `wide`, so that only the rows that `wide`
   left need a look. Both were made for the same scope. */
bool filter_narrows(const struct filter *wide, const struct filter *narrow);

const char *filter_field_name(enum filter_field field);
enum filter_kind filter_field_kind(enum filter_field field);

/* Whether a text without a field looks there. */
bool filter_is_plain(enum filter_field field);

#endif
