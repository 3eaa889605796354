/* Prints a manual page or a completion. The page of the program and the completions are those that the
   program itself prints. `make install` builds this for its own machine, because the program may be
   for another one. */

#include <stdio.h>
#include <string.h>

#include "core/dist/papers.h"
#include "core/settings/help.h"

#include "core/base/banned.h"

#define PAPER_MAX ((size_t)1 << 20)

int main(int argc, char **argv)
{
    struct buf out;
    buf_init(&out, PAPER_MAX);
    if (argc == 2 && strcmp(argv[1], "man") == 0) {
        help_man(&out);
    } else if (argc == 2 && strcmp(argv[1], "conf") == 0) {
        conf_page(&out);
    } else if (argc != 2 || !help_completion(argv[1], &out)) {
        fputs("usage: papers man|conf|bash|zsh|fish\n", stderr);
        return 64;
    }
    size_t written = fwrite(out.data, 1, out.length, stdout);
    return written == out.length && !buf_failed(&out) && fflush(stdout) == 0 ? 0 : 1;
}
