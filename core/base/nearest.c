#include "core/base/nearest.h"

#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

const char *nearest_of(const char *text, const char *const *names)
{
    size_t length = strlen(text);
    size_t near = length < 4 ? 1 : length < 9 ? 2 : 3; /* letters that may differ */
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    const char *begins = NULL;
    size_t n_begins = 0;
    for (size_t i = 0; names[i]; i++) {
        size_t distance = text_distance(text, names[i]);
        if (distance <= near && distance < strlen(names[i]) && distance < best_distance) {
            best_distance = distance;
            best = names[i];
        }
        if (length >= 2 && strncmp(text, names[i], length) == 0) {
            begins = names[i];
            n_begins++;
        }
    }
    return n_begins == 1 ? begins : best;
}
