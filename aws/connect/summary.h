#ifndef AWS_CONNECT_SUMMARY_H
#define AWS_CONNECT_SUMMARY_H

/*
 * The ids and names that an operation of Connect tells: routing profiles, hierarchy groups, queues.
 * One reading of all its pages while the engine runs. Answers of other operations have ids alone;
 * this is where their names come from. What goes wrong is a note: the names that came are kept.
 */

#include "aws/client/client.h"
#include "aws/connect/note.h"
#include "aws/connect/pages.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strmap.h"

struct connect_summary_kind {
    const char *operation;             /* "ListQueues" */
    const char *path;                  /* "/queues-summary/", before the instance's id */
    const char *list;                  /* "QueueSummaryList", the member of the answer */
    const char *left_out;              /* "queue names are left out", for the note */
    const struct call_parameter *only; /* one more parameter; NULL: none */
    bool search; /* a POST, with the instance and the paging in its body: 100 entries a page */
    /* Appends the name of an entry; nothing if it has none. NULL: its member "Name". */
    void (*name)(const json_t *entry, struct buf *out);
};

extern const struct connect_summary_kind connect_routing_profiles;
extern const struct connect_summary_kind connect_queues;
/* The name is the path: "UK/Leeds/Team 4". */
extern const struct connect_summary_kind connect_hierarchy_groups;

struct connect_summary {
    const struct connect_summary_kind *kind;
    struct client *client; /* borrowed; it has the pace of the operation */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
    const struct progress *progress;
    bool *stop;          /* true: ask for no more pages; may be NULL */
    int64_t timeout_ms;  /* of one attempt; 0: as long as for anything else */
    const char *only_id; /* of a search: this entry alone; NULL: all. Borrowed until the answer */
    /* what came */
    struct arena arena;
    struct strmap by_id; /* -> index into names */
    const char **names;  /* as the service has them; cleaned by who shows them */
    size_t n_names;
    struct connect_pages pages;
    enum err_code code;       /* of the last answer */
    const char *left_out;     /* for the note; borrowed */
    struct connect_note note; /* what went wrong */
};

/* With the kind's `left_out`, and no longer than what only makes something nicer may take. */
void connect_summary_init(struct connect_summary *summary, const struct connect_summary_kind *kind);
void connect_summary_release(struct connect_summary *summary);

/* Submits the first request; the rest follows while the engine runs. */
void connect_summary_start(struct connect_summary *summary);

/* The name of that id (may be NULL), or NULL. */
const char *connect_summary_name(const struct connect_summary *summary, const char *id);

#endif
