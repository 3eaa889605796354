#include "tui/widget/filter.h"

#include <stdint.h>
#include <string.h>
#include <wctype.h>

#include "core/base/text.h"

#include "core/base/banned.h"

static const char *const s_fields[] = {
#define X(field, name) name,
    FILTER_FIELDS(X)
#undef X
};

/* Lower case of ASCII, as a table: typing in the filter goes over every byte of every row. */
#define LOWER(c) s_lower[(unsigned char)(c)]
static unsigned char s_lower[256];

static void fill_lower(void)
{
    for (int i = 0; i < 256; i++) {
        s_lower[i] = i < 0x80 ? (unsigned char)text_lower((char)i) : (unsigned char)i;
    }
}

/* ---- parsing ------------------------------------------------------------------------------ */

static void fold_into(struct filter_term *term, const char *text, size_t length)
{
    size_t at = 0;
    term->length = 0;
    while (at < length && term->length + 4 < sizeof term->text) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0) {
            term->text[term->length++] = text[at++];
            continue;
        }
        code = code < 0x80 ? (uint32_t)(unsigned char)text_lower((char)code)
                           : (uint32_t)towlower((wint_t)code);
        term->length += text_encode(code, term->text + term->length);
        at += size;
    }
    term->text[term->length] = '\0';
}

/* The field that "name:" at the start of the text means; FILTER_ANY if it is none. */
static enum filter_field field_prefix(const char *text, size_t length, size_t *skip)
{
    const char *colon = memchr(text, ':', length);
    *skip = 0;
    if (!colon) {
        return FILTER_ANY;
    }
    size_t size = (size_t)(colon - text);
    for (size_t i = 0; i < FILTER_FIELD_COUNT; i++) {
        if (strlen(s_fields[i]) == size && strncmp(text, s_fields[i], size) == 0) {
            *skip = size + 1;
            return (enum filter_field)i;
        }
    }
    return FILTER_ANY;
}

/* One term at `text`; returns the bytes used. */
static size_t parse_term(struct filter_term *term, const char *text)
{
    size_t at = 0;
    size_t skip;
    *term = (struct filter_term){.field = FILTER_ANY};
    if (text[at] == '!') {
        term->negated = true;
        at++;
    }
    term->field = field_prefix(text + at, strcspn(text + at, " \t\""), &skip);
    at += skip;
    if (text[at] == '~') {
        term->fuzzy = true;
        at++;
    }
    if (text[at] == '"') {
        size_t length = strcspn(text + at + 1, "\"");
        fold_into(term, text + at + 1, length);
        at += 1 + length;
        return text[at] == '"' ? at + 1 : at;
    }
    size_t length = strcspn(text + at, " \t");
    fold_into(term, text + at, length);
    return at + length;
}

void filter_parse(struct filter *filter, const char *text)
{
    fill_lower();
    filter->n_terms = 0;
    filter->ranked = false;
    while (*(text += strspn(text, " \t")) && filter->n_terms < FILTER_TERMS_MAX) {
        struct filter_term *term = &filter->terms[filter->n_terms];
        text += parse_term(term, text);
        if (term->length > 0) { /* `!`, `ext:` alone: incomplete yet */
            filter->ranked = filter->ranked || (term->fuzzy && !term->negated);
            filter->n_terms++;
        }
    }
}

/* ---- matching ----------------------------------------------------------------------------- */

/* The folded character at `text`; bytes that are not UTF-8 count as characters. */
static size_t folded(const char *text, size_t length, uint32_t *code)
{
    unsigned char byte = (unsigned char)text[0];
    if (byte < 0x80) {
        *code = LOWER(byte);
        return 1;
    }
    size_t size = text_decode(text, length, code);
    if (size == 0) {
        *code = byte;
        return 1;
    }
    *code = (uint32_t)towlower((wint_t)*code);
    return size;
}

static bool starts_with(const char *text, size_t length, const struct filter_term *term)
{
    size_t at = 0;
    size_t of = 0;
    while (of < term->length) {
        uint32_t have;
        uint32_t want;
        if (at >= length) {
            return false;
        }
        at += folded(text + at, length - at, &have);
        of += folded(term->text + of, term->length - of, &want);
        if (have != want) {
            return false;
        }
    }
    return true;
}

static bool contains(const char *text, const struct filter_term *term)
{
    unsigned char first = (unsigned char)term->text[0];
    if (first < 0x80) {
        const char *rest = term->text + 1;
        for (; *text; text++) {
            if (LOWER(*text) == first &&
                (!*rest || (LOWER(text[1]) == (unsigned char)*rest || (*rest & 0x80))) &&
                starts_with(text, strlen(text), term)) {
                return true;
            }
        }
        return false;
    }
    size_t length = strlen(text);
    for (size_t at = 0; at < length; at++) {
        unsigned char byte = (unsigned char)text[at];
        if ((byte & 0xC0) == 0xC0 && starts_with(text + at, length - at, term)) {
            return true;
        }
    }
    return false;
}

/* Whether a word of the text begins with the term. */
static bool word_begins(const char *text, const struct filter_term *term)
{
    while (*(text += strspn(text, " "))) {
        size_t length = strcspn(text, " ");
        if (starts_with(text, length, term)) {
            return true;
        }
        text += length;
    }
    return false;
}

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '_' || c == '-' || c == '@' || c == ',';
}

/* 0, or how good: characters next to each other and starts of words count more, length less. */
static int fuzzy_score(const char *text, const struct filter_term *term)
{
    size_t length = strlen(text);
    size_t at = 0;
    size_t of = 0;
    size_t last_end = SIZE_MAX;
    int score = 1000;
    while (of < term->length) {
        uint32_t want;
        uint32_t have = 0;
        size_t size = 0;
        of += folded(term->text + of, term->length - of, &want);
        size_t from = at;
        while (at < length) {
            if ((unsigned char)text[at] < 0x80) {
                have = LOWER(text[at]);
                size = 1;
            } else {
                size = folded(text + at, length - at, &have);
            }
            if (have == want) {
                break;
            }
            at += size;
        }
        if (at >= length) {
            return 0;
        }
        if (at == last_end) {
            score += 20;
        } else if (at == 0 || is_separator(text[at - 1])) {
            score += 15;
        } else {
            score -= (int)(at - from < 10 ? at - from : 10);
        }
        at += size;
        last_end = at;
    }
    score -= (int)(length < 60 ? length : 60) / 4;
    return score > 1 ? score : 1;
}

static int match_field(const struct filter_term *term, enum filter_field field, const char *text)
{
    if (term->fuzzy) {
        return fuzzy_score(text, term);
    }
    if (term->field == FILTER_EXT) {
        return starts_with(text, strlen(text), term);
    }
    if (field == FILTER_STATE) {
        return word_begins(text, term);
    }
    return contains(text, term);
}

static int match_term(const struct filter_term *term, const struct filter_subject *subject)
{
    if (term->field != FILTER_ANY) {
        const char *text = subject->fields[term->field];
        return text ? match_field(term, term->field, text) : 0;
    }
    int best = 0;
    for (int i = 0; i < FILTER_FIELD_COUNT; i++) {
        if (subject->fields[i] && (!best || term->fuzzy)) {
            int score = match_field(term, (enum filter_field)i, subject->fields[i]);
            best = score > best ? score : best;
        }
    }
    return best;
}

int filter_match(const struct filter *filter, const struct filter_subject *subject)
{
    int total = 1;
    for (size_t i = 0; i < filter->n_terms; i++) {
        const struct filter_term *term = &filter->terms[i];
        int score = match_term(term, subject);
        if (term->negated ? score > 0 : score == 0) {
            return 0;
        }
        total += term->negated ? 0 : score;
    }
    return total;
}

bool filter_narrows(const struct filter *wide, const struct filter *narrow)
{
    if (narrow->n_terms < wide->n_terms) {
        return false;
    }
    for (size_t i = 0; i < wide->n_terms; i++) {
        const struct filter_term *old = &wide->terms[i];
        const struct filter_term *new = &narrow->terms[i];
        if (old->field != new->field || old->negated != new->negated || old->fuzzy != new->fuzzy) {
            return false;
        }
        bool same = strcmp(old->text, new->text) == 0;
        /* By characters: the first byte of one that is not complete yet counts as a character. */
        bool longer = starts_with(new->text, new->length, old);
        if (!same && (old->negated || !longer)) {
            return false;
        }
    }
    return true;
}
