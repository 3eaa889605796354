#include "tui/view/start_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * The rows of the form, in their order, and which go first on a small screen: those with the
 * highest number. A row of a field is never left out for another one.
 */
#define ROWS(X)                                                                                    \
    X(ROW_TOP, 9)                                                                                  \
    X(ROW_DIRECTORY, 1)                                                                            \
    X(ROW_OFFERS, 3)                                                                               \
    X(ROW_STORE, 1)                                                                                \
    X(ROW_EXPORT, 1)                                                                               \
    X(ROW_NUMBERS, 1)                                                                              \
    X(ROW_NAME, 1)                                                                                 \
    X(ROW_GAP, 8)                                                                                  \
    X(ROW_AMAZON, 5)                                                                               \
    X(ROW_AMAZON_LISTS, 7)                                                                         \
    X(ROW_DEMO, 6)                                                                                 \
    X(ROW_GAP_2, 8)                                                                                \
    X(ROW_TOLD, 2)                                                                                 \
    X(ROW_TOLD_2, 4)                                                                               \
    X(ROW_TOLD_3, 4)                                                                               \
    X(ROW_GAP_3, 8)                                                                                \
    X(ROW_WRITES, 6)

enum row {
#define X(row, rank) row,
    ROWS(X)
#undef X
        ROWS_N
};

static const int s_ranks[ROWS_N] = {
#define X(row, rank) [row] = (rank),
    ROWS(X)
#undef X
};

/* The form on a screen. */
struct drawing {
    struct start *start;
    struct canvas *canvas;
    struct caret *caret;
    struct rect area; /* of the rows */
    bool wide;        /* there is room for what each field is about */
};

/* ---- the fields ----------------------------------------------------------------------------- */

static enum row row_of(enum setup_field field)
{
    static const enum row rows[] = {ROW_DIRECTORY, ROW_STORE,   ROW_EXPORT,
                                    ROW_NUMBERS,   ROW_NUMBERS, ROW_NAME};
    return rows[field];
}

static void draw_box(struct drawing *d, enum setup_field field, int x, int y, int width)
{
    struct start *start = d->start;
    bool focus = start->focus == field;
    enum style style = focus ? STYLE_INPUT : STYLE_TEXT;
    canvas_text(d->canvas, x, y, 1, STYLE_DIM, "[");
    if (focus) {
        canvas_fill(d->canvas, (struct rect){x + 1, y, width, 1}, style);
        d->caret->x = field_draw(&start->fields[field], d->canvas, x + 1, y, width, style);
        d->caret->y = y;
    } else {
        canvas_text(d->canvas, x + 1, y, width, style, start->fields[field].text);
    }
    canvas_text(d->canvas, x + 1 + width, y, 1, STYLE_DIM, "]");
}

static int box_column(const struct drawing *d)
{
    return d->area.x + (d->wide ? 38 : 12);
}

static int box_width(const struct drawing *d)
{
    int left = box_column(d) - d->area.x;
    return d->area.width - left - (d->wide ? 7 : 2);
}

static void draw_field(struct drawing *d, enum row row, int y)
{
    static const struct {
        enum row row;
        enum setup_field field;
        const char *label, *about;
    } fields[] = {
        {ROW_DIRECTORY, SETUP_DIRECTORY, "1 Directory", "who works here"},
        {ROW_STORE, SETUP_STORE, "2 Store", "who holds what"},
        {ROW_EXPORT, SETUP_EXPORT, "3 Export", "where the list goes"},
        {ROW_NUMBERS, SETUP_WIDTH, "4 Numbers", "width and ranges"},
        {ROW_NAME, SETUP_NAME, "5 Name", "of this context"},
    };
    size_t i = 0;
    while (fields[i].row != row) {
        i++;
    }
    int x = d->area.x;
    bool focus = row_of(d->start->focus) == row;
    canvas_text(d->canvas, x + (d->wide ? 2 : 0), y, 12, focus ? STYLE_STRONG : STYLE_TEXT,
                fields[i].label);
    if (d->wide) {
        canvas_text(d->canvas, x + 16, y, 20, STYLE_DIM, fields[i].about);
    }
    if (row == ROW_NUMBERS) {
        draw_box(d, SETUP_WIDTH, box_column(d), y, 1);
        draw_box(d, SETUP_RANGES, box_column(d) + 4, y, box_width(d) - 4);
    } else {
        draw_box(d, fields[i].field, box_column(d), y, box_width(d));
    }
}

static void draw_offers(struct drawing *d, int y)
{
    const struct start *start = d->start;
    int x = box_column(d) + 1;
    int width = d->area.x + d->area.width - x;
    if (start->offers[0]) {
        int taken = canvas_text(d->canvas, x, y, width - 6, STYLE_DIM, start->offers);
        canvas_text(d->canvas, x + taken + 3, y, width - taken - 3, STYLE_KEY, "Tab");
    }
}

/* ---- the other rows --------------------------------------------------------------------------- */

static void draw_line(struct drawing *d, int y, const char *label, const char *key,
                      const char *text)
{
    int x = d->area.x + (d->wide ? 2 : 0);
    int end = d->area.x + d->area.width;
    int at = d->wide ? 17 : 10;
    canvas_text(d->canvas, x, y, at, STYLE_TEXT, label);
    canvas_text(d->canvas, x + at, y, 1, STYLE_KEY, key);
    canvas_text(d->canvas, x + at + 3, y, end - x - at - 3, STYLE_TEXT, text);
}

static void draw_told(struct drawing *d, int y, size_t i)
{
    static const char *const places[] = {"directory", "store", "export"};
    const char *text = d->start->told[i];
    int x = d->area.x + (d->wide ? 2 : 0);
    int width = d->area.x + d->area.width - x;
    bool any = d->start->told[0][0] || d->start->told[1][0] || d->start->told[2][0];
    if (d->wide && i == 0 && any) {
        canvas_text(d->canvas, x, y, 7, STYLE_TEXT, "Tried:");
    }
    if (text[0]) {
        int left = d->wide ? 8 : 0;
        canvas_printf(d->canvas, x + left, y, width - left, STYLE_TEXT, "%-9s %s", places[i], text);
    }
}

static void draw_amazon(struct drawing *d, int y)
{
    char text[320];
    snprintf(text, sizeof text, "%s%s", d->wide ? "profile  " : "", d->start->profile);
    draw_line(d, y, d->wide ? "Amazon instead:" : "Amazon", "A", text);
}

static void draw_writes(struct drawing *d, int y)
{
    const char *path = d->start->path;
    int x = d->area.x + (d->wide ? 2 : 0);
    canvas_printf(d->canvas, x, y, d->area.x + d->area.width - x, STYLE_DIM, "%s%s%s",
                  path[0] ? "Writes " : "",
                  path[0] ? path : "There is no place for a configuration",
                  path[0] ? ", then shows the first plan; no number yet" : ": HOME is not set");
}

static void draw_row(struct drawing *d, enum row row, int y)
{
    switch ((int)row) {
    case ROW_DIRECTORY:
    case ROW_STORE:
    case ROW_EXPORT:
    case ROW_NUMBERS:
    case ROW_NAME:
        draw_field(d, row, y);
        break;
    case ROW_OFFERS:
        draw_offers(d, y);
        break;
    case ROW_AMAZON:
        draw_amazon(d, y);
        break;
    case ROW_AMAZON_LISTS:
        draw_line(d, y, "", " ", "instance, table and bucket are listed where allowed");
        break;
    case ROW_DEMO:
        draw_line(d, y, d->wide ? "Look first:" : "Look", "D", "the demo, nothing is kept");
        break;
    case ROW_TOLD:
    case ROW_TOLD_2:
    case ROW_TOLD_3:
        draw_told(d, y, (size_t)(row - ROW_TOLD));
        break;
    case ROW_WRITES:
        draw_writes(d, y);
        break;
    default:
        break;
    }
}

/* ---- which rows there is room for ---------------------------------------------------------------- */

/* Marks the rows that are drawn; returns how many. The fields around the chosen one stay. */
static int choose_rows(const struct start *start, int room, bool shown[ROWS_N])
{
    int n = 0;
    int focus = (int)row_of(start->focus);
    shown[focus] = room > 0;
    n += room > 0;
    for (int away = 1; away < ROWS_N; away++) { /* the nearest fields first */
        for (int side = -1; side <= 1; side += 2) {
            int row = focus + side * away;
            if (row >= 0 && row < ROWS_N && s_ranks[row] == 1 && n < room) {
                shown[row] = true;
                n++;
            }
        }
    }
    for (int rank = 2; rank <= 9; rank++) {
        for (int row = 0; row < ROWS_N; row++) {
            if (s_ranks[row] == rank && n < room) {
                shown[row] = true;
                n++;
            }
        }
    }
    return n;
}

static void draw_rows(struct drawing *d)
{
    bool shown[ROWS_N] = {false};
    int y = d->area.y;
    choose_rows(d->start, d->area.height, shown);
    for (enum row row = 0; row < ROWS_N; row++) {
        if (shown[row]) {
            draw_row(d, row, y++);
        }
    }
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static void draw_keys(const struct drawing *d, int y)
{
    static const struct {
        const char *key, *word;
        bool chosen, typing; /* when it works so */
    } keys[] = {
        {"Enter", "Try and write", true, true},
        {"Tab", "Complete", true, true},
        {"Up Down", "Field", true, true},
        {"Esc", "Keys again", false, true},
        {"A", "Amazon", true, false},
        {"D", "Demo", true, false},
        {"?", "Help", true, false},
        {"q", "Quit", true, false},
    };
    int x = 1;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        int needed = canvas_columns(keys[i].key) + 1 + canvas_columns(keys[i].word);
        if (!(d->start->typing ? keys[i].typing : keys[i].chosen) ||
            x + needed > d->canvas->width) {
            continue;
        }
        x += canvas_text(d->canvas, x, y, d->canvas->width - x, STYLE_KEY, keys[i].key);
        x += 1 + canvas_text(d->canvas, x + 1, y, d->canvas->width - x, STYLE_TEXT, keys[i].word);
        x += 1;
    }
}

/* How many rows the message above the keys takes: at most four, and a third of the screen. */
static int says_lines(const struct start *start, const struct canvas *canvas)
{
    int most = canvas->height / 3 < 4 ? canvas->height / 3 : 4;
    int needed =
        canvas_wrap(NULL, (struct rect){0, 0, canvas->width - 2, most}, STYLE_TEXT, start->says);
    return needed < most ? needed : most < 1 ? 1 : most;
}

void start_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct start *start = (struct start *)view;
    struct drawing d = {.start = start, .canvas = canvas, .caret = caret};
    canvas_fill(canvas, (struct rect){0, 0, canvas->width, 1}, STYLE_HEADER);
    canvas_text(canvas, 0, 0, canvas->width, STYLE_HEADER, " extpool | no configuration yet");
    bool busy = shell_busy(shell) || shell->messages.flash[0];
    bool says = start->says[0] && !busy;
    int foot = canvas->height - (canvas->height >= 8 ? 2 : 1);
    int more = says ? says_lines(start, canvas) - 1 : 0;
    foot -= more;
    d.area = (struct rect){0, 1, canvas->width, foot - 1};
    d.wide = canvas->width >= 70;
    if (d.wide && foot >= 14) {
        d.area.height -= foot >= 22 ? 1 : 0;
        d.area = canvas_box(canvas, d.area, STYLE_FRAME, STYLE_TITLE,
                            "First start: where are your agents, numbers and list?");
    }
    draw_rows(&d);
    if (says) {
        canvas_wrap(canvas, (struct rect){1, foot, canvas->width - 2, more + 1}, start->says_style,
                    start->says);
    } else {
        frame_footer(shell, canvas, view, NULL);
    }
    if (canvas->height >= 8 || (!says && !busy)) {
        draw_keys(&d, canvas->height - 1);
    }
}
