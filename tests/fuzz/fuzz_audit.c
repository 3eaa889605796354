/* The reader of audit records: whatever the bytes, it takes them whole or not at all, and what it
   took is what it says it takes. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/audit.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

static void check_change(const struct audit_change *change)
{
    check(change->kind < CHANGE_KIND_COUNT);
    if (change->kind == CHANGE_CREATE) {
        check(change->from && change->to && strlen(change->from) == strlen(change->to));
        check(text_is_digits(change->from) && text_is_digits(change->to));
        check(strcmp(change->from, change->to) <= 0);
    } else {
        check(change->ext || change->agent);
        check(!change->ext || (text_is_digits(change->ext) && strlen(change->ext) < EXT_ROOM));
        check(!change->agent ||
              text_utf8_check(change->agent, strlen(change->agent)) == strlen(change->agent));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    char *json = malloc(size + 1);
    check(json != NULL);
    memcpy(json, data, size);
    json[size] = '\0';
    struct history *history = history_new();
    enum err_code code = history_add(history,
                                     &(struct audit_record){.action_id = "id",
                                                            .at_ms = 1,
                                                            .order = 1,
                                                            .actor = "actor",
                                                            .action = "action",
                                                            .changes = json},
                                     &err);
    if (code == ERR_OK) {
        /* The same record again doubles the one action. */
        size_t n_changes = history->actions[0].n_changes;
        check(history_add(history,
                          &(struct audit_record){.action_id = "id",
                                                 .at_ms = 1,
                                                 .order = 1,
                                                 .actor = "actor",
                                                 .action = "action",
                                                 .changes = json},
                          &err) == ERR_OK);
        history_seal(history);
        check(history->n_actions == 1 && history->actions[0].n_changes == 2 * n_changes);
        for (size_t i = 0; i < 2 * n_changes; i++) {
            check_change(&history->actions[0].changes[i]);
        }
    } else {
        check(code == ERR_INPUT && err.text[0] != '\0' && history->n_actions == 0);
    }
    history_free(history);
    free(json);
    return 0;
}
