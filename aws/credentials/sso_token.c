#include "aws/credentials/sso_token.h"

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/http.h"
#include "aws/credentials/json.h"
#include "aws/sign/crypto.h"
#include "core/base/log.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define LIFE_MAX_S 31622400 /* a leap year: more makes no sense */
#define RENEW_AHEAD_MS INT64_C(900000)
#define RENEW_PACE_MS INT64_C(60000)

struct sso_token {
    const struct cred_context *context;
    const char *session;
    const char *region;
    const char *start_url;
    char *path; /* NULL: no home folder */
    int64_t next_try_ms;
};

struct sso_token *sso_token_new(const struct cred_context *context, const char *session,
                                const char *region, const char *start_url)
{
    struct sso_token *token = mem_alloc(sizeof *token);
    const char *named_by = session ? session : start_url;
    char hex[CRYPTO_SHA1_HEX];
    crypto_sha1_hex(named_by, strlen(named_by), hex);
    token->context = context;
    token->session = session;
    token->region = region;
    token->start_url = start_url;
    if (context->settings->home) {
        token->path = mem_printf("%s/.aws/sso/cache/%s.json", context->settings->home, hex);
    }
    return token;
}

void sso_token_free(struct sso_token *token)
{
    if (token) {
        free(token->path);
        free(token);
    }
}

/* ---- renewing ---------------------------------------------------------------------------------
 */

static bool can_renew(const struct sso_token *token, const json_t *root, int64_t now_ms)
{
    int64_t registered_until_ms;
    return token->session && cred_json_text(root, "refreshToken") &&
           cred_json_text(root, "clientId") && cred_json_text(root, "clientSecret") &&
           cred_json_time(root, "registrationExpiresAt", &registered_until_ms) &&
           registered_until_ms > now_ms;
}

/* What the service answered goes into the object that the file held; what we do not know there
   stays. */
static enum err_code take_answer(const struct sso_token *token, json_t *root,
                                 const struct http_response *response, struct err *err)
{
    static const char what[] = "the answer to CreateToken";
    char at[CLOCK_TEXT_MAX];
    json_t *answer = NULL;
    enum err_code code =
        cred_json_load(what, response->body.data, response->body.length, &answer, err);
    if (code != ERR_OK) {
        return code;
    }
    const char *access = cred_json_text(answer, "accessToken");
    const char *refresh = cred_json_text(answer, "refreshToken");
    json_int_t lasts_s = json_integer_value(json_object_get(answer, "expiresIn"));
    if (!access || lasts_s <= 0 || lasts_s > LIFE_MAX_S) {
        code =
            err_set(err, ERR_SERVICE, "%s has no %s", what, access ? "expiresIn" : "accessToken");
    } else {
        clock_format_s(clock_now_s(token->context->clock) + lasts_s, at);
        cred_json_set(root, "accessToken", access);
        cred_json_set(root, "expiresAt", at);
        if (refresh) {
            cred_json_set(root, "refreshToken", refresh);
        }
    }
    cred_json_free(answer);
    return code;
}

static enum err_code create_token(const struct sso_token *token, const char *body,
                                  struct http_response *response, struct err *err)
{
    static const struct http_header headers[] = {{"Content-Type", "application/json"}};
    struct endpoint_settings settings;
    struct endpoint endpoint;
    aws_settings_login_endpoints(token->context->settings, token->region, &settings);
    enum err_code code = endpoint_resolve(SERVICE_SSO_OIDC, &settings, NULL, &endpoint, err);
    if (code != ERR_OK) {
        return code;
    }
    char *url = mem_printf("%s/token", endpoint.url);
    struct cred_request request = {
        .operation = "CreateToken",
        .http = {.method = "POST",
                 .url = url,
                 .headers = headers,
                 .header_count = 1,
                 .body = body,
                 .body_length = strlen(body),
                 .no_proxy = endpoint.loopback},
    };
    code = cred_http_send(token->context, &request, response, err);
    free(url);
    if (code == ERR_OK && response->status != 200) {
        code = err_set(err, response->status < 500 ? ERR_AUTH : ERR_SERVICE,
                       "the SSO token could not be renewed (HTTP %d)", response->status);
    }
    return code;
}

static enum err_code renew(struct sso_token *token, json_t *root, struct err *err)
{
    struct http_response response;
    json_t *ask = json_pack("{s:s, s:O, s:O, s:O}", "grantType", "refresh_token", "clientId",
                            json_object_get(root, "clientId"), "clientSecret",
                            json_object_get(root, "clientSecret"), "refreshToken",
                            json_object_get(root, "refreshToken"));
    char *body = ask ? json_dumps(ask, JSON_COMPACT) : NULL;
    if (!body) {
        json_decref(ask);
        return err_set(err, ERR_NOMEM, "no memory to renew the SSO token");
    }
    http_response_init(&response);
    enum err_code code = create_token(token, body, &response, err);
    if (code == ERR_OK) {
        code = take_answer(token, root, &response, err);
    }
    if (code == ERR_OK) {
        struct err unsaved = ERR_INIT;
        if (cred_json_save_file(token->path, root, &unsaved) != ERR_OK) {
            log_line(LOG_WARN, "credentials", "the renewed SSO token was not saved: %s",
                     unsaved.text);
        }
    }
    cred_response_release(&response);
    mem_wipe(body, strlen(body));
    free(body);
    json_decref(ask);
    return code;
}

/* ---- asking for it ----------------------------------------------------------------------------
 */

/* Renews if that is due and possible. A failure counts only if the old token cannot be used. */
static enum err_code freshen(struct sso_token *token, bool force, json_t *root, const char **why,
                             struct err *err)
{
    int64_t now_ms = clock_now_ms(token->context->clock);
    int64_t expires_at_ms;
    if (!cred_json_time(root, "expiresAt", &expires_at_ms)) {
        return err_set(err, ERR_AUTH, "%s has no expiresAt", token->path);
    }
    bool usable = !force && expires_at_ms > now_ms;
    bool due = expires_at_ms - now_ms < RENEW_AHEAD_MS || force;
    if (due && can_renew(token, root, now_ms) && now_ms >= token->next_try_ms) {
        struct err failed = ERR_INIT;
        token->next_try_ms = now_ms + RENEW_PACE_MS;
        enum err_code code = renew(token, root, &failed);
        if (code == ERR_OK) {
            return ERR_OK;
        }
        log_line(LOG_WARN, "credentials", "%s", failed.text);
        if (!usable && code != ERR_AUTH) {
            return err_set(err, code, "%s", failed.text);
        }
    }
    if (!usable) {
        *why = "has expired";
        return err_set(err, ERR_AUTH, "the SSO token has expired");
    }
    return ERR_OK;
}

enum err_code sso_token_get(struct sso_token *token, bool force, struct buf *out, const char **why,
                            struct err *err)
{
    json_t *root = NULL;
    struct err failed = ERR_INIT;
    enum err_code code;
    buf_clear(out);
    if (!token->path) {
        return err_set(err, ERR_AUTH, "HOME is not set, so ~/.aws/sso/cache is not known");
    }
    code = cred_json_load_file(token->path, &root, &failed);
    if (code == ERR_NOT_FOUND) {
        *why = "has not been made yet";
    } else if (code == ERR_OK) {
        code = freshen(token, force, root, why, &failed);
    }
    const char *access = cred_json_text(root, "accessToken");
    if (code == ERR_OK && (!access || !cred_http_is_value(access))) {
        code = err_set(&failed, ERR_AUTH, "%s has no accessToken", token->path);
    }
    if (code == ERR_OK) {
        buf_puts(out, access);
    } else {
        /* Whatever is wrong with the file, a new log-in puts it right. */
        bool of_file = code == ERR_NOT_FOUND || code == ERR_INPUT || code == ERR_IO;
        code = err_set(err, of_file ? ERR_AUTH : code, "%s", failed.text);
    }
    cred_json_free(root);
    return code;
}
