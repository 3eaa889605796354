#include "core/progress_line.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/interrupt.h"

#include "core/banned.h"

#define APPEARS_AFTER_MS 500
#define REDRAW_MS 200
#define BAR_COLUMNS 24

static void draw_bar(FILE *out, const struct progress_report *report)
{
    char bar[BAR_COLUMNS + 1];
    uint64_t done = report->done > report->total ? report->total : report->done;
    size_t filled = (size_t)(done * BAR_COLUMNS / report->total);
    memset(bar, '.', BAR_COLUMNS);
    memset(bar, '#', filled);
    bar[BAR_COLUMNS] = '\0';
    fprintf(out, " [%s] %3d%%", bar, (int)(done * 100 / report->total));
}

static void draw(struct progress_line *line, const struct progress_report *report, int64_t now_ms)
{
    FILE *out = line->out;
    double seconds = (double)(now_ms - line->start_ms) / 1000.0;
    fprintf(out, "\r\033[K%s", report->phase ? report->phase : "working");
    if (report->total > 0) {
        draw_bar(out, report);
    }
    if (report->done > 0) {
        fprintf(out, " %" PRIu64, report->done);
    }
    if (report->pages > 0) {
        fprintf(out, ", page %" PRIu64, report->pages);
    }
    if (report->throttled > 0) {
        fprintf(out, ", throttled %" PRIu64, report->throttled);
    }
    if (report->total > report->done && report->done > 0 && seconds > 0) {
        double rate = (double)report->done / seconds;
        fprintf(out, ", %.0f/s, %.0f s left", rate, (double)(report->total - report->done) / rate);
    }
    if (interrupt_state() != CANCEL_NO) {
        fputs("  stopping; Ctrl-C again stops at once", out);
    }
    fflush(out);
    line->visible = true;
    line->drawn_ms = now_ms;
}

static void on_update(void *context, const struct progress_report *report)
{
    struct progress_line *line = context;
    int64_t now_ms = clock_ticks_ms();
    if (line->out && now_ms - line->start_ms >= APPEARS_AFTER_MS &&
        now_ms - line->drawn_ms >= REDRAW_MS) {
        draw(line, report, now_ms);
    }
}

static enum cancel on_cancel(void *context)
{
    (void)context;
    return interrupt_state();
}

void progress_line_init(struct progress_line *line, FILE *out)
{
    *line = (struct progress_line){
        .out = out && isatty(fileno(out)) ? out : NULL,
        .start_ms = clock_ticks_ms(),
        .progress = {.context = line, .update = on_update, .cancel = on_cancel},
    };
}

void progress_line_end(struct progress_line *line)
{
    if (line->visible) {
        fputs("\r\033[K", line->out);
        fflush(line->out);
        line->visible = false;
    }
}
