#include "tui/widget/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tui/widget/filter_value.h"

#include "core/base/banned.h"

struct parser {
    struct filter *filter;
    const struct filter_scope *scope;
    const char *text;
    size_t length, cursor;
    size_t at;
    enum filter_verdict verdict;
    unsigned group;
    size_t in_group; /* terms of this group, those that nothing can be said of included */
    size_t n_terms, n_values;
};

static bool is_blank(const struct parser *parser, size_t at)
{
    return at >= parser->length || parser->text[at] == ' ' || parser->text[at] == '\t';
}

/* Keeps the first of the worst problems. One from `from` on to here is open while somebody types
   at its end. */
static void note(struct parser *parser, enum filter_verdict verdict, size_t end,
                 const char *problem)
{
    if (verdict == FILTER_OPEN && parser->cursor != end) {
        verdict = FILTER_WRONG;
    }
    if (verdict > parser->verdict) {
        parser->verdict = verdict;
        snprintf(parser->filter->problem, sizeof parser->filter->problem, "%s", problem);
    }
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* The end of the text at parser->at, which a blank ends, or `stop`; sets what lies within. */
static size_t text_end(struct parser *parser, char stop, size_t *from, size_t *length)
{
    const char *text = parser->text;
    size_t at = parser->at;
    *from = at;
    if (at < parser->length && text[at] == '"') {
        const char *close = memchr(text + at + 1, '"', parser->length - at - 1);
        size_t end = close ? (size_t)(close - text) : parser->length;
        *from = at + 1;
        *length = end - *from;
        if (!close) {
            note(parser, FILTER_OPEN,
                 parser->cursor > at && parser->cursor <= end ? parser->cursor : end,
                 "a \" is open");
        }
        return close ? end + 1 : end;
    }
    while (!is_blank(parser, at) && text[at] != stop) {
        at++;
    }
    *length = at - *from;
    return at;
}

static struct filter_value *new_value(struct parser *parser)
{
    struct filter *filter = parser->filter;
    if (parser->n_terms > FILTER_TERMS_MAX) {
        return NULL; /* said at the end */
    }
    if (++parser->n_values > FILTER_VALUES_MAX) {
        char problem[FILTER_PROBLEM_MAX];
        snprintf(problem, sizeof problem, "%zu values: %d are the most", parser->n_values,
                 FILTER_VALUES_MAX);
        note(parser, FILTER_WRONG, parser->at, problem);
        return NULL;
    }
    return &filter->values[filter->n_values];
}

/* A word or a text in quotes, behind `~` or not. */
static void read_text(struct parser *parser, struct filter_term *term)
{
    size_t from;
    size_t length;
    struct filter_value *value = new_value(parser);
    bool fuzzy = parser->text[parser->at] == '~';
    parser->at += fuzzy;
    parser->at = text_end(parser, '\0', &from, &length);
    if (!value) {
        return;
    }
    *value = (struct filter_value){.test = TEST_NONE};
    if (filter_value_text(parser->filter, value, parser->text + from, length)) {
        value->test = fuzzy ? TEST_FUZZY : TEST_TEXT;
        term->n_values = 1;
        parser->filter->n_values++;
        parser->filter->ranked = parser->filter->ranked || (fuzzy && !term->negated);
    } else {
        note(parser, FILTER_OPEN, parser->at,
             fuzzy ? "~ needs a word" : "\"\" needs a letter or a digit");
    }
}

/* ---- fields --------------------------------------------------------------------------------- */

static void no_field(const struct parser *parser, const char *word, size_t length,
                     char problem[FILTER_PROBLEM_MAX])
{
    size_t used = (size_t)snprintf(problem, FILTER_PROBLEM_MAX, "no field %.*s:%s", (int)length,
                                   word, parser->scope->fields ? "" : " a text has none; quote it");
    for (unsigned i = 0; i < FILTER_FIELD_COUNT && used < FILTER_PROBLEM_MAX; i++) {
        if (parser->scope->fields & FILTER_BIT(i)) {
            used += (size_t)snprintf(problem + used, FILTER_PROBLEM_MAX - used, " %s",
                                     filter_field_name((enum filter_field)i));
        }
    }
}

/* The field of this list that begins so; FILTER_ANY: none, or several. */
static enum filter_field find_field(struct parser *parser, const char *word, size_t length)
{
    char problem[FILTER_PROBLEM_MAX];
    enum filter_field found = FILTER_ANY;
    size_t used =
        (size_t)snprintf(problem, sizeof problem, "%.*s: which field:", (int)length, word);
    size_t n = 0;
    for (unsigned i = 0; i < FILTER_FIELD_COUNT; i++) {
        const char *name = filter_field_name((enum filter_field)i);
        if (!(parser->scope->fields & FILTER_BIT(i)) || strncasecmp(name, word, length) != 0) {
            continue;
        }
        if (strlen(name) == length) {
            return (enum filter_field)i;
        }
        found = (enum filter_field)i;
        n++;
        if (used < sizeof problem) {
            used += (size_t)snprintf(problem + used, sizeof problem - used, " %s", name);
        }
    }
    if (n == 0) {
        no_field(parser, word, length, problem);
    }
    if (n != 1) {
        note(parser, FILTER_WRONG, parser->at, problem);
    }
    return n == 1 ? found : FILTER_ANY;
}

static void read_value(struct parser *parser, struct filter_term *term)
{
    char problem[FILTER_PROBLEM_MAX] = "";
    struct filter_value *value = new_value(parser);
    size_t from;
    size_t length;
    parser->at = text_end(parser, ',', &from, &length);
    if (!value) {
        return;
    }
    if (length == 0) {
        snprintf(problem, sizeof problem, "%s: needs a value, * or -",
                 filter_field_name(term->field));
        note(parser, FILTER_OPEN, parser->at, problem);
        return;
    }
    struct value_text in = {parser->filter, parser->scope, parser->text + from, length, problem};
    enum filter_verdict verdict = filter_value_read(&in, term->field, value);
    note(parser, verdict, parser->at, problem);
    if (value->test != TEST_NONE) {
        term->n_values++;
        parser->filter->n_values++;
    }
}

static void read_values(struct parser *parser, struct filter_term *term)
{
    for (;;) {
        read_value(parser, term);
        if (is_blank(parser, parser->at)) {
            return;
        }
        if (parser->text[parser->at] != ',') { /* something follows a closing quote */
            note(parser, FILTER_WRONG, parser->at,
                 "a blank or a comma belongs behind a closing \"");
        }
        parser->at++;
    }
}

/* ---- terms ---------------------------------------------------------------------------------- */

/* The letters before a colon: the name of a field. */
static size_t field_length(const struct parser *parser)
{
    size_t n = 0;
    while (isalpha((unsigned char)parser->text[parser->at + n])) {
        n++;
    }
    return parser->text[parser->at + n] == ':' ? n : 0;
}

static void read_term_body(struct parser *parser, struct filter_term *term)
{
    size_t name = field_length(parser);
    if (name == 0) {
        read_text(parser, term);
        return;
    }
    term->field = find_field(parser, parser->text + parser->at, name);
    parser->at += name + 1;
    if (term->field == FILTER_ANY) {
        size_t from;
        size_t length;
        parser->at = text_end(parser, '\0', &from, &length);
        return;
    }
    parser->filter->changes =
        parser->filter->changes || filter_field_kind(term->field) == FILTER_NOW;
    read_values(parser, term);
}

static void read_term(struct parser *parser)
{
    struct filter *filter = parser->filter;
    struct filter_term term = {
        .field = FILTER_ANY, .group = (uint8_t)parser->group, .first = (uint8_t)filter->n_values};
    parser->in_group++;
    parser->n_terms++;
    if (parser->text[parser->at] == '!') {
        term.negated = true;
        parser->at++;
    }
    if (is_blank(parser, parser->at)) {
        note(parser, FILTER_OPEN, parser->at, "! needs a term");
        return;
    }
    read_term_body(parser, &term);
    if (term.n_values == 0 || filter->n_terms == FILTER_TERMS_MAX) {
        return;
    }
    if (filter->n_terms == 0 || filter->terms[filter->n_terms - 1].group != term.group) {
        filter->n_groups++;
    }
    filter->terms[filter->n_terms++] = term;
}

/* `or` between two terms. The first one that is typed may become a word, as in `orla`. */
static bool read_or(struct parser *parser)
{
    size_t end = parser->at + 2;
    const char *text = parser->text + parser->at;
    bool is_or = strncasecmp(text, "or", 2) == 0 && is_blank(parser, end);
    if (!is_or || (parser->in_group == 0 && parser->group == 0 && parser->cursor == end)) {
        return false;
    }
    parser->at = end;
    if (parser->in_group == 0) {
        note(parser, FILTER_WRONG, end, "or stands between two terms; \"or\" is a text");
    }
    parser->group++;
    parser->in_group = 0;
    return true;
}

enum filter_verdict filter_parse(struct filter *filter, const struct filter_scope *scope,
                                 const char *text, size_t cursor)
{
    struct parser parser = {
        .filter = filter, .scope = scope, .text = text, .length = strlen(text), .cursor = cursor};
    *filter = (struct filter){.n_terms = 0};
    while (parser.at < parser.length) {
        if (is_blank(&parser, parser.at)) {
            parser.at++;
        } else if (!read_or(&parser)) {
            read_term(&parser);
        }
    }
    if (parser.group > 0 && parser.in_group == 0) {
        note(&parser, FILTER_OPEN, parser.cursor <= parser.length ? parser.cursor : parser.length,
             "or needs a term behind it");
    }
    if (parser.n_terms > FILTER_TERMS_MAX) {
        char problem[FILTER_PROBLEM_MAX];
        snprintf(problem, sizeof problem, "%zu terms: %d are the most", parser.n_terms,
                 FILTER_TERMS_MAX);
        note(&parser, FILTER_WRONG, parser.length, problem);
    }
    return parser.verdict;
}
