#include "tui/panel/pane.h"

#include <stdio.h>
#include <string.h>

#include "tui/panel/search.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

#define TITLE_MAX (FILTER_TEXT_MAX + 192)
#define HEADING_FROM 6 /* rows inside the frame from which one has the names of the columns */

static const char *no_key(const void *context, size_t row)
{
    (void)context;
    (void)row;
    return "";
}

void pane_init(struct pane *pane, const struct pane_ops *ops)
{
    *pane = (struct pane){.ops = ops, .page = 10};
    list_init(&pane->list, ops->n_columns);
    pane_all_columns(pane);
}

void pane_release(struct pane *pane)
{
    list_release(&pane->list);
}

void pane_reload(struct pane *pane, const struct shell *shell, const struct screen_data *data)
{
    struct list_source source = {.n_rows = 0, .key = no_key};
    if (data) {
        source = pane->ops->source(shell, data);
    } else {
        list_unmark_all(&pane->list);
    }
    list_reload(&pane->list, &source);
    if (!data) {
        list_unmark_all(&pane->list); /* commands of another place do nothing here */
    } else if (pane->ops->opens_at && !pane->list.moved) {
        list_open_at(&pane->list, pane->ops->opens_at(data));
    }
}

/* ---- heading ------------------------------------------------------------------------------- */

/* The mark of the column that the rows are sorted by; 2: the one for rows that are equal there. */
static const char *sort_mark(const struct list *list, int column, bool ascii)
{
    if (column == list->second) {
        return "2";
    }
    if (column != list->column) {
        return "";
    }
    return list->reverse ? (ascii ? "^" : "\u25b2") : ascii ? "v" : "\u25bc";
}

static void draw_heading(const struct pane *pane, struct canvas *canvas, struct rect line)
{
    canvas_fill(canvas, line, STYLE_COLUMN);
    for (int i = 0; i < pane->n_placed; i++) {
        const struct placed *at = &pane->placed[i];
        char name[32];
        snprintf(name, sizeof name, "%s%s", pane->ops->columns[at->column].name,
                 sort_mark(&pane->list, at->column, canvas->ascii));
        canvas_text(canvas, at->x, line.y, at->width, STYLE_COLUMN, name);
    }
}

/* ---- drawing ------------------------------------------------------------------------------- */

/* One row: where it stands on the screen and in the list, and how it looks. */
struct row_line {
    struct rect line;
    size_t index; /* among what is shown */
    enum pane_cursor cursor;
    enum style plain;
};

/* The gutter, and the style of the first column: the plain one if the cursor is elsewhere. */
static enum style draw_gutter(const struct pane *pane, struct canvas *canvas,
                              const struct row_line *at)
{
    const struct list *list = &pane->list;
    struct rect line = at->line;
    enum pane_cursor cursor = at->cursor;
    bool current = at->index == list->cursor;
    bool keyboard = current && cursor == PANE_CURSOR;
    enum style style = keyboard ? STYLE_CURSOR : at->plain;
    canvas_fill(canvas, (struct rect){line.x, line.y, pane->ops->gutter, 1}, style);
    if (keyboard || (current && cursor == PANE_CURSOR_KEPT)) {
        canvas_text(canvas, line.x, line.y, 1, style, ">");
    }
    const char *mark = list_is_marked(list, list->shown[at->index]) ? "*"
                       : list_in_range(list, at->index)             ? "+"
                       : current && cursor == PANE_CURSOR_FOLLOWS   ? ">"
                                                                    : " ";
    canvas_text(canvas, line.x + 1, line.y, 1, style, mark);
    return !current ? at->plain : keyboard ? STYLE_CURSOR : STYLE_CURSOR_IDLE;
}

static void draw_cells(const struct pane *pane, struct canvas *canvas, const struct row_line *line,
                       struct pane_row *row, enum style first)
{
    int y = line->line.y;
    bool marked = line->plain == STYLE_MARKED;
    for (int i = 0; i < pane->n_placed; i++) {
        const struct placed *at = &pane->placed[i];
        char room[256];
        enum style style = STYLE_TEXT;
        row->width = at->width;
        const char *text = pane->ops->cell(row, at->column, room, sizeof room, &style);
        style = i == 0 && first != line->plain ? first : marked ? STYLE_MARKED : style;
        canvas_field(canvas, at->x, y, at->width, style, text);
        filter_mark(&pane->list.filter, pane->ops->columns[at->column].field, text, canvas,
                    (struct rect){at->x, y, at->width, 1});
    }
}

static void draw_row(const struct pane *pane, const struct shell *shell, struct canvas *canvas,
                     struct row_line *look)
{
    const struct list *list = &pane->list;
    struct rect line = look->line;
    struct pane_row at = {.shell = shell,
                          .data = shell->data,
                          .policy = session_policy(shell->place.session),
                          .row = list->shown[look->index],
                          .filtered = list->filter_text[0] != '\0'};
    bool marked = list_is_marked(list, at.row) || list_in_range(list, look->index);
    enum style plain = marked ? STYLE_MARKED : STYLE_TEXT;
    look->plain = plain;
    enum style first = draw_gutter(pane, canvas, look);
    char sign[2] = {pane->ops->sign ? pane->ops->sign(&at) : ' ', '\0'};
    canvas_text(canvas, line.x + 2, line.y, 1, first == STYLE_CURSOR ? first : plain, sign);
    int gutter = pane->ops->gutter;
    canvas_fill(canvas, (struct rect){line.x + gutter, line.y, line.width - gutter, 1}, plain);
    for (int i = 0; i < pane->n_placed; i++) {
        at.columns |= 1u << pane->placed[i].column;
    }
    draw_cells(pane, canvas, look, &at, first);
}

const char *pane_empty(const struct pane *pane, const struct shell *shell, char *room, size_t size)
{
    if (pane->list.source.n_rows == 0) {
        return pane->ops->empty(shell, room, size);
    }
    snprintf(room, size, "nothing matches the filter\n%s changes it, %s shows everything again",
             frame_key(shell, CMD_FILTER), frame_key(shell, CMD_BACK));
    return room;
}

/* " *2 c1": what is marked, and what others changed. Returns how many of these the filter hides. */
static size_t write_marks(const struct pane *pane, const struct shell *shell, char *out,
                          size_t size)
{
    size_t n;
    size_t hidden;
    size_t used = 0;
    out[0] = '\0';
    pane_count_changes(pane, shell, &n, &hidden);
    if (pane->list.n_marked > 0) {
        used = (size_t)snprintf(out, size, " *%s", frame_count(pane->list.n_marked));
    }
    if (n > 0 && used < size) {
        snprintf(out + used, size - used, " c%zu", n);
    }
    return hidden;
}

/* The title, at most `width` columns if that is possible: of a filter the text is worth more than
   how many rows there are without it. */
static void write_title(const struct pane *pane, const struct shell *shell, const char *end,
                        int width, char title[TITLE_MAX])
{
    const struct list *list = &pane->list;
    const struct screen_data *data = shell->data;
    bool alone = pane->ops->title_alone && data && !data->roster && !data->partial;
    const char *name = alone ? pane->ops->title_alone : pane->ops->title;
    char marks[64] = "";
    size_t hidden = write_marks(pane, shell, marks, sizeof marks);
    if (!data && !list->filter_text[0]) {
        snprintf(title, TITLE_MAX, "%s", name); /* the number comes with the rows */
        return;
    }
    if (!list->filter_text[0]) {
        snprintf(title, TITLE_MAX, "%s %s%s%s", name, frame_count(list->source.n_rows), marks, end);
        return;
    }
    snprintf(title, TITLE_MAX, "%s %s of %s /%s%s%s", name, frame_count(list->n_shown),
             frame_count(list->source.n_rows), list->filter_text, marks, end);
    if (canvas_columns(title) > width) {
        snprintf(title, TITLE_MAX, "%s %s /%s%s%s", name, frame_count(list->n_shown),
                 list->filter_text, marks, end);
    }
    size_t used = strlen(title);
    char says[32];
    snprintf(says, sizeof says, " (%zu hidden)", hidden);
    if (hidden > 0 && canvas_columns(title) + (int)strlen(says) <= width) {
        snprintf(title + used, TITLE_MAX - used, "%s", says);
    }
}

static void draw_empty(const struct pane *pane, const struct shell *shell, struct canvas *canvas,
                       struct rect area)
{
    char room[256];
    canvas_wrap(canvas, (struct rect){area.x + 1, area.y, area.width - 2, area.height}, STYLE_DIM,
                pane_empty(pane, shell, room, sizeof room));
}

void pane_draw(struct pane *pane, const struct shell *shell, struct canvas *canvas,
               struct rect area, const struct pane_look *look)
{
    char title[TITLE_MAX];
    bool focus = look->cursor == PANE_CURSOR;
    write_title(pane, shell, look->title_end, area.width - 5, title);
    struct rect inside = canvas_box(canvas, area, focus ? STYLE_FRAME_FOCUS : STYLE_FRAME,
                                    focus ? STYLE_TITLE_FOCUS : STYLE_TITLE, title);
    if (inside.height < 1) {
        return;
    }
    pane_place_columns(pane, shell, inside);
    int heading = inside.height >= HEADING_FROM ? 1 : 0;
    if (heading && shell->data) { /* the first frame leaves blank what the rows will change */
        draw_heading(pane, canvas, (struct rect){inside.x, inside.y, inside.width, 1});
    }
    pane->heading = heading > 0;
    pane->page = inside.height - heading;
    pane->rows = (struct rect){inside.x, inside.y + heading, inside.width, pane->page};
    if (pane->list.n_shown == 0) {
        draw_empty(pane, shell, canvas, pane->rows);
        return;
    }
    list_scroll(&pane->list, pane->page);
    size_t top = pane->list.top;
    int below = canvas->height - shell_covered(shell, canvas->height);
    int seen = below - pane->rows.y;
    if (seen < pane->page) { /* what lies over the foot does not hide the current row */
        list_scroll(&pane->list, seen);
    }
    for (int i = 0; i < pane->page && pane->list.top + (size_t)i < pane->list.n_shown; i++) {
        struct row_line line = {.line = {inside.x, pane->rows.y + i, inside.width, 1},
                                .index = pane->list.top + (size_t)i,
                                .cursor = look->cursor};
        draw_row(pane, shell, canvas, &line);
    }
    pane->list.top = top; /* as it was, once nothing lies over it any more */
}

/* ---- commands ------------------------------------------------------------------------------ */

static void sideways(struct pane *pane, struct shell *shell, int step)
{
    if (!pane_move_columns(pane, shell, step)) {
        shell_flash(shell, STYLE_INFO,
                    step > 0 ? "this is the last column" : "this is the first column");
    }
}

void pane_click(struct pane *pane, int x, int y)
{
    struct list *list = &pane->list;
    int line = y - pane->rows.y;
    if (line >= 0 && line < pane->rows.height && list->top + (size_t)line < list->n_shown) {
        list_move_to(list, list->top + (size_t)line);
    }
    for (int i = 0; i < pane->n_placed && line == -1 && pane->heading; i++) {
        const struct placed *at = &pane->placed[i];
        if (x >= at->x && x < at->x + at->width && !pane->ops->columns[at->column].moves) {
            list_sort(list, at->column, at->column == list->column && !list->reverse);
        }
    }
}

unsigned pane_command(struct pane *pane, struct shell *shell, enum command command)
{
    struct list *list = &pane->list;
    const char *columns[COLUMNS_MAX];
    for (int i = 0; i < pane->ops->n_columns; i++) {
        const struct pane_column *column = &pane->ops->columns[i];
        columns[i] = column->moves || !pane_has_column(pane, column->name) ? NULL : column->name;
    }
    bool own = command == CMD_BACK || command == CMD_JUMP; /* of the screen */
    unsigned reaction = own ? REACT_PASS : search_command(list, shell, command, columns);
    if (reaction != REACT_PASS) {
        return reaction;
    }
    switch ((int)command) {
    case CMD_MARK:
        list_toggle(list);
        break;
    case CMD_RANGE:
        list_range(list);
        if (list->range != SIZE_MAX) {
            shell_flash(shell, STYLE_INFO, "a range starts here: move, then %s marks it",
                        frame_key(shell, CMD_RANGE));
        }
        break;
    case CMD_MARK_ALL:
        list_mark_shown(list);
        break;
    case CMD_UNMARK_ALL:
        list_unmark_all(list);
        break;
    case CMD_COLUMNS_RIGHT:
    case CMD_COLUMNS_LEFT:
        sideways(pane, shell, command == CMD_COLUMNS_RIGHT ? 1 : -1);
        break;
    case CMD_COLUMNS:
        pane_choose_columns(pane, shell);
        break;
    default:
        return REACT_PASS;
    }
    return REACT_DRAW;
}
