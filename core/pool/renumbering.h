#ifndef CORE_POOL_RENUMBERING_H
#define CORE_POOL_RENUMBERING_H

/*
 * What --renumber is asked for: one range of numbers goes to another one of the same size.
 */

#include <stdint.h>

#include "core/base/err.h"
#include "core/pool/model.h"

struct renumbering {
    char first[EXT_ROOM];
    char last[EXT_ROOM]; /* included */
    char to_first[EXT_ROOM];
    char to_last[EXT_ROOM];
    int64_t keep_old_s; /* so long calls to an old number still reach its holder; 0: it cools */
};

/* "2000-2499=6000-6499", of numbers as wide as `width`, or with a blank and how long the old numbers are
   kept: "2000-2499=6000-6499 30d". ERR_USAGE for anything else, for ranges of
   different sizes, and for ranges that overlap. */
enum err_code renumbering_parse(const char *text, int width, struct renumbering *out,
                                struct err *err) ERR_CHECK;

#endif
