/*
 * A session of `aws login`. Its cache under ~/.aws/login/cache holds keys for 15 minutes, a refresh
 * token and a private key; within five minutes of the keys' end they are renewed at the sign-in
 * service. The request proves possession of the private key (DPoP, RFC 9449): a JWT signed with
 * ES256 that names the method, the URL, the time and a number used once, made anew for each
 * attempt. https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/credentials/http.h"
#include "aws/credentials/json.h"
#include "aws/sign/crypto.h"
#include "aws/credentials/dpop.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/format/shell_split.h"

#include "core/base/banned.h"

#define LIFE_MAX_S 31622400 /* a leap year: more makes no sense */
#define RENEW_AHEAD_MS INT64_C(300000)
#define ATTEMPTS 3

struct login_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    const char *profile;
    const char *login_session;
    char *path; /* NULL: no home folder */
    char *renew;
};

static enum err_code log_in_again(const struct login_provider *self, const char *why,
                                  struct err *err)
{
    enum err_code code =
        err_set(err, ERR_AUTH, "the log-in of profile \"%s\" %s", self->profile, why);
    err_hint(err, "%s", self->renew);
    return code;
}

/* ---- the cache --------------------------------------------------------------------------------
 */

static enum err_code load(const struct login_provider *self, json_t **root, struct err *err)
{
    static const char *const required[] = {"refreshToken", "clientId", "dpopKey"};
    struct err failed = ERR_INIT;
    if (!self->path) {
        return err_set(err, ERR_AUTH, "HOME is not set, so ~/.aws/login/cache is not known");
    }
    enum err_code code = cred_json_load_file(self->path, root, &failed);
    if (code == ERR_NOT_FOUND) {
        return log_in_again(self, "has not been made yet", err);
    }
    if (code != ERR_OK) {
        err_set(err, ERR_AUTH, "%s", failed.text);
        err_hint(err, "%s", self->renew);
        return ERR_AUTH;
    }
    const char *missing =
        json_is_object(json_object_get(*root, "accessToken")) ? NULL : "accessToken";
    for (size_t i = 0; i < sizeof required / sizeof required[0] && !missing; i++) {
        missing = cred_json_text(*root, required[i]) ? NULL : required[i];
    }
    if (missing) {
        err_set(err, ERR_AUTH, "%s has no %s", self->path, missing);
        err_hint(err, "%s", self->renew);
        return ERR_AUTH;
    }
    return ERR_OK;
}

static enum err_code take_keys(const struct login_provider *self, const json_t *root,
                               struct credentials *out, struct err *err)
{
    struct err failed = ERR_INIT;
    enum err_code code = cred_json_read(self->path, json_object_get(root, "accessToken"),
                                        &cred_json_login, out, &failed);
    if (code == ERR_OK && out->expires_at_ms == 0) {
        code = err_set(&failed, ERR_INPUT, "%s has no expiresAt", self->path);
    }
    if (code != ERR_OK) {
        err_set(err, ERR_AUTH, "%s", failed.text);
        err_hint(err, "%s", self->renew);
        return ERR_AUTH;
    }
    out->source = mem_printf("log-in %s", self->login_session);
    out->renew = mem_strdup(self->renew);
    return ERR_OK;
}

/* ---- renewing ---------------------------------------------------------------------------------
 */

/* Sends the request once, with its headers and a fresh proof. */
static enum err_code send_once(const struct login_provider *self, const json_t *root,
                               const struct http_request *http, struct http_response *response,
                               struct err *err)
{
    const struct dpop_claims claims = {
        .method = http->method, .url = http->url, .now_s = clock_now_s(self->context->clock)};
    struct buf proof;
    buf_init_secret(&proof, 8192);
    enum err_code code = dpop_proof(cred_json_text(root, "dpopKey"), &claims, &proof, err);
    if (code == ERR_OK) {
        const struct http_header headers[] = {
            {"Content-Type", "application/json"},
            {"DPoP", proof.data},
        };
        struct cred_request request = {
            .operation = "CreateOAuth2Token", .attempts = 1, .http = *http};
        request.http.headers = headers;
        request.http.header_count = 2;
        code = cred_http_send(self->context, &request, response, err);
    }
    buf_release(&proof);
    return code;
}

static enum err_code ask_sign_in(const struct login_provider *self, const json_t *root,
                                 const char *body, struct http_response *response, struct err *err)
{
    struct endpoint_settings settings;
    struct endpoint endpoint;
    aws_settings_login_endpoints(self->context->settings, NULL, &settings);
    enum err_code code = endpoint_resolve(SERVICE_SIGNIN, &settings, NULL, &endpoint, err);
    if (code != ERR_OK) {
        return code;
    }
    char *url = mem_printf("%s/v1/token", endpoint.url);
    const struct http_request http = {.method = "POST",
                                      .url = url,
                                      .body = body,
                                      .body_length = strlen(body),
                                      .no_proxy = endpoint.loopback};
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        struct err failed = ERR_INIT;
        cred_response_release(response);
        http_response_init(response);
        code = send_once(self, root, &http, response, &failed);
        bool again = attempt < ATTEMPTS && (code == ERR_OK || code == ERR_OFFLINE) &&
                     cred_http_may_help(response);
        if (!again) {
            code = code == ERR_OK ? ERR_OK : err_set(err, code, "%s", failed.text);
            break;
        }
        code = cred_http_pause(self->context, INT64_C(500) << (attempt - 1), err);
        if (code != ERR_OK) {
            break;
        }
    }
    free(url);
    return code;
}

static enum err_code refused(const struct login_provider *self,
                             const struct http_response *response, struct err *err)
{
    json_t *root = NULL;
    const char *error = NULL;
    if (cred_json_load("the answer", response->body.data, response->body.length, &root, NULL) ==
        ERR_OK) {
        error = cred_json_text(root, "error");
    }
    enum err_code code;
    if (error && strcmp(error, "TOKEN_EXPIRED") == 0) {
        code = log_in_again(self, "has expired", err);
    } else if (error && strcmp(error, "USER_CREDENTIALS_CHANGED") == 0) {
        code = log_in_again(self, "is void: the password was changed", err);
    } else if (error && strcmp(error, "INSUFFICIENT_PERMISSIONS") == 0) {
        code = err_set(err, ERR_AUTH,
                       "the user of profile \"%s\" may not use sign-in sessions any more",
                       self->profile);
        err_hint(err, "An administrator has to allow the action signin:CreateOAuth2Token");
    } else if (response->status == 429) {
        code = err_set(err, ERR_THROTTLED, "AWS Sign-In is asked too often (HTTP 429)");
    } else if (response->status < 500) {
        code = log_in_again(self, "was refused by AWS Sign-In", err);
    } else {
        code = err_set(err, ERR_SERVICE, "AWS Sign-In answered with HTTP %d", response->status);
    }
    cred_json_free(root);
    return code;
}

/* Puts the answer into what the cache held. The account stays: the answer does not say it. */
static enum err_code take_answer(const struct login_provider *self, json_t *root,
                                 const struct http_response *response, struct err *err)
{
    static const char what[] = "the answer of AWS Sign-In";
    static const char *const members[] = {"accessKeyId", "secretAccessKey", "sessionToken"};
    char at[CLOCK_TEXT_MAX];
    struct credentials fresh = CREDENTIALS_INIT;
    json_t *answer = NULL;
    enum err_code code =
        cred_json_load(what, response->body.data, response->body.length, &answer, err);
    if (code != ERR_OK) {
        return code;
    }
    const json_t *keys = json_object_get(answer, "accessToken");
    const char *refresh = cred_json_text(answer, "refreshToken");
    json_int_t lasts_s = json_integer_value(json_object_get(answer, "expiresIn"));
    code = cred_json_read(what, keys, &cred_json_login, &fresh, err);
    if (code == ERR_OK && (!refresh || lasts_s <= 0 || lasts_s > LIFE_MAX_S)) {
        code =
            err_set(err, ERR_INPUT, "%s has no %s", what, refresh ? "expiresIn" : "refreshToken");
    }
    if (code == ERR_OK) {
        json_t *kept = json_object_get(root, "accessToken");
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            cred_json_set(kept, members[i], cred_json_text(keys, members[i]));
        }
        clock_format_s(clock_now_s(self->context->clock) + lasts_s, at);
        cred_json_set(kept, "expiresAt", at);
        cred_json_set(root, "refreshToken", refresh);
    }
    credentials_release(&fresh);
    cred_json_free(answer);
    return code;
}

static enum err_code renew(const struct login_provider *self, json_t *root, struct err *err)
{
    struct http_response response;
    json_t *ask =
        json_pack("{s:O, s:O, s:s}", "clientId", json_object_get(root, "clientId"), "refreshToken",
                  json_object_get(root, "refreshToken"), "grantType", "refresh_token");
    char *body = ask ? json_dumps(ask, JSON_COMPACT) : NULL;
    json_decref(ask);
    if (!body) {
        return err_set(err, ERR_NOMEM, "no memory to renew the log-in");
    }
    http_response_init(&response);
    enum err_code code = ask_sign_in(self, root, body, &response, err);
    if (code == ERR_OK) {
        code = response.status == 200 ? take_answer(self, root, &response, err)
                                      : refused(self, &response, err);
    }
    if (code == ERR_OK) {
        struct err unsaved = ERR_INIT;
        if (cred_json_save_file(self->path, root, &unsaved) != ERR_OK) {
            log_line(LOG_WARN, "credentials", "the renewed log-in was not saved: %s", unsaved.text);
        }
    }
    cred_response_release(&response);
    mem_wipe(body, strlen(body));
    free(body);
    return code;
}

/* ---- the provider -----------------------------------------------------------------------------
 */

static enum err_code login_get(struct credentials_provider *base, bool force,
                               struct credentials *out, struct err *err)
{
    const struct login_provider *self = (const struct login_provider *)base;
    json_t *root = NULL;
    enum err_code code = load(self, &root, err);
    if (code == ERR_OK) {
        code = take_keys(self, root, out, err);
    }
    int64_t now_ms = clock_now_ms(self->context->clock);
    if (code == ERR_OK && (force || out->expires_at_ms - now_ms < RENEW_AHEAD_MS)) {
        struct err failed = ERR_INIT;
        code = renew(self, root, &failed);
        if (code == ERR_OK) {
            credentials_release(out);
            code = take_keys(self, root, out, err);
        } else if (!force && out->expires_at_ms > now_ms) {
            log_line(LOG_WARN, "credentials", "%s", failed.text);
            code = ERR_OK;
        } else {
            err_set(err, code, "%s", failed.text);
            err_hint(err, "%s", failed.hint);
        }
    }
    cred_json_free(root);
    return code;
}

static void login_free(struct credentials_provider *base)
{
    struct login_provider *self = (struct login_provider *)base;
    free(self->path);
    free(self->renew);
    free(self);
}

struct credentials_provider *cred_login_new(const struct cred_context *context, const char *profile,
                                            const char *login_session)
{
    static const struct credentials_provider_ops ops = {
        .name = "login", .get = login_get, .free = login_free};
    const struct aws_settings *settings = context->settings;
    const char *folder = environment_get(settings->environment, "AWS_LOGIN_CACHE_DIRECTORY");
    struct login_provider *self = mem_alloc(sizeof *self);
    char hex[CRYPTO_SHA256_HEX];
    crypto_sha256_hex(login_session, strlen(login_session), hex);
    self->base.ops = &ops;
    self->context = context;
    self->profile = profile;
    self->login_session = login_session;
    char *name = shell_quote(profile);
    self->renew = mem_printf("Log in again: aws login --profile %s", name);
    free(name);
    if (folder) {
        char *resolved = aws_settings_path(settings, folder);
        self->path = mem_printf("%s/%s.json", resolved, hex);
        free(resolved);
    } else if (settings->home) {
        self->path = mem_printf("%s/.aws/login/cache/%s.json", settings->home, hex);
    }
    return &self->base;
}
