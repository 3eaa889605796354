/*
 * The instance metadata service of EC2, version 2: a session token first, then the name of the
 * role, then its keys. There is no way back to version 1, which any request forged through a
 * careless proxy could read.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 *
 * The service is at a fixed address of the link. If nothing answers there (a laptop, a container
 * with a hop limit of one), the answer is "not configured" after a second.
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/credentials/http.h"
#include "aws/credentials/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define TOKEN_LIFE_S 21600
#define TOKEN_RENEW_AHEAD_MS INT64_C(120000)
#define CREDENTIALS_PATH "/latest/meta-data/iam/security-credentials/"
#define REGION_PATH "/latest/meta-data/placement/region"

/* A conversation with the service. */
struct imds {
    const struct cred_context *context;
    char *origin; /* without a slash at its end */
    char *token;  /* NULL: none yet */
    int64_t token_until_ms;
    int attempts;
    int64_t timeout_ms;
};

struct imds_provider {
    struct credentials_provider base;
    struct imds imds;
};

/* ---- settings ---------------------------------------------------------------------------------
 */

static int number_setting(const struct aws_settings *settings, const char *variable,
                          const char *property, int otherwise, int most)
{
    int64_t value;
    const char *text = aws_settings_get(settings, variable, property);
    return text && text_to_int64(text, 1, most, &value) ? (int)value : otherwise;
}

static enum err_code choose_origin(const struct aws_settings *settings, char **origin,
                                   struct err *err)
{
    const char *url = aws_settings_get(settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                       "ec2_metadata_service_endpoint");
    const char *mode = aws_settings_get(settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                        "ec2_metadata_service_endpoint_mode");
    if (mode && !text_equal_nocase(mode, "IPv4") && !text_equal_nocase(mode, "IPv6")) {
        return err_set(err, ERR_CONFIG,
                       "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is \"%s\", not IPv4 or IPv6", mode);
    }
    bool six = mode && text_equal_nocase(mode, "IPv6");
    *origin = mem_strdup(url ? url : six ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
    size_t length = strlen(*origin);
    while (length > 0 && (*origin)[length - 1] == '/') {
        (*origin)[--length] = '\0';
    }
    return ERR_OK;
}

static enum err_code open_imds(struct imds *imds, const struct cred_context *context,
                               struct err *err)
{
    const struct aws_settings *settings = context->settings;
    if (aws_settings_on(settings, "AWS_EC2_METADATA_DISABLED", NULL)) {
        return err_set(err, ERR_NOT_FOUND, "AWS_EC2_METADATA_DISABLED is true");
    }
    if (imds->origin) {
        return ERR_OK;
    }
    imds->context = context;
    imds->attempts = number_setting(settings, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                    "metadata_service_num_attempts", 1, 10);
    imds->timeout_ms = 1000 * (int64_t)number_setting(settings, "AWS_METADATA_SERVICE_TIMEOUT",
                                                      "metadata_service_timeout", 1, 60);
    return choose_origin(settings, &imds->origin, err);
}

static void forget_token(struct imds *imds)
{
    if (imds->token) {
        mem_wipe(imds->token, strlen(imds->token));
    }
    free(imds->token);
    imds->token = NULL;
}

static void close_imds(struct imds *imds)
{
    forget_token(imds);
    free(imds->origin);
}

/* ---- requests ---------------------------------------------------------------------------------
 */

struct question {
    const char *method;
    const char *path;
    struct http_header header;
    int attempts;
};

static enum err_code ask(struct imds *imds, const struct question *question,
                         struct http_response *response, struct err *err)
{
    const char *path = question->path;
    char *url = mem_printf("%s%s", imds->origin, path);
    struct cred_request request = {
        .operation = "instance metadata",
        .wants_json = strncmp(path, CREDENTIALS_PATH, sizeof CREDENTIALS_PATH - 1) == 0 &&
                      path[sizeof CREDENTIALS_PATH - 1] != '\0',
        .attempts = question->attempts,
        .pause_ms = 1000,
        .http = {.method = question->method,
                 .url = url,
                 .headers = &question->header,
                 .header_count = 1,
                 .connect_timeout_ms = imds->timeout_ms,
                 .timeout_ms = 2 * imds->timeout_ms,
                 .no_proxy = true},
    };
    enum err_code code = cred_http_send(imds->context, &request, response, err);
    free(url);
    return code;
}

/* A token that holds. No answer, or one that is not of this service, means that we are not on an
   instance (or that it keeps its metadata to itself). */
static enum err_code need_token(struct imds *imds, struct err *err)
{
    int64_t now_ms = clock_now_ms(imds->context->clock);
    if (imds->token && now_ms < imds->token_until_ms) {
        return ERR_OK;
    }
    const struct question question = {.method = "PUT",
                                      .path = "/latest/api/token",
                                      .header = {"x-aws-ec2-metadata-token-ttl-seconds", "21600"},
                                      .attempts = imds->attempts};
    struct http_response response;
    struct err failed = ERR_INIT;
    forget_token(imds);
    http_response_init(&response);
    enum err_code code = ask(imds, &question, &response, &failed);
    if (code == ERR_CANCELLED) {
        err_set(err, code, "%s", failed.text);
    } else if (code != ERR_OK) {
        code = err_set(err, ERR_NOT_FOUND, "no answer (%s)", failed.text);
    } else if (response.status != 200) {
        code = err_set(
            err, response.status == 400 || response.status >= 500 ? ERR_SERVICE : ERR_NOT_FOUND,
            "%s gives no session token (HTTP %d)", imds->origin, response.status);
    } else if (response.body.length == 0 || response.body.length > 4096 ||
               !cred_http_is_value(response.body.data)) {
        code = err_set(err, ERR_NOT_FOUND, "%s answers with something else than a session token",
                       imds->origin);
    } else {
        imds->token = mem_strdup(response.body.data);
        imds->token_until_ms = now_ms + TOKEN_LIFE_S * INT64_C(1000) - TOKEN_RENEW_AHEAD_MS;
    }
    cred_response_release(&response);
    return code;
}

/* GET with a token; a token that is refused (401) is replaced once. */
static enum err_code get(struct imds *imds, const char *path, struct http_response *response,
                         struct err *err)
{
    enum err_code code = ERR_OK;
    for (int attempt = 0; attempt < 2; attempt++) {
        code = need_token(imds, err);
        if (code != ERR_OK) {
            return code;
        }
        const struct question question = {.method = "GET",
                                          .path = path,
                                          .header = {"x-aws-ec2-metadata-token", imds->token},
                                          .attempts = 3};
        cred_response_release(response);
        http_response_init(response);
        code = ask(imds, &question, response, err);
        if (code != ERR_OK || response->status != 401) {
            return code;
        }
        forget_token(imds);
    }
    return err_set(err, ERR_AUTH, "%s refuses its own session tokens (HTTP 401)", imds->origin);
}

/* The first line of a plain text answer. */
static enum err_code get_line(struct imds *imds, const char *path, const char *what, char **line,
                              struct err *err)
{
    struct http_response response;
    http_response_init(&response);
    enum err_code code = get(imds, path, &response, err);
    if (code == ERR_OK && response.status != 200 && response.status != 404) {
        code = err_set(err, ERR_SERVICE, "%s answered with HTTP %d", imds->origin, response.status);
    }
    if (code == ERR_OK) {
        size_t length = response.status == 200 ? strcspn(response.body.data, "\r\n") : 0;
        *line = mem_strndup(response.body.data, length);
        code = length > 0 ? ERR_OK : err_set(err, ERR_NOT_FOUND, "the instance has no %s", what);
    }
    cred_response_release(&response);
    return code;
}

/* ---- credentials ------------------------------------------------------------------------------
 */

static enum err_code take_answer(const struct imds *imds, const struct http_response *response,
                                 struct credentials *out, struct err *err)
{
    static const char what[] = "the answer of the instance metadata service";
    json_t *root = NULL;
    if (response->status != 200) {
        return err_set(err, ERR_SERVICE, "%s answered with HTTP %d", imds->origin,
                       response->status);
    }
    enum err_code code =
        cred_json_load(what, response->body.data, response->body.length, &root, err);
    const char *result = cred_json_text(root, "Code");
    if (code == ERR_OK && result && strcmp(result, "Success") != 0) {
        const char *message = cred_json_text(root, "Message");
        code = err_set(err, ERR_AUTH, "the instance metadata service says %s%s%.300s", result,
                       message ? ": " : "", message ? message : "");
    }
    if (code == ERR_OK) {
        code = cred_json_read(what, root, &cred_json_metadata, out, err);
    }
    cred_json_free(root);
    return code;
}

/* The name of the role comes from a setting or from the service. A name is one path segment. */
static enum err_code find_role(struct imds *imds, char **role, struct err *err)
{
    const char *given = aws_settings_get(imds->context->settings, "AWS_EC2_INSTANCE_PROFILE_NAME",
                                         "ec2_instance_profile_name");
    enum err_code code = ERR_OK;
    if (given) {
        *role = mem_strdup(given);
    } else {
        code = get_line(imds, CREDENTIALS_PATH, "role", role, err);
    }
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "+=,.@_-";
    if (code == ERR_OK && (*role)[strspn(*role, allowed)] != '\0') {
        code =
            err_set(err, ERR_AUTH, "\"%.100s\" cannot be the name of the instance's role", *role);
    }
    return code;
}

static enum err_code imds_get(struct credentials_provider *base, bool force,
                              struct credentials *out, struct err *err)
{
    struct imds_provider *self = (struct imds_provider *)base;
    struct http_response response;
    char *role = NULL;
    char *path = NULL;
    (void)force; /* the service decides */
    http_response_init(&response);
    enum err_code code = open_imds(&self->imds, self->imds.context, err);
    if (code == ERR_OK) {
        code = find_role(&self->imds, &role, err);
    }
    if (code == ERR_OK) {
        path = mem_printf("%s%s", CREDENTIALS_PATH, role);
        code = get(&self->imds, path, &response, err);
    }
    if (code == ERR_OK) {
        code = take_answer(&self->imds, &response, out, err);
    }
    if (code == ERR_OK) {
        out->source = mem_printf("instance role %s", role);
    }
    cred_response_release(&response);
    free(path);
    free(role);
    return code;
}

static void imds_free(struct credentials_provider *base)
{
    struct imds_provider *self = (struct imds_provider *)base;
    close_imds(&self->imds);
    free(self);
}

struct credentials_provider *cred_imds_new(const struct cred_context *context)
{
    static const struct credentials_provider_ops ops = {
        .name = "instance metadata", .get = imds_get, .free = imds_free};
    struct imds_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->imds.context = context;
    return &self->base;
}

/* ---- region -----------------------------------------------------------------------------------
 */

enum err_code cred_imds_region(const struct cred_context *context, char **region, struct err *err)
{
    struct imds imds = {.context = context};
    *region = NULL;
    enum err_code code = open_imds(&imds, context, err);
    if (code == ERR_OK) {
        code = get_line(&imds, REGION_PATH, "region", region, err);
    }
    if (code == ERR_OK && !endpoint_region_valid(*region)) {
        code = err_set(err, ERR_NOT_FOUND, "%s does not answer with a region", imds.origin);
    }
    if (code != ERR_OK) {
        free(*region);
        *region = NULL;
    }
    close_imds(&imds);
    return code;
}
