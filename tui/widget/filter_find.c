/*
 * Finding texts in folded text: one that stands there as it is, and the characters of one in their
 * order.
 */

#include "tui/widget/filter_private.h"

#include <string.h>

#include "core/base/fold_search.h"

#include "core/base/banned.h"

/* ---- as it is ------------------------------------------------------------------------------- */

/*
 * Sixteen places at a time: where both the first and the last byte of the needle fit, the rest is
 * compared. memmem of the usual C library looks at most bytes one by one for a short needle, and is
 * up to ten times as slow on such a block.
 */
#define LANES 16
typedef unsigned char lanes __attribute__((vector_size(LANES)));

static lanes all_of(char byte)
{
    lanes out;
    memset(&out, byte, sizeof out);
    return out;
}

static lanes lanes_at(const char *at)
{
    lanes out;
    memcpy(&out, at, sizeof out);
    return out;
}

/* The first of eight lanes that is set, and the mask without it. */
static int take_lane(uint64_t *mask)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    int lane = __builtin_clzll(*mask) / 8;
    *mask &= ~(UINT64_C(0xFF) << (56 - 8 * lane));
#else
    int lane = __builtin_ctzll(*mask) / 8;
    *mask &= ~(UINT64_C(0xFF) << (8 * lane));
#endif
    return lane;
}

const char *filter_find(const char *at, const char *end, const char *needle, size_t length)
{
    const lanes first = all_of(needle[0]);
    const lanes last = all_of(needle[length - 1]);
    for (; at + length <= end; at += LANES) {
        lanes fits = (lanes)((lanes_at(at) == first) & (lanes_at(at + length - 1) == last));
        uint64_t halves[2];
        memcpy(halves, &fits, sizeof halves);
        for (size_t half = 0; half < 2; half++) {
            while (halves[half]) {
                const char *place = at + 8 * half + take_lane(&halves[half]);
                if (place + length <= end && memcmp(place, needle, length) == 0) {
                    return place;
                }
            }
        }
    }
    return NULL;
}

#define TEXT_KEPT 512

bool filter_text_has(const char *text, const char *part)
{
    char folded[TEXT_KEPT + FIND_PAD];
    char needle[FILTER_TEXT_MAX];
    size_t wanted = fold_search(part, strlen(part), needle, sizeof needle);
    if (!text || wanted == 0) {
        return text != NULL;
    }
    size_t length = fold_search(text, strnlen(text, TEXT_KEPT), folded, TEXT_KEPT);
    memset(folded + length, 0, FIND_PAD);
    return filter_find(folded, folded + length, needle, wanted) != NULL;
}

/* ---- in this order -------------------------------------------------------------------------- */

#define NEXT_TO 20    /* points of a character right behind the one before */
#define WORD_START 15 /* at the start of a word */
#define FAR 10        /* at most so many are lost for what lies between */

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '_' || c == '-' || c == '@' || c == ',';
}

/* The bytes of the character at `at`; the text is valid UTF-8. */
static size_t size_of(const char *text, size_t at, size_t length)
{
    size_t size = 1;
    while (at + size < length && ((unsigned char)text[at + size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

/* The next place of that character, or SIZE_MAX. */
static size_t next_place(const char *text, size_t from, size_t length, const char *character,
                         size_t size)
{
    while (from + size <= length) {
        const char *found = memchr(text + from, character[0], length - from);
        if (!found || (size_t)(found - text) + size > length) {
            return SIZE_MAX;
        }
        if (memcmp(found, character, size) == 0) {
            return (size_t)(found - text);
        }
        from = (size_t)(found - text) + 1;
    }
    return SIZE_MAX;
}

int filter_fuzzy(const char *text, size_t length, const char *needle, size_t needle_length,
                 struct filter_places *places)
{
    size_t at = 0;
    size_t last_end = SIZE_MAX;
    int score = 1000;
    for (size_t of = 0; of < needle_length;) {
        size_t size = size_of(needle, of, needle_length);
        size_t place = next_place(text, at, length, needle + of, size);
        if (place == SIZE_MAX) {
            return 0;
        }
        if (place == last_end) {
            score += NEXT_TO;
        } else if (place == 0 || is_separator(text[place - 1])) {
            score += WORD_START;
        } else {
            score -= place - at < FAR ? (int)(place - at) : FAR;
        }
        if (places && places->n < sizeof places->at / sizeof places->at[0]) {
            places->at[places->n++] = place;
        }
        at = last_end = place + size;
        of += size;
    }
    score -= (int)(length < 60 ? length : 60) / 4;
    return score > 1 ? score : 1;
}
