#ifndef CORE_FORMAT_SHELL_SPLIT_H
#define CORE_FORMAT_SHELL_SPLIT_H

/*
 * Splits a command line into words as a POSIX shell does, without being one: blanks separate,
 * '...' keeps everything, "..." keeps everything but \" \\ \$ \` and an escaped line end, \c is c.
 * Nothing is expanded: no variables, no ~, no globs, no substitution; < > | & ; are plain text.
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"

#define SHELL_WORDS_MAX 256         /* words */
#define SHELL_WORDS_BYTES_MAX 32768 /* of the command */

/* `words` gets a NULL-terminated array in the arena. ERR_CONFIG for an open quote, a backslash at
   the end, too much, or nothing at all; the text of the error quotes none of it. */
enum err_code shell_split(struct arena *arena, const char *command, char ***words, size_t *count,
                          struct err *err) ERR_CHECK;

/* The word as a shell reads it back, in quotes if it needs them. The caller frees. */
char *shell_quote(const char *word);

#endif
