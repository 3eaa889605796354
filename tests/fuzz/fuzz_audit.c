/* The reader of audit records: whatever the bytes, it takes them whole or not at all, and what it
   took is what it says it takes. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/audit_query.h"
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

/* A question is answered with the same changes, whether a store picks them out of the text or not. */
static void check_question(const char *json, const struct history *whole, const char *ext,
                           const char *agent)
{
    const struct history_query query = {.ext = ext, .agent = agent};
    const struct audit_record record = {
        .action_id = "id", .at_ms = 1, .actor = "actor", .action = "action", .changes = json};
    size_t n = 0;
    for (size_t i = 0; i < whole->actions[0].n_changes; i++) {
        n += history_query_has_change(&query, &whole->actions[0].changes[i]);
    }
    bool wanted = history_query_wants(&query, &record);
    check(!wanted || n > 0); /* a text that was not written here may hide a name */
    if (wanted) {
        struct history *answer = history_new();
        check(history_add_answer(answer, &query, &record, NULL) == ERR_OK);
        history_seal(answer);
        history_keep(answer, &query);
        check(answer->n_actions == 1 && answer->actions[0].n_changes > 0);
        history_free(answer);
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
        for (size_t i = 0; i < history->actions[0].n_changes && i < 4; i++) {
            const struct audit_change *change = &history->actions[0].changes[i];
            check_question(json, history, change->ext, NULL);
            check_question(json, history, NULL, change->agent);
        }
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
