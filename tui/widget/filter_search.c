/*
 * The search over a block, some thousand rows at a time. A set of rows is a bit each. In a group of
 * terms, which all have to hold, each term takes away the rows that it does not hold for: what costs
 * least comes first.
 */

#include "tui/widget/filter_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define CHUNK PIECE_ROWS /* a piece of the block at a time */
#define WORDS (CHUNK / 64)
#define FEW (CHUNK / 32) /* so few rows are looked at one by one */

struct rows {
    uint64_t bits[WORDS];
};

/* The rows at work: first ... first + n - 1; bit 0 is the first. */
struct chunk {
    struct filter_search *search;
    const struct filter_piece *piece; /* which has just these rows */
    size_t first, n;
    uint16_t scores[CHUNK]; /* of the group at work */
};

static void set(struct rows *rows, size_t i)
{
    rows->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static size_t count(const struct rows *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < WORDS; i++) {
        n += (size_t)__builtin_popcountll(rows->bits[i]);
    }
    return n;
}

/* The next row at or behind `i` that is in the set, or CHUNK. */
static size_t next_row(const struct rows *rows, size_t i)
{
    while (i < CHUNK) {
        uint64_t rest = rows->bits[i / 64] >> (i % 64);
        if (rest) {
            return i + (size_t)__builtin_ctzll(rest);
        }
        i = (i / 64 + 1) * 64;
    }
    return CHUNK;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* The field that the byte lies in: its mark stands before it. */
static enum filter_field field_at(const char *at)
{
    while ((unsigned char)*at >= 0x20) {
        at--;
    }
    return (enum filter_field)(*at - 1);
}

static bool looks_in(enum filter_field wanted, enum filter_field field)
{
    return wanted == FILTER_ANY ? filter_is_plain(field) : wanted == field;
}

struct needle {
    enum filter_field field;
    const char *text;
    size_t length;
};

/* The first place from `at` on that is in the field which is asked for. */
static const char *find_in_field(const struct needle *needle, const char *at, const char *end)
{
    while ((at = filter_find(at, end, needle->text, needle->length)) &&
           !looks_in(needle->field, field_at(at))) {
        at++;
    }
    return at;
}

/* All rows of the chunk in one walk. */
static void find_all(const struct chunk *chunk, const struct needle *needle, struct rows *out)
{
    const struct filter_piece *piece = chunk->piece;
    const uint32_t *starts = piece->starts;
    const char *end = piece->text + starts[chunk->n];
    const char *at = piece->text + starts[0];
    size_t row = 0;
    while (row < chunk->n && (at = find_in_field(needle, at, end))) {
        while (starts[row + 1] <= (size_t)(at - piece->text)) {
            row++;
        }
        set(out, row);
        at = piece->text + starts[++row];
    }
}

static void find_each(const struct chunk *chunk, const struct needle *needle,
                      const struct rows *among, struct rows *out)
{
    const struct filter_piece *piece = chunk->piece;
    const uint32_t *starts = piece->starts;
    for (size_t i = next_row(among, 0); i < chunk->n; i = next_row(among, i + 1)) {
        if (find_in_field(needle, piece->text + starts[i], piece->text + starts[i + 1])) {
            set(out, i);
        }
    }
}

/* The best field of the row. */
static int fuzzy_in_row(const struct filter_piece *piece, size_t row, const struct needle *needle)
{
    const char *at = piece->text + piece->starts[row];
    const char *end = piece->text + piece->starts[row + 1];
    int best = 0;
    while (at < end) {
        const char *from = at + 1;
        enum filter_field field = (enum filter_field)(*at - 1);
        for (at = from; at < end && (unsigned char)*at >= 0x20; at++) {
        }
        if (looks_in(needle->field, field)) {
            int score = filter_fuzzy(from, (size_t)(at - from), needle->text, needle->length, NULL);
            best = score > best ? score : best;
        }
    }
    return best;
}

static void find_fuzzy(struct chunk *chunk, const struct needle *needle, const struct rows *among,
                       struct rows *out)
{
    for (size_t i = next_row(among, 0); i < chunk->n; i = next_row(among, i + 1)) {
        int score = fuzzy_in_row(chunk->piece, i, needle);
        if (score > 0) {
            int sum = chunk->scores[i] + score;
            chunk->scores[i] = (uint16_t)(sum < UINT16_MAX ? sum : UINT16_MAX);
            set(out, i);
        }
    }
}

/* ---- what changes without the data ----------------------------------------------------------- */

static bool now_contains(const char *text, const struct needle *needle)
{
    char part[FILTER_TEXT_MAX] = "";
    memcpy(part, needle->text, needle->length < sizeof part ? needle->length : sizeof part - 1);
    return filter_text_has(text, part);
}

static void find_now(const struct chunk *chunk, const struct needle *needle, enum filter_test test,
                     const struct rows *among, struct rows *out)
{
    const struct filter_now *now = &chunk->search->asked.now;
    for (size_t i = next_row(among, 0); i < chunk->n; i = next_row(among, i + 1)) {
        const char *text =
            now->text ? now->text(now->context, chunk->first + i, needle->field) : NULL;
        bool has = text && *text;
        if (test == TEST_LACKS ? !has : has && (test == TEST_HAS || now_contains(text, needle))) {
            set(out, i);
        }
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void find_has(const struct chunk *chunk, enum filter_field field, bool wanted,
                     struct rows *out)
{
    const uint32_t *has = chunk->piece->has;
    uint32_t bit = FILTER_BIT(field);
    for (size_t i = 0; i < chunk->n; i++) {
        out->bits[i / 64] |= (uint64_t)(((has[i] & bit) != 0) == wanted) << (i % 64);
    }
}

static void find_states(const struct chunk *chunk, uint32_t wanted, struct rows *out)
{
    const uint32_t *states = chunk->piece->states;
    for (size_t i = 0; i < chunk->n; i++) {
        out->bits[i / 64] |= (uint64_t)((states[i] & wanted) != 0) << (i % 64);
    }
}

static uint32_t read_number(const char **at)
{
    uint32_t number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        number = number * 10 + (uint32_t)(**at - '0');
    }
    return number;
}

/* Whether one of the row's numbers, or a part of one of its ranges, is in there. */
static bool any_ext(const struct filter_piece *piece, size_t row, const struct filter_value *value)
{
    const char *at = piece->text + piece->starts[row] + 1; /* the first field */
    while ((unsigned char)*at >= 0x20) {
        const char *before = at;
        uint32_t first = read_number(&at);
        uint32_t last = first;
        if (*at == '-') {
            at++;
            last = read_number(&at);
        }
        if (at > before && first <= value->high && last >= value->low) {
            return true;
        }
        at += at == before || *at == ' ';
    }
    return false;
}

static void find_exts(const struct chunk *chunk, const struct filter_value *value, struct rows *out)
{
    const uint32_t *exts = chunk->piece->exts;
    for (size_t i = 0; i < chunk->n; i++) {
        bool in = exts[i] >= value->low && exts[i] <= value->high;
        if (exts[i] >= SEVERAL_EXTS) {
            in = exts[i] == SEVERAL_EXTS && any_ext(chunk->piece, i, value);
        }
        out->bits[i / 64] |= (uint64_t)in << (i % 64);
    }
}

static void find_times(const struct chunk *chunk, enum filter_field field,
                       const struct filter_value *value, struct rows *out)
{
    const struct filter_piece *piece = chunk->piece;
    const int64_t *times = field == FILTER_UNTIL ? piece->until_s : piece->since_s;
    for (size_t i = 0; times && i < chunk->n; i++) {
        int64_t at_s = times[i];
        bool in = at_s != 0 && at_s >= value->low && at_s <= value->high;
        out->bits[i / 64] |= (uint64_t)in << (i % 64);
    }
}

/* ---- terms ----------------------------------------------------------------------------------- */

static void find_value(struct chunk *chunk, const struct filter_term *term,
                       const struct filter_value *value, const struct rows *among, struct rows *out)
{
    const struct filter *filter = chunk->search->asked.filter;
    struct needle needle = {term->field, filter->text + value->at, value->length};
    if (filter_field_kind(term->field) == FILTER_NOW) {
        find_now(chunk, &needle, value->test, among, out);
        return;
    }
    switch (value->test) {
    case TEST_TEXT:
        if (count(among) < FEW) {
            find_each(chunk, &needle, among, out);
        } else {
            find_all(chunk, &needle, out);
        }
        break;
    case TEST_FUZZY:
        find_fuzzy(chunk, &needle, among, out);
        break;
    case TEST_STATES:
        find_states(chunk, value->states, out);
        break;
    case TEST_EXT:
        find_exts(chunk, value, out);
        break;
    case TEST_TIME:
        find_times(chunk, term->field, value, out);
        break;
    case TEST_HAS:
    case TEST_LACKS:
        find_has(chunk, term->field, value->test == TEST_HAS, out);
        break;
    case TEST_NONE:
        break;
    }
}

/* Takes away the rows that the term does not hold for. */
static void hold(struct chunk *chunk, const struct filter_term *term, struct rows *rows)
{
    struct rows found = {.bits = {0}};
    const struct filter *filter = chunk->search->asked.filter;
    for (unsigned i = 0; i < term->n_values; i++) {
        find_value(chunk, term, &filter->values[term->first + i], rows, &found);
    }
    for (size_t i = 0; i < WORDS; i++) {
        rows->bits[i] &= term->negated ? ~found.bits[i] : found.bits[i];
    }
}

/* In which turn the term is looked at: integers, texts, fuzzy ones, what has to be asked for. */
static int turn_of(const struct filter *filter, const struct filter_term *term)
{
    enum filter_test test = filter->values[term->first].test;
    if (filter_field_kind(term->field) == FILTER_NOW) {
        return 3;
    }
    return test == TEST_FUZZY ? 2 : test == TEST_TEXT ? 1 : 0;
}

static void hold_group(struct chunk *chunk, size_t from, size_t to, struct rows *rows)
{
    const struct filter *filter = chunk->search->asked.filter;
    for (int turn = 0; turn < 4; turn++) {
        for (size_t i = from; i < to; i++) {
            if (turn_of(filter, &filter->terms[i]) == turn) {
                hold(chunk, &filter->terms[i], rows);
            }
        }
    }
}

/* The best of the groups counts. Scores of a term that is negated count nothing. */
static void keep_scores(const struct chunk *chunk, const struct rows *rows)
{
    uint16_t *scores = chunk->search->scores + chunk->first;
    for (size_t i = next_row(rows, 0); i < chunk->n; i = next_row(rows, i + 1)) {
        uint16_t score = chunk->scores[i] ? chunk->scores[i] : 1;
        scores[i] = score > scores[i] ? score : scores[i];
    }
}

static void rows_to_look_at(const struct chunk *chunk, struct rows *rows)
{
    const uint64_t *within = chunk->search->asked.within;
    memset(rows, 0, sizeof *rows);
    for (size_t i = 0; i * 64 < chunk->n; i++) {
        size_t left = chunk->n - i * 64;
        rows->bits[i] = left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
        rows->bits[i] &= within ? within[chunk->first / 64 + i] : UINT64_MAX;
    }
}

static void search_chunk(struct chunk *chunk)
{
    struct filter_search *search = chunk->search;
    const struct filter *filter = search->asked.filter;
    struct rows start;
    rows_to_look_at(chunk, &start);
    for (size_t from = 0, to; from < filter->n_terms; from = to) {
        struct rows rows = start;
        for (to = from;
             to < filter->n_terms && filter->terms[to].group == filter->terms[from].group; to++) {
        }
        if (search->scores) {
            memset(chunk->scores, 0, sizeof chunk->scores);
        }
        hold_group(chunk, from, to, &rows);
        for (size_t i = 0; i * 64 < chunk->n; i++) {
            search->found[chunk->first / 64 + i] |= rows.bits[i];
        }
        if (search->scores) {
            keep_scores(chunk, &rows);
        }
    }
}

/* ---- a search --------------------------------------------------------------------------------- */

void filter_search_start(struct filter_search *search, const struct filter_asked *asked)
{
    size_t n = asked->block->n_rows;
    *search = (struct filter_search){.asked = *asked,
                                     .found = mem_array(n / 64 + 1, sizeof *search->found)};
    if (asked->filter->ranked) {
        search->scores = mem_array(n + 1, sizeof *search->scores);
    }
}

bool filter_search_go_on(struct filter_search *search, int64_t until_ms)
{
    size_t n = search->asked.block->n_rows;
    struct chunk chunk = {.search = search};
    while (search->at < n) {
        chunk.piece = search->asked.block->pieces[search->at / CHUNK];
        chunk.first = search->at;
        chunk.n = chunk.piece->n_rows;
        search_chunk(&chunk);
        search->at += chunk.n;
        if (search->at < n && clock_ticks_ms() >= until_ms) {
            return false;
        }
    }
    return true;
}

void filter_search_release(struct filter_search *search)
{
    free(search->found);
    free(search->scores);
    *search = (struct filter_search){.at = 0};
}
