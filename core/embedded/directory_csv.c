/*
 * A directory as CSV: Amazon Connect's bulk-upload template, or any table with a column of logins.
 */

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"
#include "core/base/mem.h"
#include "core/embedded/directory_columns.h"
#include "core/embedded/directory_groups.h"
#include "core/embedded/directory_parse.h"

struct reading {
    const struct directory_text *source;
    struct csv csv;
    struct csv_row row;
    struct columns columns;
    struct collector collector;
    struct file_groups groups;
    size_t *group_at; /* by key of `groups`: its column */
    size_t n_rows;
    size_t n_left_out;
};

/* ---- who is active ------------------------------------------------------------------------- */

static enum err_code unknown_activity(struct reading *r, struct csv_field value, struct err *err)
{
    const struct directory_settings *settings = r->source->settings;
    char shown[64];
    text_sanitise_to(shown, sizeof shown, value.text, value.length, 0);
    err_set(err, ERR_INPUT,
            "%s:%zu: column \"%s\" says \"%s\", which means neither active nor inactive",
            r->source->file, r->row.line, r->columns.active.shown, shown);
    err_hint(err,
             "active_column = %s = ACTIVE, ... lists the values that mean active; it was set by %s",
             r->columns.active.shown,
             settings->active_origin ? settings->active_origin : "the configuration");
    return ERR_INPUT;
}

/* Whether the row is that of somebody who is active; ERR_INPUT if it does not say. */
static enum err_code judge_row(struct reading *r, bool *active, struct err *err)
{
    struct columns *columns = &r->columns;
    *active = true;
    for (size_t i = 0; i < columns->n_watched; i++) {
        struct csv_field field = csv_trim(r->row.fields[columns->watched_at[i]]);
        active_watch(&columns->watched[i], field.text, field.length);
    }
    if (columns->judged) {
        struct csv_field field = csv_trim(r->row.fields[columns->active_at]);
        enum activity activity = active_judge(&columns->active, field.text, field.length);
        if (activity == ACTIVITY_UNKNOWN) {
            return unknown_activity(r, field, err);
        }
        *active = activity == ACTIVITY_YES;
    }
    return ERR_OK;
}

static void note_activity(struct reading *r)
{
    for (size_t i = 0; i < r->columns.n_watched; i++) {
        active_note_watched(&r->columns.watched[i], r->n_rows, r->source->roster);
    }
    active_note_left_out(&r->columns.active, r->n_left_out, r->source->roster);
}

/* ---- the rows ------------------------------------------------------------------------------ */

/* Whether the file stops in this row: it has too few fields, and no line end behind it. */
static bool is_cut(const struct reading *r)
{
    return !r->row.ended && r->row.n_fields < r->columns.n_fields;
}

/* A login that stands last and has no line end behind it may be cut as well. */
static void remember_last(struct reading *r, struct csv_field login)
{
    if (!r->row.ended && r->columns.at[COLUMN_LOGIN] == r->row.n_fields - 1) {
        struct roster *roster = r->source->roster;
        roster->last_login = arena_strndup(&roster->arena, login.text, login.length);
    }
}

/* Columns that groups look at. A file need not have them. */
static enum err_code find_group_columns(struct reading *r, struct err *err)
{
    struct roster *roster = r->source->roster;
    r->group_at = mem_array(r->groups.n_keys + 1, sizeof *r->group_at);
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < r->groups.n_keys; i++) {
        const char *key = r->groups.keys[i];
        code = columns_find(&r->csv, &r->columns, key, &r->group_at[i], err);
        if (code == ERR_OK && r->group_at[i] != CSV_NO_COLUMN) {
            roster_note_column(roster, key);
        }
    }
    return code;
}

static void take_groups(struct reading *r, struct found_agent *agent)
{
    file_groups_begin(&r->groups);
    for (size_t i = 0; i < r->groups.n_keys; i++) {
        if (r->group_at[i] != CSV_NO_COLUMN) {
            file_groups_add(&r->groups, FIELD_COLUMN, r->groups.keys[i],
                            csv_trim(r->row.fields[r->group_at[i]]));
        }
    }
    agent->attributes = file_groups_end(&r->groups, &agent->n_attributes);
}

static enum err_code add_row(struct reading *r, struct err *err)
{
    const struct csv_row *row = &r->row;
    bool active;
    if (is_cut(r)) {
        roster_partial(r->source->roster, "%s ends in the middle of line %zu", r->source->file,
                       row->line);
        return ERR_OK;
    }
    if (csv_check_count(r->source->file, row, r->columns.n_fields, r->columns.line, err) !=
            ERR_OK ||
        judge_row(r, &active, err) != ERR_OK) {
        return ERR_INPUT;
    }
    r->n_rows++;
    if (!active) {
        r->n_left_out++;
        return ERR_OK;
    }
    struct csv_field login = columns_field(&r->columns, row, COLUMN_LOGIN);
    remember_last(r, login);
    struct csv_field name = columns_field(&r->columns, row, COLUMN_NAME);
    struct csv_field first = columns_field(&r->columns, row, COLUMN_FIRST);
    struct csv_field last = columns_field(&r->columns, row, COLUMN_LAST);
    struct csv_field profile = columns_field(&r->columns, row, COLUMN_PROFILE);
    struct found_agent agent = {
        .login = login.text,
        .login_length = login.length,
        .name = name.length > 0 ? name.text : NULL,
        .name_length = name.length,
        .first = first.text,
        .first_length = first.length,
        .last = last.text,
        .last_length = last.length,
        .profile = profile.text,
        .profile_length = profile.length,
        .place = row->line,
    };
    take_groups(r, &agent);
    return collector_add(&r->collector, &agent, err);
}

enum err_code directory_csv_parse(const struct directory_text *source, const char **format,
                                  struct err *err)
{
    struct reading r = {.source = source};
    csv_init(&r.csv, source->file, source->text, source->length);
    collector_init(&r.collector, source->file, false, source->roster, source->progress);
    r.collector.only = source->only;
    file_groups_init(&r.groups, source->settings ? source->settings->policy : NULL);
    enum err_code code = columns_read(&r.csv, source->settings, &r.columns, err);
    if (code == ERR_OK) {
        code = find_group_columns(&r, err);
    }
    bool connect = code == ERR_OK && r.columns.at[COLUMN_PROFILE] != CSV_NO_COLUMN;
    while (code == ERR_OK && (code = csv_next(&r.csv, &r.row, err)) == ERR_OK &&
           r.row.n_fields > 0) {
        if (!csv_is_blank(&r.row)) {
            code = add_row(&r, err);
        }
    }
    collector_report(&r.collector);
    source->roster->pages = 1;
    if (code == ERR_OK) {
        note_activity(&r);
    }
    *format = connect ? "CSV, bulk upload of Amazon Connect" : "CSV";
    file_groups_release(&r.groups);
    free(r.group_at);
    collector_release(&r.collector);
    csv_release(&r.csv);
    return code;
}
