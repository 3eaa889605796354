#ifndef CORE_PROGRESS_LINE_H
#define CORE_PROGRESS_LINE_H

/*
 * Progress as one line on a terminal's standard error: what is being done, a bar where the end is
 * known, pages, retries. It appears when the work has taken half a second, is redrawn at most five
 * times a second, and is wiped when it ends. Also carries Ctrl-C (core/interrupt.h) to the work.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/progress.h"

struct progress_line {
    FILE *out;       /* NULL: silent */
    int64_t start_ms;
    int64_t drawn_ms;
    bool visible;
    struct progress progress; /* pass this on */
};

/* `out` is drawn on only where it is a terminal. */
void progress_line_init(struct progress_line *line, FILE *out);
void progress_line_end(struct progress_line *line);

#endif
