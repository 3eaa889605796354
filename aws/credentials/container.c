/*
 * Credentials of a container: ECS (a relative URI at a fixed address) and EKS Pod Identity or
 * another helper (a full URI). A full URI without TLS is followed only to addresses that cannot
 * leave the machine or the link: the token and the keys would travel in the clear.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/credentials/http.h"
#include "aws/credentials/json.h"
#include "aws/http/url.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define ECS_ORIGIN "http://169.254.170.2"
#define TOKEN_MAX 16384

struct container_provider {
    struct credentials_provider base;
    const struct cred_context *context;
};

/* ---- where to ask -----------------------------------------------------------------------------
 */

static bool is_allowed_address(const char *host)
{
    struct in6_addr six, pod_identity;
    struct in_addr four;
    if (inet_pton(AF_INET, host, &four) == 1) {
        return ntohl(four.s_addr) >> 24 == 127 || strcmp(host, "169.254.170.2") == 0 ||
               strcmp(host, "169.254.170.23") == 0;
    }
    if (inet_pton(AF_INET6, host, &six) == 1 &&
        inet_pton(AF_INET6, "fd00:ec2::23", &pod_identity) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&six) || memcmp(&six, &pod_identity, sizeof six) == 0;
    }
    return strcmp(host, "localhost") == 0;
}

bool cred_container_may_ask(const char *text)
{
    struct url url;
    char host[URL_HOST_ROOM];
    if (!url_parse(text, &url)) {
        return false;
    }
    size_t length = strlen(url.host);
    bool bracket = url.host[0] == '[';
    snprintf(host, sizeof host, "%.*s", (int)(length - (bracket ? 2 : 0)), url.host + bracket);
    return url.tls || is_allowed_address(host);
}

static enum err_code find_url(const struct cred_context *context, char **url, struct err *err)
{
    const struct environment *environment = context->settings->environment;
    const char *relative = environment_get(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = environment_get(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative) {
        if (relative[0] != '/') {
            return err_set(err, ERR_CONFIG,
                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not start with '/'");
        }
        *url = mem_printf("%s%s", ECS_ORIGIN, relative);
        return ERR_OK;
    }
    if (!full) {
        return err_set(err, ERR_NOT_FOUND,
                       "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
    }
    if (!cred_container_may_ask(full)) {
        err_set(err, ERR_CONFIG,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI may be https, or http to this machine or a "
                "container address only");
        err_hint(err, "The allowed addresses are loopback, 169.254.170.2, 169.254.170.23 and "
                      "fd00:ec2::23");
        return ERR_CONFIG;
    }
    *url = mem_strdup(full);
    return ERR_OK;
}

/* ---- the token --------------------------------------------------------------------------------
 */

/* The file counts more and is read each time, for it changes. Leaves `token` empty if there is
   none. */
static enum err_code find_token(const struct cred_context *context, struct buf *token,
                                struct err *err)
{
    const struct environment *environment = context->settings->environment;
    const char *path = environment_get(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *value = environment_get(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (path) {
        struct err failed = ERR_INIT;
        if (fileio_read(path, token, &failed) != ERR_OK) {
            return err_set(err, ERR_AUTH, "the token of the container: %s", failed.text);
        }
    } else if (value) {
        buf_puts(token, value);
    }
    if (buf_failed(token) || strlen(token->data) != token->length ||
        !cred_http_is_value(token->data)) {
        return err_set(err, ERR_CONFIG, "%s has a line end or another control character in it",
                       path ? "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
                            : "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    }
    return ERR_OK;
}

/* ---- the request ------------------------------------------------------------------------------
 */

static enum err_code take_answer(const struct http_response *response, struct credentials *out,
                                 struct err *err)
{
    static const char what[] = "the answer of the container's credential service";
    json_t *root = NULL;
    enum err_code code =
        cred_json_load(what, response->body.data, response->body.length, &root, NULL);
    if (response->status != 200) {
        const char *error = cred_json_text(root, "code");
        code = err_set(err, response->status >= 500 ? ERR_SERVICE : ERR_AUTH,
                       "the container's credential service answered with HTTP %d%s%s",
                       response->status, error ? ", " : "", error ? error : "");
    } else if (code != ERR_OK) {
        code = err_set(err, ERR_INPUT, "%s is not a JSON object", what);
    } else {
        code = cred_json_read(what, root, &cred_json_metadata, out, err);
    }
    cred_json_free(root);
    return code;
}

static enum err_code ask(const struct cred_context *context, const char *url, const char *token,
                         struct credentials *out, struct err *err)
{
    const struct http_header headers[] = {
        {"Accept", "application/json"},
        {"Authorization", token},
    };
    struct http_response response;
    struct cred_request request = {
        .operation = "container credentials",
        .pause_ms = 1000,
        .wants_json = true,
        .http = {.method = "GET",
                 .url = url,
                 .headers = headers,
                 .header_count = token[0] != '\0' ? 2 : 1,
                 .connect_timeout_ms = 2000,
                 .timeout_ms = 5000,
                 .no_proxy = true},
    };
    http_response_init(&response);
    enum err_code code = cred_http_send(context, &request, &response, err);
    if (code == ERR_OK) {
        code = take_answer(&response, out, err);
    }
    cred_response_release(&response);
    return code;
}

static enum err_code container_get(struct credentials_provider *base, bool force,
                                   struct credentials *out, struct err *err)
{
    const struct cred_context *context = ((struct container_provider *)base)->context;
    struct buf token;
    char *url = NULL;
    (void)force; /* the service decides */
    buf_init_secret(&token, TOKEN_MAX);
    enum err_code code = find_url(context, &url, err);
    if (code == ERR_OK) {
        code = find_token(context, &token, err);
    }
    if (code == ERR_OK) {
        code = ask(context, url, token.data, out, err);
    }
    if (code == ERR_OK) {
        out->source = mem_strdup("container");
    }
    buf_release(&token);
    free(url);
    return code;
}

static void container_free(struct credentials_provider *base)
{
    free(base);
}

struct credentials_provider *cred_container_new(const struct cred_context *context)
{
    static const struct credentials_provider_ops ops = {
        .name = "container", .get = container_get, .free = container_free};
    struct container_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    return &self->base;
}
