/* For session.h: publishing the list of extensions, and the guard before it. */

#include "core/session/session_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/digest.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/format/text_file.h"
#include "core/plan/overlay.h"
#include "core/pool/export.h"
#include "core/settings/location.h"

#define AHEAD_MS 30000 /* how long that holds what was read ahead */
#define ATTEMPTS 3     /* while others publish there too */

/* One publication on its way. */
struct publishing {
    struct session *session;
    const struct progress *progress;
    struct export_receipt *receipt;
    struct err *err;
    struct arena arena;
    const char *uri;
    struct exporter *exporter;
    struct exporter *once; /* opened for this one: to be freed */
    struct buf bytes;      /* what is to be published */
    struct buf old;        /* what lies there */
    enum publish_there there;
    struct err unreadable;      /* why, with THERE_UNKNOWN */
    struct published published; /* what this store last published there */
};

/* ---- the place --------------------------------------------------------------------------- */

/* The URI to export to, if the session may. */
static enum err_code choose_place(struct publishing *publishing, const char *to)
{
    struct session *session = publishing->session;
    publishing->uri = session->settings->export_to;
    if (to) {
        const struct location_text from = {.port = PORT_EXPORT, .text = to};
        enum err_code code =
            location_normalise(&from, &publishing->arena, &publishing->uri, publishing->err);
        if (code != ERR_OK) {
            return code;
        }
    }
    if (!publishing->uri) {
        err_set(publishing->err, ERR_USAGE, "no destination for the export");
        err_hint(publishing->err, "Name one with --export: " LOCATION_EXPORT_FORMS);
        return ERR_USAGE;
    }
    return settings_store_is_named(session->settings, NULL, publishing->uri, publishing->err);
}

static enum err_code begin(struct publishing *publishing, const char *to)
{
    struct session *session = publishing->session;
    buf_init(&publishing->bytes, EXPORT_MAX);
    buf_init(&publishing->old, TEXT_FILE_MAX);
    enum err_code code = choose_place(publishing, to);
    if (code != ERR_OK) {
        return code;
    }
    const char *uri = publishing->uri;
    text_sanitise_to(publishing->receipt->to, sizeof publishing->receipt->to, uri, strlen(uri), 0);
    if (to || !session->exporter) {
        code = session_open_exporter(session, uri, to ? &publishing->once : &session->exporter,
                                     publishing->err);
    }
    publishing->exporter = to ? publishing->once : session->exporter;
    return code;
}

static void end(struct publishing *publishing)
{
    exporter_free(publishing->once);
    buf_release(&publishing->bytes);
    buf_release(&publishing->old);
    arena_release(&publishing->arena);
}

/* ---- what lies there --------------------------------------------------------------------- */

static bool is_known_ahead(const struct publishing *publishing)
{
    const struct publish_ahead *ahead = &publishing->session->ahead;
    return ahead->known && !publishing->once && clock_ticks_ms() - ahead->at_ms < AHEAD_MS;
}

static enum err_code read_there(struct publishing *publishing)
{
    struct exporter *exporter = publishing->exporter;
    const struct publish_ahead *ahead = &publishing->session->ahead;
    struct err why = ERR_INIT;
    buf_clear(&publishing->old);
    if (is_known_ahead(publishing)) {
        publishing->there = ahead->there;
        publishing->unreadable = ahead->unreadable;
        buf_append(&publishing->old, ahead->old.data, ahead->old.length);
        return ERR_OK;
    }
    enum err_code code =
        exporter->ops->read(exporter, publishing->progress, &publishing->old, &why);
    publishing->there = code == ERR_OK       ? THERE_SOMETHING
                        : code == ERR_DENIED ? THERE_UNKNOWN
                                             : THERE_NOTHING;
    publishing->unreadable = why;
    if (code == ERR_OK || code == ERR_DENIED || code == ERR_NOT_FOUND) {
        return ERR_OK;
    }
    if (publishing->err) {
        *publishing->err = why;
    }
    return code;
}

/* A note that cannot be read is as good as none: then people are counted. */
static void read_note(struct publishing *publishing)
{
    struct store *store = publishing->session->store;
    struct err why = ERR_INIT;
    publishing->published = (struct published){.at_s = 0};
    if (is_known_ahead(publishing)) {
        publishing->published = publishing->session->ahead.published;
        return;
    }
    if (publishing->exporter->fleeting) {
        return;
    }
    if (store->ops->published(store, publishing->exporter->uri, publishing->progress,
                              &publishing->published, &why) != ERR_OK) {
        log_line(LOG_WARN, "export", "what was published before is not known: %s", why.text);
    }
}

void session_forget_ahead(struct session *session)
{
    if (session->ahead.known) {
        session->ahead.known = false;
        buf_release(&session->ahead.old);
    }
}

void session_look_ahead(struct session *session, const struct progress *progress)
{
    struct err ignored = ERR_INIT;
    struct export_receipt receipt = {.rows = 0};
    struct publishing publishing = {
        .session = session, .progress = progress, .receipt = &receipt, .err = &ignored};
    session_forget_ahead(session);
    if (begin(&publishing, NULL) == ERR_OK && read_there(&publishing) == ERR_OK) {
        read_note(&publishing);
        session->ahead = (struct publish_ahead){.known = true,
                                                .at_ms = clock_ticks_ms(),
                                                .published = publishing.published,
                                                .there = publishing.there,
                                                .old = publishing.old,
                                                .unreadable = publishing.unreadable};
        buf_init(&publishing.old, 0);
    }
    end(&publishing);
}

static bool is_noted(const struct publishing *publishing)
{
    return publishing->published.digest[0] != '\0';
}

/* Whether what lies there may be replaced without a question: it is what this store published, or
   the very bytes that it publishes now. */
static bool is_ours(const struct publishing *publishing)
{
    const struct buf *old = &publishing->old;
    const struct buf *bytes = &publishing->bytes;
    char digest[DIGEST_ROOM];
    if (old->length == bytes->length &&
        (old->length == 0 || memcmp(old->data, bytes->data, old->length) == 0)) {
        return true;
    }
    digest_of(old->data, old->length, digest);
    return strcmp(digest, publishing->published.digest) == 0;
}

/* ---- the guard --------------------------------------------------------------------------- */

/* Only `--export --max-release N` lifts this guard. */
static const struct release_limit *lifted_limit(const struct settings *settings)
{
    return settings->action == ACTION_EXPORT &&
                   settings->origins[OPT_MAX_RELEASE].kind == ORIGIN_COMMAND_LINE
               ? &settings->policy.limit
               : NULL;
}

/* Who works here, as far as that can be found out: a reference, or NULL. */
static struct roster *find_roster(struct publishing *publishing, const struct roster *known)
{
    struct roster *roster = NULL;
    if (known && !known->partial) {
        return roster_ref(known);
    }
    if (session_directory_uri(publishing->session)) {
        (void)!session_read_directory(publishing->session, publishing->progress, &roster, NULL);
    }
    return roster;
}

static void hint_way_out(const struct publishing *publishing, bool before_writing)
{
    const struct settings *settings = publishing->session->settings;
    err_hint(publishing->err,
             "%s See whether this is the right store: %s (from %s).\nIf it is: %sextpool --export "
             "--max-release %zu",
             before_writing ? "Nothing was written." : "The list there is unchanged.",
             settings->store, settings_origin(settings, OPT_STORE),
             before_writing ? "extpool --sync --no-export, then " : "",
             publishing->receipt->guard.count);
}

/* `plan`: judged before it is written; NULL: what is in the store is judged. */
static enum err_code judge(struct publishing *publishing, const struct plan *plan,
                           const struct publish_source *source)
{
    struct publish_verdict *verdict = &publishing->receipt->guard;
    if (publishing->there != THERE_SOMETHING || is_ours(publishing)) {
        return ERR_OK;
    }
    struct roster *roster = find_roster(publishing, source->roster);
    const struct publish_question question = {
        .name = publishing->receipt->to,
        .text = publishing->old.data,
        .length = publishing->old.length,
        .before = plan ? plan->snapshot : source->snapshot,
        .after = source->snapshot,
        .roster = roster,
        .lifted = lifted_limit(publishing->session->settings),
    };
    publish_judge(&question, verdict);
    roster_unref(roster);
    enum err_code code = publish_guard_error(verdict, publishing->err);
    if (code != ERR_OK) {
        log_line(LOG_ERROR, "export", "%s", verdict->text);
        hint_way_out(publishing, plan != NULL);
    }
    return code;
}

/* The list, with the columns that the configuration asks for. Names are the directory's: a list without them,
   because it could not be read, is no list. */
static enum err_code build(struct publishing *publishing, const struct publish_source *source)
{
    struct session *session = publishing->session;
    struct roster *read = NULL;
    struct export_form form = {.csv_safe = session->settings->csv_safe,
                               .columns = session->settings->export_columns,
                               .policy = session_policy(session),
                               .roster = source->roster};
    enum err_code code = ERR_OK;
    if (!form.roster && export_columns_want_roster(&form.columns) &&
        session_directory_uri(session)) {
        code = session_read_directory(session, publishing->progress, &read, publishing->err);
        form.roster = read;
    }
    if (code == ERR_OK) {
        code = export_build(source->snapshot, &form, &publishing->bytes, &publishing->receipt->rows,
                            publishing->err);
    }
    roster_unref(read);
    return code;
}

enum err_code session_foresee_export(struct session *session, const struct plan *plan,
                                     const struct progress *progress,
                                     struct export_receipt *receipt, struct err *err)
{
    struct err ignored = ERR_INIT;
    struct publishing publishing = {
        .session = session, .progress = progress, .receipt = receipt, .err = err};
    struct publish_source source = {.roster = plan->roster};
    *receipt = (struct export_receipt){.rows = 0};
    enum err_code code = begin(&publishing, NULL);
    if (code != ERR_OK) {
        goto out;
    }
    read_note(&publishing);
    publishing.err = &ignored;
    /* A destination that cannot be reached now does not stop a sync: publishing reports it. */
    if (is_noted(&publishing) || read_there(&publishing) != ERR_OK ||
        publishing.there != THERE_SOMETHING) {
        code = ignored.code == ERR_CANCELLED ? err_set(err, ERR_CANCELLED, "%s", ignored.text)
                                             : ERR_OK;
        goto out;
    }
    publishing.err = err;
    source.snapshot = plan_preview(plan);
    code = build(&publishing, &source);
    if (code == ERR_OK) {
        code = judge(&publishing, plan, &source);
    }
    snapshot_unref(source.snapshot);
out:
    end(&publishing);
    return code;
}

/* ---- what it says ------------------------------------------------------------------------ */

bool *session_find_listed(struct session *session, const struct snapshot *snapshot,
                          const struct progress *progress)
{
    struct err ignored = ERR_INIT;
    struct export_receipt receipt = {.rows = 0};
    struct publishing publishing = {
        .session = session, .progress = progress, .receipt = &receipt, .err = &ignored};
    bool *listed = NULL;
    if (!session_export_uri(session)) {
        return NULL;
    }
    if (begin(&publishing, NULL) == ERR_OK && read_there(&publishing) == ERR_OK &&
        publishing.there == THERE_SOMETHING) {
        listed = publish_find_listed(snapshot, publishing.old.data, publishing.old.length);
    }
    end(&publishing);
    return listed;
}

/* ---- publishing -------------------------------------------------------------------------- */

/* What may not be read is replaced only by a store that was there before this run. */
static enum err_code publish_unseen(struct publishing *publishing, struct publication *publication)
{
    struct exporter *exporter = publishing->exporter;
    struct export_receipt *receipt = publishing->receipt;
    struct err why = ERR_INIT;
    publication->over = PUBLISH_OVER_NOTHING;
    enum err_code code = exporter->ops->publish(exporter, publication, publishing->progress, &why);
    if (code != ERR_CONFLICT) {
        return code == ERR_OK ? ERR_OK : err_set(publishing->err, code, "%s", why.text);
    }
    if (publishing->session->made) {
        receipt->guard = (struct publish_verdict){.refused = true};
        code = err_set(
            publishing->err, ERR_GUARD,
            "the list is not published: there is one at %s that cannot be read, and this run "
            "made the store: %s",
            receipt->to, publishing->unreadable.text);
        err_hint(publishing->err,
                 "Allow reading it (s3:GetObject), or see whether this is the "
                 "right store: %s",
                 publishing->session->settings->store);
        return code;
    }
    text_sanitise_to(receipt->warning, sizeof receipt->warning, publishing->unreadable.text,
                     strlen(publishing->unreadable.text), 0);
    publication->over = PUBLISH_OVER_ALL;
    return exporter->ops->publish(exporter, publication, publishing->progress, publishing->err);
}

/* For the next publication. Without the note people are counted then, so it may fail. */
static void note(struct publishing *publishing)
{
    struct session *session = publishing->session;
    struct store *store = session->store;
    struct err why = ERR_INIT;
    struct published now = {.at_s = session_now_s(session), .rows = publishing->receipt->rows};
    digest_of(publishing->bytes.data, publishing->bytes.length, now.digest);
    if (publishing->exporter->fleeting || session->settings->read_only ||
        strcmp(now.digest, publishing->published.digest) == 0) {
        return;
    }
    if (store->ops->note_published(store, publishing->exporter->uri, &now, publishing->progress,
                                   &why) != ERR_OK) {
        log_line(LOG_WARN, "export", "the publication was not recorded: %s", why.text);
    }
}

static enum err_code publish(struct publishing *publishing)
{
    struct exporter *exporter = publishing->exporter;
    struct export_receipt *receipt = publishing->receipt;
    struct publication publication = {.bytes = publishing->bytes.data,
                                      .length = publishing->bytes.length,
                                      .content_type = EXPORT_TYPE,
                                      .over = PUBLISH_OVER_READ};
    enum err_code code =
        publishing->there == THERE_UNKNOWN
            ? publish_unseen(publishing, &publication)
            : exporter->ops->publish(exporter, &publication, publishing->progress, publishing->err);
    if (code == ERR_OK) {
        receipt->unchanged = exporter->unchanged;
        note(publishing);
        log_line(LOG_INFO, "export", "%s: %zu rows, %zu bytes%s", publishing->uri, receipt->rows,
                 publishing->bytes.length, receipt->unchanged ? ", unchanged" : "");
    }
    return code;
}

static enum err_code try_to_publish(struct publishing *publishing,
                                    const struct publish_source *source)
{
    enum err_code code = read_there(publishing);
    if (code == ERR_OK) {
        read_note(publishing);
        code = judge(publishing, NULL, source);
    }
    session_forget_ahead(publishing->session);
    return code == ERR_OK && !publishing->session->settings->dry_run ? publish(publishing) : code;
}

/* What was judged is what is replaced: if somebody else published meanwhile, that is judged too. */
static enum err_code publish_judged(struct publishing *publishing,
                                    const struct publish_source *source)
{
    enum err_code code = try_to_publish(publishing, source);
    for (int i = 1; i < ATTEMPTS && code == ERR_CONFLICT; i++) {
        err_clear(publishing->err);
        code = try_to_publish(publishing, source);
    }
    if (code == ERR_CONFLICT) {
        err_clear(publishing->err);
        err_set(publishing->err, code, "%s: somebody else publishes there at the same time",
                publishing->receipt->to);
        err_hint(publishing->err, "The list there is theirs. Publish again: extpool --export");
    }
    return code;
}

enum err_code session_export(struct session *session, const struct publish_source *given,
                             const struct progress *progress, struct export_receipt *receipt,
                             struct err *err)
{
    struct err own = ERR_INIT;
    struct publishing publishing = {
        .session = session, .progress = progress, .receipt = receipt, .err = err ? err : &own};
    struct publish_source source = *given;
    struct snapshot *loaded = NULL;
    bool dry_run = session->settings->dry_run;
    *receipt = (struct export_receipt){.rows = 0};
    enum err_code code = begin(&publishing, given->to);
    if (code == ERR_OK && session->settings->read_only && !dry_run &&
        strcmp(publishing.uri, "file:-") != 0) {
        code = session_refuse_to_write(session, "read-only: nothing is published", publishing.err);
    }
    if (code == ERR_OK && !source.snapshot) {
        code = session_load(session, LOAD_NORMAL, progress, &loaded, publishing.err);
        source.snapshot = loaded;
    }
    if (code == ERR_OK) {
        code = build(&publishing, &source);
        receipt->bytes = publishing.bytes.length;
    }
    if (code == ERR_OK) {
        code = publish_judged(&publishing, &source);
    }
    snapshot_unref(loaded);
    end(&publishing);
    return code;
}
