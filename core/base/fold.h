#ifndef CORE_BASE_FOLD_H
#define CORE_BASE_FOLD_H

/*
 * One form for texts that people take for the same: for finding pairs that look alike, never for
 * deciding who somebody is.
 *
 *     char a[FOLD_ROOM], b[FOLD_ROOM];
 *     text_fold("Alice", FOLD_CASE, a);
 *     text_fold("ALICE", FOLD_CASE, b);     both are "alice"
 */

#include <stddef.h>

#define FOLD_CASE 1u   /* letters of all alphabets that have case; "ß" is "ss" */
#define FOLD_FORM 2u   /* accents composed or apart (NFC, NFD), full-width letters */
#define FOLD_UNSEEN 4u /* zero-width characters, direction marks and their kind go */
#define FOLD_ZEROS 8u  /* of digits alone: zeros before them and ".0" behind them go */
#define FOLD_ALL (FOLD_CASE | FOLD_FORM | FOLD_UNSEEN | FOLD_ZEROS)

#define FOLD_ROOM 1024 /* what does not fit is cut: a login has 128 bytes */

/* `text` may be any bytes; those that are not UTF-8 stay as they are. Returns the length. */
size_t text_fold(const char *text, unsigned what, char out[FOLD_ROOM]);

#endif
