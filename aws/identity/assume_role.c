/*
 * A role assumed with other credentials (profiles with role_arn), with a code of an MFA device
 * if the profile names one.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 *
 * The source is asked before the request is made, never from within the engine that carries it:
 * the source may need that engine itself. Should the service call the source's set expired, the
 * source is asked for a new one, once.
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "aws/identity/sts.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define MFA_DIGITS 6

struct assume_role_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    struct cred_role role;
    struct credentials_provider *source;
};

static enum err_code ask_for_code(const struct assume_role_provider *self, struct buf *code_text,
                                  struct err *err)
{
    const struct cred_context *context = self->context;
    if (!context->prompt) {
        err_set(err, ERR_AUTH,
                "profile \"%s\" needs a code of the MFA device %s, and there is "
                "no terminal to ask at",
                self->role.profile, self->role.mfa_serial);
        err_hint(err, "Run extpool in a terminal, or give it credentials of a session that is "
                      "signed in already");
        return ERR_AUTH;
    }
    char *question = mem_printf("MFA code for %s", self->role.mfa_serial);
    enum err_code code = context->prompt(context->prompt_context, question, code_text, err);
    free(question);
    if (code != ERR_OK) {
        return code;
    }
    if (code_text->length != MFA_DIGITS || !text_is_digits(code_text->data)) {
        return err_set(err, ERR_AUTH, "an MFA code has %d digits", MFA_DIGITS);
    }
    return ERR_OK;
}

static enum err_code call_sts(const struct assume_role_provider *self,
                              const struct credentials *with, const char *mfa_code,
                              struct credentials *out, struct err *err)
{
    const struct cred_context *context = self->context;
    char *made_up = mem_printf("extpool-%lld", (long long)clock_now_s(context->clock));
    struct credentials_provider *source = credentials_static_new(with);
    struct client_options options = {
        .service = SERVICE_STS, .http = context->http, .credentials = source};
    struct sts_assume_role_input input = {
        .role_arn = self->role.role_arn,
        .session_name = self->role.session_name ? self->role.session_name : made_up,
        .duration_s = self->role.duration_s,
        .external_id = self->role.external_id,
        .mfa_serial = mfa_code ? self->role.mfa_serial : NULL,
        .mfa_code = mfa_code,
    };
    aws_settings_login_endpoints(context->settings, NULL, &options.endpoint);
    struct client *sts = client_new(&options);
    enum err_code code = sts_assume_role(sts, &input, out, err);
    client_free(sts);
    credentials_provider_free(source);
    free(made_up);
    return code;
}

/* What failed inside is told as it is, apart from "not configured": a profile that names its source
   has configured it, so no other source is asked instead. */
static enum err_code pass_on(const struct assume_role_provider *self, const struct err *inner,
                             struct err *err)
{
    enum err_code code = inner->code;
    if (code == ERR_NOT_FOUND) {
        code = err_set(err, ERR_AUTH, "profile \"%s\" has nothing to assume its role with: %s",
                       self->role.profile, inner->text);
    } else {
        code = err_set(err, code, "%s", inner->text);
    }
    err_hint(err, "%s", inner->hint);
    return code;
}

struct attempt {
    bool renew_source;    /* the service has just said that the source's set is expired */
    const char *mfa_code; /* NULL: none */
    bool asked;           /* out: the source had credentials, so STS was called */
};

static enum err_code assume(const struct assume_role_provider *self, struct attempt *attempt,
                            struct credentials *out, struct err *err)
{
    struct credentials with = CREDENTIALS_INIT;
    attempt->asked = false;
    enum err_code code = credentials_get(self->source, attempt->renew_source, &with, err);
    if (code == ERR_OK) {
        attempt->asked = true;
        code = call_sts(self, &with, attempt->mfa_code, out, err);
    }
    if (code == ERR_OK) {
        free(out->source);
        free(out->renew);
        out->source = mem_printf("role %s by %s", self->role.role_arn,
                                 with.source ? with.source : "other credentials");
        out->renew = mem_strdup(with.renew);
    }
    credentials_release(&with);
    return code;
}

static enum err_code assume_role_get(struct credentials_provider *base, bool force,
                                     struct credentials *out, struct err *err)
{
    const struct assume_role_provider *self = (const struct assume_role_provider *)base;
    struct err failed = ERR_INIT;
    struct buf mfa_code;
    (void)force; /* each call is a new session already */
    buf_init_secret(&mfa_code, 64);
    enum err_code code = self->role.mfa_serial ? ask_for_code(self, &mfa_code, &failed) : ERR_OK;
    if (code == ERR_OK) {
        struct attempt attempt = {.mfa_code = mfa_code.length > 0 ? mfa_code.data : NULL};
        code = assume(self, &attempt, out, &failed);
        if (code == ERR_AUTH && attempt.asked && !attempt.mfa_code) {
            /* If the source has nothing newer, the first failure is the one to report. */
            credentials_release(out);
            attempt.renew_source = true;
            code = assume(self, &attempt, out, NULL);
        }
    }
    buf_release(&mfa_code);
    return code == ERR_OK ? ERR_OK : pass_on(self, &failed, err);
}

static void assume_role_free(struct credentials_provider *base)
{
    struct assume_role_provider *self = (struct assume_role_provider *)base;
    credentials_provider_free(self->source);
    free(self);
}

struct credentials_provider *cred_assume_role_new(const struct cred_context *context,
                                                  const struct cred_role *role,
                                                  struct credentials_provider *source)
{
    static const struct credentials_provider_ops ops = {
        .name = "assume role", .get = assume_role_get, .free = assume_role_free};
    struct assume_role_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    self->role = *role;
    self->source = source;
    return &self->base;
}
