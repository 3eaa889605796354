#include "core/headless/run.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/headless/grid.h"
#include "core/headless/report_private.h"
#include "core/headless/sheet.h"
#include "core/pool/group.h"

#include "core/base/banned.h"

/* --report: a summary for people who do not operate the pool. */

#define USUAL_SPAN_MS (30 * CLOCK_DAY_S * 1000) /* of the changes, without --since */

static const char *const s_utilisation[] = {"group",    "range",   "total",        "assigned",
                                            "free",     "cooling", "reserved",     "blocked",
                                            "not_made", "unknown", "used_percent", NULL};
static const char *const s_changes[] = {"user",     "via",   "action",   "actions",
                                        "assigned", "moved", "released", "reserved",
                                        "other",    "first", "last",     NULL};
static const char *const s_phonebook[] = {"name",  "agent", "extension", "routing_profile",
                                          "group", NULL};
static const char *const s_conflicts[] = {"kind", "extension", "agent", "detail", NULL};

/* ---- utilisation ----------------------------------------------------------------------------- */

struct use_of_range {
    uint64_t total;
    uint64_t counts[EXT_STATE_COUNT];
    uint64_t unknown;
};

static uint64_t size_of(const struct ext_range *range)
{
    return strtoull(range->last, NULL, 10) - strtoull(range->first, NULL, 10) + 1;
}

/* The place of the range that has the number; of none of them: n_ranges. */
static size_t range_of(const struct policy *policy, const char *ext)
{
    size_t i = 0;
    while (i < policy->n_ranges &&
           (strcmp(policy->ranges[i].first, ext) > 0 || strcmp(ext, policy->ranges[i].last) > 0)) {
        i++;
    }
    return i;
}

/* `group` NULL or "": none. */
static void add_use(struct grid *grid, const char *group, const char *range,
                    const struct use_of_range *use)
{
    uint64_t known = 0;
    for (int state = 0; state < EXT_STATE_COUNT; state++) {
        known += use->counts[state];
    }
    uint64_t made = known + use->unknown;
    const char *share =
        use->total == 0
            ? NULL
            : arena_printf(&grid->arena, "%.1f",
                           100.0 * (double)use->counts[EXT_ASSIGNED] / (double)use->total);
    const char *const cells[] = {group && *group ? group : NULL,
                                 range,
                                 grid_number(grid, use->total),
                                 grid_number(grid, use->counts[EXT_ASSIGNED]),
                                 grid_number(grid, use->counts[EXT_FREE]),
                                 grid_number(grid, use->counts[EXT_COOLING]),
                                 grid_number(grid, use->counts[EXT_RESERVED]),
                                 grid_number(grid, use->counts[EXT_BLOCKED]),
                                 grid_number(grid, use->total > made ? use->total - made : 0),
                                 grid_number(grid, use->unknown),
                                 share};
    grid_add(grid, cells);
}

static void add_up(struct use_of_range *sum, const struct use_of_range *use)
{
    sum->total += use->total;
    sum->unknown += use->unknown;
    for (int state = 0; state < EXT_STATE_COUNT; state++) {
        sum->counts[state] += use->counts[state];
    }
}

static enum err_code fill_utilisation(struct run *run, struct grid *grid)
{
    const struct policy *policy = session_policy(run->session);
    const struct snapshot *snapshot = run->use.snapshot;
    struct use_of_range *uses = mem_array(policy->n_ranges + 1, sizeof *uses);
    struct use_of_range sum = {.total = 0};
    struct use_of_range *outside = &uses[policy->n_ranges];
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        struct use_of_range *use = &uses[range_of(policy, slot->ext)];
        bool unknown = slot->state == SLOT_ABSENT;
        use->unknown += unknown;
        use->counts[policy_state(policy, slot, run_shown_s(run))] += !unknown;
        outside->total += use == outside;
    }
    const char *only = run->settings->group;
    for (size_t i = 0; i < policy->n_ranges; i++) {
        const struct ext_range *range = &policy->ranges[i];
        if (only && strcmp(group_name(policy, range->group), only) != 0) {
            continue;
        }
        uses[i].total = size_of(range);
        add_up(&sum, &uses[i]);
        add_use(grid, group_name(policy, range->group),
                arena_printf(&grid->arena, "%s-%s", range->first, range->last), &uses[i]);
    }
    if (outside->total > 0 && !only) {
        add_up(&sum, outside);
        add_use(grid, NULL, "outside", outside);
    }
    add_use(grid, NULL, "all", &sum);
    free(uses);
    return ERR_OK;
}

/* ---- changes ---------------------------------------------------------------------------------- */

/* What one person did in one way. */
struct deeds {
    const struct audit_action *newest, *oldest;
    uint64_t actions;
    uint64_t counts[CHANGE_KIND_COUNT];
};

static void add_deeds(struct grid *grid, const struct deeds *deeds)
{
    const uint64_t *counts = deeds->counts;
    uint64_t other = 0;
    for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        other += counts[kind];
    }
    other -= counts[CHANGE_ASSIGN] + counts[CHANGE_REASSIGN] + counts[CHANGE_RELEASE] +
             counts[CHANGE_RESERVE];
    const char *const cells[] = {audit_who(deeds->newest),
                                 audit_via_name(deeds->newest->origin.via),
                                 deeds->newest->action,
                                 grid_number(grid, deeds->actions),
                                 grid_number(grid, counts[CHANGE_ASSIGN]),
                                 grid_number(grid, counts[CHANGE_REASSIGN]),
                                 grid_number(grid, counts[CHANGE_RELEASE]),
                                 grid_number(grid, counts[CHANGE_RESERVE]),
                                 grid_number(grid, other),
                                 report_moment(&grid->arena, deeds->oldest->at_ms / 1000),
                                 report_moment(&grid->arena, deeds->newest->at_ms / 1000)};
    grid_add(grid, cells);
}

/* The newest first, as in the history. */
static void sum_up(struct grid *grid, const struct history *history)
{
    struct deeds *all = mem_array(history->n_actions + 1, sizeof *all);
    struct strmap places;
    size_t n = 0;
    strmap_init(&places, 0);
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        const char *via = audit_via_name(action->origin.via);
        const char *key = arena_printf(&grid->arena, "%s\n%s\n%s", audit_who(action),
                                       via ? via : "", action->action);
        size_t place = strmap_add(&places, key, n);
        struct deeds *deeds = &all[place];
        if (place == n) {
            n++;
            deeds->newest = action;
        }
        deeds->oldest = action;
        deeds->actions++;
        for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
            deeds->counts[kind] += action->counts[kind];
        }
    }
    for (size_t i = 0; i < n; i++) {
        add_deeds(grid, &all[i]);
    }
    strmap_release(&places);
    free(all);
}

/* Cells point into the history, which the grid's arena outlives: they are copied. */
static void keep_texts(struct grid *grid, size_t n_columns)
{
    for (size_t i = 0; i < grid->n_rows * n_columns; i++) {
        grid->cells[i] = grid->cells[i] ? arena_strdup(&grid->arena, grid->cells[i]) : NULL;
    }
}

static enum err_code fill_changes(struct run *run, struct grid *grid)
{
    const struct settings *settings = run->settings;
    int64_t now_ms = session_now_s(run->session) * 1000;
    struct history *history = NULL;
    const struct history_query query = {
        .since_ms = settings->since.given ? past_moment_ms(&settings->since, now_ms)
                                          : now_ms - USUAL_SPAN_MS,
        .until_ms = past_moment_ms(&settings->until, now_ms),
        .counts_only = true,
    };
    enum err_code code =
        session_history(run->session, &query, &run->line.progress, &history, &run->use.err);
    if (code == ERR_OK) {
        grid->about = arena_printf(&grid->arena, "%s, since %s", grid->about,
                                   report_moment(&grid->arena, query.since_ms / 1000));
        sum_up(grid, history);
        keep_texts(grid, sizeof s_changes / sizeof *s_changes - 1);
    }
    history_free(history);
    return code;
}

/* ---- phonebook -------------------------------------------------------------------------------- */

static const char *shown_name(const struct agent_row *row)
{
    return row->name ? row->name : row->login;
}

static int by_name(const void *a, const void *b)
{
    const struct agent_row *const *one = a;
    const struct agent_row *const *other = b;
    const char *left = shown_name(*one);
    const char *right = shown_name(*other);
    for (; *left && text_lower(*left) == text_lower(*right); left++, right++) {
    }
    int order = (unsigned char)text_lower(*left) - (unsigned char)text_lower(*right);
    return order ? order : strcmp((*one)->login, (*other)->login);
}

static void fill_phonebook(struct run *run, struct grid *grid, const struct agent_rows *rows)
{
    const struct policy *policy = session_policy(run->session);
    const struct agent_row **held = mem_array(rows->n_rows + 1, sizeof *held);
    size_t n = 0;
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (rows->rows[i].slot) {
            held[n++] = &rows->rows[i];
        }
    }
    if (n > 1) {
        qsort(held, n, sizeof *held, by_name);
    }
    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = {held[i]->name, held[i]->login, held[i]->slot->ext,
                                     held[i]->routing_profile,
                                     agent_row_group_name(policy, held[i])};
        grid_add(grid, cells);
    }
    free(held);
}

/* ---- conflicts -------------------------------------------------------------------------------- */

/* With --group: whether the number is one of that group. */
static bool is_wanted(const struct run *run, const char *ext)
{
    const struct policy *policy = session_policy(run->session);
    const char *group = run->settings->group;
    return !group || (ext && strcmp(group_name(policy, group_of_ext(policy, ext)), group) == 0);
}

static void add_problems(struct run *run, struct grid *grid)
{
    const struct plan_input input =
        session_plan_input(run->session, run->use.snapshot, run->use.roster);
    struct diagnosis *diagnosis = doctor_examine(&input);
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        const char *const cells[] = {problem_kind_name(problem->kind),
                                     arena_strdup(&grid->arena, problem->ext),
                                     arena_strdup(&grid->arena, problem->agent),
                                     arena_strdup(&grid->arena, problem->detail)};
        if (is_wanted(run, problem->ext)) {
            grid_add(grid, cells);
        }
    }
    diagnosis_free(diagnosis);
}

static void add_unknown(struct run *run, struct grid *grid)
{
    const struct snapshot *snapshot = run->use.snapshot;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ABSENT && is_wanted(run, slot->ext)) {
            grid_add(grid, (const char *[]){"unknown", slot->ext, NULL, slot->note});
        }
    }
}

static void fill_conflicts(struct run *run, struct grid *grid, const struct agent_rows *rows)
{
    if (run->then) {
        add_unknown(run, grid);
    } else {
        add_problems(run, grid);
    }
    for (size_t i = 0; i < rows->n_rows; i++) {
        const struct agent_row *row = &rows->rows[i];
        if (row->state == AGENT_NEW) {
            grid_add(grid, (const char *[]){"unassigned", NULL, row->login,
                                            "is in the directory and has no extension"});
        } else if (row->state == AGENT_STALE) {
            grid_add(grid,
                     (const char *[]){"stale", row->slot->ext, row->login,
                                      row->slot->note
                                          ? "left the directory; pinned, so a sync keeps it"
                                          : "left the directory; the next sync takes it back"});
        }
    }
}

/* ---- all of them ------------------------------------------------------------------------------ */

static enum err_code fill_people(struct run *run, struct grid *grid, bool phonebook,
                                 struct arena *arena)
{
    struct agent_rows rows;
    if (!run->then && session_directory_uri(run->session) &&
        usecase_read_directory(&run->use) != ERR_OK) {
        return run->use.err.code;
    }
    progress_line_end(&run->line);
    run_say_note(run);
    agent_rows_join(run->use.snapshot, run->use.roster, session_policy(run->session), arena, &rows);
    if (run->settings->group) {
        agent_rows_narrow(&rows, session_policy(run->session), run->settings->group);
    }
    void (*fill)(struct run *, struct grid *, const struct agent_rows *) =
        phonebook ? fill_phonebook : fill_conflicts;
    fill(run, grid, &rows);
    return ERR_OK;
}

/* The title, the columns, and which of these are numbers. */
static struct grid grid_of(enum report_kind kind)
{
    switch (kind) {
    case REPORT_UTILISATION:
        return (struct grid){
            .title = "Extensions in use", .names = s_utilisation, .numbers = 0x7fcu};
    case REPORT_CHANGES:
        return (struct grid){.title = "Changes", .names = s_changes, .numbers = 0x1f8u};
    case REPORT_PHONEBOOK:
        return (struct grid){.title = "Phone book", .names = s_phonebook};
    case REPORT_CONFLICTS:
        break;
    }
    return (struct grid){.title = "What needs a person", .names = s_conflicts};
}

static enum err_code fill(struct run *run, struct grid *grid, struct arena *arena)
{
    enum report_kind kind = run->settings->report_kind;
    grid->about = session_store_uri(run->session);
    if (kind == REPORT_CHANGES) {
        return fill_changes(run, grid);
    }
    enum err_code code = run_read_store(run);
    if (code != ERR_OK) {
        return code;
    }
    grid->about = arena_printf(&grid->arena, "%s, as of %s", grid->about,
                               report_moment(&grid->arena, run_shown_s(run)));
    return kind == REPORT_UTILISATION ? fill_utilisation(run, grid)
                                      : fill_people(run, grid, kind == REPORT_PHONEBOOK, arena);
}

int run_report(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct err *err = &run->use.err;
    struct grid grid = grid_of(run->settings->report_kind);
    enum err_code code = sheet_check(grid.names, run->settings, err);
    if (code == ERR_OK) {
        code = fill(run, &grid, &arena);
    }
    progress_line_end(&run->line);
    if (code == ERR_OK) {
        code = grid_print(&grid, run->report, run->settings, err);
    }
    grid_release(&grid);
    arena_release(&arena);
    return code == ERR_OK ? 0 : run_report_failure(run);
}
