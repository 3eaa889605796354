#include "tui/panel/pane.h"

#include <stdio.h>
#include <string.h>

#include "tui/panel/search.h"
#include "tui/widget/filter_spans.h"

#include "core/base/banned.h"

#define COLUMNS_MAX 8
#define TITLE_MAX (FILTER_TEXT_MAX + 192)
#define HEADING_FROM 6 /* rows inside the frame from which one has the names of the columns */
#define SHORTEST 8     /* the width a column keeps when it gives to a more important one */

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

/* ---- columns ------------------------------------------------------------------------------- */

/* How wide each column is in this width; 0: dropped. One blank separates two columns. */
static void fit_columns(const struct pane_ops *ops, const struct shell *shell, int room,
                        int widths[COLUMNS_MAX])
{
    int ext_width = session_policy(shell->place.session)->width;
    int used = 0;
    int shares = 0;
    for (int i = 0; i < ops->n_columns; i++) {
        widths[i] = ops->columns[i].ext && ext_width > ops->columns[i].least
                        ? ext_width
                        : ops->columns[i].least;
        if (ops->shows && !ops->shows(shell, i, room)) {
            widths[i] = 0;
        } else {
            used += widths[i] + 1;
        }
    }
    used--;
    while (used > room) {
        int drop = -1;
        for (int i = 0; i < ops->n_columns; i++) {
            if (widths[i] > 0 && ops->columns[i].drop > 0 &&
                (drop < 0 || ops->columns[i].drop > ops->columns[drop].drop)) {
                drop = i;
            }
        }
        if (drop < 0) {
            break;
        }
        used -= widths[drop] + 1;
        widths[drop] = 0;
    }
    for (int i = 0; i < ops->n_columns; i++) {
        shares += widths[i] > 0 ? ops->columns[i].share : 0;
    }
    int over = room - used;
    for (int i = 0; i < ops->n_columns && over > 0; i++) {
        if (widths[i] > 0 && ops->columns[i].apart) {
            widths[i]++;
            over--;
        }
    }
    for (int i = 0; i < ops->n_columns && over != 0 && shares > 0; i++) {
        if (widths[i] > 0 && ops->columns[i].share > 0) {
            int more = over * ops->columns[i].share / shares;
            widths[i] = widths[i] + more > 4 ? widths[i] + more : 4;
            over -= more;
            shares -= ops->columns[i].share;
        }
    }
}

/* Width that a column does not need goes to the columns that would cut their text, from the left.
   If no column has width to spare, one that could be dropped gives up what it can. */
static void settle_columns(const struct pane_ops *ops, const struct screen_data *data,
                           int widths[COLUMNS_MAX])
{
    int lacks[COLUMNS_MAX] = {0};
    int spare = 0;
    int first = -1;
    for (int i = 0; i < ops->n_columns; i++) {
        int heading = (int)strlen(ops->columns[i].name) + 1; /* and the arrow */
        int wanted = widths[i] > 0 ? ops->wanted(data, i) : 0;
        if (wanted == 0) {
            continue;
        }
        first = first < 0 ? i : first;
        lacks[i] = (wanted > heading ? wanted : heading) - widths[i];
        if (lacks[i] < 0) {
            spare -= lacks[i];
            widths[i] += lacks[i];
        }
    }
    for (int i = 0; i < ops->n_columns; i++) {
        for (int from = ops->n_columns - 1; from > i && spare < lacks[i]; from--) {
            bool gives = widths[from] > SHORTEST && ops->columns[from].share > 0;
            int most = gives ? widths[from] - SHORTEST : 0;
            int taken = most < lacks[i] - spare ? most : lacks[i] - spare;
            widths[from] -= taken;
            spare += taken;
        }
        int more = lacks[i] < 0 ? 0 : lacks[i] < spare ? lacks[i] : spare;
        widths[i] += more;
        spare -= more;
    }
    if (first >= 0) {
        widths[first] += spare;
    }
}

static void draw_heading(const struct pane *pane, struct canvas *canvas, struct rect inside,
                         const int widths[COLUMNS_MAX])
{
    int x = inside.x + pane->ops->gutter;
    canvas_fill(canvas, (struct rect){inside.x, inside.y, inside.width, 1}, STYLE_COLUMN);
    for (int i = 0; i < pane->ops->n_columns; i++) {
        if (widths[i] == 0) {
            continue;
        }
        char name[32];
        bool sorted = pane->list.column == i;
        snprintf(name, sizeof name, "%s%s", pane->ops->columns[i].name,
                 !sorted              ? ""
                 : pane->list.reverse ? (canvas->ascii ? "^" : "\u25b2")
                                      : (canvas->ascii ? "v" : "\u25bc"));
        canvas_text(canvas, x, inside.y, widths[i], STYLE_COLUMN, name);
        x += widths[i] + 1;
    }
}

/* ---- drawing ------------------------------------------------------------------------------- */

/* The gutter, and the style of the first column: `plain` if the cursor is elsewhere. */
static enum style draw_gutter(const struct pane *pane, struct canvas *canvas, struct rect line,
                              size_t index, enum pane_cursor cursor, enum style plain)
{
    const struct list *list = &pane->list;
    bool current = index == list->cursor;
    bool keyboard = current && cursor == PANE_CURSOR;
    enum style style = keyboard ? STYLE_CURSOR : plain;
    canvas_fill(canvas, (struct rect){line.x, line.y, pane->ops->gutter, 1}, style);
    if (keyboard || (current && cursor == PANE_CURSOR_KEPT)) {
        canvas_text(canvas, line.x, line.y, 1, style, ">");
    }
    const char *mark = list_is_marked(list, list->shown[index])   ? "*"
                       : list_in_range(list, index)               ? "+"
                       : current && cursor == PANE_CURSOR_FOLLOWS ? ">"
                                                                  : " ";
    canvas_text(canvas, line.x + 1, line.y, 1, style, mark);
    return !current ? plain : keyboard ? STYLE_CURSOR : STYLE_CURSOR_IDLE;
}

static void draw_row(const struct pane *pane, const struct shell *shell, struct canvas *canvas,
                     struct rect line, size_t index, const int widths[COLUMNS_MAX],
                     enum pane_cursor cursor)
{
    const struct list *list = &pane->list;
    struct pane_row at = {.shell = shell,
                          .data = shell->data,
                          .policy = session_policy(shell->place.session),
                          .row = list->shown[index]};
    bool marked = list_is_marked(list, at.row) || list_in_range(list, index);
    enum style plain = marked ? STYLE_MARKED : STYLE_TEXT;
    enum style first = draw_gutter(pane, canvas, line, index, cursor, plain);
    char sign[2] = {pane->ops->sign ? pane->ops->sign(&at) : ' ', '\0'};
    canvas_text(canvas, line.x + 2, line.y, 1, first == STYLE_CURSOR ? first : plain, sign);
    int x = line.x + pane->ops->gutter;
    int end = line.x + line.width;
    canvas_fill(canvas, (struct rect){x, line.y, end - x, 1}, plain);
    for (int i = 0; i < pane->ops->n_columns; i++) {
        at.columns |= widths[i] > 0 ? 1u << i : 0;
    }
    for (int i = 0; i < pane->ops->n_columns; i++) {
        char room[256];
        enum style style = STYLE_TEXT;
        if (widths[i] == 0 || x >= end) {
            continue;
        }
        int width = widths[i] < end - x ? widths[i] : end - x;
        const char *text = pane->ops->cell(&at, i, room, sizeof room, &style);
        style = marked ? STYLE_MARKED : style;
        canvas_field(canvas, x, line.y, width, first != plain ? first : style, text);
        filter_mark(&pane->list.filter, pane->ops->columns[i].field, text, canvas,
                    (struct rect){x, line.y, width, 1});
        first = plain;
        x += widths[i] + 1;
    }
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
    int widths[COLUMNS_MAX] = {0};
    bool focus = look->cursor == PANE_CURSOR;
    write_title(pane, shell, look->title_end, area.width - 5, title);
    struct rect inside = canvas_box(canvas, area, focus ? STYLE_FRAME_FOCUS : STYLE_FRAME,
                                    focus ? STYLE_TITLE_FOCUS : STYLE_TITLE, title);
    if (inside.height < 1) {
        return;
    }
    fit_columns(pane->ops, shell, inside.width - pane->ops->gutter, widths);
    if (pane->ops->wanted && shell->data) {
        settle_columns(pane->ops, shell->data, widths);
    }
    int heading = inside.height >= HEADING_FROM ? 1 : 0;
    if (heading) {
        draw_heading(pane, canvas, inside, widths);
    }
    pane->page = inside.height - heading;
    pane->rows = (struct rect){inside.x, inside.y + heading, inside.width, pane->page};
    if (pane->list.n_shown == 0) {
        draw_empty(pane, shell, canvas, pane->rows);
        return;
    }
    int below = canvas->height - shell_covered(shell, canvas->height);
    int seen = below - pane->rows.y; /* what lies over the foot does not hide the current row */
    list_scroll(&pane->list, seen < pane->page ? seen : pane->page);
    for (int i = 0; i < pane->page && pane->list.top + (size_t)i < pane->list.n_shown; i++) {
        struct rect line = {inside.x, pane->rows.y + i, inside.width, 1};
        draw_row(pane, shell, canvas, line, pane->list.top + (size_t)i, widths, look->cursor);
    }
}

/* ---- commands ------------------------------------------------------------------------------ */

unsigned pane_command(struct pane *pane, struct shell *shell, enum command command)
{
    struct list *list = &pane->list;
    const char *columns[COLUMNS_MAX];
    for (int i = 0; i < pane->ops->n_columns; i++) {
        columns[i] = pane->ops->columns[i].moves ? NULL : pane->ops->columns[i].name;
    }
    unsigned reaction =
        command == CMD_BACK ? REACT_PASS : search_command(list, shell, command, columns);
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
    default:
        return REACT_PASS;
    }
    return REACT_DRAW;
}
