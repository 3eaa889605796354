#include "core/base/fold_search.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/fold_table.h"
#include "core/base/text.h"

#define DELETE '\x7F'
#define VOICED 0x3099 /* the marks that make ga of ka, and pa of ha */
#define HALF_VOICED 0x309A

/* Letters that no decomposition leads back to ASCII, but people do. Small ones: case goes first. */
static const struct {
    uint32_t code;
    const char *as;
} s_letters[] = {
    {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"}, {0x0111, "d"},
    {0x0127, "h"},  {0x0131, "i"}, {0x0142, "l"}, {0x0153, "oe"},
};

/* The half-width kana U+FF66 to U+FF9F as hiragana. */
static const uint16_t s_half_width[] = {
    0x3092, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3083, 0x3085, 0x3087, 0x3063, 0x30FC, 0x3042,
    0x3044, 0x3046, 0x3048, 0x304A, 0x304B, 0x304D, 0x304F, 0x3051, 0x3053, 0x3055, 0x3057, 0x3059,
    0x305B, 0x305D, 0x305F, 0x3061, 0x3064, 0x3066, 0x3068, 0x306A, 0x306B, 0x306C, 0x306D, 0x306E,
    0x306F, 0x3072, 0x3075, 0x3078, 0x307B, 0x307E, 0x307F, 0x3080, 0x3081, 0x3082, 0x3084, 0x3086,
    0x3088, 0x3089, 0x308A, 0x308B, 0x308C, 0x308D, 0x308F, 0x3093, 0x3099, 0x309A};

struct step {
    char *out;
    size_t length;
};

static void put(struct step *step, uint32_t code)
{
    char bytes[4];
    size_t size = text_encode(code, bytes);
    if (step->length + size <= FOLD_STEP_MAX) {
        memcpy(step->out + step->length, bytes, size);
        step->length += size;
    }
}

/* ---- kana and Hangul ------------------------------------------------------------------------ */

static uint32_t hiragana(uint32_t code)
{
    if (code >= 0xFF66 && code <= 0xFF9F) {
        return s_half_width[code - 0xFF66];
    }
    bool katakana = (code >= 0x30A1 && code <= 0x30F6) || code == 0x30FD || code == 0x30FE;
    return katakana ? code - 0x60 : code;
}

/* The kana with the mark behind it as one character; 0: there is none. */
static uint32_t voiced(uint32_t kana, uint32_t mark)
{
    bool ha = kana >= 0x306F && kana <= 0x307B && (kana - 0x306F) % 3 == 0;
    if (mark == HALF_VOICED) {
        return ha ? kana + 2 : 0;
    }
    bool ka = (kana >= 0x304B && kana <= 0x3061 && kana % 2 == 1) || kana == 0x3064 ||
              kana == 0x3066 || kana == 0x3068;
    if (mark != VOICED) {
        return 0;
    }
    return ha || ka || kana == 0x309D ? kana + 1 : kana == 0x3046 ? 0x3094 : 0;
}

/* A syllable that stands as its letters becomes one character, as most people write it.
   https://www.unicode.org/versions/latest/core-spec/chapter-3/, "Conjoining Jamo Behavior" */
static uint32_t syllable(uint32_t code, const char *text, size_t length, size_t *used)
{
    uint32_t vowel = 0;
    uint32_t tail = 0;
    size_t size = *used < length ? text_decode(text + *used, length - *used, &vowel) : 0;
    if (size == 0 || vowel < 0x1161 || vowel > 0x1175) {
        return code;
    }
    *used += size;
    code = 0xAC00 + (code - 0x1100) * 588 + (vowel - 0x1161) * 28;
    size = *used < length ? text_decode(text + *used, length - *used, &tail) : 0;
    if (size > 0 && tail >= 0x11A8 && tail <= 0x11C2) {
        *used += size;
        code += tail - 0x11A7;
    }
    return code;
}

/* The character with those behind it that are a part of it. */
static uint32_t with_next(uint32_t code, const char *text, size_t length, size_t *used)
{
    uint32_t next = 0;
    if (code >= 0x1100 && code <= 0x1112) {
        return syllable(code, text, length, used);
    }
    uint32_t kana = hiragana(code);
    if (kana < 0x3041 || kana > 0x309F) {
        return kana;
    }
    size_t size = *used < length ? text_decode(text + *used, length - *used, &next) : 0;
    uint32_t one = size > 0 ? voiced(kana, hiragana(next)) : 0;
    *used += one ? size : 0;
    return one ? one : kana;
}

/* ---- one character -------------------------------------------------------------------------- */

/* Marks of Latin, Greek and Cyrillic; those of other scripts tell words apart. */
static bool is_dropped(uint32_t code)
{
    return (code >= 0x0300 && code <= 0x036F) || (code >= 0x0483 && code <= 0x0487) ||
           (code >= 0x1AB0 && code <= 0x1AFF) || (code >= 0x1DC0 && code <= 0x1DFF) ||
           (code >= 0x20D0 && code <= 0x20FF);
}

static const char *apart(uint32_t code)
{
    for (size_t i = 0; i < sizeof s_letters / sizeof s_letters[0]; i++) {
        if (s_letters[i].code == code) {
            return s_letters[i].as;
        }
    }
    return NULL;
}

/* The tables lead from a character to others that they do not lead back from. */
static void fold_code(struct step *step, uint32_t code)
{
    if (is_dropped(code) || (code >= 0x80 && text_is_hostile(code))) {
        return;
    }
    bool kana = code >= 0x3041 && code <= 0x30FF;
    const struct fold_pair *pair = kana ? NULL : fold_parts(code);
    const struct fold_letters *several = fold_several(code);
    uint32_t small = fold_small(code);
    const char *letters = apart(code);
    if (pair) {
        fold_code(step, pair->base);
        if (pair->mark) {
            fold_code(step, pair->mark);
        }
    } else if (several) {
        for (size_t i = 0; i < 3 && several->to[i]; i++) {
            fold_code(step, several->to[i]);
        }
    } else if (small != code) {
        fold_code(step, small);
    } else if (letters) {
        for (; *letters; letters++) {
            put(step, (unsigned char)*letters);
        }
    } else {
        put(step, code);
    }
}

static char fold_ascii(char c)
{
    bool control = (unsigned char)c < 0x20 && !text_is_white((unsigned char)c);
    return control ? DELETE : (unsigned char)c < 0x20 ? ' ' : text_lower(c);
}

size_t fold_search_step(const char *text, size_t length, size_t *used, char out[FOLD_STEP_MAX])
{
    struct step step = {.out = out};
    uint32_t code;
    *used = 1;
    if ((unsigned char)text[0] < 0x80) {
        out[0] = fold_ascii(text[0]);
        return 1;
    }
    size_t size = text_decode(text, length, &code);
    if (size == 0) {
        out[0] = DELETE;
        return 1;
    }
    *used = size;
    if (text_is_white(code)) {
        out[0] = ' ';
        return 1;
    }
    if (code >= 0xFF01 && code <= 0xFF5E) {
        code -= 0xFEE0; /* full-width forms of ASCII */
    }
    fold_code(&step, with_next(code, text, length, used));
    return step.length;
}

size_t fold_search(const char *text, size_t length, char *out, size_t size)
{
    size_t at = 0;
    size_t n = 0;
    while (at < length && n < size) {
        char bytes[FOLD_STEP_MAX];
        size_t used;
        if (text[at] >= ' ' && text[at] < DELETE) { /* most of what there is */
            out[n++] = text_lower(text[at++]);
            continue;
        }
        size_t folded = fold_search_step(text + at, length - at, &used, bytes);
        if (n + folded > size) {
            break;
        }
        memcpy(out + n, bytes, folded);
        n += folded;
        at += used;
    }
    return n;
}
