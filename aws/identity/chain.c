#include "aws/identity/chain.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

#define SOURCES 6

struct chain_source {
    const char *title; /* NULL: an earlier source has given its reason */
    struct credentials_provider *provider;
    bool skipped; /* the profile was given */
};

struct chain {
    struct credentials_provider base;
    struct cred_context context;
    struct chain_source sources[SOURCES];
    struct credentials_provider *chosen; /* one of them, NULL at first */
};

static enum err_code nobody(const struct buf *reasons, struct err *err)
{
    enum err_code code = err_set(err, ERR_AUTH, "no AWS credentials found");
    err_hint(err, "%s", reasons->data);
    return code;
}

/* Asks one source. ERR_NOT_FOUND: it has no credentials and the next one is to be asked; the reason
   is in `reasons`, not in `err`. */
static enum err_code ask(struct chain *chain, struct chain_source *source, struct credentials *out,
                         struct buf *reasons, struct err *err)
{
    struct err failed = ERR_INIT;
    if (source->skipped) {
        buf_printf(reasons, "%s: not asked, because a profile was given\n", source->title);
        return ERR_NOT_FOUND;
    }
    enum err_code code = credentials_get(source->provider, false, out, &failed);
    if (code == ERR_OK) {
        chain->chosen = source->provider;
    } else if (code == ERR_NOT_FOUND) {
        if (source->title) {
            buf_printf(reasons, "%s: %.300s\n", source->title, failed.text);
        }
    } else {
        err_set(err, code, "%s", failed.text);
        err_hint(err, "%s", failed.hint);
    }
    return code;
}

static enum err_code chain_get(struct credentials_provider *base, bool force,
                               struct credentials *out, struct err *err)
{
    struct chain *chain = (struct chain *)base;
    if (chain->chosen) {
        return credentials_get(chain->chosen, force, out, err);
    }
    struct buf reasons;
    enum err_code code = ERR_NOT_FOUND;
    buf_init(&reasons, ERR_HINT_MAX);
    for (size_t i = 0; i < SOURCES && code == ERR_NOT_FOUND; i++) {
        code = ask(chain, &chain->sources[i], out, &reasons, err);
    }
    if (code == ERR_NOT_FOUND) {
        if (reasons.length > 0) {
            reasons.data[--reasons.length] = '\0'; /* the last line end */
        }
        code = nobody(&reasons, err);
    }
    buf_release(&reasons);
    return code;
}

static void chain_free(struct credentials_provider *base)
{
    struct chain *chain = (struct chain *)base;
    for (size_t i = 0; i < SOURCES; i++) {
        credentials_provider_free(chain->sources[i].provider);
    }
    free(chain);
}

struct credentials_provider *credentials_chain_new(const struct cred_context *given)
{
    static const struct credentials_provider_ops ops = {
        .name = "chain", .get = chain_get, .free = chain_free};
    static const struct cred_cache_rules instance_rules = {.expired_are_kept = true};
    struct chain *chain = mem_alloc(sizeof *chain);
    chain->base.ops = &ops;
    chain->context = *given;
    const struct cred_context *context = &chain->context;
    bool given_profile = context->settings->profile_given;
    struct chain_source sources[SOURCES] = {
        {"environment", cred_env_new(context), given_profile},
        {"profile", cred_profile_role_new(context), false},
        {"web identity", cred_cache_new(context, cred_web_identity_env_new(context), NULL),
         given_profile},
        {NULL, cred_profile_new(context), false},
        {"container", cred_cache_new(context, cred_container_new(context), NULL), false},
        {"instance metadata", cred_cache_new(context, cred_imds_new(context), &instance_rules),
         false},
    };
    for (size_t i = 0; i < SOURCES; i++) {
        chain->sources[i] = sources[i];
    }
    return &chain->base;
}
