#include "core/session/session_private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/environ.h"
#include "core/settings/location.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/pool/stamps.h"
#include "core/session/actor.h"

#include "core/base/banned.h"

/* ---- opening ----------------------------------------------------------------------------- */

enum err_code session_open_exporter(struct session *session, const char *uri, struct exporter **out,
                                    struct err *err)
{
    const char *rest = NULL;
    const struct port *port = session_port_of(session, uri, &rest);
    if (!port || !port->exporter) {
        return session_no_port("export", uri, err);
    }
    struct port_opening opening = session_opening_of(session, port, uri, rest);
    return port->exporter(&opening, out, err);
}

/* A store is never guessed. What else is wrong with the places is said first: it may be the same
   mistake. */
static enum err_code check_store_is_named(struct session *session, struct err *err)
{
    const struct settings *settings = session->settings;
    struct err unnamed = ERR_INIT;
    if (settings_store_is_named(settings, settings_connect_directory(settings), settings->export_to,
                                &unnamed) == ERR_OK) {
        return ERR_OK;
    }
    enum err_code code =
        settings->n_directories > 0 ? session_open_directories(session, err) : ERR_OK;
    if (code == ERR_OK) {
        code = err_set(err, unnamed.code, "%s", unnamed.text);
        err_hint(err, "%s", unnamed.hint);
    }
    return code;
}

static enum err_code open_store(struct session *session, struct err *err)
{
    const struct settings *settings = session->settings;
    const char *rest = NULL;
    if (!settings->store) {
        return settings_no_store(err);
    }
    const struct port *port = session_port_of(session, settings->store, &rest);
    if (!port || !port->store) {
        return session_no_port("store", settings->store, err);
    }
    session->embedded = port->makes_file;
    struct port_opening opening = session_opening_of(session, port, settings->store, rest);
    enum err_code code = port->store(&opening, &session->store, err);
    return session_opened(session, code, OPT_STORE, err);
}

struct session *session_for_ports(const struct session_options *options)
{
    struct session *session = mem_alloc(sizeof *session);
    *session = (struct session){.settings = options->settings,
                                .ports = options->ports,
                                .n_ports = options->n_ports,
                                .clock = options->clock,
                                .via = options->via ? options->via : actor_via()};
    return session;
}

enum err_code session_open(const struct session_options *options, struct session **out,
                           struct err *err)
{
    struct session *session = session_for_ports(options);
    enum err_code code = check_store_is_named(session, err);
    if (code == ERR_OK) {
        code = open_store(session, err);
    }
    if (code != ERR_OK) {
        session_close(session);
        return code;
    }
    *out = session;
    return ERR_OK;
}

void session_close(struct session *session)
{
    if (session) {
        followed_release(&session->followed);
        session_close_directories(session);
        store_free(session->store);
        exporter_free(session->exporter);
        buf_release(&session->ahead.old);
        for (size_t i = 0; i < session->n_services; i++) {
            session->services[i].service->end(session->services[i].shared);
        }
        arena_release(&session->arena);
        free(session);
    }
}

/* ---- asking ------------------------------------------------------------------------------ */

const struct policy *session_policy(const struct session *session)
{
    return &session->settings->policy;
}

const struct settings *session_settings(const struct session *session)
{
    return session->settings;
}

const char *session_store_uri(const struct session *session)
{
    return session->settings->store;
}

const char *session_store_name(const struct session *session, struct arena *arena)
{
    return location_identity(session->settings->store, arena);
}

const char *session_store_place(struct session *session, struct arena *arena)
{
    struct port_info facts;
    const char *place = NULL;
    port_info_init(&facts);
    if (session->store->ops->facts) {
        session->store->ops->facts(session->store, &facts);
    }
    const char *account = port_info_get(&facts, "account");
    const char *region = port_info_get(&facts, "region");
    if (account && region) {
        place = arena_printf(arena, "account %s, %s", account, region);
    }
    port_info_release(&facts);
    return place;
}

const char *session_directory_uri(const struct session *session)
{
    return session->settings->directory;
}

const char *session_export_uri(const struct session *session)
{
    return session->settings->export_to;
}

bool session_is_embedded(const struct session *session)
{
    return session->embedded;
}

int64_t session_now_s(const struct session *session)
{
    return pool_time_now_ms(&session->time, session->clock) / 1000;
}

/* Whether applying a plan on this snapshot makes the store, or --init has just made it. */
static bool is_made_by(const struct session *session, const struct snapshot *snapshot)
{
    return session->missing || (session->made && snapshot->n_slots == 0);
}

struct plan_input session_plan_input(const struct session *session, const struct snapshot *snapshot,
                                     const struct roster *roster)
{
    return (struct plan_input){
        .policy = &session->settings->policy,
        .snapshot = snapshot,
        .roster = roster,
        .now_s = snapshot_now_s(snapshot, session->clock),
        .actor = session->actor ? session->actor : "extpool",
        .makes_store = is_made_by(session, snapshot) ? session->settings->store : NULL,
    };
}

enum err_code session_actor(struct session *session, const struct progress *progress,
                            const char **actor, struct err *err)
{
    if (!session->actor) {
        const char *said = NULL;
        if (session->store->ops->identity) {
            enum err_code code = session->store->ops->identity(session->store, &session->arena,
                                                               progress, &said, err);
            if (code != ERR_OK) {
                return code;
            }
        }
        session->actor = said ? said : actor_of_machine(&session->arena);
    }
    *actor = session->actor;
    return ERR_OK;
}

const char *session_user(struct session *session)
{
    if (!session->user) {
        session->user = actor_user(&session->arena, session->via);
    }
    return session->user;
}

void session_facts(struct session *session, struct port_info *facts)
{
    if (session->store->ops->facts) {
        session->store->ops->facts(session->store, facts);
    }
    session_directory_facts(session, facts);
    for (size_t i = 0; i < session->n_services; i++) {
        const struct port_service *service = session->services[i].service;
        if (service->facts) {
            service->facts(session->services[i].shared, facts);
        }
    }
}

/* ---- reading ----------------------------------------------------------------------------- */

enum err_code session_refuse_to_write(const struct session *session, const char *text,
                                      struct err *err)
{
    err_set(err, ERR_READ_ONLY, "%s", text);
    err_hint(err, "read-only comes from %s; --dry-run shows what would be done",
             settings_origin(session->settings, OPT_READ_ONLY));
    return ERR_READ_ONLY;
}

/* Whether this action may meet a store that is not there, and makes it. Everything else is told
   that it is not found: a mistyped path must not become a second pool, or an empty list. */
static bool may_make_store(const struct session *session)
{
    switch ((int)session->settings->action) {
    case ACTION_INIT:
    case ACTION_SYNC:
    case ACTION_IMPORT:
    case ACTION_CONSOLE:
        return session->embedded && !session->seen;
    default:
        return false;
    }
}

static enum err_code load_store(struct session *session, enum load_mode mode,
                                const struct progress *progress, struct snapshot **out,
                                struct err *err)
{
    return session->store->ops->load(session->store, &session->settings->policy, mode, progress,
                                     out, err);
}

/* A store that was read before and that is not there any more. */
static enum err_code fail_gone(const struct session *session, struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "%s is gone: this session has read it before",
            session->settings->store);
    err_hint(err, "See whether its disk is mounted and its folder is still there. Nothing was "
                  "written or published");
    return ERR_NOT_FOUND;
}

/* Reads it all for that: it is a file of this machine, and it takes milliseconds. */
static bool is_missing(struct session *session, const struct progress *progress)
{
    struct snapshot *snapshot = NULL;
    bool missing = session->embedded &&
                   load_store(session, LOAD_NORMAL, progress, &snapshot, NULL) == ERR_NOT_FOUND;
    snapshot_unref(snapshot);
    return missing;
}

enum err_code session_init_store(struct session *session, const struct progress *progress,
                                 struct port_info *warnings, struct err *err)
{
    if (session->settings->read_only) {
        return session_refuse_to_write(session, "read-only: the store is not created", err);
    }
    bool missing = is_missing(session, progress);
    if (missing && session->seen) {
        return fail_gone(session, err);
    }
    enum err_code code = session->store->ops->init(session->store, &session->settings->policy,
                                                   progress, warnings, err);
    if (code == ERR_OK) {
        session->made = session->made || missing;
        session->missing = false;
        session->seen = true;
    }
    return code;
}

void session_say_phase(const struct progress *progress, const char *phase)
{
    progress_update(progress, &(struct progress_report){.phase = phase});
}

bool session_is_table(const struct session *session)
{
    return strncmp(session->settings->store, "dynamodb:", 9) == 0;
}

static struct snapshot *empty_snapshot(const struct session *session)
{
    struct snapshot *snapshot = snapshot_new();
    snapshot->exact = true;
    snapshot->consistent = true;
    snapshot->read_at_s = clock_now_s(session->clock);
    snapshot_seal(snapshot);
    return snapshot;
}

enum err_code session_store_read(struct session *session, enum err_code code, struct err *why,
                                 struct snapshot **out, struct err *err)
{
    session->missing = code == ERR_NOT_FOUND && may_make_store(session);
    if (session->missing) {
        *out = empty_snapshot(session);
        return ERR_OK;
    }
    if (code == ERR_NOT_FOUND && session->embedded && session->seen) {
        err_clear(why);
        (void)fail_gone(session, why);
    }
    session->seen = session->seen || code == ERR_OK;
    if (code != ERR_OK) {
        log_line(LOG_ERROR, "store", "load: %s", why->text);
        if (err) {
            *err = *why;
        }
        return code;
    }
    session->time = (*out)->time;
    session->time.note = NULL;
    return ERR_OK;
}

enum err_code session_load(struct session *session, enum load_mode mode,
                           const struct progress *progress, struct snapshot **out, struct err *err)
{
    struct err why = ERR_INIT;
    int64_t start_ms = clock_ticks_ms();
    session_say_phase(progress,
                      session_is_table(session) ? "reading the table" : "reading the store");
    enum err_code code = load_store(session, mode, progress, out, &why);
    code = session_store_read(session, code, &why, out, err);
    if (code != ERR_OK || session->missing) {
        return code;
    }
    log_line(LOG_INFO, "store", "%zu extensions read in %lld ms", (*out)->n_slots,
             (long long)(clock_ticks_ms() - start_ms));
    if ((*out)->time.note) {
        log_line(LOG_WARN, "store", "%s", (*out)->time.note);
    }
    return ERR_OK;
}

enum err_code session_read_rows(struct session *session, const struct store_rows *rows,
                                const struct progress *progress, struct snapshot **out,
                                struct err *err)
{
    struct store *store = session->store;
    struct err why = ERR_INIT;
    *out = NULL;
    if (!store->ops->read_rows || session->made) { /* the plan says that a store is new */
        return ERR_OK;
    }
    session_say_phase(progress,
                      session_is_table(session) ? "reading the table" : "reading the store");
    enum err_code code =
        store->ops->read_rows(store, &session->settings->policy, rows, progress, out, &why);
    return session_store_read(session, code, &why, out, err);
}

enum err_code session_read_slot(struct session *session, const struct store_lookup *wanted,
                                const struct progress *progress, struct slot *out, struct err *err)
{
    struct store_found found = {.slot = {.state = SLOT_ABSENT}};
    enum err_code code = session->store->ops->lookup(session->store, &session->settings->policy,
                                                     wanted, progress, &found, err);
    if (code == ERR_OK) {
        session->time = found.time;
    }
    *out = found.slot;
    return code;
}

/* ---- the history ------------------------------------------------------------------------- */

enum err_code session_history(struct session *session, const struct history_query *query,
                              const struct progress *progress, struct history **out,
                              struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = session->store->ops->history(session->store, query, progress, out, &why);
    if (code == ERR_NOT_FOUND && !query->action_id && may_make_store(session)) {
        *out = history_new(); /* no store yet, no history yet */
        return ERR_OK;
    }
    if (code != ERR_OK && err) {
        *err = why;
    }
    return code;
}
