/* The INI reader: whatever the bytes, it ends, in order and within the text. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ini ini;
    struct ini_event event;
    struct err err = ERR_INIT;
    unsigned line = 0;
    bool section = false;
    ini_init(&ini, "f", (const char *)data, size);
    for (;;) {
        if (ini_next(&ini, &event, &err) != ERR_OK) {
            check(err.code == ERR_CONFIG && strncmp(err.text, "f:", 2) == 0);
            err_clear(&err);
            section = section || event.kind == INI_SECTION;
            continue;
        }
        if (event.kind == INI_END) {
            break;
        }
        check(event.line > line);
        line = event.line;
        section = section || event.kind == INI_SECTION;
        check(section);
        check(event.kind == INI_SECTION || event.name[0] != '\0');
        check((event.kind == INI_SUBPROPERTY) == (event.parent[0] != '\0'));
    }
    ini_release(&ini);
    return 0;
}
