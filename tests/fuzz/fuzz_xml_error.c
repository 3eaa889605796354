/* An answer of S3 or STS: whatever the markup, parts lie within it and texts are harmless. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client/response.h"
#include "aws/client/xml.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_part(struct xml_part whole, struct xml_part part)
{
    check(part.text >= whole.text && part.text + part.length <= whole.text + whole.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"Error", "Code", "Bucket", "Credentials", "a", ""};
    struct xml_part whole = xml_whole((const char *)data, size);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct xml_part rest = whole;
        struct xml_part inner;
        size_t left = rest.length;
        while (xml_next(&rest, names[i], &inner)) {
            check_part(whole, inner);
            check_part(whole, rest);
            check(rest.length < left); // it gets on
            left = rest.length;
        }
        free(xml_find_text(whole, names[i]));
    }
    struct http_response response;
    struct response reply = {.code = ERR_OK};
    http_response_init(&response);
    buf_init(&response.body, 1 << 20);
    buf_append(&response.body, data, size);
    response.status = 400;
    response_read(SERVICE_S3, &response, &reply);
    check(text_utf8_check(reply.error, strlen(reply.error)) == strlen(reply.error));
    check(text_utf8_check(reply.message, strlen(reply.message)) == strlen(reply.message));
    check(strlen(reply.region_hint) < sizeof reply.region_hint);
    response_clear(&reply);
    http_response_release(&response);
    return 0;
}
