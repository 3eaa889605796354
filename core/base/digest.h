#ifndef CORE_BASE_DIGEST_H
#define CORE_BASE_DIGEST_H

/*
 * A short name for bytes, to tell whether something is still what it was. It guards against
 * accidents, not against somebody who wants two texts to have the same one.
 */

#include <stddef.h>

#define DIGEST_ROOM 40

/* "0123456789abcdef-1234": FNV-1a with 64 bits, and the length.
   http://www.isthe.com/chongo/tech/comp/fnv/ */
void digest_of(const void *bytes, size_t length, char out[DIGEST_ROOM]);

#endif
