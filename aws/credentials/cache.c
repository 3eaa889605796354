/*
 * Keeping credentials and renewing them ahead of their expiry.
 *
 * Two windows lie before the expiry. In the advisory one (15 minutes) one attempt a minute is made;
 * in the mandatory one (10 minutes) one every ten seconds. Whatever fails, the old set is handed
 * out until it has really expired: a log-in service that is down for five minutes must not stop a
 * sync that holds good keys. Short-lived sets (a session of 15 minutes) have shorter windows, a
 * third of their life, or they would be renewed for every request.
 */

#include <stdlib.h>

#include "aws/credentials/cred.h"
#include "aws/sign/crypto.h"
#include "core/base/log.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define ADVISORY_S INT64_C(900)
#define MANDATORY_S INT64_C(600)
#define ADVISORY_PACE_MS INT64_C(60000)
#define MANDATORY_PACE_MS INT64_C(10000)
#define EXPIRED_PACE_MS INT64_C(600000) /* and up to half as long again */

struct cache_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    struct credentials_provider *source;
    struct cred_cache_rules rules;
    struct credentials kept;           /* without keys: nothing yet */
    int64_t advisory_ms, mandatory_ms; /* of the set that is kept */
    int64_t next_try_ms;
};

static bool is_fresh(const struct cache_provider *cache, int64_t now_ms)
{
    if (!cache->kept.access_key_id) {
        return false;
    }
    if (cache->kept.expires_at_ms == 0) {
        return true;
    }
    return cache->kept.expires_at_ms - now_ms > cache->advisory_ms || now_ms < cache->next_try_ms;
}

static bool still_holds(const struct cache_provider *cache, int64_t now_ms)
{
    return cache->kept.access_key_id &&
           (cache->rules.expired_are_kept || cache->kept.expires_at_ms > now_ms);
}

static void keep(struct cache_provider *cache, const struct credentials *fresh, int64_t now_ms)
{
    int64_t life_ms = fresh->expires_at_ms - now_ms;
    credentials_copy(&cache->kept, fresh);
    cache->advisory_ms = cache->rules.advisory_s * 1000;
    cache->mandatory_ms = cache->rules.mandatory_s * 1000;
    if (fresh->expires_at_ms != 0 && life_ms / 3 < cache->advisory_ms) {
        cache->advisory_ms = life_ms / 3;
        cache->mandatory_ms = life_ms / 5;
    }
    cache->next_try_ms = 0;
    if (fresh->expires_at_ms != 0 && life_ms <= 0) {
        cache->next_try_ms = now_ms + EXPIRED_PACE_MS +
                             (int64_t)(crypto_random_unit() * ((double)EXPIRED_PACE_MS / 2));
    }
}

static enum err_code refuse_expired(const struct credentials *fresh, struct err *err)
{
    char at[CLOCK_TEXT_MAX];
    clock_format_ms(fresh->expires_at_ms, at);
    err_set(err, ERR_AUTH, "%s gave credentials that have expired already, at %s", fresh->source,
            at);
    err_hint(err, "%s%sIf they are good, the clock of this machine is wrong",
             fresh->renew ? fresh->renew : "", fresh->renew ? "\n" : "");
    return ERR_AUTH;
}

static enum err_code renew(struct cache_provider *cache, bool force, int64_t now_ms,
                           struct err *err)
{
    struct credentials fresh = CREDENTIALS_INIT;
    enum err_code code = credentials_get(cache->source, force, &fresh, err);
    if (code == ERR_OK && fresh.expires_at_ms != 0 && fresh.expires_at_ms <= now_ms &&
        !cache->rules.expired_are_kept) {
        code = refuse_expired(&fresh, err);
    }
    if (code == ERR_OK) {
        keep(cache, &fresh, now_ms);
        log_line(LOG_INFO, "credentials", "%s", cache->kept.source ? cache->kept.source : "new");
    }
    credentials_release(&fresh);
    return code;
}

static enum err_code cache_get(struct credentials_provider *self, bool force,
                               struct credentials *out, struct err *err)
{
    struct cache_provider *cache = (struct cache_provider *)self;
    int64_t now_ms = clock_now_ms(cache->context->clock);
    if (force || !is_fresh(cache, now_ms)) {
        struct err failed = ERR_INIT;
        enum err_code code = renew(cache, force, now_ms, &failed);
        if (code != ERR_OK && (force || !still_holds(cache, now_ms))) {
            err_set(err, code, "%s", failed.text);
            err_hint(err, "%s", failed.hint);
            return code;
        }
        if (code != ERR_OK) {
            int64_t left_ms = cache->kept.expires_at_ms - now_ms;
            bool hurry = left_ms > 0 && left_ms <= cache->mandatory_ms;
            cache->next_try_ms = now_ms + (hurry ? MANDATORY_PACE_MS : ADVISORY_PACE_MS);
            log_line(LOG_WARN, "credentials", "not renewed, the old ones stay in use: %s",
                     failed.text);
        }
    }
    credentials_copy(out, &cache->kept);
    return ERR_OK;
}

static void cache_free(struct credentials_provider *self)
{
    struct cache_provider *cache = (struct cache_provider *)self;
    credentials_provider_free(cache->source);
    credentials_release(&cache->kept);
    free(cache);
}

struct credentials_provider *cred_cache_new(const struct cred_context *context,
                                            struct credentials_provider *source,
                                            const struct cred_cache_rules *rules)
{
    static const struct credentials_provider_ops ops = {
        .name = "cache", .get = cache_get, .free = cache_free};
    struct cache_provider *cache = mem_alloc(sizeof *cache);
    cache->base.ops = &ops;
    cache->context = context;
    cache->source = source;
    if (rules) {
        cache->rules = *rules;
    }
    if (cache->rules.advisory_s == 0) {
        cache->rules.advisory_s = ADVISORY_S;
    }
    if (cache->rules.mandatory_s == 0) {
        cache->rules.mandatory_s = MANDATORY_S;
    }
    return &cache->base;
}
