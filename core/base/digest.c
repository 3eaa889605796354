#include "core/base/digest.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/banned.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

void digest_of(const void *bytes, size_t length, char out[DIGEST_ROOM])
{
    const unsigned char *byte = bytes;
    uint64_t hash = FNV_OFFSET;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ byte[i]) * FNV_PRIME;
    }
    snprintf(out, DIGEST_ROOM, "%016" PRIx64 "-%zu", hash, length);
}
