/*
 * An event of the function, from whoever may invoke it: whatever the bytes, the answer is one of the
 * known kinds or an error that says something; a sync only comes of what asks for one.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/lambda/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct event event;
    struct err err = ERR_INIT;
    enum err_code code = event_parse((const char *)data, size, &arena, &event, &err);
    if (code != ERR_OK) {
        check(code == ERR_INPUT && err.text[0] != '\0');
    } else if (event.kind == EVENT_ACTION) {
        check(event.action == ACTION_SYNC || event.action == ACTION_STATUS ||
              event.action == ACTION_EXPORT || event.action == ACTION_DOCTOR);
        check(!event.extension && !event.agent);
    } else {
        check(!event.extension || !event.agent);
        check(!event.extension || event.extension[0] != '\0');
        check(!event.dry_run && !event.max_release);
    }
    arena_release(&arena);
    return 0;
}
