/* Counts and keys as people read them. */

#include "tui/shell/shell.h"

#include <stdio.h>

#include "core/base/text.h"

#include "core/base/banned.h"

const char *frame_count(uint64_t count)
{
    static char results[4][TEXT_NUMBER_ROOM];
    static unsigned next;
    return text_number(count, results[next++ % 4]);
}

const char *frame_key(const struct shell *shell, enum command command)
{
    static char results[8][KEYS_TEXT_MAX];
    static unsigned next;
    char *out = results[next++ % 8];
    bindings_key(&shell->bindings, command, out);
    if (!*out) {
        snprintf(out, KEYS_TEXT_MAX, ":%s", command_info(command)->name);
    }
    return out;
}
