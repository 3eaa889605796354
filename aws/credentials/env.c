/* Credentials from environment variables.
   https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html */

#include <stdlib.h>

#include "aws/credentials/cred.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

struct env_provider {
    struct credentials_provider base;
    const struct cred_context *context;
};

static enum err_code read_expiry(const struct cred_context *context, int64_t *expires_at_ms,
                                 struct err *err)
{
    const char *text = environment_get(context->settings->environment, "AWS_CREDENTIAL_EXPIRATION");
    *expires_at_ms = 0;
    if (!text) {
        return ERR_OK;
    }
    if (!clock_parse(text, expires_at_ms)) {
        return err_set(err, ERR_CONFIG,
                       "AWS_CREDENTIAL_EXPIRATION is not a time such as 2026-01-31T12:00:00Z");
    }
    if (*expires_at_ms <= clock_now_ms(context->clock)) {
        err_set(err, ERR_AUTH, "the credentials in the environment expired at %s", text);
        err_hint(err, "Put fresh ones into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
                      "AWS_SESSION_TOKEN, or unset them");
        return ERR_AUTH;
    }
    return ERR_OK;
}

static enum err_code env_get(struct credentials_provider *self, bool force, struct credentials *out,
                             struct err *err)
{
    const struct cred_context *context = ((struct env_provider *)self)->context;
    const struct environment *environment = context->settings->environment;
    const char *key = environment_get(environment, "AWS_ACCESS_KEY_ID");
    const char *secret = environment_get(environment, "AWS_SECRET_ACCESS_KEY");
    if (!key) {
        return err_set(err, ERR_NOT_FOUND, "AWS_ACCESS_KEY_ID is not set");
    }
    if (!secret) {
        return err_set(err, ERR_CONFIG,
                       "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    }
    if (force) {
        err_set(err, ERR_AUTH, "the credentials in the environment have expired");
        err_hint(err, "Put fresh ones into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
                      "AWS_SESSION_TOKEN");
        return ERR_AUTH;
    }
    enum err_code code = read_expiry(context, &out->expires_at_ms, err);
    if (code != ERR_OK) {
        return code;
    }
    out->access_key_id = mem_strdup(key);
    out->secret_access_key = mem_strdup(secret);
    out->session_token =
        mem_strdup(environment_get_either(environment, "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"));
    out->account_id = mem_strdup(environment_get(environment, "AWS_ACCOUNT_ID"));
    out->source = mem_strdup("environment");
    return ERR_OK;
}

static void env_free(struct credentials_provider *self)
{
    free(self);
}

struct credentials_provider *cred_env_new(const struct cred_context *context)
{
    static const struct credentials_provider_ops ops = {
        .name = "environment", .get = env_get, .free = env_free};
    struct env_provider *provider = mem_alloc(sizeof *provider);
    provider->base.ops = &ops;
    provider->context = context;
    return &provider->base;
}
