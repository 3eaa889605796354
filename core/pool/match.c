#include "core/pool/match.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

static const struct {
    const char *name;
    bool keyed;
} s_fields[FIELD_COUNT] = {
#define X(field, name, keyed) [field] = {name, keyed},
    AGENT_FIELDS(X)
#undef X
};

const char *match_term_text(const struct match_term *term, struct arena *arena)
{
    return arena_printf(arena, "%s:%s%s%s", s_fields[term->field].name, term->key ? term->key : "",
                        term->key ? "=" : "", term->pattern);
}

const char *match_line_text(const struct match_line *line, struct arena *arena)
{
    const char *all = "";
    for (size_t i = 0; i < line->n_terms; i++) {
        const char *term = match_term_text(&line->terms[i], arena);
        const char *quote = strpbrk(term, " \t") ? "\"" : "";
        all = arena_printf(arena, "%s%s%s%s%s", all, i > 0 ? " " : "", quote, term, quote);
    }
    return all;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Copies the word at *at without its quotes; false: one is not closed. */
static bool copy_word(const char **at, const char *separators, char *out)
{
    bool quoted = false;
    for (; **at != '\0' && (quoted || !strchr(separators, **at)); (*at)++) {
        if (**at == '"') {
            quoted = !quoted;
        } else {
            *out++ = **at;
        }
    }
    *out = '\0';
    return !quoted;
}

enum err_code match_words(const char *text, const char *separators, struct arena *arena,
                          const char *const **words, struct err *err)
{
    const char *between = arena_printf(arena, " \t%s", separators);
    const char **out = arena_alloc(arena, (strlen(text) / 2 + 2) * sizeof *out);
    size_t n = 0;
    for (const char *at = text + strspn(text, between); *at != '\0'; at += strspn(at, between)) {
        char *word = arena_alloc(arena, strlen(at) + 1);
        if (!copy_word(&at, between, word)) {
            err_set(err, ERR_CONFIG, "a quote (\") is not closed");
            err_hint(err, "Close it. '#' and ';' behind a blank begin a comment, in quotes, too; "
                          "write * instead");
            return ERR_CONFIG;
        }
        out[n++] = word;
    }
    *words = (const char *const *)out;
    return ERR_OK;
}

/* ---- one line -------------------------------------------------------------------------------- */

#define FIELD_FORMS                                                                                \
    "login:PATTERN, directory:NAME, routing_profile:PATTERN, hierarchy:PATTERN, "                  \
    "tag:KEY=PATTERN or column:NAME=PATTERN"

static enum err_code unknown_field(const char *name, struct err *err)
{
    const char *names[FIELD_COUNT + 1] = {NULL};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        names[i] = s_fields[i].name;
    }
    const char *near = nearest_of(name, names);
    err_set(err, ERR_CONFIG, "unknown field \"%s\"", name);
    if (near) {
        err_hint(err, "Did you mean \"%s\"?", near);
    } else {
        err_hint(err, "A term is " FIELD_FORMS);
    }
    return ERR_CONFIG;
}

static enum err_code no_term(const char *word, struct err *err)
{
    err_set(err, ERR_CONFIG, "\"%s\" is not a term", word);
    err_hint(err, "A term is " FIELD_FORMS "; put double quotes around a value with blanks");
    return ERR_CONFIG;
}

static enum err_code no_value(const char *word, enum agent_field field, struct err *err)
{
    const char *name = s_fields[field].name;
    err_set(err, ERR_CONFIG, "\"%s\" has no value", word);
    if (s_fields[field].keyed) {
        err_hint(err, "Write %s:NAME=VALUE; VALUE may have '*' for any text", name);
    } else {
        err_hint(err, "Write %s:VALUE; VALUE may have '*' for any text", name);
    }
    return ERR_CONFIG;
}

/* The field in front of the ':'; FIELD_COUNT: there is none of that name. */
static enum agent_field field_of(const char *name)
{
    enum agent_field field = 0;
    while (field < FIELD_COUNT && strcmp(s_fields[field].name, name) != 0) {
        field++;
    }
    return field;
}

static enum err_code parse_term(const char *word, struct arena *arena, struct match_term *term,
                                struct err *err)
{
    size_t length = strcspn(word, ":");
    const char *name = arena_strndup(arena, word, length);
    enum agent_field field = field_of(name);
    if (word[length] == '\0') {
        return field == FIELD_COUNT ? no_term(word, err) : no_value(word, field, err);
    }
    if (field == FIELD_COUNT) {
        return unknown_field(name, err);
    }
    *term = (struct match_term){.field = field, .pattern = word + length + 1};
    if (s_fields[field].keyed) {
        size_t key = strcspn(term->pattern, "=");
        if (key == 0 || term->pattern[key] == '\0') {
            return no_value(word, field, err);
        }
        term->key = arena_strndup(arena, term->pattern, key);
        term->pattern += key + 1;
    }
    return term->pattern[0] == '\0' ? no_value(word, field, err) : ERR_OK;
}

enum err_code match_parse(const char *text, struct arena *arena, struct match_line *line,
                          struct err *err)
{
    const char *const *words;
    *line = (struct match_line){0};
    if (match_words(text, "", arena, &words, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct match_term *terms = arena_alloc(arena, MATCH_TERMS_MAX * sizeof *terms);
    for (; *words; words++) {
        if (line->n_terms == MATCH_TERMS_MAX) {
            return err_set(err, ERR_CONFIG, "more than %d terms in one line", MATCH_TERMS_MAX);
        }
        if (parse_term(*words, arena, &terms[line->n_terms], err) != ERR_OK) {
            return ERR_CONFIG;
        }
        line->n_terms++;
    }
    line->terms = terms;
    if (line->n_terms == 0) {
        err_set(err, ERR_CONFIG, "there is no term");
        err_hint(err, "A term is " FIELD_FORMS);
        return ERR_CONFIG;
    }
    return ERR_OK;
}

/* ---- terms against each other ---------------------------------------------------------------- */

static bool same_subject(const struct match_term *a, const struct match_term *b)
{
    return a->field == b->field && text_same(a->key, b->key);
}

/* Whether one of two texts begins, or with `at_end` ends, with the other. */
static bool agree(const char *a, size_t a_length, const char *b, size_t b_length, bool at_end)
{
    size_t n = a_length < b_length ? a_length : b_length;
    return memcmp(at_end ? a + a_length - n : a, at_end ? b + b_length - n : b, n) == 0;
}

/* Whether some text may fit both. Of two with '*' only what stands before the first and behind the
   last is compared: what is said to be impossible is impossible. */
static bool may_fit_both(const char *a, const char *b)
{
    const char *star_a = strchr(a, '*');
    const char *star_b = strchr(b, '*');
    if (!star_a || !star_b) {
        return pattern_matches(star_a ? a : b, star_a ? b : a);
    }
    const char *end_a = strrchr(a, '*') + 1;
    const char *end_b = strrchr(b, '*') + 1;
    return agree(a, (size_t)(star_a - a), b, (size_t)(star_b - b), false) &&
           agree(end_a, strlen(end_a), end_b, strlen(end_b), true);
}

bool match_contradicts(const struct match_line *line, const struct match_term **first,
                       const struct match_term **second)
{
    for (size_t i = 0; i < line->n_terms; i++) {
        for (size_t k = 0; k < i; k++) {
            *first = &line->terms[k];
            *second = &line->terms[i];
            if (same_subject(*first, *second) &&
                !may_fit_both((*first)->pattern, (*second)->pattern)) {
                return true;
            }
        }
    }
    return false;
}

/* A '*' of the narrow pattern fits a '*' of the wide one only, and so does any text in its place. */
static bool term_covers(const struct match_term *wide, const struct match_term *narrow)
{
    return same_subject(wide, narrow) && pattern_matches(wide->pattern, narrow->pattern);
}

static bool any_login(const struct match_term *term)
{
    return term->field == FIELD_LOGIN && pattern_matches(term->pattern, "");
}

bool match_covers(const struct match_line *wide, const struct match_line *narrow)
{
    for (size_t i = 0; i < wide->n_terms; i++) {
        bool covered = any_login(&wide->terms[i]); /* each agent has one */
        for (size_t k = 0; k < narrow->n_terms && !covered; k++) {
            covered = term_covers(&wide->terms[i], &narrow->terms[k]);
        }
        if (!covered) {
            return false;
        }
    }
    return true;
}
