#ifndef CORE_HEADLESS_PROGRESS_LINE_H
#define CORE_HEADLESS_PROGRESS_LINE_H

/*
 * Progress as one line on a terminal's standard error: what is being done, a bar if the end is
 * known, pages, retries. It appears when the work has taken half a second, is redrawn at most five
 * times a second, and is wiped when it ends. Also carries Ctrl-C (core/base/interrupt.h) to the work,
 * and says so: in the line, or without a terminal in a line of its own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/progress.h"

struct progress_line {
    FILE *out;      /* the terminal; NULL: none */
    FILE *say;      /* for a word about a stop; NULL: silent */
    size_t columns; /* of the terminal; a longer line could not be wiped */
    int64_t start_ms;
    const char *phase; /* of the last report, and when it began: rates are those of a phase */
    int64_t phase_ms;
    int64_t drawn_ms;
    bool visible;
    enum cancel said;              /* the level of a stop that was told */
    struct progress_report report; /* the last one */
    int64_t stop_at_ms; /* in ticks: from then on the work is asked to stop softly; 0: never */
    int64_t (*ticks_ms)(void); /* clock_ticks_ms; tests set their own after init */
    struct progress progress;  /* pass this on */
};

/* `out` NULL or `columns` 0: nothing is drawn, Ctrl-C is carried all the same. */
void progress_line_init(struct progress_line *line, FILE *out, size_t columns);
void progress_line_end(struct progress_line *line);

#endif
