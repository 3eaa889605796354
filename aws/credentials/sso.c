/*
 * IAM Identity Center (SSO). `aws sso login` leaves an access token under ~/.aws/sso/cache; it buys
 * credentials of a role from the portal. In the token form (`sso_session`) the token can be renewed
 * without a person for as long as the session and the registration of the client last; the legacy
 * form cannot.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 * https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/credentials/http.h"
#include "aws/credentials/json.h"
#include "aws/credentials/sso_token.h"
#include "aws/http/uri.h"
#include "core/base/mem.h"
#include "core/format/shell_split.h"

#include "core/base/banned.h"

struct sso_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    struct cred_sso sso;
    char *renew; /* the sentence that says how to log in again */
    struct sso_token *token;
};

static enum err_code log_in_again(const struct sso_provider *self, const char *why, struct err *err)
{
    enum err_code code =
        err_set(err, ERR_AUTH, "the SSO log-in of profile \"%s\" %s", self->sso.profile, why);
    err_hint(err, "%s", self->renew);
    return code;
}

/* ---- the request ------------------------------------------------------------------------------
 */

static enum err_code role_credentials_url(const struct sso_provider *self, struct buf *url,
                                          bool *loopback, struct err *err)
{
    struct endpoint_settings settings;
    struct endpoint endpoint;
    aws_settings_login_endpoints(self->context->settings, self->sso.region, &settings);
    enum err_code code = endpoint_resolve(SERVICE_SSO, &settings, NULL, &endpoint, err);
    if (code != ERR_OK) {
        return code;
    }
    buf_printf(url, "%s/federation/credentials?role_name=", endpoint.url);
    uri_encode(url, self->sso.role_name);
    buf_puts(url, "&account_id=");
    uri_encode(url, self->sso.account_id);
    *loopback = endpoint.loopback;
    return buf_failed(url) ? err_set(err, ERR_CONFIG, "profile \"%s\": an sso_ value is too long",
                                     self->sso.profile)
                           : ERR_OK;
}

static enum err_code read_answer(const struct sso_provider *self,
                                 const struct http_response *response, struct credentials *out,
                                 struct err *err)
{
    static const char what[] = "the answer of IAM Identity Center";
    json_t *root = NULL;
    enum err_code code =
        cred_json_load(what, response->body.data, response->body.length, &root, err);
    if (code == ERR_OK) {
        code = cred_json_read(what, json_object_get(root, "roleCredentials"), &cred_json_sso, out,
                              err);
    }
    cred_json_free(root);
    if (code == ERR_OK) {
        free(out->account_id);
        out->account_id = mem_strdup(self->sso.account_id);
    }
    return code;
}

static enum err_code refused(const struct sso_provider *self, int status, struct err *err)
{
    const struct cred_sso *sso = &self->sso;
    switch (status) {
    case 401:
        return log_in_again(self, "has expired", err);
    case 403:
    case 404:
        err_set(err, ERR_AUTH,
                "IAM Identity Center does not give role %s of account %s to this user (HTTP %d)",
                sso->role_name, sso->account_id, status);
        err_hint(err,
                 "Check sso_role_name and sso_account_id of profile \"%s\", and what is "
                 "assigned to the user",
                 sso->profile);
        return ERR_AUTH;
    case 429:
        return err_set(err, ERR_THROTTLED, "IAM Identity Center is asked too often (HTTP 429)");
    default:
        return err_set(err, ERR_SERVICE, "IAM Identity Center answered with HTTP %d", status);
    }
}

static enum err_code get_role_credentials(const struct sso_provider *self, const char *token,
                                          int *status, struct credentials *out, struct err *err)
{
    struct http_response response;
    struct buf url;
    bool loopback = false;
    *status = 0;
    buf_init(&url, 4096);
    http_response_init(&response);
    enum err_code code = role_credentials_url(self, &url, &loopback, err);
    if (code == ERR_OK) {
        const struct http_header headers[] = {
            {"x-amz-sso_bearer_token", token},
            {"Accept", "application/json"},
        };
        struct cred_request request = {
            .operation = "GetRoleCredentials",
            .wants_json = true,
            .http = {.method = "GET",
                     .url = url.data,
                     .headers = headers,
                     .header_count = 2,
                     .no_proxy = loopback},
        };
        code = cred_http_send(self->context, &request, &response, err);
        *status = response.status;
        if (code == ERR_OK) {
            code = response.status == 200 ? read_answer(self, &response, out, err)
                                          : refused(self, response.status, err);
        }
    }
    cred_response_release(&response);
    buf_release(&url);
    return code;
}

/* ---- the provider -----------------------------------------------------------------------------
 */

static enum err_code sso_get(struct credentials_provider *base, bool force, struct credentials *out,
                             struct err *err)
{
    struct sso_provider *self = (struct sso_provider *)base;
    struct buf token;
    struct err failed = ERR_INIT;
    int status = 0;
    (void)force; /* the portal makes new ones each time */
    buf_init_secret(&token, CRED_JSON_MAX);
    const char *why = NULL;
    enum err_code code = sso_token_get(self->token, false, &token, &why, &failed);
    if (code == ERR_OK) {
        code = get_role_credentials(self, token.data, &status, out, &failed);
    }
    /* A token may be revoked before its time; a renewed one may still do. */
    if (status == 401 && sso_token_get(self->token, true, &token, &why, NULL) == ERR_OK) {
        credentials_release(out);
        err_clear(&failed);
        code = get_role_credentials(self, token.data, &status, out, &failed);
    }
    buf_release(&token);
    if (code == ERR_AUTH && why) {
        return log_in_again(self, why, err);
    }
    if (code != ERR_OK) {
        err_set(err, code, "%s", failed.text);
        if (failed.hint[0] != '\0') {
            err_hint(err, "%s", failed.hint);
        } else if (code == ERR_AUTH) {
            err_hint(err, "%s", self->renew);
        }
        return code;
    }
    out->source = self->sso.session ? mem_printf("SSO session %s", self->sso.session)
                                    : mem_printf("SSO %s", self->sso.start_url);
    out->renew = mem_strdup(self->renew);
    return ERR_OK;
}

static void sso_free(struct credentials_provider *base)
{
    struct sso_provider *self = (struct sso_provider *)base;
    sso_token_free(self->token);
    free(self->renew);
    free(self);
}

struct credentials_provider *cred_sso_new(const struct cred_context *context,
                                          const struct cred_sso *sso)
{
    static const struct credentials_provider_ops ops = {
        .name = "SSO", .get = sso_get, .free = sso_free};
    struct sso_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    self->sso = *sso;
    char *name = shell_quote(sso->profile);
    self->renew = mem_printf("Log in again: aws sso login --profile %s", name);
    free(name);
    self->token = sso_token_new(context, sso->session, sso->region, sso->start_url);
    return &self->base;
}

/* ---- what a profile says ----------------------------------------------------------------------
 */

static enum err_code needs(const struct shared_section *section, const char *name,
                           const char *where, struct err *err)
{
    return err_set(err, ERR_CONFIG, "profile \"%s\" uses SSO and %s has no %s",
                   shared_section_name(section), where, name);
}

/* With a session, what the profile repeats has to agree with it. */
static enum err_code merge(const struct shared_section *profile,
                           const struct shared_section *session, const char *name,
                           const char **value, struct err *err)
{
    const char *here = shared_section_get(profile, name);
    *value = shared_section_get(session, name);
    if (!*value) {
        return needs(profile, name, "its sso-session", err);
    }
    if (here && strcmp(here, *value) != 0) {
        return err_set(err, ERR_CONFIG,
                       "profile \"%s\" and its sso-session \"%s\" disagree about %s",
                       shared_section_name(profile), shared_section_name(session), name);
    }
    return ERR_OK;
}

static enum err_code find_sso(const struct cred_context *context,
                              const struct shared_section *section, struct cred_sso *sso,
                              struct err *err)
{
    *sso = (struct cred_sso){.profile = shared_section_name(section),
                             .session = shared_section_get(section, "sso_session"),
                             .account_id = shared_section_get(section, "sso_account_id"),
                             .role_name = shared_section_get(section, "sso_role_name")};
    enum err_code code = ERR_OK;
    if (sso->session) {
        const struct shared_section *session =
            shared_config_find(context->settings->shared, SHARED_SSO_SESSION, sso->session);
        if (!session) {
            return err_set(err, ERR_CONFIG,
                           "profile \"%s\" names the sso-session \"%s\", which "
                           "does not exist",
                           sso->profile, sso->session);
        }
        code = merge(section, session, "sso_region", &sso->region, err);
        if (code == ERR_OK) {
            code = merge(section, session, "sso_start_url", &sso->start_url, err);
        }
    } else {
        sso->region = shared_section_get(section, "sso_region");
        sso->start_url = shared_section_get(section, "sso_start_url");
    }
    const char *missing = !sso->account_id  ? "sso_account_id"
                          : !sso->role_name ? "sso_role_name"
                          : !sso->region    ? "sso_region"
                          : !sso->start_url ? "sso_start_url"
                                            : NULL;
    return code == ERR_OK && missing ? needs(section, missing, "it", err) : code;
}

enum err_code cred_sso_of_profile(const struct cred_context *context,
                                  const struct shared_section *section,
                                  struct credentials_provider **out, struct err *err)
{
    struct cred_sso sso;
    enum err_code code = find_sso(context, section, &sso, err);
    if (code == ERR_OK) {
        *out = cred_cache_new(context, cred_sso_new(context, &sso), NULL);
    }
    return code;
}
