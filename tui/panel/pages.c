#include "tui/panel/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

#define PAGE_BYTES_MAX (4 << 20)

struct page {
    struct view view;
    char *title;
    struct buf text;
    /* Writes the text anew before it is drawn; NULL: the text does not change. */
    page_render_fn render;
    unsigned place; /* help: of which view */
    size_t top, n_lines;
    int height;
};

/* ---- the view ------------------------------------------------------------------------------ */

/* The indent of the rows that continue a long line: its last column of text. */
static int hang(const char *line)
{
    int at = 0;
    for (int i = 1; i < 48 && line[i] && line[i + 1]; i++) {
        if (line[i - 1] == ' ' && line[i] == ' ' && line[i + 1] != ' ') {
            at = i + 1;
        }
    }
    return at;
}

/* Draws a line from row `y` of the area on, broken to its width, and returns the rows that it
   takes; what is above or below the area is only counted. */
static int draw_line(struct canvas *canvas, const char *text, size_t length, int y,
                     struct rect area)
{
    char line[2048];
    char start[64];
    bool heading = text[0] == '#';
    enum style style = heading ? STYLE_TITLE_FOCUS : STYLE_TEXT;
    snprintf(line, sizeof line, "%.*s", (int)(length < 2047 ? length : 2047) - heading,
             text + heading);
    int indent = canvas_columns(line) > area.width ? hang(line) : 0;
    indent = indent > area.width / 2 ? 0 : indent;
    snprintf(start, sizeof start, "%.*s", indent, line);
    int width = area.width - indent;
    int n = canvas_wrap(NULL, (struct rect){0, 0, width, 0}, style, line + indent);
    for (int i = 0; i < n; i++) {
        if (y + i >= 0 && y + i < area.height) {
            canvas_text(canvas, area.x, area.y + y + i, indent, style, i == 0 ? start : "");
            canvas_wrap_row(canvas, area.x + indent, area.y + y + i, width, style, line + indent,
                            i);
        }
    }
    return n > 0 ? n : 1;
}

int page_draw_text(struct canvas *canvas, const struct buf *text, int y, struct rect area)
{
    int rows = 0;
    for (const char *at = text->data; *at;) {
        size_t length = strcspn(at, "\n");
        rows += draw_line(canvas, at, length, y + rows, area);
        at += length;
        at += *at == '\n';
    }
    return rows;
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct page *page = (struct page *)view;
    char status[96];
    (void)caret;
    if (page->render) {
        buf_clear(&page->text);
        page->render(shell, page->place, &page->text);
    }
    int y = frame_header(shell, canvas, page->title);
    struct rect area = {1, y, canvas->width - 2,
                        canvas->height - y - (canvas->height >= 8 ? 2 : 1)};
    struct rect nowhere = {1, y, area.width, 0};
    page->height = area.height;
    page->n_lines = (size_t)page_draw_text(canvas, &page->text, 0, nowhere);
    size_t most = page->n_lines > (size_t)area.height ? page->n_lines - (size_t)area.height : 0;
    page->top = page->top > most ? most : page->top;
    snprintf(status, sizeof status, "line %zu of %zu, Esc goes back", page->top + 1, page->n_lines);
    frame_footer(shell, canvas, view, most > 0 ? status : "Esc goes back");
    page_draw_text(canvas, &page->text, -(int)page->top, area);
}

static void move(struct page *page, int64_t by)
{
    if (by < 0 && (uint64_t)-by > page->top) {
        page->top = 0;
    } else {
        page->top = (size_t)((int64_t)page->top + by); /* draw keeps it within the text */
    }
}

static unsigned command(struct view *view, struct shell *shell, enum command command)
{
    struct page *page = (struct page *)view;
    (void)shell;
    switch ((int)command) {
    case CMD_UP:
    case CMD_DOWN:
        move(page, command == CMD_UP ? -1 : 1);
        return REACT_DRAW;
    case CMD_PAGE_UP:
    case CMD_PAGE_DOWN:
        move(page, command == CMD_PAGE_UP ? -page->height : page->height);
        return REACT_DRAW;
    case CMD_HALF_UP:
    case CMD_HALF_DOWN:
        move(page, command == CMD_HALF_UP ? -page->height / 2 : page->height / 2);
        return REACT_DRAW;
    case CMD_FIRST:
        page->top = 0;
        return REACT_DRAW;
    case CMD_LAST:
        page->top = page->n_lines;
        return REACT_DRAW;
    case CMD_HELP:
        return page->render && page->place ? REACT_CLOSE : REACT_PASS;
    default:
        return REACT_PASS;
    }
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    (void)view;
    (void)shell;
    return key == K_ENTER ? REACT_CLOSE : REACT_PASS;
}

static void release(struct view *view)
{
    struct page *page = (struct page *)view;
    buf_release(&page->text);
    free(page->title);
    free(page);
}

static const struct view_ops s_page_ops = {.title = "page",
                                           .place = PLACE_TEXT,
                                           .draw = draw,
                                           .key = key,
                                           .command = command,
                                           .free = release};

static struct page *make_page(const char *title)
{
    struct page *page = mem_alloc(sizeof *page);
    page->view.ops = &s_page_ops;
    page->title = mem_strdup(title);
    buf_init(&page->text, PAGE_BYTES_MAX);
    return page;
}

void page_open(struct shell *shell, const char *title, const char *text)
{
    struct page *page = make_page(title);
    buf_puts(&page->text, text);
    shell_push(shell, &page->view);
}

void page_open_rendered(struct shell *shell, const char *title, unsigned place,
                        page_render_fn render)
{
    struct page *page = make_page(title);
    page->place = place;
    page->render = render;
    shell_push(shell, &page->view);
}

/* ---- activity ------------------------------------------------------------------------------ */

static void render_activity(const struct shell *shell, unsigned place, struct buf *out)
{
    (void)place;
    const struct activity_line *line;
    for (size_t i = 0; (line = activity_at(&shell->messages.activity, i)); i++) {
        char when[WHEN_MAX];
        when_time(line->at_s, when);
        buf_printf(out, "%s  %s%s\n", when, line->style == STYLE_ERROR ? "ERROR " : "", line->text);
    }
    if (out->length == 0) {
        buf_puts(out, "nothing has happened yet\n");
    }
}

void page_activity(struct shell *shell)
{
    page_open_rendered(shell, "ACTIVITY", 0, render_activity);
}

/* ---- refused ------------------------------------------------------------------------------- */

struct view *page_refusals(const char *action, const struct refusals *refusals)
{
    struct page *page = make_page("REFUSED");
    buf_printf(&page->text, "#%s: nothing was planned, because these cannot be done\n", action);
    for (size_t i = 0; i < refusals->n_items; i++) {
        if (refusals->items[i].line > 0) {
            buf_printf(&page->text, "line %zu: ", refusals->items[i].line);
        }
        buf_printf(&page->text, "%s\n", refusals->items[i].text);
    }
    return &page->view;
}

/* ---- one action ---------------------------------------------------------------------------- */

void page_add_change(struct buf *out, const struct audit_change *change)
{
    buf_printf(out, "%c %s", change_kind_mark(change->kind), change_kind_name(change->kind));
    if (change->kind == CHANGE_CREATE && change->to) {
        buf_printf(out, " %s-%s", change->from ? change->from : "", change->to);
    } else if (change->kind == CHANGE_REASSIGN && change->from) {
        buf_printf(out, " %s>%s", change->from, change->ext ? change->ext : "");
    } else if (change->ext) {
        buf_printf(out, " %s", change->ext);
    }
    if (change->agent) {
        buf_printf(out, "  %s", change->agent);
    }
    if (change->why) {
        buf_printf(out, "  (%s)", change->why);
    }
    buf_putc(out, '\n');
}

static void add_remark(struct buf *out, const char *name, const char *value)
{
    if (value) {
        buf_printf(out, "%s  %s\n", name, value);
    }
}

void page_action(struct shell *shell, const struct audit_action *action)
{
    struct page *page = make_page("ACTION");
    char when[WHEN_MAX];
    when_moment(action->at_ms / 1000, shell_now_s(shell), when);
    const char *via = audit_via_name(action->origin.via);
    buf_printf(&page->text, "#%s  %s\nby  %s%s%s\n", action->action, when, audit_who(action),
               via ? ", " : "", via ? via : "");
    if (strcmp(audit_who(action), action->actor) != 0) {
        buf_printf(&page->text, "as  %s\n", action->actor);
    }
    buf_printf(&page->text, "id  %s\n", action->action_id);
    add_remark(&page->text, "ticket", action->origin.ticket);
    add_remark(&page->text, "undoes", action->origin.undoes);
    add_remark(&page->text, "plan file", action->origin.plan_file);
    buf_putc(&page->text, '\n');
    for (size_t i = 0; i < action->n_changes; i++) {
        page_add_change(&page->text, &action->changes[i]);
    }
    shell_push(shell, &page->view);
}
