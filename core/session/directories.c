/* For session.h: the directories of a context, opened and read side by side. */

#include "core/session/session_private.h"

#include <stdlib.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/pool/group.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

/* ---- progress ------------------------------------------------------------------------------ */

/* Agents and pages are those of all directories; what is counted for a service is the same for all. */
static struct progress_report sum_reports(const struct session *session)
{
    struct progress_report sum = {.phase = "reading the directory"};
    bool known = true;
    for (size_t i = 0; i < session->n_directories; i++) {
        const struct progress_report *one = &session->directories[i].report;
        sum.done += one->done;
        sum.total += one->total;
        sum.pages += one->pages;
        sum.requests = one->requests > sum.requests ? one->requests : sum.requests;
        sum.retries = one->retries > sum.retries ? one->retries : sum.retries;
        sum.throttled = one->throttled > sum.throttled ? one->throttled : sum.throttled;
        known = known && one->total > 0;
    }
    sum.total = known ? sum.total : 0;
    return sum;
}

/* As long as something else is waited for, the directories are silent. */
static void on_update(void *context, const struct progress_report *report)
{
    struct opened_directory *one = context;
    const struct session *session = one->session;
    one->report = *report;
    if (session->reading && session->n_directories > 1) {
        const struct progress_report sum = sum_reports(session);
        progress_update(session->reader, &sum);
    } else if (session->reading) {
        progress_update(session->reader, report);
    }
}

static enum cancel on_cancel(void *context)
{
    const struct opened_directory *one = context;
    return progress_cancel(one->session->reader);
}

static void on_waits(void *context, int64_t wait_ms, bool slowed)
{
    const struct opened_directory *one = context;
    progress_waits(one->session->reader, wait_ms, slowed);
}

static void on_agents(void *context, const struct agent *rows, size_t n_rows)
{
    const struct opened_directory *one = context;
    progress_agents(one->session->reader, rows, n_rows);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum err_code open_one(struct session *session, const struct setting_directory *setting,
                              struct opened_directory *out, struct err *err)
{
    const char *rest = NULL;
    const struct port *port = session_port_of(session, setting->uri, &rest);
    if (!port || !port->directory) {
        return session_no_port("directory", setting->uri, err);
    }
    *out = (struct opened_directory){
        .session = session,
        .setting = setting,
        .progress = {.context = out,
                     .update = on_update,
                     .cancel = on_cancel,
                     .waits = on_waits,
                     .agents = on_agents},
    };
    struct port_opening opening = session_opening_of(session, port, setting->uri, rest);
    return session_opened(session, port->directory(&opening, &out->directory, err), OPT_DIRECTORY,
                          err);
}

enum err_code session_open_directories(struct session *session, struct err *err)
{
    const struct settings *settings = session->settings;
    if (session->n_directories > 0) {
        return ERR_OK;
    }
    if (settings->n_directories == 0) {
        return settings_no_directory(settings, err);
    }
    enum err_code code = ERR_OK;
    session->directories = mem_array(settings->n_directories, sizeof *session->directories);
    for (size_t i = 0; code == ERR_OK && i < settings->n_directories; i++) {
        code = open_one(session, &settings->directories[i], &session->directories[i], err);
        session->n_directories = i + 1;
    }
    if (code != ERR_OK) {
        session_close_directories(session);
    }
    return code;
}

void session_close_directories(struct session *session)
{
    for (size_t i = 0; i < session->n_directories; i++) {
        directory_free(session->directories[i].directory);
    }
    free(session->directories);
    session->directories = NULL;
    session->n_directories = 0;
}

bool session_has_directory(struct session *session)
{
    struct err ignored = ERR_INIT;
    return session_open_directories(session, &ignored) == ERR_OK;
}

/* ---- beginning ----------------------------------------------------------------------------- */

static void begin_all(struct session *session, const struct progress *progress)
{
    session->reader = progress;
    for (size_t i = 0; i < session->n_directories; i++) {
        struct opened_directory *one = &session->directories[i];
        one->report = (struct progress_report){.phase = NULL};
        if (one->directory->ops->begin) {
            one->directory->ops->begin(one->directory, &one->progress);
        }
    }
}

void session_begin_directory(struct session *session, const struct progress *progress)
{
    struct err later = ERR_INIT; /* session_read_directory says it */
    if (session_open_directories(session, &later) == ERR_OK) {
        begin_all(session, progress);
    }
}

void session_abandon_directory(struct session *session)
{
    for (size_t i = 0; i < session->n_directories; i++) {
        struct directory *directory = session->directories[i].directory;
        if (directory->ops->abandon) {
            directory->ops->abandon(directory);
        }
    }
    session->reader = NULL;
    session->reading = false;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct readings {
    struct session *session;
    struct roster **parts; /* by directory; NULL: not read */
    struct err *failures;  /* by directory */
    size_t n_failed;
};

/* Nobody can be served then: who runs this has to do something, and then all of them can be read. */
static bool stops_all(enum err_code code)
{
    return code == ERR_CANCELLED || code == ERR_AUTH || code == ERR_USAGE || code == ERR_CONFIG ||
           code == ERR_NOMEM || code == ERR_INTERNAL;
}

void session_describe_roster(const struct opened_directory *one, struct roster *roster, bool unread)
{
    const char *source = one->directory->source;
    roster_describe(roster,
                    &(struct roster_directory){.name = one->setting->name,
                                               .source = source ? source : one->setting->name,
                                               .uri = one->setting->uri,
                                               .unread = unread});
}

static const char *name_of(const struct opened_directory *one)
{
    return one->setting->name ? one->setting->name : one->setting->uri;
}

static enum err_code read_one(struct readings *all, size_t i)
{
    const struct opened_directory *one = &all->session->directories[i];
    int64_t start_ms = clock_ticks_ms();
    enum err_code code = one->directory->ops->read(one->directory, &one->progress, &all->parts[i],
                                                   &all->failures[i]);
    if (code == ERR_OK) {
        session_describe_roster(one, all->parts[i], false);
        log_line(LOG_INFO, "directory", "%s: %zu agents read in %lld ms", name_of(one),
                 all->parts[i]->n_agents, (long long)(clock_ticks_ms() - start_ms));
    } else {
        all->n_failed++;
        log_line(LOG_ERROR, "directory", "%s: %s", name_of(one), all->failures[i].text);
    }
    return code;
}

/* Those that do not wait for a service first: meanwhile the answers of the others come in. */
static enum err_code read_each(struct readings *all)
{
    const struct session *session = all->session;
    for (int waits = 0; waits <= 1; waits++) {
        for (size_t i = 0; i < session->n_directories; i++) {
            bool begun = session->directories[i].directory->ops->begin != NULL;
            if (begun == (waits == 1) && stops_all(read_one(all, i))) {
                return all->failures[i].code;
            }
        }
    }
    return ERR_OK;
}

/* The roster of a directory that gave nobody. */
static struct roster *unread(const struct opened_directory *one, const struct err *why)
{
    struct roster *roster = roster_new();
    roster->read_at_s = clock_now_s(one->session->clock);
    roster_partial(roster, "%s", why->text);
    if (why->hint[0] != '\0' && why->code != ERR_GUARD) { /* that hint is for one alone */
        roster_note(roster, "%s", why->hint);
    }
    session_describe_roster(one, roster, true);
    return roster;
}

/* Of several failures the one that counts: an empty directory last. */
static const struct err *chief_failure(const struct readings *all)
{
    const struct err *chief = &all->failures[0];
    for (size_t i = 1; i < all->session->n_directories && chief->code == ERR_GUARD; i++) {
        chief = all->failures[i].code == ERR_GUARD ? chief : &all->failures[i];
    }
    return chief;
}

static enum err_code fail_all(const struct readings *all, struct err *err)
{
    const struct session *session = all->session;
    const struct err *chief = chief_failure(all);
    struct arena arena = ARENA_INIT;
    const char *text = NULL;
    if (session->n_directories == 1) {
        err_set(err, chief->code, "%s", chief->text);
    } else {
        for (size_t i = 0; i < session->n_directories; i++) {
            text = arena_printf(&arena, "%s%s%s: %s", text ? text : "", text ? "; " : "",
                                name_of(&session->directories[i]), all->failures[i].text);
        }
        err_set(err, chief->code, "none of the %zu directories could be read: %s",
                session->n_directories, text);
    }
    err_hint(err, "%s", chief->hint);
    arena_release(&arena);
    return chief->code;
}

static struct roster *merge(struct readings *all)
{
    const struct session *session = all->session;
    if (session->n_directories == 1) {
        return roster_ref(all->parts[0]);
    }
    for (size_t i = 0; i < session->n_directories; i++) {
        if (!all->parts[i]) {
            all->parts[i] = unread(&session->directories[i], &all->failures[i]);
        }
    }
    return roster_merge(all->parts, session->n_directories);
}

struct column_check {
    const struct roster *roster;
    struct err err;
};

static void check_column(void *context, const struct group *group, const struct match_term *term)
{
    struct column_check *check = context;
    if (term->field == FIELD_COLUMN && !roster_has_column(check->roster, term->key)) {
        err_set(&check->err, ERR_CONFIG, "%s: [group %s]: no directory has a column \"%s\"",
                group->at, group->name, term->key);
        err_hint(&check->err, "The first line of a directory file names its columns");
    }
}

static bool has_file(const struct settings *settings)
{
    bool has = false;
    for (size_t i = 0; !has && i < settings->n_directories; i++) {
        has = location_rest(settings->directories[i].uri, "file");
    }
    return has;
}

/* A file need not have the columns of the others; one that no file has is a mistake of the group. With
   several contexts the group may be for the files of another one: then it is worth a note. */
static enum err_code check_columns(const struct session *session, struct roster *roster,
                                   struct err *err)
{
    const struct settings *settings = session->settings;
    struct column_check check = {roster, ERR_INIT};
    if (roster_n_unread(roster) == 0) {
        groups_each_term(&settings->policy, check_column, &check);
    }
    if (check.err.code != ERR_OK && settings->n_contexts > 1) {
        if (has_file(settings)) {
            roster_note(roster, "%s", check.err.text);
        }
        return ERR_OK;
    }
    if (check.err.code != ERR_OK && err) {
        *err = check.err;
    }
    return check.err.code;
}

static enum err_code read_all(struct session *session, struct roster **out, struct err *err)
{
    struct readings all = {
        .session = session,
        .parts = mem_array(session->n_directories, sizeof(struct roster *)),
        .failures = mem_array(session->n_directories, sizeof *all.failures),
    };
    enum err_code code = read_each(&all);
    if (code != ERR_OK) {
        for (size_t i = 0; i < session->n_directories; i++) {
            if (all.failures[i].code == code) {
                err_set(err, code, "%s", all.failures[i].text);
                err_hint(err, "%s", all.failures[i].hint);
            }
        }
    } else if (all.n_failed == session->n_directories) {
        code = fail_all(&all, err);
    } else {
        *out = merge(&all);
        groups_find(&session->settings->policy, *out);
        code = check_columns(session, *out, err);
    }
    if (code != ERR_OK) {
        roster_unref(*out);
        *out = NULL;
    }
    for (size_t i = 0; i < session->n_directories; i++) {
        roster_unref(all.parts[i]);
    }
    free(all.parts);
    free(all.failures);
    return code;
}

enum err_code session_read_directory(struct session *session, const struct progress *progress,
                                     struct roster **out, struct err *err)
{
    *out = NULL;
    progress_update(progress, &(struct progress_report){.phase = "reading the directory"});
    enum err_code code = session_open_directories(session, err);
    if (code != ERR_OK) {
        return code;
    }
    begin_all(session, progress);
    session->reading = true;
    code = read_all(session, out, err);
    session_abandon_directory(session); /* what a stop left */
    if (code == ERR_OK) {
        followed_note_roster(&session->followed, *out);
    }
    return code;
}
