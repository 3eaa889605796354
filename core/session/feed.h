#ifndef CORE_SESSION_FEED_H
#define CORE_SESSION_FEED_H

/*
 * What changed, and who did it: the newest entries of the audit trail, with the changes that have
 * no record. The worker makes a new feed at each read that found something, and hands it to the
 * screen with the data. A feed is immutable and counted by reference.
 *
 *     for (size_t i = 0; i < feed->n_entries; i++) {           newest first
 *         const struct feed_entry *entry = &feed->entries[i];
 *         char counts[FEED_TEXT];
 *         feed_entry_counts(entry, counts);                    "+6 -1"
 *         ... entry->who, entry->action, entry->rows[0] ...
 *     }
 *
 * One action is one entry, however many records it has. Each row has a serial that grows with every
 * row that is found, so what was seen is a number: `row->serial <= seen`. Over a restart the place
 * of an entry in the trail says it: session_follow takes the place that was seen last.
 */

#include "core/plan/audit.h"
#include "core/pool/model.h"
#include "core/pool/request.h"

#include "core/base/strmap.h"

enum feed_origin {
    FEED_MINE,           /* this session wrote it: it is not marked */
    FEED_MINE_ELSEWHERE, /* the same person, in another console or on another machine */
    FEED_OTHER,
    FEED_UNKNOWN,  /* it has no record: another tool wrote it. Who and when are not known */
    FEED_DIRECTORY /* agents joined or left the directory */
};

/* One number that changed, or one agent of the directory. */
struct feed_row {
    uint64_t serial;
    enum change_kind kind; /* not of FEED_DIRECTORY */
    const char *ext;   /* of a reassign the new one; NULL: a range of new numbers, the directory */
    const char *agent; /* NULL: nobody */
    const char *from;  /* as in struct audit_change: a reassign's former number, a note, ... */
    const char *to;
    const char *note; /* why; of FEED_UNKNOWN what differs: "state, since"; NULL: not said */
};

struct feed_entry {
    enum feed_origin origin;
    uint64_t serial;  /* of its newest row */
    int64_t at_ms;    /* when the action began; without a record: when it was found */
    const char *who;  /* for people: "kim@desk7", "(unknown)", "directory" */
    const char *user; /* user, actor, via as the record has them; NULL: it does not say */
    const char *actor;
    const char *via;
    const char *action;    /* "sync"; FEED_UNKNOWN: ""; FEED_DIRECTORY: "joined" or "left" */
    const char *action_id; /* NULL: without a record */
    const char *ticket;    /* NULL: none */
    const char *undoes;    /* NULL: nothing */
    const char *place; /* in the trail, of its newest record; without one: where the trail stood */
    const struct feed_row *rows; /* in the order of the records; the first FEED_ROWS_OF_ONE */
    size_t n_rows;
    size_t n_numbers;                 /* all that it changed, also those that have no row here */
    size_t counts[CHANGE_KIND_COUNT]; /* the same by kind */
};

#define FEED_ROWS_MAX 4000   /* of a feed: the oldest entries go */
#define FEED_ROWS_OF_ONE 500 /* of an entry */

struct feed {
    struct arena arena;
    struct feed_entry *entries; /* newest first */
    size_t n_entries;
    size_t n_rows;
    uint64_t serial; /* of the newest row; 0: none yet */
    struct strmap by_ext, by_agent;
    const struct feed_row **found; /* what the maps point at */
    unsigned long references;
};

struct feed *feed_ref(const struct feed *feed); /* NULL is fine */
void feed_unref(const struct feed *feed);       /* NULL is fine */

/* The newest row about an extension (also the former one of a reassign) or about an agent that was
   not written by this session; NULL: none. */
const struct feed_row *feed_find_ext(const struct feed *feed, const char *ext);
const struct feed_row *feed_find_agent(const struct feed *feed, const char *agent);

/* The entry that has the row. */
const struct feed_entry *feed_entry_of(const struct feed *feed, const struct feed_row *row);

#define FEED_TEXT 96
/* "0042>0077", "0014 pin", "0100-0199 create", "0023 since" */
void feed_row_what(const struct feed_entry *entry, const struct feed_row *row, char out[FEED_TEXT]);
/* "+6 -1", as many kinds as there are; "" if there is nothing to count */
void feed_entry_counts(const struct feed_entry *entry, char out[FEED_TEXT]);

/* ---- making one (on the worker's thread) ---------------------------------------------------- */

/* Who reads: what these wrote is "mine". */
struct feed_reader {
    const char *user;                                           /* NULL: not known */
    const char *actor;                                          /* NULL: not known */
    bool (*is_own)(const void *context, const char *action_id); /* this session applied it */
    const void *context;
};

struct feed_builder;

/* Begins with what `before` has (NULL: nothing). */
struct feed_builder *feed_begin(const struct feed *before, const struct feed_reader *reader);

/* Adds a record: a new entry, or further rows of the action that has this id. One that is known by
   its place is passed over. One that nobody can read becomes an entry without rows. */
void feed_add_record(struct feed_builder *builder, const struct audit_record *record);

/* Adds a number whose content differs and that no record explains. NULL or SLOT_ABSENT: it was not,
   or is not, there. All that are added before feed_end are one entry. */
void feed_add_unexplained(struct feed_builder *builder, const struct slot *before,
                          const struct slot *after, int64_t found_ms);

/* Adds who joined and who left, as two entries. Nothing if one of the two is NULL or was read only
   in part. */
void feed_add_directory(struct feed_builder *builder, const struct roster *before,
                        const struct roster *after, int64_t found_ms);

/* The new feed with one reference; `before` again, with one more, if nothing was added; NULL if
   that is NULL. Frees the builder. `place` is where the trail stands now: of entries without a record. */
struct feed *feed_end(struct feed_builder *builder, const char *place);

#endif
