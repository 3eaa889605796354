#include "core/base/fold.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/fold_table.h"
#include "core/base/text.h"

struct folding {
    unsigned what;
    char *out;
    size_t length;
    size_t marks; /* where the marks begin that stand at the end of `out` */
};

/* Combining marks: their order means nothing if they stand at different places of a letter. */
static bool is_mark(uint32_t code)
{
    return (code >= 0x0300 && code <= 0x036F) || (code >= 0x0483 && code <= 0x0487) ||
           (code >= 0x0591 && code <= 0x05C7) || (code >= 0x064B && code <= 0x065F) ||
           (code >= 0x1AB0 && code <= 0x1AFF) || (code >= 0x1DC0 && code <= 0x1DFF) ||
           (code >= 0x20D0 && code <= 0x20FF) || (code >= 0x3099 && code <= 0x309A);
}

/* ---- one character ------------------------------------------------------------------------- */

/* Marks of one letter are sorted by their bytes, so that both orders give the same. */
static void put(struct folding *f, uint32_t code)
{
    char bytes[4];
    size_t size = text_encode(code, bytes);
    if (f->length + size >= FOLD_ROOM) {
        return;
    }
    size_t at = f->length;
    f->length += size;
    if (is_mark(code) && (f->what & FOLD_FORM)) {
        uint32_t other = 0;
        size_t place = f->marks;
        while (place < at) {
            size_t step = text_decode(f->out + place, at - place, &other);
            if (step == 0 || other > code) {
                break;
            }
            place += step;
        }
        memmove(f->out + place + size, f->out + place, at - place);
        memcpy(f->out + place, bytes, size);
    } else {
        memcpy(f->out + at, bytes, size);
        f->marks = f->length;
    }
}

/* https://www.unicode.org/versions/latest/core-spec/chapter-3/, "Conjoining Jamo Behavior" */
static bool put_hangul(struct folding *f, uint32_t code)
{
    if (code < 0xAC00 || code > 0xD7A3) {
        return false;
    }
    uint32_t index = code - 0xAC00;
    put(f, 0x1100 + index / 588);
    put(f, 0x1161 + index % 588 / 28);
    if (index % 28 != 0) {
        put(f, 0x11A7 + index % 28);
    }
    return true;
}

/* The tables lead from a character to others that they do not lead back from. */
static void fold_code(struct folding *f, uint32_t code)
{
    if ((f->what & FOLD_UNSEEN) && code >= 0x80 && text_is_hostile(code)) {
        return;
    }
    if (f->what & FOLD_FORM) {
        if (code >= 0xFF01 && code <= 0xFF5E) {
            code -= 0xFEE0; /* full-width forms of ASCII */
        }
        const struct fold_pair *pair = fold_parts(code);
        if (pair) {
            fold_code(f, pair->base);
            if (pair->mark) {
                fold_code(f, pair->mark);
            }
            return;
        }
        if (put_hangul(f, code)) {
            return;
        }
    }
    uint32_t small = f->what & FOLD_CASE ? fold_small(code) : code;
    const struct fold_letters *several = f->what & FOLD_CASE ? fold_several(code) : NULL;
    if (several) {
        for (size_t i = 0; i < 3 && several->to[i]; i++) {
            fold_code(f, several->to[i]);
        }
    } else if (small != code) {
        fold_code(f, small);
    } else {
        put(f, code);
    }
}

/* ---- a text -------------------------------------------------------------------------------- */

/* "0042" is 42, and so is "42.0", as spreadsheets and data frames write it. */
static size_t cut_zeros(char *out, size_t length)
{
    size_t digits = strspn(out, "0123456789");
    if (digits > 0 && strcmp(out + digits, ".0") == 0) {
        out[length = digits] = '\0';
    }
    if (digits != length) {
        return length;
    }
    size_t zeros = strspn(out, "0");
    zeros -= zeros > 0 && zeros == length;
    memmove(out, out + zeros, length - zeros + 1);
    return length - zeros;
}

size_t text_fold(const char *text, unsigned what, char out[FOLD_ROOM])
{
    struct folding f = {.what = what, .out = out};
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 1) {
            if (f.length + 1 < FOLD_ROOM) {
                out[f.length++] = what & FOLD_CASE ? text_lower(text[at]) : text[at];
                f.marks = f.length;
            }
        } else if (size == 0) {
            if (f.length + 1 < FOLD_ROOM) {
                out[f.length++] = text[at];
                f.marks = f.length;
            }
            size = 1;
        } else {
            fold_code(&f, code);
        }
        at += size;
    }
    out[f.length] = '\0';
    return what & FOLD_ZEROS ? cut_zeros(out, f.length) : f.length;
}
