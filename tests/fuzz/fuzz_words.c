/* The words of a credential_process: never more than their bytes, always NULL-terminated. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/shell_split.h"
#include "core/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    char *command = mem_strndup((const char *)data, size);
    size_t length = strlen(command);
    char **words;
    size_t count;
    if (shell_split(&arena, command, &words, &count, NULL) == ERR_OK) {
        size_t bytes = 0;
        for (size_t i = 0; i < count; i++) {
            bytes += strlen(words[i]) + (i > 0);
        }
        if (count == 0 || count > SHELL_WORDS_MAX || words[count] || bytes > length) {
            abort();
        }
    }
    free(command);
    arena_release(&arena);
    return 0;
}
