/* The reader of plan files: whatever the bytes, it takes them whole or not at all, and what it took can
   be planned, gathered and written again. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/plan_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

/* The digest is right for the fuzzer: it could not guess one. */
static void sign(struct buf *text)
{
    struct plan_file file;
    struct err err = ERR_INIT;
    enum err_code code = plan_file_read(&file, text, "f", &err);
    const char *said = strstr(text->data, "\"digest\":\"");
    if (code != ERR_OK && said && file.digest[0]) {
        char *rest = strdup(said + strlen("\"digest\":\""));
        check(rest != NULL);
        char *end = strchr(rest, '"');
        text->length = (size_t)(said - text->data) + strlen("\"digest\":\"");
        text->data[text->length] = '\0';
        buf_puts(text, file.digest);
        buf_puts(text, end ? end : "");
        free(rest);
    }
    plan_file_release(&file);
}

static void use(const struct plan_file *file)
{
    struct policy policy;
    struct basket basket;
    struct err err = ERR_INIT;
    struct buf again;
    struct snapshot *snapshot = snapshot_new();
    policy_default(&policy);
    snapshot_seal(snapshot);
    basket_init(&basket);
    buf_init(&again, PLAN_FILE_MAX);
    const struct plan_input input = {.policy = &policy, .snapshot = snapshot, .now_s = 1};
    struct plan *plan = plan_file_plan(file, &input);
    plan_file_gather(file, &basket);
    check(plan->n_changes == file->n_changes && basket.n_wishes == file->n_wishes);
    const struct plan_file_content content = {.store = file->store,
                                              .maker = file->maker,
                                              .made_at_s = file->made_at_s,
                                              .action = file->action,
                                              .plan = plan,
                                              .basket = &basket};
    check(plan_file_write(&content, &again, NULL, &err) == ERR_OK);
    plan_free(plan);
    plan_free(basket_plan(&basket, &input, NULL, NULL));
    basket_release(&basket);
    buf_release(&again);
    snapshot_unref(snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan_file file;
    struct err err = ERR_INIT;
    struct buf text;
    buf_init(&text, 1u << 20);
    buf_append(&text, data, size);
    sign(&text);
    if (plan_file_read(&file, &text, "f", &err) == ERR_OK) {
        use(&file);
    } else {
        check(err.text[0] != '\0');
    }
    plan_file_release(&file);
    buf_release(&text);
    return 0;
}
