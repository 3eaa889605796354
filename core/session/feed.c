#include "core/session/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/plan/audit_codec.h"

#include "core/base/banned.h"

/* ---- references ---------------------------------------------------------------------------- */

struct feed *feed_ref(const struct feed *feed)
{
    struct feed *shared = (struct feed *)(uintptr_t)feed;
    if (shared) {
        __atomic_add_fetch(&shared->references, 1, __ATOMIC_RELAXED);
    }
    return shared;
}

void feed_unref(const struct feed *feed)
{
    struct feed *last = (struct feed *)(uintptr_t)feed;
    if (!last || __atomic_sub_fetch(&last->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    strmap_release(&last->by_ext);
    strmap_release(&last->by_agent);
    arena_release(&last->arena);
    free(last);
}

/* ---- asking -------------------------------------------------------------------------------- */

static const struct feed_row *find(const struct feed *feed, const struct strmap *map,
                                   const char *key)
{
    size_t place = strmap_get(map, key);
    return place == STRMAP_NONE ? NULL : feed->found[place];
}

const struct feed_row *feed_find_ext(const struct feed *feed, const char *ext)
{
    return feed ? find(feed, &feed->by_ext, ext) : NULL;
}

const struct feed_row *feed_find_agent(const struct feed *feed, const char *agent)
{
    return feed ? find(feed, &feed->by_agent, agent) : NULL;
}

const struct feed_entry *feed_entry_of(const struct feed *feed, const struct feed_row *row)
{
    for (size_t i = 0; feed && i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        for (size_t k = 0; k < entry->n_rows; k++) {
            if (&entry->rows[k] == row) {
                return entry;
            }
        }
    }
    return NULL;
}

/* ---- as text ------------------------------------------------------------------------------- */

void feed_row_what(const struct feed_entry *entry, const struct feed_row *row, char out[FEED_TEXT])
{
    if (entry->origin == FEED_DIRECTORY) {
        snprintf(out, FEED_TEXT, "%s", entry->action);
    } else if (!row->ext && row->from && row->to) {
        snprintf(out, FEED_TEXT, "%s-%s %s", row->from, row->to, change_kind_name(row->kind));
    } else if (!row->ext) {
        snprintf(out, FEED_TEXT, "%s", change_kind_name(row->kind));
    } else if (row->kind == CHANGE_REASSIGN && row->from) {
        snprintf(out, FEED_TEXT, "%s>%s", row->from, row->ext);
    } else if (entry->origin == FEED_UNKNOWN) {
        snprintf(out, FEED_TEXT, "%s %s", row->ext, row->note ? row->note : "");
    } else {
        snprintf(out, FEED_TEXT, "%s %s", row->ext, change_kind_name(row->kind));
    }
}

void feed_entry_counts(const struct feed_entry *entry, char out[FEED_TEXT])
{
    size_t used = 0;
    out[0] = '\0';
    for (int kind = 0; kind < CHANGE_KIND_COUNT && used < FEED_TEXT; kind++) {
        if (entry->counts[kind] > 0) {
            int length = snprintf(out + used, FEED_TEXT - used, "%s%c%zu", used > 0 ? " " : "",
                                  change_kind_mark((enum change_kind)kind), entry->counts[kind]);
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

static const char *short_name(struct arena *arena, const char *actor)
{
    char name[AUDIT_NAME_MAX];
    audit_actor_name(actor, name);
    return arena_strdup(arena, name);
}

/* ---- building ------------------------------------------------------------------------------ */

/* An entry that is being put together. Its rows grow outside of the arena. */
struct growing {
    struct feed_entry entry;
    struct feed_row *rows;
    size_t room;
};

struct feed_builder {
    struct feed *before; /* a reference, or NULL */
    const struct feed_reader *reader;
    struct feed *feed; /* NULL: nothing was added yet */
    struct growing *entries;
    size_t n_entries, room;
    struct strmap by_id; /* of the actions: places in `entries` */
    size_t unexplained;  /* the entry of feed_add_unexplained; SIZE_MAX: none yet */
};

struct feed_builder *feed_begin(const struct feed *before, const struct feed_reader *reader)
{
    struct feed_builder *builder = mem_alloc(sizeof *builder);
    builder->before = feed_ref(before);
    builder->reader = reader;
    builder->unexplained = SIZE_MAX;
    return builder;
}

static struct growing *new_entry(struct feed_builder *builder, const struct feed_entry *entry)
{
    if (builder->n_entries == builder->room) {
        builder->room = builder->room ? builder->room * 2 : 64;
        builder->entries = mem_resize(builder->entries, builder->room, sizeof *builder->entries);
    }
    struct growing *growing = &builder->entries[builder->n_entries++];
    *growing = (struct growing){.entry = *entry};
    growing->entry.rows = NULL;
    growing->entry.n_rows = 0;
    return growing;
}

static struct feed_row *new_row(struct growing *growing)
{
    if (growing->entry.n_rows == growing->room) {
        growing->room = growing->room ? growing->room * 2 : 4;
        growing->rows = mem_resize(growing->rows, growing->room, sizeof *growing->rows);
    }
    return &growing->rows[growing->entry.n_rows++];
}

static struct feed_row row_copy(struct arena *arena, const struct feed_row *row)
{
    return (struct feed_row){
        .serial = row->serial,
        .kind = row->kind,
        .ext = arena_strdup(arena, row->ext),
        .agent = arena_strdup(arena, row->agent),
        .from = arena_strdup(arena, row->from),
        .to = arena_strdup(arena, row->to),
        .note = arena_strdup(arena, row->note),
    };
}

static struct feed_entry entry_copy(struct arena *arena, const struct feed_entry *entry)
{
    struct feed_entry copy = *entry;
    copy.who = arena_strdup(arena, entry->who);
    copy.user = arena_strdup(arena, entry->user);
    copy.actor = arena_strdup(arena, entry->actor);
    copy.action = arena_strdup(arena, entry->action);
    copy.action_id = arena_strdup(arena, entry->action_id);
    copy.ticket = arena_strdup(arena, entry->ticket);
    copy.undoes = arena_strdup(arena, entry->undoes);
    copy.place = arena_strdup(arena, entry->place);
    return copy;
}

static void know(struct feed_builder *builder, const struct feed_entry *entry, size_t at)
{
    if (entry->action_id) {
        strmap_set(&builder->by_id, entry->action_id, at);
    }
}

/* What the feed before has is copied when the first new thing comes. */
static void start(struct feed_builder *builder)
{
    const struct feed *before = builder->before;
    if (builder->feed) {
        return;
    }
    builder->feed = mem_alloc(sizeof *builder->feed);
    builder->feed->references = 1;
    struct arena *arena = &builder->feed->arena;
    strmap_init(&builder->by_id, 64);
    for (size_t i = before ? before->n_entries : 0; i-- > 0;) { /* the oldest first */
        const struct feed_entry *entry = &before->entries[i];
        struct feed_entry copy = entry_copy(arena, entry);
        struct growing *growing = new_entry(builder, &copy);
        for (size_t k = 0; k < entry->n_rows; k++) {
            *new_row(growing) = row_copy(arena, &entry->rows[k]);
        }
        know(builder, &growing->entry, builder->n_entries - 1);
    }
    builder->feed->serial = before ? before->serial : 0;
}

/* Adds a row unless the entry has as many as it may; it counts all the same. */
static void add_row(struct feed_builder *builder, struct growing *growing,
                    const struct feed_row *row, size_t n_numbers)
{
    growing->entry.serial = ++builder->feed->serial;
    growing->entry.n_numbers += n_numbers;
    if (growing->entry.origin != FEED_DIRECTORY) {
        growing->entry.counts[row->kind] += n_numbers;
    }
    if (growing->entry.n_rows < FEED_ROWS_OF_ONE) {
        struct feed_row *added = new_row(growing);
        *added = row_copy(&builder->feed->arena, row);
        added->serial = growing->entry.serial;
    }
}

/* ---- records ------------------------------------------------------------------------------- */

/* Up to the @ of "kim@desk7": the same person on another machine. */
static bool same_person(const char *a, const char *b)
{
    size_t length = a && b ? strcspn(a, "@ ") : 0;
    return length > 0 && length == strcspn(b, "@ ") && memcmp(a, b, length) == 0;
}

static bool is_principal(const char *actor)
{
    return actor && strncmp(actor, "arn:", 4) == 0;
}

static enum feed_origin origin_of(const struct feed_reader *reader, const struct feed_entry *entry)
{
    if (reader->is_own && reader->is_own(reader->context, entry->action_id)) {
        return FEED_MINE;
    }
    enum audit_via via = audit_via_parse(entry->via);
    bool by_hand = via != VIA_TIMER && via != VIA_LAMBDA;
    bool principals = is_principal(entry->actor) || is_principal(reader->actor);
    bool same_actor = entry->actor && reader->actor && strcmp(entry->actor, reader->actor) == 0;
    if (!by_hand || (principals && !same_actor)) {
        return FEED_OTHER;
    }
    bool me = entry->user && reader->user ? same_person(entry->user, reader->user)
              : principals                ? same_actor
                                          : same_person(entry->actor, reader->actor);
    return me ? FEED_MINE_ELSEWHERE : FEED_OTHER;
}

static struct growing *entry_of_record(struct feed_builder *builder,
                                       const struct audit_record *record)
{
    struct arena *arena = &builder->feed->arena;
    const struct audit_origin *origin = &record->origin;
    size_t known = strmap_get(&builder->by_id, record->action_id);
    if (known != STRMAP_NONE) {
        return &builder->entries[known];
    }
    struct feed_entry entry = {
        .at_ms = record->at_ms,
        .who = short_name(arena, origin->user ? origin->user : record->actor),
        .user = arena_strdup(arena, origin->user),
        .actor = arena_strdup(arena, record->actor),
        .via = audit_via_name(origin->via),
        .ticket = arena_strdup(arena, origin->ticket),
        .undoes = arena_strdup(arena, origin->undoes),
        .action = arena_strdup(arena, record->action),
        .action_id = arena_strdup(arena, record->action_id),
    };
    entry.origin = origin_of(builder->reader, &entry);
    struct growing *growing = new_entry(builder, &entry);
    know(builder, &growing->entry, builder->n_entries - 1);
    return growing;
}

void feed_add_record(struct feed_builder *builder, const struct audit_record *record)
{
    struct arena scratch = ARENA_INIT;
    struct audit_change *changes = NULL;
    struct err ignored = ERR_INIT;
    size_t n = 0;
    start(builder);
    struct growing *growing = entry_of_record(builder, record);
    growing->entry.place = arena_strdup(&builder->feed->arena, record->place);
    /* Not readable: by a newer version, perhaps. That something was done is known all the same. */
    if (audit_decode(&scratch, record->changes, &changes, &n, &ignored) != ERR_OK || n == 0) {
        growing->entry.serial = ++builder->feed->serial;
    }
    for (size_t i = 0; i < n; i++) {
        const struct audit_change *change = &changes[i];
        const struct feed_row row = {.kind = change->kind,
                                     .ext = change->ext,
                                     .agent = change->agent,
                                     .from = change->from,
                                     .to = change->to,
                                     .note = change->why};
        add_row(builder, growing, &row, audit_change_numbers(change));
    }
    free(changes);
    arena_release(&scratch);
}

/* ---- what has no record ---------------------------------------------------------------------- */

static const struct slot s_absent = {.state = SLOT_ABSENT};

/* The kind of change that would have led from one to the other. */
static enum change_kind kind_of(const struct slot *before, const struct slot *after)
{
    if (before->state == SLOT_ABSENT) {
        return CHANGE_CREATE;
    }
    if (before->state != after->state) {
        return after->state == SLOT_ASSIGNED    ? CHANGE_ASSIGN
               : after->state == SLOT_RESERVED  ? CHANGE_RESERVE
               : before->state == SLOT_RESERVED ? CHANGE_UNRESERVE
                                                : CHANGE_RELEASE;
    }
    if (after->state == SLOT_ASSIGNED && !text_same(before->agent, after->agent)) {
        return CHANGE_ASSIGN;
    }
    if (after->state == SLOT_ASSIGNED && !text_same(before->note, after->note)) {
        return after->note ? CHANGE_PIN : CHANGE_UNPIN;
    }
    return CHANGE_SET;
}

/* "state, agent": what differs, the same words as in --list. */
static const char *differences(struct arena *arena, const struct slot *before,
                               const struct slot *after)
{
    const struct {
        bool differs;
        const char *name;
    } parts[] = {
        {before->state != after->state, "state"},
        {!text_same(before->agent, after->agent), "agent"},
        {before->at_s != after->at_s, "since"},
        {!text_same(before->note, after->note), "note"},
        {!text_same(before->target, after->target), "target"},
        {before->until_s != after->until_s, "until"},
    };
    char text[FEED_TEXT] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].differs) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     parts[i].name);
        }
    }
    return arena_strdup(arena, used > 0 ? text : "changed");
}

void feed_add_unexplained(struct feed_builder *builder, const struct slot *before,
                          const struct slot *after, int64_t found_ms)
{
    start(builder);
    before = before ? before : &s_absent;
    after = after ? after : &s_absent;
    if (builder->unexplained == SIZE_MAX) {
        const struct feed_entry entry = {
            .origin = FEED_UNKNOWN, .at_ms = found_ms, .who = "(unknown)", .action = ""};
        new_entry(builder, &entry);
        builder->unexplained = builder->n_entries - 1;
    }
    const struct slot *there = after->state != SLOT_ABSENT ? after : before;
    const struct feed_row row = {
        .kind = kind_of(before, after),
        .ext = there->ext,
        .agent = after->state == SLOT_ASSIGNED ? after->agent : before->agent,
        .note = differences(&builder->feed->arena, before, after),
    };
    add_row(builder, &builder->entries[builder->unexplained], &row, 1);
}

/* ---- the directory --------------------------------------------------------------------------- */

/* Adds those of `a` whom `b` lacks. */
static void add_missing(struct feed_builder *builder, const struct roster *a,
                        const struct roster *b, const struct feed_entry *entry)
{
    struct growing *growing = NULL;
    size_t k = 0;
    for (size_t i = 0; i < a->n_agents; i++) {
        int order = 1;
        while (k < b->n_agents && (order = strcmp(a->agents[i].login, b->agents[k].login)) > 0) {
            k++;
        }
        if (k < b->n_agents && order == 0) {
            continue;
        }
        if (!growing) {
            start(builder);
            growing = new_entry(builder, entry);
        }
        const struct feed_row row = {.agent = a->agents[i].login, .note = a->agents[i].name};
        add_row(builder, growing, &row, 1);
    }
}

void feed_add_directory(struct feed_builder *builder, const struct roster *before,
                        const struct roster *after, int64_t found_ms)
{
    if (!before || !after || before == after || before->partial || after->partial) {
        return;
    }
    struct feed_entry entry = {
        .origin = FEED_DIRECTORY, .at_ms = found_ms, .who = "directory", .action = "left"};
    add_missing(builder, before, after, &entry);
    entry.action = "joined";
    add_missing(builder, after, before, &entry);
}

/* ---- the end --------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
    const struct feed_entry *left = &((const struct growing *)a)->entry;
    const struct feed_entry *right = &((const struct growing *)b)->entry;
    return left->serial < right->serial ? 1 : left->serial > right->serial ? -1 : 0;
}

static void index_row(struct feed *feed, const struct feed_row *row, size_t *n)
{
    const size_t place = (*n)++;
    feed->found[place] = row;
    if (row->ext) {
        strmap_add(&feed->by_ext, row->ext, place);
    }
    if (row->kind == CHANGE_REASSIGN && row->from) {
        strmap_add(&feed->by_ext, row->from, place);
    }
    if (row->agent) {
        strmap_add(&feed->by_agent, row->agent, place);
    }
}

/* The newest row of each number and agent is the one that is found. */
static void index_rows(struct feed *feed)
{
    size_t n = 0;
    feed->found = arena_alloc(&feed->arena, (feed->n_rows + 1) * sizeof *feed->found);
    strmap_init(&feed->by_ext, feed->n_rows);
    strmap_init(&feed->by_agent, feed->n_rows);
    for (size_t i = 0; i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        for (size_t k = entry->n_rows; entry->origin != FEED_MINE && k-- > 0;) {
            index_row(feed, &entry->rows[k], &n);
        }
    }
}

static void lay_out(struct feed_builder *builder, const char *place)
{
    struct feed *feed = builder->feed;
    qsort(builder->entries, builder->n_entries, sizeof *builder->entries, newest_first);
    feed->entries = arena_alloc(&feed->arena, (builder->n_entries + 1) * sizeof *feed->entries);
    for (size_t i = 0; i < builder->n_entries; i++) {
        struct growing *growing = &builder->entries[i];
        size_t bytes = growing->entry.n_rows * sizeof *growing->rows;
        if (feed->n_rows + growing->entry.n_rows > FEED_ROWS_MAX || i == FEED_ROWS_MAX) {
            break;
        }
        struct feed_row *rows = arena_alloc(&feed->arena, bytes + 1);
        if (bytes > 0) {
            memcpy(rows, growing->rows, bytes);
        }
        growing->entry.rows = rows;
        growing->entry.place =
            growing->entry.place ? growing->entry.place : arena_strdup(&feed->arena, place);
        feed->entries[feed->n_entries++] = growing->entry;
        feed->n_rows += growing->entry.n_rows;
    }
    index_rows(feed);
}

struct feed *feed_end(struct feed_builder *builder, const char *place)
{
    struct feed *feed = builder->feed;
    if (feed) {
        lay_out(builder, place);
        strmap_release(&builder->by_id);
        feed_unref(builder->before);
    } else {
        feed = builder->before; /* its reference goes along */
    }
    for (size_t i = 0; i < builder->n_entries; i++) {
        free(builder->entries[i].rows);
    }
    free(builder->entries);
    free(builder);
    return feed;
}
