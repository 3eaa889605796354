/* For session.h: the history, written somewhere as lines of JSON, and what is not replaced by it. */

#include "core/session/session_private.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/log.h"

#define TRAIL_MAX ((size_t)1 << 30)
#define TRAIL_TYPE "application/x-ndjson"
#define TRAIL_BEGIN "{\"action_id\":\"" /* of every line of such a file */

/* An older export of the history, or an empty file. */
static bool is_trail(const struct buf *there)
{
    return there->length == 0 || strncmp(there->data, TRAIL_BEGIN, strlen(TRAIL_BEGIN)) == 0;
}

static enum err_code refuse(const char *uri, const char *why, struct err *err)
{
    err_set(err, ERR_GUARD, "%s: %s; it is not replaced", uri, why);
    err_hint(err, "Name another place with --to");
    return ERR_GUARD;
}

/* What may be replaced there. */
static enum err_code look(struct exporter *exporter, const char *uri,
                          const struct progress *progress, enum publish_over *over, struct err *err)
{
    struct buf there;
    struct err why = ERR_INIT;
    buf_init(&there, TRAIL_MAX);
    enum err_code code = exporter->ops->read(exporter, progress, &there, &why);
    *over = code == ERR_DENIED ? PUBLISH_OVER_NOTHING : PUBLISH_OVER_READ;
    if (code == ERR_OK && !is_trail(&there)) {
        code = refuse(uri, "what is there is not an export of the history", err);
    } else if (code == ERR_NOT_FOUND || code == ERR_DENIED) {
        code = ERR_OK;
    } else if (code != ERR_OK && err) {
        *err = why;
    }
    buf_release(&there);
    return code;
}

enum err_code session_publish_trail(struct session *session, const char *uri,
                                    const struct buf *lines, const struct progress *progress,
                                    struct err *err)
{
    struct exporter *exporter = NULL;
    const char *list = session_export_uri(session);
    struct publication publication = {
        .bytes = lines->data, .length = lines->length, .content_type = TRAIL_TYPE};
    if (list && strcmp(list, uri) == 0) {
        return refuse(uri, "the list of extensions is published there", err);
    }
    enum err_code code = settings_store_is_named(session->settings, NULL, uri, err);
    if (code == ERR_OK) {
        code = session_open_exporter(session, uri, &exporter, err);
    }
    if (code == ERR_OK) {
        code = look(exporter, uri, progress, &publication.over, err);
    }
    if (code == ERR_OK) {
        struct err why = ERR_INIT;
        code = exporter->ops->publish(exporter, &publication, progress, &why);
        if (code == ERR_CONFLICT && publication.over == PUBLISH_OVER_NOTHING) {
            code = refuse(uri, "what is there may not be read", err);
        } else if (code != ERR_OK && err) {
            *err = why;
        }
    }
    if (code == ERR_OK) {
        log_line(LOG_INFO, "history", "%s: %zu bytes", uri, lines->length);
    }
    exporter_free(exporter);
    return code;
}
