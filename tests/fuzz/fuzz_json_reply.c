/*
 * An answer of Connect or DynamoDB: whatever the body, what is taken from it is harmless text of
 * bounded length, and the error made of it says something. The first byte chooses service and
 * status.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/live.h"
#include "aws/client/service_errors.h"
#include "aws/client/response.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_text(const char *text, size_t room)
{
    size_t length = strnlen(text, room);
    check(length < room && text_utf8_check(text, length) == length);
    for (size_t i = 0; i < length; i++) {
        check((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
    }
}

static void check_reply(const struct response *reply, enum aws_service service, bool damaged)
{
    struct retry_answer answer = {
        .service = service, .status = reply->status, .error = reply->error, .damaged = damaged};
    struct service_error what = {
        .service = service,
        .operation = "Query",
        .region = "eu-west-1",
        .host = "h",
        .detail = "",
        .status = reply->status,
        .error = reply->error,
        .message = reply->message,
        .request_id = reply->request_id,
        .class = retry_classify(&answer),
        .attempts = 1,
        .damaged = damaged,
    };
    struct err err = ERR_INIT;
    check(service_error_explain(&what, &err) != ERR_OK && err.text[0] != '\0');
    check_text(err.text, sizeof err.text);
}

/* As GetCurrentUserData: of whomever, whatever they do. */
static void check_live(const json_t *answer)
{
    struct live *live = live_new(2);
    const char *queue_ids[2] = {NULL, NULL};
    struct strmap by_id;
    strmap_init(&by_id, 2);
    strmap_add(&by_id, "u1", 0);
    strmap_add(&by_id, "u2", 1);
    connect_live_take(live, queue_ids, &by_id, answer);
    for (size_t i = 0; i < live->n_states; i++) {
        const struct live_state *state = &live->states[i];
        check(state->presence < LIVE_N && state->channel < LIVE_CHANNELS_N);
        check(live_word(state)[0] != '\0' && live_words(state->presence)[0] != '\0');
        check(state->since_s >= 0 && state->voice_max <= 1000 && state->voice_free <= 1000);
        if (state->status) {
            check_text(state->status, 1 << 21);
        }
    }
    strmap_release(&by_id);
    live_free(live);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 400, 403, 429, 500, 301};
    if (size == 0) {
        return 0;
    }
    enum aws_service service = data[0] & 1 ? SERVICE_CONNECT : SERVICE_DYNAMODB;
    struct http_response response;
    struct response reply = {.code = ERR_OK};
    http_response_init(&response);
    buf_init(&response.body, 1 << 20);
    buf_append(&response.body, data + 1, size - 1);
    response.status = statuses[data[0] / 2 % 6];
    bool damaged = response_read(service, &response, &reply);
    check_text(reply.error, sizeof reply.error);
    check_text(reply.message, sizeof reply.message);
    check_text(reply.request_id, sizeof reply.request_id);
    check(damaged || response.status != 200 || json_is_object(reply.json));
    if (response.status != 200 || damaged) {
        check_reply(&reply, service, damaged);
    }
    struct client_statistics statistics = {0};
    response_count_capacity(&reply, "Query", &statistics);
    struct connect_pages pages;
    struct err err = ERR_INIT;
    connect_pages_init(&pages);
    if (connect_pages_next(&pages, reply.json, &err)) {
        check(pages.token[0] != '\0' && err.code == ERR_OK);
        check(!connect_pages_next(&pages, reply.json, &err)); // itself again
        check(err.code == ERR_SERVICE);
    }
    connect_pages_release(&pages);
    check_live(reply.json);
    response_clear(&reply);
    http_response_release(&response);
    return 0;
}
