#include "aws/client/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/crypto.h"
#include "aws/client/xml.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static void keep(char *out, size_t size, const char *text, size_t length)
{
    text_sanitise_to(out, size, text, length, 0);
}

static void keep_text(char *out, size_t size, const char *text)
{
    if (text && out[0] == '\0') {
        keep(out, size, text, strlen(text));
    }
}

/* "com.amazonaws.dynamodb.v20120810#Name:http://..." is Name. */
static void keep_error_name(char *out, size_t size, const char *text)
{
    if (!text || out[0] != '\0') {
        return;
    }
    size_t length = strcspn(text, ":");
    size_t begin = length;
    while (begin > 0 && text[begin - 1] != '#') {
        begin--;
    }
    keep(out, size, text + begin, length - begin);
}

static const char *member(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name)); // NULL for all that is not text
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void read_json_error(struct response *reply)
{
    keep_error_name(reply->error, sizeof reply->error, member(reply->json, "code"));
    keep_error_name(reply->error, sizeof reply->error, member(reply->json, "Code"));
    keep_error_name(reply->error, sizeof reply->error, member(reply->json, "__type"));
    keep_text(reply->message, sizeof reply->message, member(reply->json, "message"));
    keep_text(reply->message, sizeof reply->message, member(reply->json, "Message"));
    // STS asked for JSON: {"Error": {"Code": ..., "Message": ...}, "RequestId": ...}
    const json_t *error = json_object_get(reply->json, "Error");
    keep_error_name(reply->error, sizeof reply->error, member(error, "Code"));
    keep_text(reply->message, sizeof reply->message, member(error, "Message"));
    keep_text(reply->request_id, sizeof reply->request_id, member(reply->json, "RequestId"));
}

/* ---- XML --------------------------------------------------------------------------------- */

static void keep_element(char *out, size_t size, struct xml_part within, const char *name)
{
    char *text = xml_find_text(within, name);
    keep_text(out, size, text);
    free(text);
}

static void read_xml_error(struct response *reply)
{
    struct xml_part whole = xml_whole(reply->response->body.data, reply->response->body.length);
    struct xml_part error;
    if (!xml_find(whole, "Error", &error)) {
        return; // a page of some proxy
    }
    keep_element(reply->error, sizeof reply->error, error, "Code");
    keep_element(reply->message, sizeof reply->message, error, "Message");
    keep_element(reply->region_hint, sizeof reply->region_hint, error, "Region");
    keep_element(reply->request_id, sizeof reply->request_id, whole, "RequestId");
}

/* ---- all of it --------------------------------------------------------------------------- */

static bool is_json_service(enum aws_service service)
{
    return service != SERVICE_S3 && service != SERVICE_STS;
}

/* The sum is that of the bytes on the wire. Those of a compressed answer are gone; gzip has a sum of
   its own, which libcurl checked. */
static bool crc_differs(const struct http_response *response)
{
    const char *text = http_response_header(response, "x-amz-crc32");
    int64_t expected = 0;
    return text && !http_response_header(response, "content-encoding") &&
           text_to_int64(text, 0, UINT32_MAX, &expected) &&
           (uint32_t)expected != crypto_crc32(response->body.data, response->body.length);
}

/* The first character that is not white space. */
static char first_character(const struct buf *body)
{
    return body->data[strspn(body->data, " \t\r\n")];
}

static void read_request_id(const struct http_response *response, struct response *reply)
{
    static const char *const names[] = {"x-amzn-requestid", "x-amz-request-id",
                                        "x-amzn-request-id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        keep_text(reply->request_id, sizeof reply->request_id,
                  http_response_header(response, names[i]));
    }
}

bool response_read(enum aws_service service, struct http_response *response, struct response *reply)
{
    reply->response = response;
    reply->status = response->status;
    if (response->failure != HTTP_OK) {
        return false;
    }
    read_request_id(response, reply);
    bool success = response->status >= 200 && response->status < 300;
    bool damaged = crc_differs(response);
    char first = first_character(&response->body);
    if (is_json_service(service) || (!success && first == '{')) { /* an object may be any text */
        reply->json = json_loadb(response->body.data, response->body.length, JSON_ALLOW_NUL, NULL);
        damaged = damaged || (success && !json_is_object(reply->json));
    }
    if (!success) {
        keep_text(reply->region_hint, sizeof reply->region_hint,
                  http_response_header(response, "x-amz-bucket-region"));
        keep_error_name(reply->error, sizeof reply->error,
                        http_response_header(response, "x-amzn-errortype"));
        if (reply->json) {
            read_json_error(reply);
        } else if (first == '<') {
            read_xml_error(reply);
        }
    }
    return damaged;
}

void response_clear(struct response *reply)
{
    json_decref(reply->json);
    reply->json = NULL;
}

/* ---- capacity ---------------------------------------------------------------------------- */

static double number(const json_t *json, const char *name)
{
    return json_number_value(json_object_get(json, name)); // 0 for all that is not a number
}

static void count_table(const json_t *table, bool reads, struct client_statistics *statistics)
{
    double read = number(table, "ReadCapacityUnits");
    double written = number(table, "WriteCapacityUnits");
    if (read <= 0 && written <= 0) {
        double either = number(table, "CapacityUnits");
        read = reads ? either : 0;
        written = reads ? 0 : either;
    }
    statistics->read_units += read;
    statistics->write_units += written;
}

void response_count_capacity(const struct response *reply, const char *operation,
                             struct client_statistics *statistics)
{
    static const char *const reading[] = {"Query", "Scan", "GetItem", "BatchGetItem",
                                          "TransactGetItems"};
    bool reads = false;
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
        reads = reads || strcmp(operation, reading[i]) == 0;
    }
    const json_t *consumed = json_object_get(reply->json, "ConsumedCapacity");
    if (json_is_object(consumed)) {
        count_table(consumed, reads, statistics);
    }
    for (size_t i = 0; i < json_array_size(consumed); i++) {
        count_table(json_array_get(consumed, i), reads, statistics);
    }
}
