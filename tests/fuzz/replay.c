/* Feeds each file of a folder to a fuzz target, so that what fuzzing once found stays found
   without a fuzzer at hand: replay tests/fuzz/corpus/NAME. */

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int feed(const char *folder, const char *name)
{
    char *path = mem_printf("%s/%s", folder, name);
    struct err err = ERR_INIT;
    struct buf text;
    buf_init(&text, 16u << 20);
    enum err_code code = fileio_read(path, &text, &err);
    if (code == ERR_OK) {
        /* A copy of the exact size, so that a sanitizer sees a read behind the end. */
        uint8_t *bytes = malloc(text.length > 0 ? text.length : 1);
        if (!bytes) {
            abort();
        }
        memcpy(bytes, text.data, text.length);
        LLVMFuzzerTestOneInput(bytes, text.length);
        free(bytes);
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    buf_release(&text);
    free(path);
    return code == ERR_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 64;
    }
    int count = 0;
    int failed = 0;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            failed += feed(argv[1], entry->d_name);
            count++;
        }
    }
    closedir(folder);
    printf("%d\n", count);
    return failed > 0 || count == 0;
}
