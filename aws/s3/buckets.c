#include "aws/s3/buckets.h"

#include <stdlib.h>

#include "aws/client/xml.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define BUCKETS_MOST 1000

enum err_code s3_list_buckets(struct client *client, struct cloud_found *found, struct err *err)
{
    const struct call call = {.operation = "ListBuckets", .method = "GET", .path = "/"};
    struct response reply = {.code = ERR_OK};
    enum err_code code = client_call(client, &call, &reply, err);
    if (code == ERR_OK) {
        const struct buf *body = &reply.response->body;
        struct xml_part rest = xml_whole(body->data, body->length);
        struct xml_part bucket;
        for (size_t n = 0; n < BUCKETS_MOST && xml_next(&rest, "Bucket", &bucket); n++) {
            char *name = xml_find_text(bucket, "Name");
            char *uri = name && name[0] ? mem_printf("s3://%s", name) : NULL;
            if (uri) {
                const struct cloud_item item = {.uri = uri, .detail = "", .fits = true};
                cloud_add(found, CLOUD_BUCKETS, &item);
            }
            free(uri);
            free(name);
        }
    }
    response_release(&reply);
    return code;
}
