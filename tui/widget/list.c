#include "tui/widget/list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/widget/list_private.h"
#include "tui/widget/rows.h"

#include "core/base/banned.h"

void list_init(struct list *list, int n_columns)
{
    *list = (struct list){.n_columns = n_columns, .range = SIZE_MAX, .second = -1};
}

static void forget_absent(struct list *list)
{
    for (size_t i = 0; i < list->n_absent; i++) {
        free(list->absent[i]);
    }
    free(list->absent);
    list->absent = NULL;
    list->n_absent = 0;
}

void list_release(struct list *list)
{
    forget_absent(list);
    list_filter_release(list);
    free(list->order);
    free(list->shown);
    free(list->marks);
    *list = (struct list){.range = SIZE_MAX, .second = -1};
}

/* ---- order -------------------------------------------------------------------------------- */

static bool before_or_equal(const struct list *list, uint32_t a, uint32_t b)
{
    const struct list_source *source = &list->source;
    int order = source->compare(source->context, list->column, a, b);
    bool reverse = list->reverse;
    if (order == 0 && list->second >= 0) {
        order = source->compare(source->context, list->second, a, b);
        reverse = list->second_reverse;
    }
    return reverse ? order >= 0 : order <= 0;
}

/* A stable merge sort: rows that are equal in these columns keep the order of the source. What is
   in order already costs one comparison a row. */
static void merge_sort(const struct list *list, uint32_t *rows, uint32_t *spare, size_t n)
{
    if (n < 2) {
        return;
    }
    size_t half = n / 2;
    merge_sort(list, rows, spare, half);
    merge_sort(list, rows + half, spare, n - half);
    if (before_or_equal(list, rows[half - 1], rows[half])) {
        return;
    }
    memcpy(spare, rows, half * sizeof *rows);
    size_t left = 0;
    size_t right = half;
    size_t at = 0;
    while (left < half && right < n) {
        rows[at++] =
            before_or_equal(list, spare[left], rows[right]) ? spare[left++] : rows[right++];
    }
    while (left < half) {
        rows[at++] = spare[left++];
    }
}

static void sort_all(struct list *list)
{
    size_t n = list->source.n_rows;
    for (size_t i = 0; i < n; i++) {
        list->order[i] = (uint32_t)i;
    }
    uint32_t *spare = mem_array(n / 2 + 1, sizeof *spare);
    merge_sort(list, list->order, spare, n);
    free(spare);
}

/* ---- where -------------------------------------------------------------------------------- */

const char *list_current_key(const struct list *list)
{
    size_t row = list_current(list);
    return row == SIZE_MAX ? NULL : list->source.key(list->source.context, row);
}

static void clamp(struct list *list)
{
    if (list->cursor >= list->n_shown) {
        list->cursor = list->n_shown ? list->n_shown - 1 : 0;
    }
}

void list_move_to(struct list *list, size_t index)
{
    list->cursor = index;
    list->moved = true;
    clamp(list);
}

void list_move(struct list *list, int64_t by)
{
    list->moved = true;
    if (by < 0 && (uint64_t)-by > list->cursor) {
        list->cursor = 0;
    } else {
        list->cursor = (size_t)((int64_t)list->cursor + by);
    }
    clamp(list);
}

void list_turn(struct list *list, int64_t by)
{
    list->top = by < 0 && (uint64_t)-by > list->top ? 0 : (size_t)((int64_t)list->top + by);
    list_move(list, by); /* list_scroll keeps the top within the list */
}

void list_open_at(struct list *list, size_t row)
{
    if (row != SIZE_MAX && list_seek_row(list, row)) {
        list->top = list->cursor;
    }
}

void list_cycle(struct list *list, int step)
{
    list->moved = true;
    if (list->n_shown > 0) {
        list->cursor = (list->cursor + (step > 0 ? 1 : list->n_shown - 1)) % list->n_shown;
    }
}

bool list_seek(struct list *list, const char *key)
{
    size_t row = list->source.n_rows ? list->source.find(list->source.context, key) : SIZE_MAX;
    list->moved = true;
    return row != SIZE_MAX && list_seek_row(list, row);
}

void list_scroll(struct list *list, int height)
{
    size_t rows = height > 0 ? (size_t)height : 1;
    list->page = (int)rows;
    list->top = rows_scrolled(list->top, list->cursor, rows);
    if (list->top + rows > list->n_shown) { /* no empty lines below while there are rows above */
        list->top = list->n_shown > rows ? list->n_shown - rows : 0;
    }
}

/* ---- reload, sort, filter ----------------------------------------------------------------- */

/* Marks of the old source move to the new one by their keys. */
static void carry_marks(struct list *list, const struct list_source *fresh, uint8_t *marks)
{
    size_t n_marked = 0;
    size_t n_keys = list->n_marked + list->n_absent;
    char **absent = mem_array(n_keys + 1, sizeof *absent);
    size_t n_absent = 0;
    for (size_t row = 0; list->n_marked > 0 && row < list->source.n_rows; row++) {
        if (list->marks[row]) {
            const char *key = list->source.key(list->source.context, row);
            size_t at = fresh->n_rows ? fresh->find(fresh->context, key) : SIZE_MAX;
            if (at == SIZE_MAX) {
                absent[n_absent++] = mem_strdup(key);
            } else if (!marks[at]) {
                marks[at] = 1;
                n_marked++;
            }
        }
    }
    for (size_t i = 0; i < list->n_absent; i++) {
        size_t at = fresh->n_rows ? fresh->find(fresh->context, list->absent[i]) : SIZE_MAX;
        if (at == SIZE_MAX) {
            absent[n_absent++] = mem_strdup(list->absent[i]);
        } else if (!marks[at]) {
            marks[at] = 1;
            n_marked++;
        }
    }
    forget_absent(list);
    list->absent = absent;
    list->n_absent = n_absent;
    list->n_marked = n_marked;
}

static char *key_at(const struct list *list, size_t index)
{
    return index < list->n_shown
               ? mem_strdup(list->source.key(list->source.context, list->shown[index]))
               : NULL;
}

void list_reload(struct list *list, const struct list_source *source)
{
    size_t place = list->cursor;
    size_t offset = list->cursor - (list->top < list->cursor ? list->top : list->cursor);
    bool moved = list->moved;
    char *cursor_key = moved ? key_at(list, list->cursor) : NULL;
    char *range_key = list->range == SIZE_MAX ? NULL : key_at(list, list->range);
    uint8_t *marks = mem_array(source->n_rows + 1, 1);
    carry_marks(list, source, marks);
    free(list->marks);
    list->marks = marks;
    list->source = *source;
    list->order = mem_resize(list->order, source->n_rows + 1, sizeof *list->order);
    list->shown = mem_resize(list->shown, source->n_rows + 1, sizeof *list->shown);
    sort_all(list);
    list_filter_reload(list);

    list->range = SIZE_MAX;
    if (range_key && list_seek(list, range_key)) {
        list->range = list->cursor;
    }
    if (!cursor_key || !list_seek(list, cursor_key)) {
        list->cursor = place; /* the record went: the one that moved up into its place */
        clamp(list);
    }
    list->top = list->cursor > offset ? list->cursor - offset : 0;
    list->moved = moved;
    free(cursor_key);
    free(range_key);
}

void list_sort(struct list *list, int column, bool reverse)
{
    if (column != list->column) {
        list->second = list->column;
        list->second_reverse = list->reverse;
    }
    list->column = column;
    list->reverse = reverse;
    if (list->source.n_rows > 0) {
        sort_all(list);
        list_select(list);
    }
}

/* ---- marks -------------------------------------------------------------------------------- */

static void set_mark(struct list *list, size_t row, bool on)
{
    if (list->marks[row] != on) {
        list->marks[row] = on;
        list->n_marked = on ? list->n_marked + 1 : list->n_marked - 1;
    }
}

bool list_is_marked(const struct list *list, size_t row)
{
    return row < list->source.n_rows && list->marks[row];
}

void list_toggle(struct list *list)
{
    size_t row = list_current(list);
    if (row != SIZE_MAX) {
        set_mark(list, row, !list->marks[row]);
        list_move(list, 1);
    }
}

void list_mark_shown(struct list *list)
{
    for (size_t i = 0; i < list->n_shown; i++) {
        set_mark(list, list->shown[i], true);
    }
}

void list_unmark_all(struct list *list)
{
    if (list->n_marked > 0) {
        memset(list->marks, 0, list->source.n_rows);
    }
    list->n_marked = 0;
    list->range = SIZE_MAX;
    forget_absent(list);
}

bool list_in_range(const struct list *list, size_t index)
{
    if (list->range == SIZE_MAX) {
        return false;
    }
    size_t low = list->range < list->cursor ? list->range : list->cursor;
    size_t high = list->range < list->cursor ? list->cursor : list->range;
    return index >= low && index <= high;
}

void list_range(struct list *list)
{
    if (list->n_shown == 0) {
        return;
    }
    if (list->range == SIZE_MAX) {
        list->range = list->cursor;
        return;
    }
    for (size_t i = 0; i < list->n_shown; i++) {
        if (list_in_range(list, i)) {
            set_mark(list, list->shown[i], true);
        }
    }
    list->range = SIZE_MAX;
}

uint32_t *list_chosen(const struct list *list, size_t *n)
{
    size_t row = list_current(list);
    *n = 0;
    if (list->n_marked == 0 || list->alone) {
        if (row == SIZE_MAX) {
            return NULL;
        }
        uint32_t *one = mem_array(1, sizeof *one);
        one[0] = (uint32_t)row;
        *n = 1;
        return one;
    }
    uint32_t *chosen = mem_array(list->n_marked, sizeof *chosen);
    uint8_t *taken = mem_array(list->source.n_rows + 1, 1);
    for (size_t i = 0; i < list->n_shown; i++) {
        if (list->marks[list->shown[i]]) {
            chosen[(*n)++] = list->shown[i];
            taken[list->shown[i]] = 1;
        }
    }
    for (size_t i = 0; *n < list->n_marked && i < list->source.n_rows; i++) {
        if (list->marks[list->order[i]] && !taken[list->order[i]]) {
            chosen[(*n)++] = list->order[i];
        }
    }
    free(taken);
    return chosen;
}
