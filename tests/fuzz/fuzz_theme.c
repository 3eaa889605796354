/* The theme reader: whatever the bytes, a theme is taken whole or not at all, and every colour is
   one that the terminal has. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tui/terminal/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int most[DEPTH_COUNT] = {[DEPTH_256] = 255, [DEPTH_16] = 15, [DEPTH_8] = 7};
    struct theme theme;
    struct theme before;
    struct err err = ERR_INIT;
    memset(&theme, 0, sizeof theme);
    theme_plain(&theme);
    before = theme;
    if (theme_parse(&theme, "f", (const char *)data, size, &err) != ERR_OK) {
        check(err.code == ERR_CONFIG && strncmp(err.text, "f:", 2) == 0);
        check(memcmp(&theme, &before, sizeof theme) == 0);
        return 0;
    }
    for (int i = 0; i < STYLE_COUNT; i++) {
        for (int depth = 0; depth < DEPTH_COUNT; depth++) {
            int fore = theme.looks[i].foreground[depth];
            int back = theme.looks[i].background[depth];
            check(fore >= COLOUR_DEFAULT && fore <= most[depth]);
            check(back >= COLOUR_DEFAULT && back <= most[depth]);
        }
    }
    return 0;
}
