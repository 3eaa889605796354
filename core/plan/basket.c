#include "core/plan/basket.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/plan/holdings.h"

/* One step of a deed: `before` (NULL: nothing) gave way to `after` (NULL: nothing) at `place`. The
   steps of one deed have the same number. */
struct basket_deed {
    unsigned long deed;
    struct wish *before;
    struct wish *after;
    size_t place;
};

void basket_init(struct basket *basket)
{
    *basket = (struct basket){.arena = ARENA_INIT, .texts = ARENA_INIT};
}

void basket_release(struct basket *basket)
{
    free(basket->wishes);
    free(basket->deeds);
    arena_release(&basket->arena);
    arena_release(&basket->texts);
    basket_init(basket);
}

void basket_clear(struct basket *basket)
{
    unsigned long edits = basket->edits + 1;
    size_t last_id = basket->last_id;
    basket_release(basket);
    basket->edits = edits;
    basket->last_id = last_id;
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static void insert(struct basket *basket, size_t place, struct wish *wish)
{
    if (basket->n_wishes == basket->capacity) {
        basket->capacity = basket->capacity ? basket->capacity * 2 : 16;
        basket->wishes = mem_resize(basket->wishes, basket->capacity, sizeof(struct wish *));
    }
    place = place < basket->n_wishes ? place : basket->n_wishes;
    memmove(&basket->wishes[place + 1], &basket->wishes[place],
            (basket->n_wishes - place) * sizeof(struct wish *));
    basket->wishes[place] = wish;
    basket->n_wishes++;
}

static void remove_at(struct basket *basket, size_t place)
{
    basket->n_wishes--;
    memmove(&basket->wishes[place], &basket->wishes[place + 1],
            (basket->n_wishes - place) * sizeof(struct wish *));
}

static struct request copy_request(struct arena *arena, const struct request *request)
{
    struct request copy = *request;
    copy.agent = arena_strdup(arena, request->agent);
    copy.other = arena_strdup(arena, request->other);
    copy.ext = arena_strdup(arena, request->ext);
    copy.kept = arena_strdup(arena, request->kept);
    copy.note = arena_strdup(arena, request->note);
    copy.target = arena_strdup(arena, request->target);
    return copy;
}

static void copy_seen(struct arena *arena, struct wish *wish)
{
    for (size_t i = 0; i < wish->n_seen; i++) {
        wish->seen[i].agent = arena_strdup(arena, wish->seen[i].agent);
        wish->seen[i].slot = slot_copy(arena, &wish->seen[i].slot);
    }
}

static struct wish *copy_wish(struct basket *basket, const struct wish *from)
{
    struct wish *wish = arena_alloc(&basket->arena, sizeof *wish);
    *wish = *from;
    wish->asked = copy_request(&basket->arena, &wish->asked);
    copy_seen(&basket->arena, wish);
    wish->state = WISH_OPEN;
    wish->detail = wish->actor = NULL;
    wish->now = (struct slot){.state = SLOT_ABSENT};
    return wish;
}

void basket_copy(struct basket *into, const struct basket *from)
{
    basket_init(into);
    into->ticket = arena_strdup(&into->arena, from->ticket);
    into->last_id = from->last_id;
    into->edits = from->edits;
    for (size_t i = 0; i < from->n_wishes; i++) {
        insert(into, into->n_wishes, copy_wish(into, from->wishes[i]));
    }
}

void basket_put(struct basket *basket, const struct wish *wish)
{
    struct wish *copy = copy_wish(basket, wish);
    copy->id = ++basket->last_id;
    insert(basket, basket->n_wishes, copy);
    basket->edits++;
}

/* ---- what a wish sees ------------------------------------------------------------------------ */

static void see(struct basket *basket, struct wish *wish, const char *agent,
                const struct slot *slot)
{
    struct seen *seen = &wish->seen[wish->n_seen++];
    *seen = (struct seen){.agent = agent, .slot = {.state = SLOT_ABSENT}};
    if (slot) {
        seen->slot = slot_copy(&basket->arena, slot);
    }
}

static void look(struct basket *basket, struct wish *wish, const struct snapshot *snapshot,
                 const struct holdings *holdings)
{
    const struct request *asked = &wish->asked;
    wish->n_seen = 0;
    wish->saw_exempt = asked->agent && snapshot_find_exempt(snapshot, asked->agent);
    if (asked->agent) {
        see(basket, wish, asked->agent, holdings_of(holdings, asked->agent));
    }
    if (asked->other) {
        see(basket, wish, asked->other, holdings_of(holdings, asked->other));
    }
    if (asked->ext) {
        see(basket, wish, NULL, snapshot_find(snapshot, asked->ext));
        memcpy(wish->seen[wish->n_seen - 1].slot.ext, asked->ext,
               strnlen(asked->ext, EXT_WIDTH_MAX));
    }
}

/* A number is enough to name its holder. */
static const char *holder_of(const struct request *request, const struct snapshot *snapshot)
{
    bool by_ext = request->kind == CHANGE_RELEASE || request->kind == CHANGE_PIN ||
                  request->kind == CHANGE_UNPIN;
    const struct slot *slot = by_ext && request->ext ? snapshot_find(snapshot, request->ext) : NULL;
    return slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
}

static const char *or_null(const char *text)
{
    return text && text[0] != '\0' ? text : NULL;
}

/* Not looked yet. */
static struct wish *make_wish(struct basket *basket, const struct plan_input *input,
                              const struct request *request, int64_t now_s)
{
    struct wish *wish = arena_alloc(&basket->arena, sizeof *wish);
    struct request asked = *request;
    asked.agent = or_null(asked.agent) ? asked.agent : holder_of(request, input->snapshot);
    asked.other = or_null(asked.other);
    asked.ext = or_null(asked.ext);
    asked.kept = NULL;
    asked.line = 0;
    if (asked.until.given) {
        asked.until =
            (struct until){.given = true, .at_s = until_moment_s(&asked.until, input->now_s)};
    }
    *wish = (struct wish){.id = ++basket->last_id,
                          .asked = copy_request(&basket->arena, &asked),
                          .at_s = now_s,
                          .now = {.state = SLOT_ABSENT}};
    return wish;
}

/* ---- deeds ----------------------------------------------------------------------------------- */

static unsigned long next_deed(const struct basket *basket)
{
    return basket->n_done ? basket->deeds[basket->n_done - 1].deed + 1 : 1;
}

static void record(struct basket *basket, const struct basket_deed *step)
{
    if (basket->n_done == basket->deed_capacity) {
        basket->deed_capacity = basket->deed_capacity ? basket->deed_capacity * 2 : 16;
        basket->deeds = mem_resize(basket->deeds, basket->deed_capacity, sizeof *basket->deeds);
    }
    basket->deeds[basket->n_done++] = *step;
    basket->n_deeds = basket->n_done; /* what was taken back is lost */
}

/* `out` (NULL: nothing) goes, `in` (NULL: nothing) comes. False: there was nothing to do, because `out`
   has left the basket already. */
static bool put(struct basket *basket, const struct wish *out, struct wish *in, size_t place)
{
    bool there = out && place < basket->n_wishes && basket->wishes[place] == out;
    size_t index = there ? place : out ? basket_find(basket, out->id) : BASKET_NONE;
    if (index != BASKET_NONE && in) {
        basket->wishes[index] = in;
    } else if (index != BASKET_NONE) {
        remove_at(basket, index);
    } else if (in) {
        insert(basket, place, in);
    } else {
        return false;
    }
    basket->edits++;
    return true;
}

static void act(struct basket *basket, const struct basket_deed *step)
{
    record(basket, step);
    put(basket, step->before, step->after, step->place);
}

/* What wishes are about: an agent, two who swap, or a number. */
struct subjects {
    struct strmap agents;
    struct strmap exts;
};

static void add_subject(struct subjects *subjects, const struct request *asked, size_t place)
{
    if (asked->agent) {
        strmap_set(&subjects->agents, asked->agent, place);
    } else if (asked->ext) {
        strmap_set(&subjects->exts, asked->ext, place);
    }
    if (asked->other) {
        strmap_set(&subjects->agents, asked->other, place);
    }
}

static void read_subjects(struct subjects *subjects, const struct basket *basket, size_t more)
{
    strmap_init(&subjects->agents, 2 * (basket->n_wishes + more));
    strmap_init(&subjects->exts, basket->n_wishes + more);
    for (size_t i = 0; i < basket->n_wishes; i++) {
        add_subject(subjects, &basket->wishes[i]->asked, i);
    }
}

static void release_subjects(struct subjects *subjects)
{
    strmap_release(&subjects->agents);
    strmap_release(&subjects->exts);
}

/* Where the wishes stand that this one replaces: one, or two if it is a swap. */
static size_t find_replaced(const struct subjects *subjects, const struct request *asked,
                            size_t places[2])
{
    const char *logins[] = {asked->agent, asked->other};
    size_t n = 0;
    if (!asked->agent && asked->ext) {
        places[n] = strmap_get(&subjects->exts, asked->ext);
        return places[n] != STRMAP_NONE;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t place = logins[i] ? strmap_get(&subjects->agents, logins[i]) : STRMAP_NONE;
        if (place != STRMAP_NONE && (n == 0 || places[0] != place)) {
            places[n++] = place;
        }
    }
    return n;
}

/* Puts the wish where the one stood that it replaces. Of a swap that was replaced in part, or of two
   wishes that a swap replaces, the rest goes. Returns how many were replaced. */
static size_t add_wish(struct basket *basket, struct subjects *subjects, struct wish *wish,
                       unsigned long deed)
{
    size_t places[2];
    size_t n = find_replaced(subjects, &wish->asked, places);
    struct basket_deed step = {.deed = deed, .after = wish, .place = basket->n_wishes};
    bool anew = n == 2;
    if (n > 0) {
        step.place = places[0];
        step.before = basket->wishes[places[0]];
        anew = anew || step.before->asked.other;
    }
    act(basket, &step);
    if (n == 2) {
        act(basket, &(struct basket_deed){
                        .deed = deed, .before = basket->wishes[places[1]], .place = places[1]});
    }
    if (anew) { /* places have moved, or a name is gone */
        release_subjects(subjects);
        read_subjects(subjects, basket, 1);
    } else {
        add_subject(subjects, &wish->asked, step.place);
    }
    return n;
}

size_t basket_add(struct basket *basket, const struct plan_input *input,
                  const struct request *requests, size_t n_requests, int64_t now_s)
{
    unsigned long deed = next_deed(basket);
    struct wish **wishes = mem_array(n_requests + 1, sizeof(struct wish *));
    struct holdings holdings;
    struct subjects subjects;
    size_t replaced = 0;
    holdings_init(&holdings, 2 * n_requests);
    for (size_t i = 0; i < n_requests; i++) {
        wishes[i] = make_wish(basket, input, &requests[i], now_s);
        holdings_want(&holdings, wishes[i]->asked.agent);
        holdings_want(&holdings, wishes[i]->asked.other);
    }
    holdings_read(&holdings, input->snapshot);
    read_subjects(&subjects, basket, n_requests);
    for (size_t i = 0; i < n_requests; i++) {
        look(basket, wishes[i], input->snapshot, &holdings);
        replaced += add_wish(basket, &subjects, wishes[i], deed);
    }
    release_subjects(&subjects);
    holdings_release(&holdings);
    free(wishes);
    return replaced;
}

void basket_drop(struct basket *basket, size_t index)
{
    act(basket, &(struct basket_deed){
                    .deed = next_deed(basket), .before = basket->wishes[index], .place = index});
}

/* Goes one deed back. Returns a wish that it was about; NULL: its wishes have left the basket. */
static const struct wish *deed_back(struct basket *basket, size_t *n)
{
    const struct wish *about = NULL;
    unsigned long deed = basket->deeds[basket->n_done - 1].deed;
    bool turned = false;
    for (*n = 0; basket->n_done > 0 && basket->deeds[basket->n_done - 1].deed == deed; ++*n) {
        const struct basket_deed *step = &basket->deeds[--basket->n_done];
        turned = put(basket, step->after, step->before, step->place) || turned;
        about = step->after ? step->after : step->before;
    }
    return turned ? about : NULL;
}

static const struct wish *deed_again(struct basket *basket, size_t *n)
{
    const struct wish *about = NULL;
    unsigned long deed = basket->deeds[basket->n_done].deed;
    bool turned = false;
    for (*n = 0; basket->n_done < basket->n_deeds && basket->deeds[basket->n_done].deed == deed;
         ++*n) {
        const struct basket_deed *step = &basket->deeds[basket->n_done++];
        turned = put(basket, step->before, step->after, step->place) || turned;
        about = step->after ? step->after : step->before;
    }
    return turned ? about : NULL;
}

const struct wish *basket_undo(struct basket *basket, size_t *n)
{
    const struct wish *about = NULL;
    size_t steps = 0;
    while (!about && basket->n_done > 0) {
        about = deed_back(basket, &steps);
    }
    if (about && n) {
        *n += steps;
    }
    return about;
}

const struct wish *basket_redo(struct basket *basket, size_t *n)
{
    const struct wish *about = NULL;
    size_t steps = 0;
    while (!about && basket->n_done < basket->n_deeds) {
        about = deed_again(basket, &steps);
    }
    if (about && n) {
        *n += steps;
    }
    return about;
}

/* ---- decisions ------------------------------------------------------------------------------- */

void basket_tick(struct basket *basket, size_t index, bool ticked)
{
    basket->edits += basket->wishes[index]->unticked == ticked;
    basket->wishes[index]->unticked = !ticked;
}

void basket_set_ticket(struct basket *basket, const char *ticket)
{
    basket->ticket = arena_strdup(&basket->arena, or_null(ticket));
    basket->edits++;
}

void basket_insist(struct basket *basket, size_t index, const struct plan_input *input)
{
    struct wish *wish = basket->wishes[index];
    struct request *asked = &wish->asked;
    struct holdings holdings;
    holdings_init(&holdings, 2);
    holdings_want(&holdings, asked->agent);
    holdings_want(&holdings, asked->other);
    holdings_read(&holdings, input->snapshot);
    bool holds = asked->agent && holdings_of(&holdings, asked->agent);
    if (!asked->swap && (asked->kind == CHANGE_ASSIGN || asked->kind == CHANGE_REASSIGN)) {
        asked->kind = holds ? CHANGE_REASSIGN : CHANGE_ASSIGN;
    } else if (asked->agent) {
        asked->ext = NULL; /* whatever number they hold now */
    }
    look(basket, wish, input->snapshot, &holdings);
    holdings_release(&holdings);
    wish->state = WISH_OPEN;
    wish->unticked = false;
    basket->edits++;
}

/* ---- finding --------------------------------------------------------------------------------- */

size_t basket_find(const struct basket *basket, size_t id)
{
    for (size_t i = 0; i < basket->n_wishes; i++) {
        if (basket->wishes[i]->id == id) {
            return i;
        }
    }
    return BASKET_NONE;
}

static bool is_text(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

size_t basket_find_agent(const struct basket *basket, const char *login)
{
    for (size_t i = 0; i < basket->n_wishes; i++) {
        const struct request *asked = &basket->wishes[i]->asked;
        if (is_text(asked->agent, login) || is_text(asked->other, login)) {
            return i;
        }
    }
    return BASKET_NONE;
}

size_t basket_find_ext(const struct basket *basket, const char *ext)
{
    for (size_t i = 0; i < basket->n_wishes; i++) {
        const struct wish *wish = basket->wishes[i];
        bool about = is_text(wish->asked.ext, ext) || strcmp(wish->given, ext) == 0;
        for (size_t k = 0; k < wish->n_seen && !about; k++) {
            about = strcmp(wish->seen[k].slot.ext, ext) == 0;
        }
        if (about) {
            return i;
        }
    }
    return BASKET_NONE;
}

char basket_mark(const struct basket *basket, size_t index)
{
    return index == BASKET_NONE ? '\0' : change_kind_mark(basket->wishes[index]->asked.kind);
}
