#include "core/session/health.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/plan/builder.h"

#include "core/base/banned.h"

/* An action that began so lately may still be at work. */
#define AT_WORK_MS 600000
/* How far back, and how many records, the end of the trail is read. */
#define TRAIL_DAYS 1
#define TRAIL_RECORDS 16
/* Numbers that are read again by key; the others count as they were seen. */
#define POINT_READS 25

static const struct {
    const char *name;
    int exit;
} s_kinds[] = {
#define X(kind, name, exit) [kind] = {name, exit},
    HEALTH_KINDS(X)
#undef X
};

const char *health_kind_name(enum health_kind kind)
{
    return s_kinds[kind].name;
}

static struct finding *add(struct health *health, enum health_kind kind, const char *detail)
{
    if (health->n_findings == health->room) {
        health->room = health->room ? 2 * health->room : 8;
        health->findings = mem_resize(health->findings, health->room, sizeof *health->findings);
    }
    struct finding *finding = &health->findings[health->n_findings++];
    *finding = (struct finding){.kind = kind, .detail = arena_strdup(&health->arena, detail)};
    return finding;
}

/* Only missing credentials, a stop and a wrong configuration have a status of their own here: what
   else keeps it from telling is 1. */
static int status_of(const struct err *err)
{
    switch ((int)err->code) {
    case ERR_AUTH:
    case ERR_CANCELLED:
    case ERR_USAGE:
    case ERR_CONFIG:
        return err_exit_status(err->code);
    default:
        return s_kinds[HEALTH_CANNOT_TELL].exit;
    }
}

static void cannot_tell(struct health *health, const struct err *err)
{
    add(health, HEALTH_CANNOT_TELL, err->text);
    health->exit = health->exit ? health->exit : status_of(err);
}

/* ---- damage ------------------------------------------------------------------------------ */

/* The others are no damage: what the next sync does anyway, or what only the doctor can judge. */
static bool is_damage(enum problem_kind kind)
{
    switch (kind) {
    case PROBLEM_LEAKED:
    case PROBLEM_FREE_AND_ASSIGNED:
    case PROBLEM_FREE_AND_RESERVED:
    case PROBLEM_ASSIGNED_AND_RESERVED:
    case PROBLEM_TWO_EXTENSIONS:
    case PROBLEM_READER_UNSAFE:
    case PROBLEM_CLOCK:
        return true;
    case PROBLEM_EXEMPT_HOLDER:
    case PROBLEM_CLAIM_MISSING:
    case PROBLEM_CLAIM_STALE:
    case PROBLEM_MISSING:
    case PROBLEM_OUT_OF_RANGE:
    case PROBLEM_NOT_ADOPTED:
    case PROBLEM_EXPIRED:
    case PROBLEM_TARGET:
    case PROBLEM_UNKNOWN_ITEM:
        return false;
    }
    return false;
}

/* What the number holds by now; false if that cannot be read. */
static bool read_again(struct usecase *use, const char *ext, struct arena *arena, struct slot *out)
{
    const struct store_lookup wanted = {.ext = ext, .arena = arena};
    struct err err = ERR_INIT;
    return session_read_slot(use->session, &wanted, use->progress, out, &err) == ERR_OK;
}

/* An index that lags shows a number that moves at this moment in both places. */
static bool is_still_so(struct usecase *use, const struct problem *problem, struct arena *arena)
{
    struct slot now;
    struct slot kept;
    if (!problem->slot || !read_again(use, problem->slot->ext, arena, &now)) {
        return true;
    }
    switch ((int)problem->kind) {
    case PROBLEM_TWO_EXTENSIONS:
        return slot_holds(&now, problem->agent) &&
               (!read_again(use, problem->kept->ext, arena, &kept) ||
                slot_holds(&kept, problem->agent));
    case PROBLEM_LEAKED:
    case PROBLEM_FREE_AND_ASSIGNED:
    case PROBLEM_FREE_AND_RESERVED:
    case PROBLEM_ASSIGNED_AND_RESERVED:
        return !slot_is_sound(&now);
    default:
        return true;
    }
}

static void find_damage(struct usecase *use, struct health *health)
{
    const struct plan_input input = session_plan_input(use->session, use->snapshot, use->roster);
    struct diagnosis *diagnosis = doctor_examine(&input);
    size_t reads = use->snapshot->exact ? 0 : POINT_READS;
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        if (!is_damage(problem->kind)) {
            continue;
        }
        if (reads > 0) {
            reads--;
            if (!is_still_so(use, problem, &health->arena)) {
                continue;
            }
        }
        struct finding *finding = add(health, HEALTH_DAMAGE, problem->detail);
        finding->ext = problem->ext ? arena_strdup(&health->arena, problem->ext) : NULL;
        finding->agent = problem->agent ? arena_strdup(&health->arena, problem->agent) : NULL;
    }
    diagnosis_free(diagnosis);
}

/* ---- conflicts --------------------------------------------------------------------------- */

static size_t done_of(const struct audit_action *action)
{
    size_t done = 0;
    for (size_t kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        done += action->counts[kind];
    }
    return done;
}

/* Of the newest action; the one that is cut has records that were not read. */
static bool left_some(struct health *health, const struct history *history, int64_t now_ms)
{
    const struct audit_action *action = history && history->n_actions > 0 ? history->actions : NULL;
    if (!action || (history->cut && history->n_actions == 1) ||
        action->at_ms > now_ms - AT_WORK_MS || action->planned <= done_of(action)) {
        return false;
    }
    char at[CLOCK_TEXT_MAX];
    char done[TEXT_NUMBER_ROOM];
    char planned[TEXT_NUMBER_ROOM];
    clock_format_s(action->at_ms / 1000, at);
    add(health, HEALTH_CONFLICTS,
        arena_printf(&health->arena, "the last action, %s by %s at %s, made %s of %s changes",
                     action->action, audit_who(action), at, text_number(done_of(action), done),
                     text_number(action->planned, planned)));
    return true;
}

void health_judge_trail(struct health *health, const struct history *history, int64_t now_ms)
{
    const struct last_sync *last = &health->last;
    int64_t newest_s = history && history->n_actions > 0 ? history->actions[0].at_ms / 1000 : 0;
    bool whole = last->exit == 0 || last->exit == err_exit_status(ERR_POOL_EMPTY);
    if ((last->at_s > newest_s && whole) || left_some(health, history, now_ms)) {
        return; /* a sync that was whole since then did the rest */
    }
    if (last->at_s >= newest_s && last->exit == err_exit_status(ERR_PARTIAL)) {
        char at[CLOCK_TEXT_MAX];
        clock_format_s(last->at_s, at);
        add(health, HEALTH_CONFLICTS,
            last->conflicts + last->failed > 0
                ? arena_printf(&health->arena,
                               "the last sync, which ended at %s, left %zu conflicts and %zu "
                               "failures",
                               at, last->conflicts, last->failed)
                : arena_printf(&health->arena,
                               "the last sync, which ended at %s, was not finished or did not "
                               "publish",
                               at));
    }
}

static void judge_trail(struct usecase *use, struct health *health)
{
    int64_t now_s = session_now_s(use->session);
    struct history *history = NULL;
    struct err err = ERR_INIT;
    const struct history_query query = {
        .since_ms = (now_s - TRAIL_DAYS * CLOCK_DAY_S) * 1000,
        .limit = TRAIL_RECORDS,
        .records = TRAIL_RECORDS,
        .counts_only = true,
    };
    if (session_history(use->session, &query, use->progress, &history, &err) != ERR_OK) {
        cannot_tell(health, &err);
    }
    health_judge_trail(health, history, now_s * 1000);
    history_free(history);
}

/* ---- the pool ---------------------------------------------------------------------------- */

/* A part of the pool: all of it, or a group. */
struct part {
    const char *of; /* "Leeds: "; "": all of it */
    const struct pool_level *level;
    uint64_t cooling;
    size_t n_new; /* agents who wait for one of its numbers */
};

static void judge_level(struct health *health, const struct part *part)
{
    const struct pool_level *level = part->level;
    struct arena *arena = &health->arena;
    uint64_t left = level->left + part->cooling;
    char numbers[3][TEXT_NUMBER_ROOM];
    if (part->n_new > left) {
        add(health, HEALTH_EXHAUSTED,
            arena_printf(arena, "%s%s have no extension, and %s numbers are left", part->of,
                         text_count(arena, part->n_new, "agent"), text_number(left, numbers[0])));
    } else if (level->exhausted) {
        add(health, HEALTH_EXHAUSTED,
            arena_printf(arena, "%snone of %s numbers is left", part->of,
                         text_number(level->size, numbers[0])));
    }
    if (level->low) {
        add(health, HEALTH_LOW,
            arena_printf(arena, "%s%s of %s numbers left, the low water mark is %s", part->of,
                         text_number(level->left, numbers[0]), text_number(level->size, numbers[1]),
                         text_number(level->limit, numbers[2])));
    }
}

/* Agents without a number, by group; the last one counts those of no group. */
static size_t *count_new(const struct policy *policy, const struct agent_rows *rows)
{
    size_t *n_new = mem_array(policy->n_groups + 1, sizeof *n_new);
    for (size_t i = 0; i < rows->n_rows; i++) {
        uint16_t group = agent_row_group(policy, &rows->rows[i]);
        if (rows->rows[i].state == AGENT_NEW && group != GROUP_UNKNOWN) {
            n_new[group < policy->n_groups ? group : policy->n_groups]++;
        }
    }
    return n_new;
}

static void judge_levels(const struct policy *policy, struct health *health)
{
    if (health->groups.n == 0) {
        const struct part whole = {.of = "",
                                   .level = &health->level,
                                   .cooling = health->counts[EXT_COOLING],
                                   .n_new = health->has_directory ? health->rows.n_new : 0};
        judge_level(health, &whole);
        return;
    }
    static const struct agent_rows nobody = {.n_rows = 0};
    size_t *n_new = count_new(policy, health->has_directory ? &health->rows : &nobody);
    for (size_t i = 0; i < health->groups.n; i++) {
        const struct group_tally *group = &health->groups.items[i];
        const struct part part = {
            .of = arena_printf(&health->arena, "%s: ", group->name ? group->name : "no group"),
            .level = &group->level,
            .cooling = group->counts[EXT_COOLING],
            .n_new = n_new[i]};
        judge_level(health, &part);
    }
    free(n_new);
}

static void read_directory(struct usecase *use, struct health *health)
{
    health->wants_directory = session_directory_uri(use->session) != NULL;
    if (!health->wants_directory) {
        return;
    }
    if (usecase_read_directory(use) != ERR_OK) {
        cannot_tell(health, &use->err);
    } else if (use->roster->partial) {
        add(health, HEALTH_CANNOT_TELL,
            arena_printf(&health->arena, "the directory was read only in part: %s",
                         use->roster->partial));
    } else {
        health->has_directory = true;
        health->n_agents = use->roster->n_agents;
    }
}

static int by_kind(const void *a, const void *b)
{
    const struct finding *left = a;
    const struct finding *right = b;
    int order = (left->kind > right->kind) - (left->kind < right->kind);
    order = order || !left->ext || !right->ext ? order : strcmp(left->ext, right->ext);
    return order ? order : strcmp(left->detail, right->detail);
}

void health_look(struct usecase *use, struct health *health)
{
    *health = (struct health){.exit = 0};
    last_sync_read(session_settings(use->session), &health->last);
    if (usecase_read_store(use, LOAD_NORMAL) != ERR_OK) {
        cannot_tell(health, &use->err);
        return;
    }
    health->has_store = true;
    read_directory(use, health);
    agent_rows_join(use->snapshot, health->has_directory ? use->roster : NULL,
                    session_policy(use->session), &health->arena, &health->rows);
    snapshot_tally(use->snapshot, session_policy(use->session), session_now_s(use->session),
                   health->counts);
    health->level = policy_level(session_policy(use->session), health->counts);
    group_tallies_count(use->snapshot, session_policy(use->session), session_now_s(use->session),
                        &health->arena, &health->groups);
    find_damage(use, health);
    judge_trail(use, health);
    judge_levels(session_policy(use->session), health);
    if (health->n_findings == 0) {
        return;
    }
    qsort(health->findings, health->n_findings, sizeof *health->findings, by_kind);
    if (health->exit == 0) {
        health->exit = s_kinds[health->findings[0].kind].exit;
    }
}

void health_release(struct health *health)
{
    free(health->findings);
    arena_release(&health->arena);
}
