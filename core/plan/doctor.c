#include "core/plan/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/plan/conflict.h"
#include "core/plan/number_picker.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/pool/target.h"

static const struct {
    const char *name;
    const char *fix;
} s_kinds[] = {
#define X(kind, name, fix) [kind] = {name, fix},
    PROBLEM_KINDS(X)
#undef X
};

const char *problem_kind_name(enum problem_kind kind)
{
    return s_kinds[kind].name;
}

/* An agent who holds something. */
struct holder {
    const char *login;
    const struct slot *kept;
    const struct claim *claim; /* NULL: none */
    bool several;
};

struct examination {
    const struct plan_input *input;
    const struct snapshot *snapshot;
    struct diagnosis *diagnosis;
    struct strmap by_login;
    struct holder *holders;
    size_t n_holders;
    bool with_claims;
};

static struct problem *add(struct examination *exam, enum problem_kind kind, const char *ext,
                           const char *agent, const char *detail)
{
    struct diagnosis *diagnosis = exam->diagnosis;
    if (diagnosis->n_problems == diagnosis->capacity) {
        diagnosis->capacity = diagnosis->capacity ? diagnosis->capacity * 2 : 32;
        diagnosis->problems =
            mem_resize(diagnosis->problems, diagnosis->capacity, sizeof *diagnosis->problems);
    }
    struct problem *problem = &diagnosis->problems[diagnosis->n_problems++];
    *problem = (struct problem){
        .kind = kind,
        .ext = ext,
        .agent = agent,
        .detail = detail,
        .fix = s_kinds[kind].fix,
        .fixable =
            kind != PROBLEM_OUT_OF_RANGE && kind != PROBLEM_TARGET && kind != PROBLEM_UNKNOWN_ITEM,
    };
    return problem;
}

/* ---- who holds what ------------------------------------------------------------------------ */

static void find_holders(struct examination *exam)
{
    const struct snapshot *snapshot = exam->snapshot;
    size_t assigned = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        assigned += snapshot->slots[i].state == SLOT_ASSIGNED;
    }
    strmap_init(&exam->by_login, assigned);
    exam->holders = mem_array(assigned + 1, sizeof *exam->holders);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state != SLOT_ASSIGNED) {
            continue;
        }
        size_t index = strmap_add(&exam->by_login, slot->agent, exam->n_holders);
        struct holder *holder = &exam->holders[index];
        if (index == exam->n_holders) {
            exam->n_holders++;
            *holder = (struct holder){.login = slot->agent, .kept = slot};
            holder->claim = exam->with_claims ? snapshot_find_claim(snapshot, slot->agent) : NULL;
        } else {
            holder->several = true;
            if (slot_rather_kept(exam->input, slot, holder->kept, holder->claim)) {
                holder->kept = slot;
            }
        }
    }
}

/* ---- slots --------------------------------------------------------------------------------- */

static void examine_records(struct examination *exam, const struct slot *slot)
{
    const char *agent = slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
    bool free_too = (slot->records & (RECORD_FREE | RECORD_LEAKED)) != 0;
    if (slot_is_sound(slot)) {
        return;
    }
    if (slot->state == SLOT_FREE) {
        add(exam, PROBLEM_LEAKED, slot->ext, NULL, "free, but no reader of the index can see it")
            ->slot = slot;
        return;
    }
    if (free_too) {
        add(exam, agent ? PROBLEM_FREE_AND_ASSIGNED : PROBLEM_FREE_AND_RESERVED, slot->ext, agent,
            agent ? "has a free record beside the assigned one"
                  : "has a free record beside the reservation")
            ->slot = slot;
    }
    if (agent && (slot->records & RECORD_RESERVED)) {
        add(exam, PROBLEM_ASSIGNED_AND_RESERVED, slot->ext, agent,
            "has a reservation beside the assigned record")
            ->slot = slot;
    }
}

/* Another program gave it to somebody who is exempt by name. A pattern lets holders keep theirs. */
static void examine_exempt(struct examination *exam, const struct slot *slot)
{
    struct arena *arena = &exam->diagnosis->arena;
    const struct exempt *exempt = snapshot_find_exempt(exam->input->snapshot, slot->agent);
    if (exempt) {
        struct problem *problem = add(exam, PROBLEM_EXEMPT_HOLDER, slot->ext, slot->agent,
                                      arena_printf(arena, "%s, and holds it all the same",
                                                   exempt_describe(arena, slot->agent, exempt)));
        problem->slot = slot;
        if (slot->note) {
            problem->fixable = false;
            problem->fix = "none: it is pinned; unpin it, or end the exemption with --unexempt";
        }
    }
}

static void examine_assigned(struct examination *exam, const struct slot *slot)
{
    struct arena *arena = &exam->diagnosis->arena;
    const struct holder *holder = &exam->holders[strmap_get(&exam->by_login, slot->agent)];
    if (holder->kept != slot) {
        struct problem *problem =
            add(exam, PROBLEM_TWO_EXTENSIONS, slot->ext, slot->agent,
                arena_printf(arena, "also has %s, which stays", holder->kept->ext));
        problem->slot = slot;
        problem->kept = holder->kept;
        problem->claim = holder->claim;
    } else if (slot->at_s == 0) {
        struct problem *problem = add(exam, PROBLEM_NOT_ADOPTED, slot->ext, slot->agent,
                                      "written by the program before this one");
        problem->slot = slot;
        problem->claim = holder->claim;
    }
    examine_exempt(exam, slot);
    if (slot->as_read && slot->as_read->unsafe) {
        struct problem *problem =
            add(exam, PROBLEM_READER_UNSAFE, slot->ext, slot->agent,
                arena_printf(arena, "a contact flow takes text only, and fails on: %s",
                             slot->as_read->unsafe));
        problem->slot = slot;
        problem->claim = holder->claim;
        if (!slot->as_read->mendable) {
            problem->fixable = false;
            problem->fix = "none: it belongs to another program; make it text there or remove it";
        }
    }
    if (!policy_in_ranges(exam->input->policy, slot->ext)) {
        add(exam, PROBLEM_OUT_OF_RANGE, slot->ext, slot->agent, "outside the ranges of the pool")
            ->slot = slot;
    }
}

static void examine_time(struct examination *exam, const struct slot *slot)
{
    char at[CLOCK_TEXT_MAX];
    if (slot->time == TIME_DAMAGED) {
        clock_format_s(slot->at_s, at);
        add(exam, PROBLEM_CLOCK, slot->ext, slot->state == SLOT_ASSIGNED ? slot->agent : NULL,
            arena_printf(&exam->diagnosis->arena, "was stamped while a clock was wrong: %s", at))
            ->slot = slot;
    }
}

static void examine_slots(struct examination *exam)
{
    for (size_t i = 0; i < exam->snapshot->n_slots; i++) {
        const struct slot *slot = &exam->snapshot->slots[i];
        examine_records(exam, slot);
        examine_time(exam, slot);
        if (slot->state == SLOT_ASSIGNED) {
            examine_assigned(exam, slot);
        }
    }
}

/* ---- where calls go ------------------------------------------------------------------------ */

/* Why calls to the target reach nobody; NULL: they do, as far as a store can tell. */
static const char *dead_end(const struct examination *exam, const char *target)
{
    struct arena *arena = &exam->diagnosis->arena;
    enum target_kind kind;
    const char *bare = NULL;
    struct err why = ERR_INIT;
    if (target_parse(target, exam->input->policy->width, &kind, &bare, &why) != ERR_OK) {
        return arena_strdup(arena, why.text);
    }
    if (kind == TARGET_AGENT && strmap_get(&exam->by_login, bare) == STRMAP_NONE) {
        return arena_printf(arena, "%s holds no extension", bare);
    }
    const struct slot *slot = kind == TARGET_EXT ? snapshot_find(exam->snapshot, bare) : NULL;
    if (kind == TARGET_EXT && (!slot || slot->state != SLOT_ASSIGNED)) {
        return arena_printf(arena, "nobody holds %s", bare);
    }
    return NULL;
}

static void examine_target(struct examination *exam, const struct slot *slot)
{
    bool held = slot->state == SLOT_ASSIGNED;
    const char *target = held ? slot_fallback(slot) : slot->target;
    const char *why = target ? dead_end(exam, target) : NULL;
    if (why) {
        add(exam, PROBLEM_TARGET, slot->ext, held ? slot->agent : NULL,
            arena_printf(&exam->diagnosis->arena, "%s %s leads nowhere: %s",
                         held ? "its fallback" : "its target", target, why));
    }
}

/* A reservation that has ended is given back by the next sync. */
static void examine_targets(struct examination *exam)
{
    for (size_t i = 0; i < exam->snapshot->n_slots; i++) {
        const struct slot *slot = &exam->snapshot->slots[i];
        bool ended = slot->until_s > 0 && slot->until_s <= exam->input->now_s;
        if (slot->state == SLOT_ASSIGNED || (slot->state == SLOT_RESERVED && !ended)) {
            examine_target(exam, slot);
        }
    }
}

/* ---- claims -------------------------------------------------------------------------------- */

static void add_claim_problem(struct examination *exam, enum problem_kind kind, const char *agent,
                              const struct slot *kept, const struct claim *claim,
                              const char *detail)
{
    struct problem *problem = add(exam, kind, claim ? claim->ext : kept->ext, agent, detail);
    problem->kept = kept;
    problem->claim = claim;
}

static void examine_claims(struct examination *exam)
{
    struct arena *arena = &exam->diagnosis->arena;
    for (size_t i = 0; i < exam->n_holders; i++) {
        const struct holder *holder = &exam->holders[i];
        /* One that waits to be adopted has no claim yet. */
        if (!holder->claim && holder->kept->at_s != 0) {
            add_claim_problem(exam, PROBLEM_CLAIM_MISSING, holder->login, holder->kept, NULL,
                              "has no claim on it");
        }
    }
    for (size_t i = 0; i < exam->snapshot->n_claims; i++) {
        const struct claim *claim = &exam->snapshot->claims[i];
        size_t index = strmap_get(&exam->by_login, claim->agent);
        const struct slot *kept = index == STRMAP_NONE ? NULL : exam->holders[index].kept;
        if (kept && strcmp(kept->ext, claim->ext) == 0) {
            continue;
        }
        const char *detail =
            kept ? arena_printf(arena, "is claimed, but the agent keeps %s", kept->ext)
                 : "is claimed by an agent who has no extension";
        add_claim_problem(exam, PROBLEM_CLAIM_STALE, claim->agent, kept, claim, detail);
    }
}

/* ---- numbers that are not there, records that nobody understands ------------------------------
 */

static void add_missing(struct examination *exam, const char *first, const char *last, uint64_t n)
{
    struct arena *arena = &exam->diagnosis->arena;
    char number[TEXT_NUMBER_ROOM];
    const char *ext = arena_strdup(arena, first);
    add(exam, PROBLEM_MISSING, ext, NULL,
        n == 1 ? "is not in the store"
               : arena_printf(arena, "%s to %s are not in the store: %s numbers", first, last,
                              text_number(n, number)));
}

static void examine_missing(struct examination *exam)
{
    struct pool_walk walk;
    char first[EXT_ROOM] = "";
    char last[EXT_ROOM] = "";
    uint64_t n = 0;
    pool_walk_init(&walk, exam->input);
    size_t range = 0;
    while (pool_walk_next(&walk)) {
        bool goes_on = n > 0 && !walk.slot && walk.range == range;
        if (n > 0 && !goes_on) {
            add_missing(exam, first, last, n);
            n = 0;
        }
        if (!walk.slot) {
            memcpy(n == 0 ? first : last, walk.ext, EXT_ROOM);
            memcpy(last, walk.ext, EXT_ROOM);
            n++;
        }
        range = walk.range;
    }
    if (n > 0) {
        add_missing(exam, first, last, n);
    }
}

static void examine_unknown_items(struct examination *exam)
{
    struct arena *arena = &exam->diagnosis->arena;
    for (size_t i = 0; i < exam->snapshot->n_unknown_items; i++) {
        const struct unknown_item *unknown_item = &exam->snapshot->unknown_items[i];
        add(exam, PROBLEM_UNKNOWN_ITEM, NULL, NULL,
            arena_printf(arena, "%s: %s", unknown_item->key, unknown_item->detail));
    }
}

/* ---- the trail and the clock ------------------------------------------------------------------ */

/* A record that is wrong about the time, or a clock that is: only a clock that something keeps right
   is believed against the records. */
static void add_clock_problem(struct examination *exam, const char *detail, const char *otherwise)
{
    struct problem *problem = add(exam, PROBLEM_CLOCK, NULL, NULL, detail);
    problem->fixable = exam->snapshot->trail.clock_trusted;
    problem->fix = problem->fixable ? "go by this machine's clock, which is kept right" : otherwise;
}

/* "12, 17 and 3 more" are stamped later than the clock says, if it is right. */
static const char *stamped_ahead(struct examination *exam)
{
    const struct snapshot *snapshot = exam->snapshot;
    struct arena *arena = &exam->diagnosis->arena;
    struct name_list list = {.n = 0};
    char number[TEXT_NUMBER_ROOM];
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (slot_is_ahead(&snapshot->slots[i], snapshot->time.machine_s)) {
            name_list_add(&list, snapshot->slots[i].ext);
        }
    }
    return list.n == 0 ? ""
                       : arena_printf(arena, "; %s extension%s stamped later than that clock: %s",
                                      text_number(list.n, number), list.n == 1 ? " is" : "s are",
                                      list.text);
}

static void examine_trail(struct examination *exam)
{
    const struct snapshot *snapshot = exam->snapshot;
    const struct trail *trail = &snapshot->trail;
    struct arena *arena = &exam->diagnosis->arena;
    char number[TEXT_NUMBER_ROOM];
    if (snapshot->time.stands) {
        add_clock_problem(exam,
                          arena_printf(arena, "%s%s", snapshot->time.note, stamped_ahead(exam)),
                          "none until something keeps this machine's clock right (NTP)");
    }
    for (size_t i = 0; i < trail->n_ahead; i++) {
        const struct trail_month *ahead = &trail->ahead[i];
        add_clock_problem(exam,
                          arena_printf(arena,
                                       "%s record%s of the audit trail, of %s, %s ahead of"
                                       " the time",
                                       text_number(ahead->n_records, number),
                                       ahead->n_records == 1 ? "" : "s", ahead->month,
                                       ahead->n_records == 1 ? "is" : "are"),
                          "none: they stay as they were written");
    }
    if (trail->n_expired > 0) {
        add(exam, PROBLEM_EXPIRED, NULL, NULL,
            arena_printf(arena, "%s record%s of the audit trail, whose time is over",
                         text_number(trail->n_expired, number), trail->n_expired == 1 ? "" : "s"));
    }
}

/* ---- all of it ----------------------------------------------------------------------------- */

struct diagnosis *doctor_examine(const struct plan_input *input)
{
    const struct snapshot *snapshot = input->snapshot;
    struct diagnosis *diagnosis = mem_alloc(sizeof *diagnosis);
    diagnosis->checked = snapshot->n_slots + snapshot->n_claims + snapshot->n_unknown_items;
    struct examination exam = {
        .input = input,
        .snapshot = snapshot,
        .diagnosis = diagnosis,
        .with_claims = snapshot->consistent && snapshot->keeps_claims,
    };
    find_holders(&exam);
    examine_slots(&exam);
    if (exam.with_claims) {
        examine_claims(&exam);
    }
    if (snapshot->consistent || snapshot->exact) {
        examine_missing(&exam);
        examine_targets(&exam);
    }
    examine_unknown_items(&exam);
    examine_trail(&exam);
    strmap_release(&exam.by_login);
    free(exam.holders);
    return diagnosis;
}

void diagnosis_free(struct diagnosis *diagnosis)
{
    if (diagnosis) {
        free(diagnosis->problems);
        arena_release(&diagnosis->arena);
        free(diagnosis);
    }
}
