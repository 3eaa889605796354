#include "core/plan/rewind.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/plan/builder.h"
#include "core/plan/trace.h"

#include "core/base/banned.h"

#define LONGEST_MS                                                                                 \
    (CLOCK_DAY_S * 1000) /* that an action can take: its parts are read from its begin */

/* What one action did to one number. */
struct event {
    struct trace_said said;
    bool adopts;
    bool taken_back;
    int64_t at_ms, order;
};

struct rewinding {
    int64_t at_ms;
    int64_t read_ms;      /* when `now` was read */
    const char *only;     /* nothing but this number; NULL: all */
    int64_t close_ms;     /* within which the order of two events is not known */
    struct event *events; /* in the end by number, the newest first */
    size_t n_events, capacity;
    struct strmap latest; /* while actions are read: the last event of a number */
    struct arena arena;   /* keys, and what traces need */
    struct rewound *out;
};

struct history_query rewind_query(int64_t at_ms)
{
    int64_t since_ms = at_ms - LONGEST_MS;
    return (struct history_query){.since_ms = since_ms > 0 ? since_ms : 1};
}

/* ---- what the actions did ----------------------------------------------------------------------- */

/* The event of the number in the action whose events begin at `first`. */
static struct event *event_of(struct rewinding *rewinding, const char *ext, size_t first,
                              const struct audit_change *change)
{
    size_t last = strmap_get(&rewinding->latest, ext);
    if (last == STRMAP_NONE || last < first) {
        if (rewinding->n_events == rewinding->capacity) {
            rewinding->capacity = rewinding->capacity ? 2 * rewinding->capacity : 256;
            rewinding->events =
                mem_resize(rewinding->events, rewinding->capacity, sizeof *rewinding->events);
        }
        bool known = last != STRMAP_NONE;
        last = rewinding->n_events++;
        rewinding->events[last] = (struct event){.adopts = false};
        memcpy(rewinding->events[last].said.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
        strmap_set(&rewinding->latest, known ? ext : arena_strdup(&rewinding->arena, ext), last);
    }
    struct event *event = &rewinding->events[last];
    event->at_ms = change->at_ms;
    event->order = change->order;
    return event;
}

static struct slot held(const char *ext, const char *agent, const struct slot *was)
{
    struct slot slot = slot_assigned(ext, agent, was->at_s, was->note, was->by);
    slot.own = was->own;
    return slot;
}

/* What was filled in, rewritten or repaired: the same state before and after, but for a number too many,
   which is given back then. */
static void take_mended(struct event *event, const struct audit_change *change)
{
    struct trace_said *said = &event->said;
    const char *ext = said->ext;
    bool surplus = change->kind == CHANGE_REPAIR && change->from;
    struct slot was = change->was;
    memcpy(was.ext, ext, sizeof was.ext);
    if (change->agent) {
        was = held(ext, change->agent, &change->was);
    } else if (was.state != SLOT_RESERVED) {
        was = slot_free(ext, change->was.at_s, change->was.agent);
    }
    event->adopts = change->kind == CHANGE_ADOPT && was.at_s == 0;
    said->was = was;
    said->was_rank = 4;
    if (said->became_rank < 2) {
        said->became = surplus ? slot_free(ext, 0, NULL) : was;
        said->became_rank = 2;
    }
}

static void take_change(struct rewinding *rewinding, const struct audit_change *change,
                        size_t first)
{
    if (!change->ext || strlen(change->ext) > EXT_WIDTH_MAX) {
        return;
    }
    struct event *event = event_of(rewinding, change->ext, first, change);
    if (change->kind == CHANGE_ADOPT || change->kind == CHANGE_REPAIR) {
        take_mended(event, change);
        return;
    }
    trace_change(&event->said, change, &rewinding->arena);
    if (change->kind == CHANGE_REASSIGN && change->from && strlen(change->from) <= EXT_WIDTH_MAX) {
        struct event *left = event_of(rewinding, change->from, first, change);
        trace_left(&left->said, change->agent, &change->from_was);
    }
}

/* Numbers that were made: those of the range that are there now. */
static void take_range(struct rewinding *rewinding, const struct snapshot *now,
                       const struct audit_change *change, size_t first)
{
    size_t low = 0;
    size_t high = now->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(now->slots[middle].ext, change->from) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < now->n_slots && strcmp(now->slots[low].ext, change->to) <= 0; low++) {
        struct event *event = event_of(rewinding, now->slots[low].ext, first, change);
        event->said.was.state = SLOT_ABSENT;
        event->said.was_rank = 4;
        if (event->said.became_rank < 2) {
            event->said.became = slot_free(event->said.ext, 0, NULL);
            event->said.became_rank = 2;
        }
    }
}

static void take_action(struct rewinding *rewinding, const struct snapshot *now,
                        const struct audit_action *action)
{
    size_t first = rewinding->n_events;
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        if (change->at_ms <= rewinding->at_ms) {
            continue;
        }
        if (change->kind == CHANGE_CREATE && !change->ext && change->from && change->to) {
            take_range(rewinding, now, change, first);
        } else {
            take_change(rewinding, change, first);
        }
    }
    for (size_t i = first; i < rewinding->n_events; i++) {
        trace_seal(&rewinding->events[i].said);
    }
}

/* ---- one number back ------------------------------------------------------------------------------ */

/* Whether the number that is found can be what was left there. */
static bool can_be(const struct slot *left, const struct slot *found)
{
    if (left->state != found->state) {
        return false;
    }
    switch ((enum slot_state)found->state) {
    case SLOT_ASSIGNED:
        return slot_holds(found, left->agent) && text_same(found->note, left->note);
    case SLOT_RESERVED:
        return text_same(found->note, left->note) && text_same(found->target, left->target) &&
               found->until_s == left->until_s;
    case SLOT_FREE:
    case SLOT_ABSENT:
        break;
    }
    return true;
}

static bool fits(const struct trace_said *said, const struct slot *found)
{
    return said->became_rank == 0 || can_be(&said->became, found);
}

/* Whether it was written when the store had been read, or the index of a table did not show it yet. */
static bool is_unseen(const struct rewinding *rewinding, const struct event *event,
                      const struct slot *found)
{
    return event->at_ms >= rewinding->read_ms - AUDIT_CLOSE_MS && can_be(&event->said.was, found);
}

/* The events of one number. */
struct run {
    struct event *events;
    size_t n;
};

/* The newest event that was not taken back yet; of several whose order is not known, the one that
   left what is found. NULL: there is none. */
static struct event *next_event(const struct rewinding *rewinding, const struct run *run,
                                const struct slot *found)
{
    struct event *next = NULL;
    for (size_t i = 0; i < run->n; i++) {
        struct event *event = &run->events[i];
        if (event->taken_back) {
            continue;
        }
        if (next && next->order - event->order > rewinding->close_ms) {
            break;
        }
        if (!next || (!fits(&next->said, found) && fits(&event->said, found))) {
            next = event;
        }
    }
    return next;
}

static void keep(struct rewinding *rewinding, const struct slot *slot)
{
    struct snapshot *snapshot = rewinding->out->snapshot;
    struct slot copy = slot_copy(&snapshot->arena, slot);
    struct slot *kept = snapshot_add(snapshot, slot->ext);
    memcpy(copy.ext, kept->ext, sizeof copy.ext);
    copy.as_read = NULL;
    copy.time = TIME_SOUND;
    copy.records = 0; /* sound */
    *kept = copy;
}

static void doubt(struct rewinding *rewinding, const char *ext, enum rewind_doubt_kind kind,
                  int64_t at_ms)
{
    struct rewound *out = rewinding->out;
    if (out->n_doubts == out->capacity) {
        out->capacity = out->capacity ? 2 * out->capacity : 16;
        out->doubts = mem_resize(out->doubts, out->capacity, sizeof *out->doubts);
    }
    struct rewind_doubt *fresh = &out->doubts[out->n_doubts++];
    *fresh = (struct rewind_doubt){.kind = kind, .at_ms = at_ms};
    memcpy(fresh->ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    if (kind == DOUBT_NOT_KNOWN_BEFORE) {
        char at[CLOCK_TEXT_MAX];
        struct slot unknown = {.state = SLOT_ABSENT};
        memcpy(unknown.ext, fresh->ext, sizeof unknown.ext);
        clock_format_s(at_ms / 1000, at);
        unknown.note = arena_printf(&rewinding->arena, "not known before %s", at);
        keep(rewinding, &unknown);
    }
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Takes back all that was done to the number after the moment. `ext` lives on. */
static void wind_back(struct rewinding *rewinding, const struct run *run, const char *ext,
                      const struct slot *now)
{
    struct slot absent = {.state = SLOT_ABSENT};
    memcpy(absent.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    const struct slot *found = now ? now : &absent;
    bool damaged = now && now->time == TIME_DAMAGED; /* its stamp tells nothing */
    const struct event *last = NULL;
    struct event *event;
    while ((event = next_event(rewinding, run, found)) != NULL) {
        if (!fits(&event->said, found)) {
            if (is_unseen(rewinding, event, found)) {
                event->taken_back = true;
                continue;
            }
            int64_t since_ms = damaged ? 0 : found->at_s * 1000;
            doubt(rewinding, ext, DOUBT_NOT_KNOWN_BEFORE, later(event->at_ms, since_ms));
            return;
        }
        event->taken_back = true;
        found = &event->said.was;
        damaged = false;
        last = event;
    }
    if (!damaged && found->at_s * 1000 > rewinding->at_ms) {
        doubt(rewinding, ext, DOUBT_NOT_KNOWN_BEFORE, found->at_s * 1000);
        return;
    }
    if (last && last->adopts) {
        doubt(rewinding, ext, DOUBT_HELD_BEFORE, last->at_ms);
    }
    if (found->state != SLOT_ABSENT) {
        keep(rewinding, found);
    }
}

/* ---- all of them ------------------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
    return strcmp(((const struct rewind_doubt *)a)->ext, ((const struct rewind_doubt *)b)->ext);
}

static int newest_first(const void *a, const void *b)
{
    const struct event *one = a;
    const struct event *other = b;
    int order = strcmp(one->said.ext, other->said.ext);
    return order != 0                   ? order
           : one->order != other->order ? (one->order < other->order ? 1 : -1)
                                        : 0;
}

/* The numbers that are there now, and those of the trail that are gone, in order. */
static void wind_back_all(struct rewinding *rewinding, const struct snapshot *now)
{
    size_t slot = 0;
    size_t event = 0;
    while (slot < now->n_slots || event < rewinding->n_events) {
        bool is_there = slot < now->n_slots &&
                        (event == rewinding->n_events ||
                         strcmp(now->slots[slot].ext, rewinding->events[event].said.ext) <= 0);
        const char *ext = is_there ? now->slots[slot].ext : rewinding->events[event].said.ext;
        struct run run = {.events = rewinding->events + event};
        while (event < rewinding->n_events && strcmp(rewinding->events[event].said.ext, ext) == 0) {
            event++;
            run.n++;
        }
        if (!rewinding->only || strcmp(ext, rewinding->only) == 0) {
            wind_back(rewinding, &run, ext, is_there ? &now->slots[slot] : NULL);
        }
        slot += is_there;
    }
}

/* INT64_MAX: not known. */
static int64_t read_time(const struct snapshot *now)
{
    return now->time.at_ms      ? now->time.at_ms
           : now->read_at_s > 0 ? now->read_at_s * 1000
                                : INT64_MAX;
}

struct rewound *rewind_one(const struct snapshot *now, const struct history *history,
                           const char *only, int64_t at_ms)
{
    struct rewound *out = mem_alloc(sizeof *out);
    struct rewinding rewinding = {.at_ms = at_ms,
                                  .read_ms = read_time(now),
                                  .only = only,
                                  .close_ms = history->by_time ? AUDIT_CLOSE_MS : 0,
                                  .out = out};
    *out = (struct rewound){.snapshot = snapshot_new()};
    strmap_init(&rewinding.latest, 0);
    for (size_t i = 0; i < history->n_actions; i++) {
        take_action(&rewinding, now, &history->actions[i]);
    }
    if (rewinding.n_events > 1) {
        qsort(rewinding.events, rewinding.n_events, sizeof *rewinding.events, newest_first);
    }
    wind_back_all(&rewinding, now);
    out->snapshot->read_at_s = at_ms / 1000;
    out->snapshot->time.at_ms = at_ms;
    snapshot_seal(out->snapshot);
    strmap_release(&rewinding.latest);
    free(rewinding.events);
    arena_release(&rewinding.arena);
    return out;
}

struct rewound *rewind_snapshot(const struct snapshot *now, const struct history *history,
                                int64_t at_ms)
{
    return rewind_one(now, history, NULL, at_ms);
}

void rewound_free(struct rewound *rewound)
{
    if (rewound) {
        snapshot_unref(rewound->snapshot);
        free(rewound->doubts);
        free(rewound);
    }
}

size_t rewound_unknown(const struct rewound *rewound)
{
    size_t n = 0;
    for (size_t i = 0; i < rewound->n_doubts; i++) {
        n += rewound->doubts[i].kind == DOUBT_NOT_KNOWN_BEFORE;
    }
    return n;
}

const struct rewind_doubt *rewound_doubt(const struct rewound *rewound, const char *ext)
{
    struct rewind_doubt wanted = {.kind = DOUBT_NOT_KNOWN_BEFORE};
    memcpy(wanted.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    return rewound->n_doubts == 0
               ? NULL
               : bsearch(&wanted, rewound->doubts, rewound->n_doubts, sizeof wanted, by_number);
}
