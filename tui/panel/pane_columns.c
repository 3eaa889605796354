/*
 * The columns of a pane: which are shown, in which order, and how wide.
 */

#include "tui/panel/pane.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

#define SHORTEST 8 /* the width a column keeps when it gives to a more important one */

/* ---- how wide ------------------------------------------------------------------------------- */

/* Those that are wanted and may be shown, from the left; 0: not. */
static int least_widths(const struct pane *pane, const struct shell *shell, int room,
                        int widths[COLUMNS_MAX])
{
    int ext_width = session_policy(shell->place.session)->width;
    int used = -1; /* one blank separates two columns */
    for (int k = 0; k < pane->n_chosen; k++) {
        int i = pane->chosen[k];
        const struct pane_column *column = &pane->ops->columns[i];
        bool passed = k > 0 && k <= pane->sideways;
        if (!passed && (!pane->ops->shows || pane->ops->shows(shell, i, room))) {
            widths[i] = column->ext && ext_width > column->least ? ext_width : column->least;
            used += widths[i] + 1;
        }
    }
    return used;
}

/* Drops columns until the others fit; returns the columns of the screen that are left over. */
static int drop_columns(const struct pane *pane, int room, int used, int widths[COLUMNS_MAX])
{
    const struct pane_column *columns = pane->ops->columns;
    while (used > room) {
        int drop = -1;
        for (int i = 0; i < pane->ops->n_columns; i++) {
            if (widths[i] > 0 && columns[i].drop > 0 &&
                (drop < 0 || columns[i].drop > columns[drop].drop)) {
                drop = i;
            }
        }
        if (drop < 0) {
            break;
        }
        used -= widths[drop] + 1;
        widths[drop] = 0;
    }
    return room - used;
}

static void share_out(const struct pane *pane, int over, int widths[COLUMNS_MAX])
{
    const struct pane_column *columns = pane->ops->columns;
    int shares = 0;
    for (int i = 0; i < pane->ops->n_columns; i++) {
        shares += widths[i] > 0 ? columns[i].share : 0;
        if (widths[i] > 0 && columns[i].apart && over > 0) {
            widths[i]++;
            over--;
        }
    }
    for (int i = 0; i < pane->ops->n_columns && over != 0 && shares > 0; i++) {
        if (widths[i] > 0 && columns[i].share > 0) {
            int more = over * columns[i].share / shares;
            widths[i] = widths[i] + more > 4 ? widths[i] + more : 4;
            over -= more;
            shares -= columns[i].share;
        }
    }
}

/* What each column lacks, negative: has to spare. Returns all that is to spare, taken away. */
static int take_spare(const struct pane *pane, const struct screen_data *data,
                      int widths[COLUMNS_MAX], int lacks[COLUMNS_MAX])
{
    int spare = 0;
    for (int i = 0; i < pane->ops->n_columns; i++) {
        int heading = (int)strlen(pane->ops->columns[i].name) + 1; /* and the arrow */
        int wanted = widths[i] > 0 ? pane->ops->wanted(data, i) : 0;
        lacks[i] = wanted == 0 ? 0 : (wanted > heading ? wanted : heading) - widths[i];
        if (lacks[i] < 0) {
            spare -= lacks[i];
            widths[i] += lacks[i];
        }
    }
    return spare;
}

/* Width that a column does not need goes to the columns that would cut their text, from the left.
   If no column has width to spare, one that could be dropped gives up what it can. */
static void settle(const struct pane *pane, const struct screen_data *data, int widths[COLUMNS_MAX])
{
    int lacks[COLUMNS_MAX] = {0};
    int spare = take_spare(pane, data, widths, lacks);
    int first = -1;
    for (int i = 0; i < pane->ops->n_columns; i++) {
        first = first < 0 && widths[i] > 0 && pane->ops->wanted(data, i) > 0 ? i : first;
        for (int from = pane->ops->n_columns - 1; from > i && spare < lacks[i]; from--) {
            bool gives = widths[from] > SHORTEST && pane->ops->columns[from].share > 0;
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

void pane_place_columns(struct pane *pane, const struct shell *shell, struct rect inside)
{
    int widths[COLUMNS_MAX] = {0};
    int room = inside.width - pane->ops->gutter;
    int end = inside.x + inside.width;
    int x = inside.x + pane->ops->gutter;
    int used = least_widths(pane, shell, room, widths);
    share_out(pane, drop_columns(pane, room, used, widths), widths);
    if (pane->ops->wanted && shell->data) {
        settle(pane, shell->data, widths);
    }
    pane->n_placed = 0;
    for (int k = 0; k < pane->n_chosen && x < end; k++) {
        int width = widths[pane->chosen[k]];
        if (width > 0) {
            width = width < end - x ? width : end - x;
            pane->placed[pane->n_placed++] = (struct placed){pane->chosen[k], x, width};
            x += width + 1;
        }
    }
}

/* ---- which ---------------------------------------------------------------------------------- */

void pane_all_columns(struct pane *pane)
{
    pane->n_chosen = pane->ops->n_columns;
    pane->sideways = 0;
    for (int i = 0; i < pane->n_chosen; i++) {
        pane->chosen[i] = i;
    }
}

static bool may_show(const struct pane *pane, const struct shell *shell, int place)
{
    return !pane->ops->shows || pane->ops->shows(shell, pane->chosen[place], pane->rows.width);
}

/* One key passes one column that can be seen, and with it those that are not shown at all. */
bool pane_move_columns(struct pane *pane, const struct shell *shell, int step)
{
    bool last = pane->n_placed > 0 &&
                pane->placed[pane->n_placed - 1].column == pane->chosen[pane->n_chosen - 1];
    if (step > 0 ? last || pane->sideways + 2 >= pane->n_chosen : pane->sideways == 0) {
        return false;
    }
    bool seen = false;
    while (!seen && (step > 0 ? pane->sideways + 2 < pane->n_chosen : pane->sideways > 0)) {
        pane->sideways += step;
        seen = may_show(pane, shell, step > 0 ? pane->sideways : pane->sideways + 1);
    }
    return true;
}

static bool is_named(const struct pane *pane, int column, const char *name)
{
    return strcmp(pane->ops->columns[column].name, name) == 0;
}

bool pane_has_column(const struct pane *pane, const char *name)
{
    for (int k = 0; k < pane->n_chosen; k++) {
        if (is_named(pane, pane->chosen[k], name)) {
            return true;
        }
    }
    return false;
}

static void append_column(struct pane *pane, const char *name)
{
    for (int i = 0; i < pane->ops->n_columns; i++) {
        if (is_named(pane, i, name)) {
            pane->chosen[pane->n_chosen++] = i;
        }
    }
}

/* Those of that name leave; returns where the first of them stood. */
static int take_out(struct pane *pane, const char *name)
{
    int place = pane->n_chosen;
    int kept = 0;
    for (int k = 0; k < pane->n_chosen; k++) {
        if (!is_named(pane, pane->chosen[k], name)) {
            pane->chosen[kept++] = pane->chosen[k];
        } else if (place > kept) {
            place = kept;
        }
    }
    pane->n_chosen = kept;
    return place;
}

bool pane_toggle_column(struct pane *pane, const char *name)
{
    pane->sideways = 0;
    if (!pane_has_column(pane, name)) {
        append_column(pane, name);
        return true;
    }
    struct pane before = *pane;
    take_out(pane, name);
    if (pane->n_chosen == 0) {
        *pane = before;
        return false;
    }
    return true;
}

bool pane_shift_column(struct pane *pane, const char *name, int step)
{
    if (!pane_has_column(pane, name)) {
        return false;
    }
    int place = take_out(pane, name);
    int left = pane->n_chosen;
    int to = place + step;
    /* Columns of one name stay together. */
    if (step < 0 && to > 0 && to < left &&
        is_named(pane, pane->chosen[to - 1], pane->ops->columns[pane->chosen[to]].name)) {
        to--;
    } else if (step > 0 && to < left &&
               is_named(pane, pane->chosen[to - 1], pane->ops->columns[pane->chosen[to]].name)) {
        to++;
    }
    to = to < 0 ? 0 : to > left ? left : to;
    append_column(pane, name);
    int n = pane->n_chosen - left;
    int moved[COLUMNS_MAX];
    memcpy(moved, pane->chosen + left, (size_t)n * sizeof *moved);
    memmove(pane->chosen + to + n, pane->chosen + to, (size_t)(left - to) * sizeof *moved);
    memcpy(pane->chosen + to, moved, (size_t)n * sizeof *moved);
    return to != place;
}

void pane_columns_text(const struct pane *pane, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < pane->n_chosen && used < size; k++) {
        const char *name = pane->ops->columns[pane->chosen[k]].name;
        if (k == 0 || !is_named(pane, pane->chosen[k - 1], name)) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", k ? "," : "", name);
        }
    }
}

void pane_columns_parse(struct pane *pane, const char *text)
{
    char name[32];
    pane->n_chosen = 0;
    pane->sideways = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        if (!pane_has_column(pane, name)) {
            append_column(pane, name);
        }
        at += length + (at[length] == ',');
    }
    if (pane->n_chosen == 0) {
        pane_all_columns(pane);
    }
}
