/*
 * Folds texts for tests/e2e/test_fold.py: "FLAGS HEX" a line in, the folded text in hex a line out.
 */

#include <stdio.h>
#include <stdlib.h>

#include "core/base/fold.h"

int main(void)
{
    unsigned flags;
    char hex[513];
    while (scanf("%u %512s", &flags, hex) == 2) {
        char text[257] = "";
        char folded[FOLD_ROOM];
        for (size_t i = 0; hex[2 * i] && hex[2 * i + 1]; i++) {
            unsigned value = 0;
            if (sscanf(hex + 2 * i, "%2x", &value) != 1) {
                abort();
            }
            text[i] = (char)value;
            text[i + 1] = '\0';
        }
        size_t length = text_fold(text, flags, folded);
        for (size_t i = 0; i < length; i++) {
            printf("%02x", (unsigned)(unsigned char)folded[i]);
        }
        putchar('\n');
    }
    return 0;
}
