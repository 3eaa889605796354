#include "aws/connect/note.h"

#include <stdio.h>

#include "aws/client/service_errors.h"

#include "core/base/banned.h"

void connect_note(struct connect_note *note, const char *what, const char *operation,
                  const struct response *reply, const struct err *err)
{
    if (note->text[0] != '\0' || err->code == ERR_CANCELLED) {
        return;
    }
    if (reply && reply->code == ERR_DENIED) {
        char permission[256];
        service_error_missing(SERVICE_CONNECT, operation, reply->message, permission,
                              sizeof permission);
        snprintf(note->text, sizeof note->text, "%s: the permission %s is missing (request id %s)",
                 what, permission, reply->request_id);
    } else {
        snprintf(note->text, sizeof note->text, "%s: %.400s", what, err->text);
    }
}
