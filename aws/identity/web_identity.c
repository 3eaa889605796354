/*
 * A role for a web identity: Kubernetes service accounts, CI systems. The token file is read anew
 * at each renewal, because what wrote it replaces it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/identity/sts.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define TOKEN_MAX 20000 /* the service's limit */

struct web_identity_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    struct cred_role role;
};

static enum err_code read_token(const struct web_identity_provider *self, struct buf *token,
                                struct err *err)
{
    char *path = aws_settings_path(self->context->settings, self->role.web_identity_token_file);
    struct err failed = ERR_INIT;
    enum err_code code = fileio_read(path, token, &failed);
    free(path);
    if (code != ERR_OK) {
        return err_set(err, ERR_AUTH, "the web identity token: %s", failed.text);
    }
    while (token->length > 0 && strchr(" \t\r\n", token->data[token->length - 1])) {
        token->data[--token->length] = '\0';
    }
    if (token->length == 0 || strlen(token->data) != token->length) {
        return err_set(err, ERR_AUTH, "the web identity token file %s is empty or not text",
                       self->role.web_identity_token_file);
    }
    return ERR_OK;
}

static enum err_code call_sts(const struct web_identity_provider *self, const char *token,
                              struct credentials *out, struct err *err)
{
    const struct cred_context *context = self->context;
    char *made_up = mem_printf("extpool-%lld", (long long)clock_now_s(context->clock));
    struct client_options options = {.service = SERVICE_STS, .http = context->http};
    struct sts_assume_role_input input = {
        .role_arn = self->role.role_arn,
        .session_name = self->role.session_name ? self->role.session_name : made_up,
        .duration_s = self->role.duration_s,
    };
    aws_settings_login_endpoints(context->settings, NULL, &options.endpoint);
    struct client *sts = client_new(&options);
    enum err_code code = sts_assume_role_web(sts, &input, token, out, err);
    client_free(sts);
    free(made_up);
    return code;
}

static enum err_code web_identity_get(struct credentials_provider *base, bool force,
                                      struct credentials *out, struct err *err)
{
    const struct web_identity_provider *self = (const struct web_identity_provider *)base;
    struct buf token;
    (void)force; /* there is nothing old here */
    buf_init_secret(&token, TOKEN_MAX);
    enum err_code code = read_token(self, &token, err);
    if (code == ERR_OK) {
        code = call_sts(self, token.data, out, err);
    }
    if (code == ERR_OK) {
        free(out->source);
        out->source = mem_printf("web identity, role %s", self->role.role_arn);
    }
    buf_release(&token);
    return code;
}

static void web_identity_free(struct credentials_provider *base)
{
    free(base);
}

struct credentials_provider *cred_web_identity_new(const struct cred_context *context,
                                                   const struct cred_role *role)
{
    static const struct credentials_provider_ops ops = {
        .name = "web identity", .get = web_identity_get, .free = web_identity_free};
    struct web_identity_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    self->role = *role;
    return &self->base;
}

/* ---- from the environment ---------------------------------------------------------------------
 */

void cred_web_identity_settings(const struct cred_context *context,
                                const struct shared_section *section, bool environment,
                                struct cred_role *role)
{
    const struct {
        const char *variable, *property;
        const char **out;
    } settings[] = {
        {"AWS_ROLE_ARN", "role_arn", &role->role_arn},
        {"AWS_ROLE_SESSION_NAME", "role_session_name", &role->session_name},
        {"AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file", &role->web_identity_token_file},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *value = NULL;
        if (environment) {
            value = environment_get(context->settings->environment, settings[i].variable);
        }
        *settings[i].out = value ? value : shared_section_get(section, settings[i].property);
    }
}

static enum err_code web_identity_env_get(struct credentials_provider *base, bool force,
                                          struct credentials *out, struct err *err)
{
    struct web_identity_provider *self = (struct web_identity_provider *)base;
    const struct aws_settings *settings = self->context->settings;
    if (!environment_get(settings->environment, "AWS_WEB_IDENTITY_TOKEN_FILE")) {
        return err_set(err, ERR_NOT_FOUND, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    }
    self->role = (struct cred_role){.profile = settings->profile};
    cred_web_identity_settings(self->context, settings->section, true, &self->role);
    if (!self->role.role_arn) {
        return err_set(err, ERR_CONFIG,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
    }
    return web_identity_get(base, force, out, err);
}

struct credentials_provider *cred_web_identity_env_new(const struct cred_context *context)
{
    static const struct credentials_provider_ops ops = {
        .name = "web identity", .get = web_identity_env_get, .free = web_identity_free};
    struct web_identity_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    return &self->base;
}
