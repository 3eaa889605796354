#include "tui/widget/rows.h"

#include <stdint.h>

#include "core/base/banned.h"

size_t rows_scrolled(size_t top, size_t cursor, size_t height)
{
    size_t half = height / 2;
    if (cursor < top) {
        size_t up = top - cursor > half ? top - cursor : half;
        return top > up ? top - up : 0;
    }
    if (cursor >= top + height) {
        size_t down = cursor - top - height + 1;
        return top + (down > half ? down : half);
    }
    return top;
}

void rows_fit(struct rows *rows, size_t n, int height)
{
    size_t room = height > 0 ? (size_t)height : 1;
    rows->n = n;
    rows->page = height;
    if (rows->cursor >= n) {
        rows->cursor = n ? n - 1 : 0;
    }
    rows->top = rows_scrolled(rows->top, rows->cursor, room);
    if (rows->top + room > n) {
        rows->top = n > room ? n - room : 0;
    }
}

static void move(struct rows *rows, int64_t by)
{
    if (by < 0 && (uint64_t)-by > rows->cursor) {
        rows->cursor = 0;
    } else {
        rows->cursor = (size_t)((int64_t)rows->cursor + by);
    }
    if (rows->cursor >= rows->n) {
        rows->cursor = rows->n ? rows->n - 1 : 0;
    }
}

/* Moves what is shown as well, so that the cursor stays where it is on the screen. */
static void turn(struct rows *rows, int64_t by)
{
    rows->top = by < 0 && (uint64_t)-by > rows->top ? 0 : (size_t)((int64_t)rows->top + by);
    move(rows, by); /* rows_fit keeps the top within the list */
}

bool rows_command(struct rows *rows, enum command command)
{
    switch ((int)command) {
    case CMD_UP:
        move(rows, -1);
        return true;
    case CMD_DOWN:
        move(rows, 1);
        return true;
    case CMD_PAGE_UP:
        turn(rows, -rows->page);
        return true;
    case CMD_PAGE_DOWN:
        turn(rows, rows->page);
        return true;
    case CMD_HALF_UP:
        turn(rows, -(rows->page + 1) / 2);
        return true;
    case CMD_HALF_DOWN:
        turn(rows, (rows->page + 1) / 2);
        return true;
    case CMD_FIRST:
        rows->cursor = 0;
        return true;
    case CMD_LAST:
        rows->cursor = rows->n ? rows->n - 1 : 0;
        return true;
    default:
        return false;
    }
}
