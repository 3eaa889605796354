#include "tui/view/details.h"

#include "tui/panel/pages.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

#define PAGE_WIDTH 70
#define PAGE_HEIGHT 1000 /* a page scrolls */

void details_fill(const struct shell *shell, const struct agent_row *row, const struct slot *slot,
                  struct details *out)
{
    const struct live_seen *seen = row ? shell_live_of(shell, row->login) : NULL;
    *out = (struct details){.data = shell->data,
                            .row = row,
                            .slot = slot,
                            .tells_live = shell_tells_live(shell),
                            .live = seen ? &seen->state : NULL,
                            .live_at_s = seen ? seen->at_s : 0};
}

/* The newest actions of the history that are about the row. */
static void add_past(const struct shell *shell, const struct details *about, struct past *past)
{
    const struct history *history = shell->reading.history;
    const char *login = about->row ? about->row->login : NULL;
    const char *ext = about->slot ? about->slot->ext : NULL;
    past_add_feed(past, shell->changes.feed, history, login, ext);
    past_add_history(past, history, login, ext);
}

static void one_row(const struct shell *shell, const struct selection *selection, struct buf *out)
{
    struct details about;
    struct past past = PAST_INIT;
    struct lines lines = LINES_INIT;
    details_fill(shell, selection->rows[0], selection->slots[0], &about);
    about.about_number = !selection->agents;
    about.width = PAGE_WIDTH;
    about.height = PAGE_HEIGHT;
    if (shell->reading.history) {
        add_past(shell, &about, &past);
        about.past = &past;
    }
    details_lines(&about, &lines);
    buf_puts(out, "#");
    lines_write(&lines, out);
    lines_release(&lines);
    past_release(&past);
}

void details_text(const struct shell *shell, const struct selection *selection, struct buf *out)
{
    if (selection->n == 0) {
        buf_puts(out, "no row is selected\n");
    } else if (selection->n > 1) {
        buf_printf(out, "%s rows are marked\n", frame_count(selection->n));
    } else {
        one_row(shell, selection, out);
    }
}

static void render_details(const struct shell *shell, unsigned place, struct buf *out)
{
    const struct view *below = shell_bottom(shell);
    (void)place;
    below->ops->details(below, shell, out);
}

void details_open(struct shell *shell)
{
    if (!shell->reading.history) {
        work_read_history(shell);
    }
    page_open_rendered(shell, "DETAILS", 0, render_details);
}
