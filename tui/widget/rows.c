#include "tui/widget/rows.h"

#include <stdint.h>

#include "core/base/banned.h"

void rows_fit(struct rows *rows, size_t n, int height)
{
    size_t room = height > 0 ? (size_t)height : 1;
    rows->n = n;
    rows->page = height;
    if (rows->cursor >= n) {
        rows->cursor = n ? n - 1 : 0;
    }
    if (rows->cursor < rows->top) {
        rows->top = rows->cursor;
    } else if (rows->cursor >= rows->top + room) {
        rows->top = rows->cursor - room + 1;
    }
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
        move(rows, -rows->page);
        return true;
    case CMD_PAGE_DOWN:
        move(rows, rows->page);
        return true;
    case CMD_HALF_UP:
        move(rows, -(rows->page + 1) / 2);
        return true;
    case CMD_HALF_DOWN:
        move(rows, (rows->page + 1) / 2);
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
