#include "core/pool/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/nearest.h"
#include "core/format/csv.h"
#include "core/base/mem.h"
#include "core/pool/group.h"

/* ---- columns ------------------------------------------------------------------------------- */

static const char *const s_columns[] = {
#define X(column, name) [column] = name,
    EXPORT_COLUMNS(X)
#undef X
        NULL};

static enum err_code add_column(const char *name, struct export_columns *columns, struct err *err)
{
    enum export_column column = 0;
    while (column < EXPORT_COLUMN_COUNT && strcmp(s_columns[column], name) != 0) {
        column++;
    }
    if (column == EXPORT_COLUMN_COUNT) {
        const char *near = nearest_of(name, s_columns);
        err_set(err, ERR_INPUT, "\"%s\" is not a column of the list", name);
        err_hint(err,
                 "%s%s%sIt can have name, profile, group, since, pinned, source, agent_arn and "
                 "fallback, behind user and extension",
                 near ? "Did you mean \"" : "", near ? near : "", near ? "\"? " : "");
        return ERR_INPUT;
    }
    for (size_t i = 0; i < columns->n; i++) {
        if (columns->items[i] == column) {
            return err_set(err, ERR_INPUT, "\"%s\" stands twice", name);
        }
    }
    columns->items[columns->n++] = column;
    return ERR_OK;
}

enum err_code export_columns_parse(const char *text, struct export_columns *columns,
                                   struct err *err)
{
    enum err_code code = ERR_OK;
    *columns = (struct export_columns){.n = 0};
    for (text += strspn(text, ", "); *text && code == ERR_OK; text += strspn(text, ", ")) {
        char name[64];
        size_t length = strcspn(text, ", ");
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        code = add_column(name, columns, err);
        text += length;
    }
    return code;
}

bool export_has_column(const char *name)
{
    for (size_t i = 0; s_columns[i]; i++) {
        const char *a = s_columns[i];
        const char *b = name;
        while (*a && (*a == *b || (*a == '_' && *b == ' '))) {
            a++;
            b++;
        }
        if (*a == '\0' && *b == '\0') {
            return true;
        }
    }
    return false;
}

bool export_columns_want_roster(const struct export_columns *columns)
{
    bool wants = false;
    for (size_t i = 0; i < columns->n; i++) {
        wants = wants || columns->items[i] == EXPORT_NAME_COLUMN ||
                columns->items[i] == EXPORT_PROFILE_COLUMN;
    }
    return wants;
}

/* ---- rows ---------------------------------------------------------------------------------- */

struct row {
    const char *agent;
    const char *ext;
    const struct slot *slot;
};

/* `since` has room for a time. NULL: nothing. */
static const char *cell_of(const struct export_form *form, const struct slot *slot,
                           enum export_column column, char since[CLOCK_TEXT_MAX])
{
    const struct agent *agent = form->roster ? roster_find(form->roster, slot->agent) : NULL;
    const struct belongings *own = slot->own;
    switch (column) {
    case EXPORT_NAME_COLUMN:
        return agent ? agent->name : NULL;
    case EXPORT_PROFILE_COLUMN:
        return agent ? agent->routing_profile : NULL;
    case EXPORT_GROUP_COLUMN:
        return form->policy ? group_name(form->policy, group_of_ext(form->policy, slot->ext))
                            : NULL;
    case EXPORT_SINCE_COLUMN:
        if (slot->at_s != 0) {
            clock_format_s(slot->at_s, since);
        }
        return slot->at_s != 0 ? since : NULL;
    case EXPORT_PINNED_COLUMN:
        return slot->note;
    case EXPORT_SOURCE_COLUMN:
        return own ? own->source : NULL;
    case EXPORT_ARN_COLUMN:
        return own ? own->arn : NULL;
    case EXPORT_FALLBACK_COLUMN:
        return slot_fallback(slot);
    case EXPORT_COLUMN_COUNT:
        break;
    }
    return NULL;
}

static void put_row(struct buf *out, const struct export_form *form, const struct row *row)
{
    csv_put(out, row->agent, form->csv_safe);
    buf_putc(out, ',');
    buf_puts(out, row->ext);
    for (size_t i = 0; i < form->columns.n; i++) {
        char since[CLOCK_TEXT_MAX];
        const char *cell = cell_of(form, row->slot, form->columns.items[i], since);
        buf_putc(out, ',');
        csv_put(out, cell ? cell : "", form->csv_safe);
    }
    buf_puts(out, "\r\n");
}

static int compare(const void *a, const void *b)
{
    const struct row *one = a;
    const struct row *other = b;
    int order = strcmp(one->agent, other->agent);
    return order ? order : strcmp(one->ext, other->ext);
}

enum err_code export_build(const struct snapshot *snapshot, const struct export_form *form,
                           struct buf *out, size_t *rows, struct err *err)
{
    struct row *assigned = mem_array(snapshot->n_slots + 1, sizeof *assigned);
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ASSIGNED && slot->agent) {
            assigned[n++] = (struct row){slot->agent, slot->ext, slot};
        }
    }
    if (n > 1) {
        qsort(assigned, n, sizeof *assigned, compare);
    }
    buf_puts(out, "user,extension");
    for (size_t i = 0; i < form->columns.n; i++) {
        buf_printf(out, ",%s", s_columns[form->columns.items[i]]);
    }
    buf_puts(out, "\r\n");
    for (size_t i = 0; i < n; i++) {
        put_row(out, form, &assigned[i]);
    }
    free(assigned);
    if (rows) {
        *rows = n;
    }
    return buf_failed(out)
               ? err_set(err, ERR_NOMEM, "the export of %zu rows does not fit into memory", n)
               : ERR_OK;
}
