#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * Cuts between two logins, so that what lies between them can be read in several streams.
 *
 * Logins mostly start alike ("agent00001" ... "agent09999") and differ after that: behind the
 * common start the two texts are read as fractions with DIGITS possible characters a place, and
 * the way between the fractions is divided evenly. Where logins are spread unevenly one stream
 * has more pages than another, and nothing else happens: correctness does not hang on it.
 *
 * DynamoDB orders texts by their UTF-8 bytes. Cuts consist of printable ASCII, which lies between
 * the bytes of any two texts often enough; if no cut lies strictly between, there is none.
 */

#define FIRST 0x20u
#define LAST 0x7Eu
#define DIGITS (LAST - FIRST + 1)
#define PLACES 4

/* PLACES characters from `text` as a number; what is not printable ASCII counts as the next that
   is. Past the end of the text it is all zeros. */
static uint64_t fraction(const char *text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < PLACES; i++) {
        unsigned char c = (unsigned char)*text;
        unsigned digit = c < FIRST ? 0 : c > LAST ? DIGITS - 1 : c - FIRST;
        value = value * DIGITS + digit;
        text += c ? 1 : 0;
    }
    return value;
}

static void write_fraction(uint64_t value, char out[PLACES + 1])
{
    for (size_t i = PLACES; i-- > 0;) {
        out[i] = (char)(FIRST + value % DIGITS);
        value /= DIGITS;
    }
    out[PLACES] = '\0';
}

size_t ddb_key_ranges(const char *low, const char *high, size_t wanted,
                      char cuts[DDB_CUTS_MAX][DDB_CUT_ROOM])
{
    size_t common = 0;
    while (low[common] && low[common] == high[common]) {
        common++;
    }
    /* Not in the middle of a character. */
    while (common > 0 && ((unsigned char)high[common] & 0xC0u) == 0x80u) {
        common--;
    }
    if (common + PLACES >= DDB_CUT_ROOM) {
        return 0;
    }
    uint64_t from = fraction(low + common);
    uint64_t to = fraction(high + common);
    if (wanted > DDB_CUTS_MAX) {
        wanted = DDB_CUTS_MAX;
    }
    size_t n = 0;
    for (size_t i = 1; i <= wanted && to > from; i++) {
        char *cut = cuts[n];
        memcpy(cut, low, common);
        write_fraction(from + (to - from) * i / (wanted + 1), cut + common);
        const char *previous = n > 0 ? cuts[n - 1] : low;
        if (strcmp(previous, cut) < 0 && strcmp(cut, high) < 0) {
            n++;
        }
    }
    return n;
}
