#include "core/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/arena.h"
#include "core/base/banned.h"

/* ---- UTF-8 ------------------------------------------------------------------------------- */

size_t text_decode(const char *text, size_t length, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    size_t size = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || length < size) {
        return 0;
    }
    static const unsigned char lead_mask[] = {0, 0, 0x1F, 0x0F, 0x07};
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value = s[0] & lead_mask[size];
    for (size_t i = 1; i < size; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (s[i] & 0x3F);
    }
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *code = value;
    return size;
}

size_t text_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* The bytes from `at` on that are ASCII for certain, eight at a time: most of what is read is. */
static size_t ascii_run(const char *text, size_t at, size_t length)
{
    size_t start = at;
    uint64_t word;
    for (; length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080)) {
            break;
        }
    }
    return at - start;
}

size_t text_utf8_check(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        at += ascii_run(text, at, length);
        if (at == length) {
            break;
        }
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0) {
            return at;
        }
        at += size;
    }
    return length;
}

/* ---- blanks and controls ----------------------------------------------------------------- */

struct code_range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t code, const struct code_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

bool text_is_white(uint32_t code)
{
    static const struct code_range ranges[] = {
        {0x0009, 0x000D}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00A0, 0x00A0}, {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    };
    return in_ranges(code, ranges, sizeof ranges / sizeof ranges[0]);
}

bool text_is_blank(uint32_t code)
{
    static const struct code_range unseen[] = {
        {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x115F, 0x1160}, {0x180E, 0x180E},
        {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0x2800, 0x2800},
        {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
    };
    return text_is_white(code) ||
           (code >= 0x80 && in_ranges(code, unseen, sizeof unseen / sizeof unseen[0]));
}

size_t text_blanks_before(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0 || !text_is_blank(code)) {
            break;
        }
        at += size;
    }
    return at;
}

size_t text_blanks_behind(const char *text, size_t length)
{
    size_t end = length;
    while (end > 0) {
        size_t at = end - 1;
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) {
            at--;
        }
        uint32_t code;
        if (text_decode(text + at, end - at, &code) != end - at || !text_is_blank(code)) {
            break;
        }
        end = at;
    }
    return length - end;
}

uint32_t text_find_control(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0) {
            at++;
            continue;
        }
        if (code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029) {
            return code;
        }
        at += size;
    }
    return TEXT_NO_CONTROL;
}

/* ---- harmless ---------------------------------------------------------------------------- */

/* Controls, and what is invisible or changes the direction or the place of other characters:
   Unicode's format characters (Cf), line and paragraph separators, noncharacters. */
bool text_is_hostile(uint32_t code)
{
    static const struct code_range ranges[] = {
        {0x0000, 0x001F}, {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
        {0x0600, 0x0605}, {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},
        {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFDD0, 0xFDEF},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
        {0xFFFE, 0xFFFF}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    if (code < 0x80) {
        return code < 0x20 || code == 0x7F;
    }
    return in_ranges(code, ranges, sizeof ranges / sizeof ranges[0]);
}

/* The visible form of the character at `text` into `form`; returns the bytes of `text` used. */
static size_t harmless(const char *text, size_t length, unsigned flags, char form[16])
{
    uint32_t code;
    size_t size = text_decode(text, length, &code);
    if (size == 0) {
        snprintf(form, 16, "<%02X>", (unsigned)(unsigned char)text[0]);
        return 1;
    }
    if (!text_is_hostile(code) || (code == '\n' && (flags & TEXT_KEEP_LINES))) {
        memcpy(form, text, size);
        form[size] = '\0';
    } else if (code < 0x20 || code == 0x7F) {
        snprintf(form, 16, "^%c", (char)(code ^ 0x40));
    } else {
        snprintf(form, 16, "<U+%04X>", (unsigned)code);
    }
    return size;
}

size_t text_sanitise_to(char *out, size_t size, const char *text, size_t length, unsigned flags)
{
    size_t used = 0;
    size_t at = 0;
    while (at < length && size > 0) {
        char form[16];
        at += harmless(text + at, length - at, flags, form);
        size_t add = strlen(form);
        if (used + add >= size) {
            break;
        }
        memcpy(out + used, form, add);
        used += add;
    }
    if (size > 0) {
        out[used] = '\0';
    }
    return used;
}

static bool is_harmless(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0 || text_is_hostile(code)) {
            return false;
        }
        at += size;
    }
    return true;
}

const char *text_sanitise(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (is_harmless(text, length)) {
        return text;
    }
    /* The longest form, "<U+10FFFF>", replaces 4 bytes; "<9B>" for one. */
    size_t room = length * 4 + 1;
    char *out = arena_alloc(arena, room);
    text_sanitise_to(out, room, text, length, 0);
    return out;
}

/* ---- columns ----------------------------------------------------------------------------- */

static size_t columns_of(uint32_t code)
{
    if (code < 0x80) {
        return 1;
    }
    int width = wcwidth((wchar_t)code);
    return width < 0 ? 1 : (size_t)width;
}

size_t text_fit(const char *text, size_t columns, size_t *taken)
{
    size_t length = strlen(text);
    size_t at = 0;
    size_t used = 0;
    while (at < length) {
        uint32_t code = '?';
        size_t size = text_decode(text + at, length - at, &code);
        size_t width = size == 0 ? 1 : columns_of(code);
        if (used + width > columns) {
            break;
        }
        used += width;
        at += size == 0 ? 1 : size;
    }
    if (taken) {
        *taken = used;
    }
    return at;
}

size_t text_columns(const char *text)
{
    size_t taken = 0;
    text_fit(text, SIZE_MAX, &taken);
    return taken;
}

/* ---- numbers for people ------------------------------------------------------------------ */

const char *text_number(uint64_t number, char out[TEXT_NUMBER_ROOM])
{
    char plain[TEXT_NUMBER_ROOM];
    int digits = snprintf(plain, sizeof plain, "%" PRIu64, number);
    size_t n = 0;
    for (int i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) {
            out[n++] = ',';
        }
        out[n++] = plain[i];
    }
    out[n] = '\0';
    return out;
}

const char *text_count(struct arena *arena, uint64_t number, const char *noun)
{
    char words[TEXT_NUMBER_ROOM];
    return arena_printf(arena, "%s %s%s", text_number(number, words), noun, number == 1 ? "" : "s");
}

/* ---- ASCII ------------------------------------------------------------------------------- */

bool text_is_digits(const char *text)
{
    size_t i = 0;
    while (text[i] >= '0' && text[i] <= '9') {
        i++;
    }
    return i > 0 && text[i] == '\0';
}

char text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_equal_nocase(const char *a, const char *b)
{
    while (*a && text_lower(*a) == text_lower(*b)) {
        a++;
        b++;
    }
    return text_lower(*a) == text_lower(*b);
}

bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *value)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (!text_is_digits(digits)) {
        return false;
    }
    errno = 0;
    long long number = strtoll(text, NULL, 10);
    if (errno != 0 || number < min || number > max) {
        return false;
    }
    *value = number;
    return true;
}

#define DISTANCE_MAX 64

size_t text_distance(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t m = strlen(b);
    if (n > DISTANCE_MAX || m > DISTANCE_MAX) {
        return n > m ? n : m;
    }
    size_t before[DISTANCE_MAX + 1] = {0}; /* two rows up */
    size_t above[DISTANCE_MAX + 1] = {0};
    size_t row[DISTANCE_MAX + 1];
    for (size_t j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        memcpy(before, above, sizeof before);
        memcpy(above, row, sizeof above);
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            char x = text_lower(a[i - 1]);
            char y = text_lower(b[j - 1]);
            size_t best = above[j - 1] + (x == y ? 0 : 1);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && x == text_lower(b[j - 2]) && text_lower(a[i - 2]) == y &&
                before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            row[j] = best;
        }
    }
    return row[m];
}
