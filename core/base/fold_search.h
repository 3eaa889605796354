#ifndef CORE_BASE_FOLD_SEARCH_H
#define CORE_BASE_FOLD_SEARCH_H

/*
 * The form in which texts are searched: what a person types finds what they mean, however either
 * is written.
 *
 *     case                                Smith         smith
 *     Latin, Greek, Cyrillic marks        Müller, Ёлка  muller, елка
 *     letters that people write apart     ß æ œ ø ł đ þ ss ae oe o l d th
 *     full width, half width              Ｓａｌ, ﾀﾅｶ     sal, たなか
 *     katakana                            タナカ        たなか
 *
 * Han and Hangul stay as they are. Characters that nobody sees go. A control character, and a byte
 * that is not UTF-8, becomes DEL, so that the result has no byte below 0x20. Pure.
 */

#include <stddef.h>

#define FOLD_STEP_MAX 16

/* Folds the first character of `text` (`length` > 0 bytes), and what belongs to it, into `out`.
   Returns the bytes written, which can be 0; *used are the bytes of `text` that they stand for. */
size_t fold_search_step(const char *text, size_t length, size_t *used, char out[FOLD_STEP_MAX]);

/* Folds as much of `text` as fits into `size` bytes, in whole characters; returns the length. Does
   not terminate. */
size_t fold_search(const char *text, size_t length, char *out, size_t size);

#endif
