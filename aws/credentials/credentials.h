#ifndef AWS_CREDENTIALS_CREDENTIALS_H
#define AWS_CREDENTIALS_CREDENTIALS_H

/*
 * Credentials, and where they come from.
 *
 * A provider answers one question: what does a request of now get signed with? Each attempt of a
 * request asks again and gets one whole set (a copy), so that key, secret and token always belong
 * together. Caching, refreshing ahead of expiry and the order of the sources are the provider's.
 *
 *     struct credentials keys = CREDENTIALS_INIT;
 *     if (credentials_get(provider, false, &keys, err) == ERR_OK) {
 *         ... sign ...
 *     }
 *     credentials_release(&keys);
 *
 * Threads: one at a time. A provider may make requests; it has its own engine
 * (aws/http/http.h) for them, never the one whose callbacks it is asked from.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token;   /* NULL: none */
    char *account_id;      /* NULL: not known */
    int64_t expires_at_ms; /* 0: never */
    char *source;          /* for people: "environment", "profile ops (SSO session corp)" */
    char *renew; /* what renews them: "log in again: aws sso login --profile ops"; NULL: nothing */
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define CREDENTIALS_INIT                                                                           \
    {                                                                                              \
        .access_key_id = NULL, .secret_access_key = NULL, .session_token = NULL,                   \
        .account_id = NULL, .expires_at_ms = 0, .source = NULL, .renew = NULL                      \
    }
/* clang-format on */

/* Wipes and frees; the set is CREDENTIALS_INIT afterwards. */
void credentials_release(struct credentials *credentials);

/* `into` is released first. */
void credentials_copy(struct credentials *into, const struct credentials *from);

struct credentials_provider;

struct credentials_provider_ops {
    const char *name;

    /* Fills `out` (it is CREDENTIALS_INIT when called). `force`: the service has just refused the
       set last given as expired; fetch a new one if that is possible at all, and fail if it is
       not. ERR_AUTH if there are none or the log-in has expired (with a hint that says what to
       do), ERR_OFFLINE, ERR_CONFIG, ERR_CANCELLED. */
    enum err_code (*get)(struct credentials_provider *self, bool force, struct credentials *out,
                         struct err *err);

    void (*free)(struct credentials_provider *self);
};

/* The first member of every provider. */
struct credentials_provider {
    const struct credentials_provider_ops *ops;
};

enum err_code credentials_get(struct credentials_provider *provider, bool force,
                              struct credentials *out, struct err *err) ERR_CHECK;
void credentials_provider_free(struct credentials_provider *provider); /* NULL is fine */

/* Always the same set (copied). For tests, for explicit keys, for a source profile's static keys.
 */
struct credentials_provider *credentials_static_new(const struct credentials *credentials);

#endif
