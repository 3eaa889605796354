/*
 * The Changes beside the lists: what was done, newest first, what was not seen before the rest. To
 * leave it is to have seen all of it.
 */

#include "tui/view/part.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/shell/gather.h"
#include "tui/view/changes_lines.h"
#include "tui/view/jobs.h"
#include "tui/widget/rows.h"

#include "core/base/banned.h"

#define ABOUT_LINES 3
#define ABOUT_FROM 10  /* rows of the pane that has them */
#define HEADING_FROM 3 /* an item has two lines */

struct changes_part {
    struct part part;
    struct rows rows;
    uint64_t cursor;           /* the serial of the item under the cursor; 0: the first */
    struct change_items items; /* as they were drawn last */
};

static void title(const struct part *part, const struct shell *shell,
                  const struct part_about *about, char *out, size_t size)
{
    const struct changes_part *self = (const struct changes_part *)part;
    const char *name = about->form == PART_COLUMN ? "4 Changes" : "3 Details > ext > CHANGES";
    char unseen[32] = "";
    if (about->form == PART_COLUMN && shell->changes.n_unseen > 0) {
        snprintf(unseen, sizeof unseen, "  c%zu", shell->changes.n_unseen);
    }
    snprintf(out, size, "%s %zu%s", name, self->items.n_unseen, unseen);
}

/* ---- drawing -------------------------------------------------------------------------------- */

/* The cursor stays on its item when newer ones come. */
static void find_cursor(struct changes_part *self)
{
    self->rows.n = self->items.n;
    for (size_t i = 0; self->cursor > 0 && i < self->items.n; i++) {
        if (self->items.items[i].serial == self->cursor) {
            self->rows.cursor = i;
            return;
        }
    }
    self->rows.cursor = self->rows.cursor < self->items.n ? self->rows.cursor : 0;
}

/* Whether the line about what was seen stands above that item. */
static bool seen_before(const struct changes_part *self, const struct shell *shell, size_t at)
{
    const struct changes *changes = &shell->changes;
    uint64_t seen = changes->seen;
    return changes->seen_at_s > 0 && self->items.items[at].serial <= seen &&
           (at == 0 || self->items.items[at - 1].serial > seen);
}

/* Whether the basket has an edit of the row. */
static bool is_gathered(const void *context, const char *login, const char *ext)
{
    const struct shell *shell = context;
    return (login && gather_sign(shell, login, NULL)) || (ext && gather_sign(shell, NULL, ext));
}

/* Draws an item at row `y` of the area; returns the rows that it takes. */
static int draw_item(const struct changes_part *self, const struct changes_look *look,
                     struct canvas *canvas, struct rect area, size_t at)
{
    const struct shell *shell = look->context;
    struct lines lines = LINES_INIT;
    if (seen_before(self, shell, at)) {
        changes_seen_line(look, shell->changes.seen_at_s, &lines);
    }
    int cursor_y = area.y + (int)lines.n;
    changes_lines(look, &self->items.items[at], &lines);
    lines_draw(&lines, canvas, area);
    if (at == self->rows.cursor && (int)lines.n <= area.height) {
        canvas_text(canvas, area.x - 1, cursor_y, 1, STYLE_CURSOR, ">");
    }
    int used = (int)lines.n;
    lines_release(&lines);
    return used;
}

static void draw_about(const struct changes_part *self, const struct shell *shell,
                       struct canvas *canvas, struct rect area)
{
    struct lines lines = LINES_INIT;
    const struct changes_keys keys = {.menu = frame_key(shell, CMD_MENU),
                                      .history = frame_key(shell, CMD_HISTORY),
                                      .undo = shell->place.read_only ? NULL
                                                                     : frame_key(shell, CMD_UNDO)};
    canvas_rule(canvas, area.x - 1, area.y, area.width + 1, STYLE_FRAME);
    if (self->items.n > 0) {
        changes_about(&self->items.items[self->rows.cursor], &keys, &lines);
    }
    area.y++;
    lines_draw(&lines, canvas, area);
    lines_release(&lines);
}

static void draw(struct part *part, struct shell *shell, const struct part_about *about,
                 struct canvas *canvas, struct rect inside)
{
    struct changes_part *self = (struct changes_part *)part;
    struct changes_look look = {.now_s = shell_now_s(shell),
                                .width = inside.width,
                                .wide = about->form == PART_COLUMN,
                                .is_mine = is_gathered,
                                .context = shell};
    int low = inside.y + inside.height;
    int y = inside.y;
    change_items_make(&shell->changes, &self->items);
    find_cursor(self);
    if (!look.wide && inside.height >= HEADING_FROM) {
        canvas_text(canvas, inside.x, y++, inside.width, STYLE_COLUMN, "WHEN  WHO        WHAT");
    }
    if (about->focus && inside.height >= ABOUT_FROM) {
        low -= ABOUT_LINES + 1;
        draw_about(self, shell, canvas, (struct rect){inside.x, low, inside.width, ABOUT_LINES});
    }
    if (self->items.n == 0) {
        canvas_text(canvas, inside.x, y, inside.width, STYLE_DIM, "nobody changed anything yet");
    }
    int room = low - y - (shell->changes.seen_at_s > 0); /* the line between new and seen ones */
    rows_fit(&self->rows, self->items.n, look.wide ? room : room / 2);
    for (size_t i = self->rows.top; i < self->items.n && y < low; i++) {
        struct rect area = {inside.x, y, inside.width, low - y};
        y += draw_item(self, &look, canvas, area, i);
    }
}

/* ---- commands ------------------------------------------------------------------------------- */

static const struct change_item *current(const struct changes_part *self)
{
    return self->rows.cursor < self->items.n ? &self->items.items[self->rows.cursor] : NULL;
}

static unsigned undo(const struct change_item *item, struct shell *shell)
{
    if (item->entry->action_id) {
        job_undo(shell, item->entry->action_id);
    } else {
        shell_flash(shell, STYLE_WARN, "undo: there is no record of it");
    }
    return REACT_DRAW;
}

static unsigned command(struct part *part, struct shell *shell, enum command command)
{
    struct changes_part *self = (struct changes_part *)part;
    change_items_make(&shell->changes, &self->items);
    find_cursor(self);
    if (rows_command(&self->rows, command)) {
        self->cursor = current(self) ? current(self)->serial : 0;
        return REACT_DRAW;
    }
    if (command == CMD_UNDO && current(self)) {
        return undo(current(self), shell);
    }
    return REACT_PASS;
}

static bool row(const struct part *part, const char **login, const char **ext)
{
    const struct change_item *item = current((const struct changes_part *)part);
    const struct feed_row *found = item ? item->row : NULL;
    if (item && !found && item->entry->n_rows > 0) {
        found = &item->entry->rows[0];
    }
    *login = found ? found->agent : NULL;
    *ext = found ? found->ext : NULL;
    return found != NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void reload(struct part *part, struct shell *shell)
{
    struct changes_part *self = (struct changes_part *)part;
    change_items_make(&shell->changes, &self->items); /* those of the feed before are gone */
    find_cursor(self);
}

static void left(struct part *part, struct shell *shell)
{
    (void)part;
    shell_see_all(shell);
}

static void release(struct part *part)
{
    change_items_release(&((struct changes_part *)part)->items);
    free(part);
}

static const struct part_ops s_ops = {.title = title,
                                      .draw = draw,
                                      .command = command,
                                      .row = row,
                                      .reload = reload,
                                      .left = left,
                                      .free = release};

struct part *part_changes_new(void)
{
    struct changes_part *self = mem_alloc(sizeof *self);
    self->part.ops = &s_ops;
    return &self->part;
}
