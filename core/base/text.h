#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H

/*
 * Text: UTF-8 checked and cut at the right places, and text from outside made harmless.
 *
 * A login, a name, a note or an answer of a service can hold escape sequences, bidirectional
 * controls, zero-width characters or broken UTF-8. None of it reaches a terminal, a log or an
 * error as it is: text_sanitise shows each such character in a visible ASCII form, `^[` for a
 * control character, `<U+202E>` for an invisible or direction-changing one, `<9B>` for a byte
 * that is not UTF-8.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Decodes one character at `text` (`length` > 0 bytes left). Returns the bytes it takes and sets
 *code, or returns 0 if the bytes are not valid UTF-8 (overlong, surrogate, > U+10FFFF). */
size_t text_decode(const char *text, size_t length, uint32_t *code);

/* Writes `code` as UTF-8 into `out` (4 bytes of room); returns the bytes written. */
size_t text_encode(uint32_t code, char out[4]);

/* The offset of the first byte that is not valid UTF-8, or `length` if all of it is. */
size_t text_utf8_check(const char *text, size_t length);

#define TEXT_KEEP_LINES 1u /* '\n' stays */

/* Whether showing the character as it is could change more than its own cell. */
bool text_is_hostile(uint32_t code);

/* Whether it separates words in some alphabet: Unicode's White_Space, so line breaks and the no-break
   space are among them. */
bool text_is_white(uint32_t code);

/* Whether it means nothing at the ends of a word: white space, and what nobody sees there (zero-width
   characters, direction marks, fillers). */
bool text_is_blank(uint32_t code);

/* The bytes that blanks take at the start and at the end of valid UTF-8. If all of it is blank,
   text_blanks_before is `length`. */
size_t text_blanks_before(const char *text, size_t length);
size_t text_blanks_behind(const char *text, size_t length);

/* The first control character in valid UTF-8 (C0, DEL, C1, line and paragraph separators), or
   TEXT_NO_CONTROL. */
#define TEXT_NO_CONTROL UINT32_MAX
uint32_t text_find_control(const char *text, size_t length);

/* Writes the harmless form of `text` into `out`, cut at a whole character, always terminated.
   Returns the length written. `flags`: TEXT_KEEP_LINES. */
size_t text_sanitise_to(char *out, size_t size, const char *text, size_t length, unsigned flags);

/* The same with as much room as it takes. Returns `text` itself if nothing has to change. */
const char *text_sanitise(struct arena *arena, const char *text);

/* Columns of a terminal that sanitised UTF-8 takes (wcwidth; 1 for what the locale cannot tell).
   text_fit: the bytes of the longest start of `text` that fits into `columns`; the columns that
   it takes go to *taken (may be NULL). It never cuts a character from its combining marks. */
size_t text_columns(const char *text);
size_t text_fit(const char *text, size_t columns, size_t *taken);

/* 2456 as "2,456". */
#define TEXT_NUMBER_ROOM 32
const char *text_number(uint64_t number, char out[TEXT_NUMBER_ROOM]);

/* "1 row", "2,456 rows": a noun whose plural is formed with an s. */
const char *text_count(struct arena *arena, uint64_t number, const char *noun);

/* The same text, or NULL both. */
bool text_same(const char *a, const char *b);

/* ASCII only, whatever the locale says. */
bool text_is_digits(const char *text); /* one digit or more, and nothing else */
bool text_equal_nocase(const char *a, const char *b);
char text_lower(char c);

/* A whole decimal number in [min, max]; false for anything else, with blanks or signs included. */
bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *value);

/* The number of single-character edits from one to the other, for "did you mean ...": letters that
   are changed, added, left out, or change places with their neighbour. ASCII case does not count. */
size_t text_distance(const char *a, const char *b);

#endif
