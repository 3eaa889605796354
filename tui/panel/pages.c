#include "tui/panel/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/panel/search.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

#define PAGE_BYTES_MAX (4 << 20)

struct page {
    struct view view;
    char *title;
    struct buf text;
    /* Writes the text anew before it is drawn; NULL: the text does not change. */
    page_render_fn render;
    unsigned place;      /* help: of which view */
    size_t top, n_lines; /* rows of the screen */
    int height;
    struct list list; /* its lines */
    struct page_line *lines;
    struct filter_scope scope;
    size_t cursor; /* the line that was current when it was drawn last */
};

/* A line of the text, without its line end. */
struct page_line {
    char *text;
    char key[24];
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

/* The key # stands before a blank. */
static bool is_heading(const char *text)
{
    return text[0] == '#' && text[1] != ' ';
}

/* Draws a line from row `y` of the area on, broken to its width, and returns the rows that it
   takes; what is above or below the area is only counted. */
static int draw_line(struct canvas *canvas, const char *text, size_t length, int y,
                     struct rect area)
{
    char line[2048];
    char start[64];
    bool heading = is_heading(text);
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

/* ---- its lines ------------------------------------------------------------------------------ */

enum { PAGE_AS_WRITTEN, PAGE_BY_TEXT, PAGE_COLUMNS };
static const char *const s_columns[PAGE_COLUMNS] = {"the order of the text", "alphabet"};

static const char *text_at(const void *context, size_t row)
{
    return ((const struct page_line *)context)[row].text;
}

static const char *key_at(const void *context, size_t row)
{
    return ((const struct page_line *)context)[row].key;
}

static size_t find(const void *context, const char *key)
{
    (void)context;
    return (size_t)strtoul(key, NULL, 10);
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    int order = column == PAGE_BY_TEXT ? strcmp(text_at(context, a), text_at(context, b)) : 0;
    return order ? order : a < b ? -1 : a > b;
}

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    out->texts[FILTER_NAME] = text_at(context, row);
}

static void free_lines(struct page *page, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(page->lines[i].text);
    }
    free(page->lines);
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (const char *at = text; *at; n++) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return n;
}

/* Takes the lines of page->text into the list. */
static void take_lines(struct page *page)
{
    struct page old = {.lines = page->lines};
    size_t n_old = page->list.source.n_rows;
    size_t n = count_lines(page->text.data);
    const char *at = page->text.data;
    page->lines = mem_array(n + 1, sizeof *page->lines);
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(at, "\n");
        page->lines[i].text = mem_strndup(at, length);
        snprintf(page->lines[i].key, sizeof page->lines[i].key, "%zu", i);
        at += length;
        at += *at == '\n';
    }
    struct list_source source = {.context = page->lines,
                                 .n_rows = n,
                                 .key = key_at,
                                 .find = find,
                                 .compare = compare,
                                 .subject = subject,
                                 .scope = &page->scope};
    list_reload(&page->list, &source);
    free_lines(&old, n_old);
}

/* Writes the text anew; the lines are taken again only if it is another one. */
static void write_anew(struct page *page, const struct shell *shell)
{
    struct buf fresh;
    buf_init(&fresh, PAGE_BYTES_MAX);
    page->render(shell, page->place, &fresh);
    if (!page->lines || strcmp(fresh.data, page->text.data) != 0) {
        buf_clear(&page->text);
        buf_puts(&page->text, fresh.data);
        take_lines(page);
    }
    buf_release(&fresh);
}

/* Draws the lines that are shown, from row `y` of the area on; returns the rows they take. Where the
   current line begins goes to *current. */
static int draw_lines(const struct page *page, struct canvas *canvas, int y, struct rect area,
                      size_t *current)
{
    const struct list *list = &page->list;
    int rows = 0;
    for (size_t i = 0; i < list->n_shown; i++) {
        const char *text = page->lines[list->shown[i]].text;
        int heading = is_heading(text);
        int n = draw_line(canvas, text, strlen(text), y + rows, area);
        bool inside = y + rows >= 0 && y + rows < area.height;
        if (inside && n == 1) {
            filter_mark(&list->filter, FILTER_NAME, text + heading, canvas,
                        (struct rect){area.x, area.y + y + rows, area.width, 1});
        }
        if (inside && i == list->cursor && list->moved && list->filter_text[0]) {
            canvas_restyle(canvas, area.x, area.y + y + rows, area.width, STYLE_CURSOR);
        }
        if (i == list->cursor) {
            *current = (size_t)rows;
        }
        rows += n;
    }
    return rows;
}

/* Scrolls to the current line, if somebody has moved to it. */
static void follow(struct page *page, size_t current)
{
    if (page->list.cursor == page->cursor) {
        return;
    }
    page->cursor = page->list.cursor;
    if (current < page->top || current >= page->top + (size_t)page->height) {
        page->top = current;
    }
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct page *page = (struct page *)view;
    char status[96];
    char title[FILTER_TEXT_MAX + 96];
    size_t current = 0;
    (void)caret;
    if (page->render) {
        write_anew(page, shell);
    } else if (!page->lines) {
        take_lines(page);
    }
    search_title(&page->list, page->title, title, sizeof title);
    int y = frame_header(shell, canvas, title);
    struct rect area = {1, y, canvas->width - 2,
                        canvas->height - y - (canvas->height >= 8 ? 2 : 1)};
    struct rect nowhere = {1, y, area.width, 0};
    page->height = area.height;
    page->list.page = area.height;
    page->n_lines = (size_t)draw_lines(page, canvas, 0, nowhere, &current);
    follow(page, current);
    size_t most = page->n_lines > (size_t)area.height ? page->n_lines - (size_t)area.height : 0;
    page->top = page->top > most ? most : page->top;
    snprintf(status, sizeof status, "line %zu of %zu, Esc goes back", page->top + 1, page->n_lines);
    frame_footer(shell, canvas, view, most > 0 ? status : "Esc goes back");
    draw_lines(page, canvas, -(int)page->top, area, &current);
    if (page->list.n_shown == 0 && page->list.source.n_rows > 0) {
        search_draw_none(shell, canvas, area);
    }
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
        return search_command(&page->list, shell, command, s_columns);
    }
}

static bool argument(struct view *view, struct shell *shell, enum command command, const char *text)
{
    if (command == CMD_FILTER) {
        search_given(&((struct page *)view)->list, shell, text);
    }
    return command == CMD_FILTER;
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
    free_lines(page, page->list.source.n_rows);
    list_release(&page->list);
    buf_release(&page->text);
    free(page->title);
    free(page);
}

static const struct view_ops s_page_ops = {.title = "page",
                                           .place = PLACE_TEXT,
                                           .draw = draw,
                                           .key = key,
                                           .command = command,
                                           .argument = argument,
                                           .free = release};

static struct page *make_page(const char *title)
{
    struct page *page = mem_alloc(sizeof *page);
    page->view.ops = &s_page_ops;
    page->title = mem_strdup(title);
    buf_init(&page->text, PAGE_BYTES_MAX);
    list_init(&page->list, PAGE_COLUMNS);
    return page;
}

struct view *page_new(const char *title, const char *text)
{
    struct page *page = make_page(title);
    buf_puts(&page->text, text);
    return &page->view;
}

void page_open(struct shell *shell, const char *title, const char *text)
{
    shell_push(shell, page_new(title, text));
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

/* ---- one action ---------------------------------------------------------------------------- */

/* A line about one of its changes. */
static void add_change(struct buf *out, const struct audit_change *change)
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
        add_change(&page->text, &action->changes[i]);
    }
    shell_push(shell, &page->view);
}
