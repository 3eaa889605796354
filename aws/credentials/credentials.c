#include "aws/credentials/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static void release_text(char **text, bool secret)
{
    if (*text && secret) {
        mem_wipe(*text, strlen(*text));
    }
    free(*text);
    *text = NULL;
}

void credentials_release(struct credentials *credentials)
{
    release_text(&credentials->access_key_id, true);
    release_text(&credentials->secret_access_key, true);
    release_text(&credentials->session_token, true);
    release_text(&credentials->account_id, false);
    release_text(&credentials->source, false);
    release_text(&credentials->renew, false);
    credentials->expires_at_ms = 0;
}

void credentials_copy(struct credentials *into, const struct credentials *from)
{
    struct credentials copy = {
        .access_key_id = mem_strdup(from->access_key_id),
        .secret_access_key = mem_strdup(from->secret_access_key),
        .session_token = mem_strdup(from->session_token),
        .account_id = mem_strdup(from->account_id),
        .expires_at_ms = from->expires_at_ms,
        .source = mem_strdup(from->source),
        .renew = mem_strdup(from->renew),
    };
    credentials_release(into);
    *into = copy;
}

/* A line end, pasted with a token or added by a tool, would become another header. */
static bool is_clean(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F) {
            return false;
        }
    }
    return true;
}

enum err_code credentials_get(struct credentials_provider *provider, bool force,
                              struct credentials *out, struct err *err)
{
    credentials_release(out);
    enum err_code code = provider->ops->get(provider, force, out, err);
    if (code == ERR_OK && (!out->access_key_id || !out->secret_access_key)) {
        code = err_set(err, ERR_INTERNAL, "provider %s gave no keys", provider->ops->name);
    }
    if (code == ERR_OK && (!is_clean(out->access_key_id) || !is_clean(out->secret_access_key) ||
                           !is_clean(out->session_token))) {
        code = err_set(err, ERR_AUTH,
                       "the credentials (%s) hold a line end or another control character",
                       out->source ? out->source : provider->ops->name);
    }
    if (code != ERR_OK) {
        credentials_release(out);
    }
    return code;
}

void credentials_provider_free(struct credentials_provider *provider)
{
    if (provider) {
        provider->ops->free(provider);
    }
}

// ---- always the same set ------------------------------------------------------------------------

struct static_provider {
    struct credentials_provider base;
    struct credentials credentials;
};

static enum err_code static_get(struct credentials_provider *self, bool force,
                                struct credentials *out, struct err *err)
{
    const struct static_provider *provider = (const struct static_provider *)self;
    if (force) {
        const char *source = provider->credentials.source;
        err_set(err, ERR_AUTH, "the credentials (%s) have expired", source ? source : "given");
        if (provider->credentials.renew) {
            err_hint(err, "%s", provider->credentials.renew);
        }
        return ERR_AUTH;
    }
    credentials_copy(out, &provider->credentials);
    return ERR_OK;
}

static void static_free(struct credentials_provider *self)
{
    struct static_provider *provider = (struct static_provider *)self;
    credentials_release(&provider->credentials);
    free(provider);
}

static const struct credentials_provider_ops s_static_ops = {
    .name = "static",
    .get = static_get,
    .free = static_free,
};

struct credentials_provider *credentials_static_new(const struct credentials *credentials)
{
    struct static_provider *provider = mem_alloc(sizeof *provider);
    provider->base.ops = &s_static_ops;
    credentials_copy(&provider->credentials, credentials);
    return &provider->base;
}
