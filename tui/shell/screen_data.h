#ifndef TUI_SHELL_SCREEN_DATA_H
#define TUI_SHELL_SCREEN_DATA_H

/*
 * What the console shows: the extensions of a store and the agents of a directory at one moment,
 * joined. Made on the worker's thread, immutable, counted by reference like the snapshot and the
 * roster in it, swapped whole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/port_info.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"
#include "core/session/feed.h"
#include "core/session/group_tally.h"
#include "core/session/rows.h"
#include "tui/terminal/style.h"
#include "tui/widget/filter_block.h"

#define WIDEST 64

/* How many texts take how many columns. */
struct widths {
    size_t n[WIDEST + 1];
    size_t total;
};

struct screen_data {
    struct arena arena;
    const struct policy *policy;     /* the session's: data does not outlive it */
    const struct snapshot *snapshot; /* NULL: not read yet */
    const struct roster *roster;     /* NULL: not read yet, or no directory */
    bool partial;                    /* more agents are still coming */
    bool tells_live;                 /* the directory can tell what agents do at this moment */
    struct agent_rows agents;
    uint64_t counts[EXT_STATE_COUNT];
    uint64_t total; /* numbers in the pool */
    size_t n_pinned;
    int login_columns, name_columns; /* of the screen, that most of them need */
    struct group_tallies groups;     /* of the gauges; none without groups */
    struct tally tally; /* counts and n_pinned come from it, the columns from these two: */
    struct widths logins, names;
    int64_t now_s;     /* when states were judged */
    const char *actor; /* NULL: not known yet */
    /* What a plan file says of its store and its maker (struct plan_file_content); NULL: not known. */
    const char *store_name, *store_place, *user;
    const struct feed *feed; /* what changed, and who did it; NULL: nothing yet */
    const char *place;       /* where the audit trail stood; NULL: not known */
    struct port_info info;
    struct filter_scope agents_scope, slots_scope; /* what the two lists can be asked for */
    /* Their rows for the search; NULL while more agents are coming: a list makes its own. */
    struct filter_block *agents_block, *slots_block;
    unsigned long references;
};

/* What it is made of. */
struct screen_source {
    const struct policy *policy;
    const struct snapshot *snapshot; /* NULL: not read yet */
    const struct roster *roster;     /* NULL: not read yet, or no directory */
    const struct feed *feed;         /* NULL: nothing changed yet */
    bool partial;                    /* more agents are still coming */
    int64_t now_s;
};

/* Takes a reference of each and joins them; at the cost of what changed if little did since `before`
   (may be NULL). */
struct screen_data *screen_data_join(const struct screen_source *source,
                                     const struct screen_data *before);

/* The same without a feed, and from nothing. */
struct screen_data *screen_data_new(const struct policy *policy, const struct snapshot *snapshot,
                                    const struct roster *roster, bool partial, int64_t now_s);
struct screen_data *screen_data_ref(struct screen_data *data);
void screen_data_unref(struct screen_data *data); /* NULL is fine */

/* Binary searches; NULL if there is none. */
const struct agent_row *screen_data_find_agent(const struct screen_data *data, const char *login);
const struct slot *screen_data_find_slot(const struct screen_data *data, const char *ext);

/* Whether a login, a name or a note has letters that ASCII lacks. */
bool screen_data_beyond_ascii(const struct screen_data *data);

/* How the state of an agent is shown and found. */
struct agent_look {
    const char *mark;   /* in the STATE column: "NEW", "STALE", "PIN"; "" if all is well */
    const char *states; /* in words: "ok assigned pinned" */
    uint32_t bits;      /* those of agents_scope.states */
    enum style style;
};
const struct agent_look *screen_data_agent_look(const struct screen_data *data,
                                                const struct agent_row *row);
/* "from leeds", "of unknown origin": whose holder it is if a sync leaves them alone; else NULL. */
const char *screen_data_whose(const struct screen_data *data, const struct agent_row *row,
                              struct arena *arena);
/* In words: "assigned pinned". */
const char *screen_data_slot_states(const struct screen_data *data, const struct slot *slot);

/* ---- searched (screen_rows.c) -------------------------------------------------------------- */

/* Sets the scopes; with `blocks` makes the blocks too, from those of `before` if its rows are the same
   but for the numbers that changed (else NULL). Once, before the data is shared. */
void screen_data_searched(struct screen_data *data, bool blocks, const struct screen_data *before);
/* For a list over the rows of data->agents and of data->snapshot; `data` is the screen data. */
void screen_data_agent_subject(const void *data, size_t row, struct filter_subject *subject);
void screen_data_slot_subject(const void *data, size_t row, struct filter_subject *subject);

/* The bits of agents_scope.states. */
#define AGENT_WORD_NEW 0x01u
#define AGENT_WORD_STALE 0x02u
#define AGENT_WORD_OK 0x04u
#define AGENT_WORD_PINNED 0x08u
#define AGENT_WORD_EXEMPT 0x10u
#define AGENT_WORD_FOREIGN 0x20u
#define AGENT_WORD_ASSIGNED 0x40u
#define AGENT_WORD_LEFT 0x80u

#endif
