/* For session.h: what is asked for ahead of its time, so that waits overlap. */

#include "core/session/session_private.h"

#include "core/base/banned.h"

void session_begin_directory(struct session *session, const struct progress *progress)
{
    struct err later = ERR_INIT; /* session_read_directory says it */
    if (session_open_directory(session, &later) == ERR_OK && session->directory->ops->begin) {
        session->directory->ops->begin(session->directory, progress);
    }
}

void session_abandon_directory(struct session *session)
{
    if (session->directory && session->directory->ops->abandon) {
        session->directory->ops->abandon(session->directory);
    }
}
