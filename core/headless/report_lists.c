#include "core/headless/report_private.h"
#include "core/headless/sheet.h"

#include <string.h>

#include "core/base/banned.h"

/* Lists of agents and of extensions: text for people, and rows for other programs. */

/* ---- groups and sources -------------------------------------------------------------------- */

const char *report_row_source(struct arena *arena, const struct roster *roster,
                              const struct agent_row *row)
{
    size_t length = 0;
    const char *source = agent_row_source(roster, row, &length);
    return source ? arena_strndup(arena, source, length) : NULL;
}

const char *report_slot_source(struct arena *arena, const struct slot *slot)
{
    const struct agent_row row = {.slot = slot};
    return slot->state == SLOT_ASSIGNED ? report_row_source(arena, NULL, &row) : NULL;
}

const char *report_ext_group(const struct policy *policy, const struct slot *slot)
{
    const struct agent_row row = {.slot = slot};
    return agent_row_group_name(policy, &row);
}

/* Whether a list has more than one source. */
struct seen_sources {
    const char *first;
    size_t length;
    bool several;
};

static void see_source(struct seen_sources *seen, const struct roster *roster,
                       const struct agent_row *row)
{
    size_t length = 0;
    const char *source = agent_row_source(roster, row, &length);
    if (source && !seen->first) {
        seen->first = source;
        seen->length = length;
    } else if (source) {
        seen->several =
            seen->several || length != seen->length || memcmp(source, seen->first, length) != 0;
    }
}

/* ---- tables of some columns ------------------------------------------------------------------ */

#define COLUMNS_MAX 10

/* The columns of a list that are shown, as indexes. */
struct columns {
    size_t shown[COLUMNS_MAX];
    size_t n;
};

static void choose_if(struct columns *columns, size_t column, bool shown)
{
    if (shown) {
        columns->shown[columns->n++] = column;
    }
}

static void add_row(struct table *table, const struct columns *columns, const char *const *cells,
                    bool heading)
{
    const char *chosen[COLUMNS_MAX];
    for (size_t i = 0; i < columns->n; i++) {
        chosen[i] = cells[columns->shown[i]];
    }
    table_add(table, chosen, heading);
}

/* ---- agents ---------------------------------------------------------------------------------- */

const char *const report_agent_columns[] = {"agent",  "name",  "extension", "state", "since",
                                            "pinned", "group", "source",    NULL};

enum { AGENT_GROUP = 6, AGENT_SOURCE, AGENT_COLUMNS };

static void agent_cells(const struct agents_report *shown, const struct agent_row *row,
                        struct arena *arena, const char *cells[AGENT_COLUMNS])
{
    const struct slot *slot = row->slot;
    const char *const all[AGENT_COLUMNS] = {row->login,
                                            row->name,
                                            slot ? slot->ext : NULL,
                                            agent_state_name(row->state),
                                            slot ? report_moment(arena, slot->at_s) : NULL,
                                            slot ? slot->note : NULL,
                                            agent_row_group_name(shown->policy, row),
                                            report_row_source(arena, shown->roster, row)};
    memcpy(cells, all, sizeof all);
}

static void choose_agent_columns(const struct agents_report *shown, struct columns *columns)
{
    struct seen_sources seen = {.first = NULL};
    for (size_t i = 0; i < shown->rows->n_rows && !seen.several; i++) {
        see_source(&seen, shown->roster, &shown->rows->rows[i]);
    }
    for (size_t i = 0; i < AGENT_GROUP; i++) {
        choose_if(columns, i, true);
    }
    choose_if(columns, AGENT_GROUP, shown->policy->n_groups > 0);
    choose_if(columns, AGENT_SOURCE, seen.several);
}

void report_text_agents(const struct report *report, const struct agents_report *shown)
{
    static const char *const headings[AGENT_COLUMNS] = {"LOGIN", "NAME",   "EXT",   "STATE",
                                                        "SINCE", "PINNED", "GROUP", "SOURCE"};
    struct table table;
    struct columns columns = {.n = 0};
    choose_agent_columns(shown, &columns);
    report_table(report, &table, columns.n);
    table.whole = 1u << 0 | 1u << 2;
    add_row(&table, &columns, headings, true);
    for (size_t i = 0; i < shown->rows->n_rows; i++) {
        const char *cells[AGENT_COLUMNS];
        agent_cells(shown, &shown->rows->rows[i], &table.arena, cells);
        cells[2] = cells[2] ? cells[2] : "-";
        add_row(&table, &columns, cells, false);
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

enum err_code report_rows_agents(const struct report *report, const struct settings *settings,
                                 const struct agents_report *shown, struct err *err)
{
    struct sheet sheet;
    struct arena arena = ARENA_INIT;
    enum err_code code = sheet_init(&sheet, report, report_agent_columns, settings, err);
    if (code != ERR_OK) {
        return code;
    }
    for (size_t i = 0; i < shown->rows->n_rows; i++) {
        const char *cells[AGENT_COLUMNS];
        agent_cells(shown, &shown->rows->rows[i], &arena, cells);
        sheet_row(&sheet, cells);
    }
    arena_release(&arena);
    sheet_end(&sheet);
    return ERR_OK;
}

/* ---- extensions ------------------------------------------------------------------------------ */

const char *const report_extension_columns[] = {"extension", "state",  "agent", "since",
                                                "note",      "target", "until", "last_agent",
                                                "group",     "source", NULL};

enum { EXT_TARGET = 5, EXT_UNTIL, EXT_LAST_AGENT, EXT_GROUP, EXT_SOURCE, EXT_COLUMNS };

bool report_shows_extension(const struct extensions_report *shown, const struct slot *slot)
{
    const char *group = shown->group ? report_ext_group(shown->policy, slot) : NULL;
    bool in_group = !shown->group || (group && strcmp(group, shown->group) == 0);
    return in_group &&
           (!shown->free_only || policy_state(shown->policy, slot, shown->now_s) == EXT_FREE);
}

static const char *state_name(const struct rewound *then, enum ext_state state)
{
    return then && state == EXT_ABSENT ? "unknown" : ext_state_name(state);
}

static void extension_cells(const struct extensions_report *shown, const struct slot *slot,
                            struct arena *arena, const char *cells[EXT_COLUMNS])
{
    enum ext_state state = policy_state(shown->policy, slot, shown->now_s);
    bool held = slot->state == SLOT_ASSIGNED;
    const char *const all[EXT_COLUMNS] = {slot->ext,
                                          state_name(shown->then, state),
                                          held ? slot->agent : NULL,
                                          report_moment(arena, slot->at_s),
                                          slot->note,
                                          slot->target,
                                          report_moment(arena, slot->until_s),
                                          held ? NULL : slot->agent,
                                          report_ext_group(shown->policy, slot),
                                          report_slot_source(arena, slot)};
    memcpy(cells, all, sizeof all);
}

/* Who has it, or had it last. */
static const char *who(struct arena *arena, const struct slot *slot)
{
    if (slot->state == SLOT_ASSIGNED) {
        return slot->agent;
    }
    return slot->agent ? arena_printf(arena, "was %s", slot->agent) : NULL;
}

/* "before" a time if somebody's number was adopted then. */
static const char *since(struct arena *arena, const struct rewound *then, const struct slot *slot)
{
    const struct rewind_doubt *doubt = then ? rewound_doubt(then, slot->ext) : NULL;
    return doubt && doubt->kind == DOUBT_HELD_BEFORE
               ? arena_printf(arena, "before %s", report_moment(arena, doubt->at_ms / 1000))
               : report_moment(arena, slot->at_s);
}

/* The last ones only if some number has something there: where calls go, when a reservation ends. */
static void choose_extension_columns(const struct extensions_report *shown, struct columns *columns)
{
    const struct snapshot *snapshot = shown->snapshot;
    struct seen_sources seen = {.first = NULL};
    bool calls = false;
    for (size_t i = 0; i < snapshot->n_slots && !shown->free_only; i++) {
        const struct agent_row row = {.slot = &snapshot->slots[i]};
        see_source(&seen, NULL, &row);
        calls = calls || row.slot->target || row.slot->until_s > 0;
    }
    for (size_t i = 0; i < EXT_TARGET; i++) {
        choose_if(columns, i, true);
    }
    choose_if(columns, EXT_TARGET, calls);
    choose_if(columns, EXT_UNTIL, calls);
    choose_if(columns, EXT_GROUP, shown->policy->n_groups > 0);
    choose_if(columns, EXT_SOURCE, seen.several);
}

void report_text_extensions(const struct report *report, const struct extensions_report *shown)
{
    static const char *const headings[EXT_COLUMNS] = {
        "EXT", "STATE", "AGENT", "SINCE", "NOTE", "TARGET", "UNTIL", "", "GROUP", "SOURCE"};
    struct table table;
    struct columns columns = {.n = 0};
    const struct snapshot *snapshot = shown->snapshot;
    choose_extension_columns(shown, &columns);
    report_table(report, &table, columns.n);
    table.whole = 1u << 0;
    add_row(&table, &columns, headings, true);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        const char *cells[EXT_COLUMNS];
        if (report_shows_extension(shown, slot)) {
            extension_cells(shown, slot, &table.arena, cells);
            cells[2] = who(&table.arena, slot);
            cells[3] = since(&table.arena, shown->then, slot);
            add_row(&table, &columns, cells, false);
        }
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

enum err_code report_rows_extensions(const struct report *report, const struct settings *settings,
                                     const struct extensions_report *shown, struct err *err)
{
    struct sheet sheet;
    struct arena arena = ARENA_INIT;
    enum err_code code = sheet_init(&sheet, report, report_extension_columns, settings, err);
    for (size_t i = 0; i < shown->snapshot->n_slots && code == ERR_OK; i++) {
        const struct slot *slot = &shown->snapshot->slots[i];
        const char *cells[EXT_COLUMNS];
        if (report_shows_extension(shown, slot)) {
            extension_cells(shown, slot, &arena, cells);
            sheet_row(&sheet, cells);
        }
    }
    if (code == ERR_OK) {
        sheet_end(&sheet);
    }
    arena_release(&arena);
    return code;
}
