#ifndef CORE_SESSION_SESSION_PRIVATE_H
#define CORE_SESSION_SESSION_PRIVATE_H

/*
 * Between the files of a session (session.c, directories.c, followed.c, refresh.c, write.c, publish.c),
 * and for nobody else.
 */

#include "core/base/strmap.h"
#include "core/session/session.h"

#define SESSION_SERVICES_MAX 4

/* What refresh.c knows of what changed. */
struct followed {
    struct feed *feed;                /* NULL: nothing yet */
    const struct snapshot *accounted; /* what changed up to here is in the feed; NULL: not read */
    const struct roster *roster;      /* the same of the directory */
    const char *place;                /* where the first read begins in the trail; NULL: now */
    char now[STORE_PLACE_ROOM];       /* where the trail stood at the last read; "": not read */
    struct strmap own;                /* the ids of the actions that this session applied */
    int64_t whole_ticks_ms;           /* when all of the store was last read */
};

/* What lies at the destination of a publication. */
enum publish_there {
    THERE_NOTHING,
    THERE_UNKNOWN, /* it may not be read; perhaps there is nothing */
    THERE_SOMETHING
};

/* What is known of it before it is needed. */
struct publish_ahead {
    bool known;
    int64_t at_ms; /* in ticks */
    struct published published;
    enum publish_there there;
    struct buf old;
    struct err unreadable;
};

/* One of the directories of the context. What it reports goes to whoever reads all of them. */
struct opened_directory {
    struct session *session;
    const struct setting_directory *setting;
    struct directory *directory;
    struct progress progress; /* what it is given */
    struct progress_report report;
};

struct session {
    const struct settings *settings;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    struct pool_time time; /* of the last load, without its note */
    struct arena arena;
    struct followed followed;
    struct opened_directory *directories; /* in the order of the settings */
    size_t n_directories;                 /* 0: not opened yet */
    const struct progress
        *reader;  /* of who begins to read the directories, or reads them; else NULL */
    bool reading; /* they are waited for now */
    struct store *store;
    struct exporter *exporter;  /* of settings->export_to; NULL: not opened yet */
    struct publish_ahead ahead; /* of that exporter */
    const char *actor;          /* NULL: not asked yet */
    const char *user;           /* NULL: likewise */
    enum audit_via via;
    /* What the services of the ports share in this session, from the first port that needs it on. */
    struct {
        const struct port_service *service;
        void *shared;
    } services[SESSION_SERVICES_MAX];
    size_t n_services;
    bool embedded; /* the store is a file of this machine, which a first run makes */
    bool seen;     /* this session has read the store: from then on a missing one is an error */
    bool missing;  /* it was not there at the last load: the next apply makes it */
    bool made;     /* this session made it */
};

/* Nothing but the opening: no I/O on the network. */
enum err_code session_open_exporter(struct session *session, const char *uri, struct exporter **out,
                                    struct err *err) ERR_CHECK;

/* What follows a read of the store, whichever it was: a store that may be missing gives an empty
   snapshot, and the time of the pool is noted. */
enum err_code session_store_read(struct session *session, enum err_code code, struct err *why,
                                 struct snapshot **out, struct err *err) ERR_CHECK;

/* followed.c: the feed from now on, whose reference it takes; what this session applied, by an id
   that outlives it; the directory as it was read, which is compared with the one before. */
void followed_take(struct followed *followed, struct feed *feed);
void followed_note_action(struct followed *followed, const char *action_id);
bool followed_is_own(const void *followed, const char *action_id);
void followed_note_roster(struct followed *followed, const struct roster *roster);
void followed_release(struct followed *followed);

/* Reports the wait before the first answer comes. */
void session_say_phase(const struct progress *progress, const char *phase);
bool session_is_table(const struct session *session);

/* ERR_READ_ONLY with the text, and where read-only comes from. */
enum err_code session_refuse_to_write(const struct session *session, const char *text,
                                      struct err *err);

/* Opens the directories of the settings, all of them or none, if that was not done yet. */
enum err_code session_open_directories(struct session *session, struct err *err) ERR_CHECK;
void session_close_directories(struct session *session);
/* Says in the roster which directory it comes from. `unread`: nobody could be read. */
void session_describe_roster(const struct opened_directory *one, struct roster *roster,
                             bool unread);
/* Adds what the opened directories know of themselves; what is of one of several is under its name. */
void session_directory_facts(struct session *session, struct port_info *facts);

/* A name that a port cannot open: the error says where it was set. */
enum err_code session_opened(const struct session *session, enum err_code code, enum option_id id,
                             struct err *err);
enum err_code session_no_port(const char *what, const char *uri, struct err *err);

/* Something was written: what was read ahead is read again. */
void session_forget_ahead(struct session *session);

/* A session whose store is not opened: to look at places by their ports. session_close frees it. */
struct session *session_for_ports(const struct session_options *options);

/* The port whose scheme the URI has, or NULL; *rest is what follows it. */
const struct port *session_port_of(const struct session *session, const char *uri,
                                   const char **rest);
/* What its openers are given. */
struct port_opening session_opening_of(struct session *session, const struct port *port,
                                       const char *uri, const char *rest);

#endif
