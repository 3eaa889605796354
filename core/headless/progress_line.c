#include "core/headless/progress_line.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define APPEARS_AFTER_MS 500
#define REDRAW_MS 200
#define AT_ONCE_AFTER_MS 6000
#define BAR_COLUMNS 24
#define LINE_MAX_BYTES 1024

static void put_bar(struct buf *line, const struct progress_report *report)
{
    char bar[BAR_COLUMNS + 1];
    uint64_t done = report->done > report->total ? report->total : report->done;
    double share = (double)done / (double)report->total;
    memset(bar, '.', BAR_COLUMNS);
    memset(bar, '#', (size_t)(share * BAR_COLUMNS));
    bar[BAR_COLUMNS] = '\0';
    buf_printf(line, " [%s] %3d%%", bar, (int)(share * 100));
}

static void put_phrase(struct buf *line, const struct progress_report *report, double seconds)
{
    char number[TEXT_NUMBER_ROOM];
    buf_puts(line, report->phase ? report->phase : "working");
    if (report->total > 0) {
        put_bar(line, report);
    }
    if (report->done > 0) {
        buf_printf(line, " %s", text_number(report->done, number));
    }
    if (report->pages > 0) {
        buf_printf(line, ", page %" PRIu64, report->pages);
    }
    if (report->throttled > 0) {
        buf_printf(line, ", throttled %" PRIu64, report->throttled);
    }
    if (report->wait_ms > 0) {
        buf_printf(line, ", waiting %.1f s", (double)report->wait_ms / 1000.0);
    } else if (report->total > report->done && report->done > 0 && seconds > 0) {
        double rate = (double)report->done / seconds;
        buf_printf(line, ", %.0f/s, %.0f s left", rate,
                   (double)(report->total - report->done) / rate);
    }
}

static void draw(struct progress_line *line, const struct progress_report *report, int64_t now_ms)
{
    struct buf words;
    buf_init(&words, LINE_MAX_BYTES);
    if (line->said != CANCEL_NO) {
        buf_puts(&words, line->said == CANCEL_SOFT ? "stopping, Ctrl-C again stops at once; "
                                                   : "stopping; ");
    }
    put_phrase(&words, report, (double)(now_ms - line->phase_ms) / 1000.0);
    size_t bytes = text_fit(words.data, line->columns - 1, NULL);
    fprintf(line->out, "\r\033[K%.*s", (int)bytes, words.data);
    fflush(line->out);
    buf_release(&words);
    line->visible = true;
    line->drawn_ms = now_ms;
}

/* Told when it is seen, not with the next progress: that may not come. */
static void say_stopping(struct progress_line *line, enum cancel level)
{
    bool first = line->said == CANCEL_NO;
    line->said = level;
    if (line->out) {
        draw(line, &line->report, line->ticks_ms());
    } else if (line->say && first) {
        fputs("extpool: stopping after the work in flight; a second signal stops at once\n",
              line->say);
        fflush(line->say);
    }
}

static void on_update(void *context, const struct progress_report *report)
{
    struct progress_line *line = context;
    line->report = *report;
    if (!line->out) {
        return;
    }
    int64_t now_ms = line->ticks_ms();
    if (report->phase != line->phase) {
        line->phase = report->phase;
        line->phase_ms = now_ms;
    }
    if (now_ms - line->start_ms >= APPEARS_AFTER_MS && now_ms - line->drawn_ms >= REDRAW_MS) {
        draw(line, report, now_ms);
    }
}

static void on_waits(void *context, int64_t wait_ms, bool slowed)
{
    struct progress_line *line = context;
    line->report.wait_ms = wait_ms;
    line->report.slowed = slowed;
    if (line->out && line->ticks_ms() - line->start_ms >= APPEARS_AFTER_MS) {
        draw(line, &line->report, line->ticks_ms());
    }
}

/* What is in flight at the stop gets some time to end by itself; it may hang. */
static enum cancel cancel_by_time(const struct progress_line *line)
{
    int64_t late_ms = line->stop_at_ms > 0 ? line->ticks_ms() - line->stop_at_ms : -1;
    return late_ms < 0 ? CANCEL_NO : late_ms < AT_ONCE_AFTER_MS ? CANCEL_SOFT : CANCEL_HARD;
}

static enum cancel on_cancel(void *context)
{
    struct progress_line *line = context;
    enum cancel level = interrupt_state();
    if (level > line->said) {
        say_stopping(line, level);
    }
    enum cancel by_time = cancel_by_time(line);
    return by_time > level ? by_time : level;
}

void progress_line_init(struct progress_line *line, FILE *out, size_t columns)
{
    *line = (struct progress_line){
        .out = columns > 1 ? out : NULL,
        .say = out,
        .columns = columns,
        .start_ms = clock_ticks_ms(),
        .ticks_ms = clock_ticks_ms,
        .progress = {.context = line, .update = on_update, .cancel = on_cancel, .waits = on_waits},
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
