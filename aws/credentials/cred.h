#ifndef AWS_CREDENTIALS_CRED_H
#define AWS_CREDENTIALS_CRED_H

/*
 * The single sources of credentials, and what they share. aws/identity/chain.h puts them in order.
 * Only this room, aws/identity and the tests include this.
 *
 * Each source is a provider (aws/credentials/credentials.h) in its own file. What its `get` returns:
 *
 *   ERR_OK         a set
 *   ERR_NOT_FOUND  nobody configured this source; err->text is the reason, fit for a list
 *                  ("AWS_ACCESS_KEY_ID is not set"). Only then is the next source asked
 *   anything else  it is configured and failed: ERR_CONFIG, ERR_AUTH, ERR_OFFLINE, ERR_IO,
 *                  ERR_SERVICE, ERR_CANCELLED
 *
 * No text of an error has a secret in it: no reply, no output of a program, no token, no line of a
 * file. Sources that cost a request are meant to be wrapped by cred_cache_new.
 */

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials/credentials.h"
#include "aws/http/http.h"
#include "aws/config/settings.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"

/* What sources are given. It outlives every provider made with it. */
struct cred_context {
    const struct aws_settings *settings;
    const struct clock *clock;
    struct http *http; /* theirs alone, see aws/credentials/credentials.h */

    /* Asks the person at the terminal: `question` is "MFA code for ARN", the answer one line
       without its end. NULL: nobody is there. ERR_CANCELLED if the person gave up. */
    enum err_code (*prompt)(void *context, const char *question, struct buf *answer,
                            struct err *err);
    void *prompt_context;
};

/* ---- sources -------------------------------------------------------------------------------- */

/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ACCOUNT_ID and
   AWS_CREDENTIAL_EXPIRATION. */
struct credentials_provider *cred_env_new(const struct cred_context *context);

/* The profile that the settings chose, whatever it holds: a role, a web identity, SSO, keys, a
   session of `aws login`, a process. Caches by itself. */
struct credentials_provider *cred_profile_new(const struct cred_context *context);

/* The same for a profile with a role that has its own source; ERR_NOT_FOUND for all others. */
struct credentials_provider *cred_profile_role_new(const struct cred_context *context);

/* AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN; what the environment lacks is looked for in the
   profile. */
struct credentials_provider *cred_web_identity_env_new(const struct cred_context *context);

/* The container's endpoint (ECS, EKS Pod Identity). */
struct credentials_provider *cred_container_new(const struct cred_context *context);

/* Whether a full URI may be asked: https, or http to an address that is this machine's or the
   link's. Names other than "localhost" are not resolved but refused. */
bool cred_container_may_ask(const char *url);

/* The instance metadata service, version 2 only. */
struct credentials_provider *cred_imds_new(const struct cred_context *context);

/* The region of the machine by the same service; `region` is the caller's to free. ERR_NOT_FOUND
   if there is no such service or it is turned off. */
enum err_code cred_imds_region(const struct cred_context *context, char **region,
                               struct err *err) ERR_CHECK;

/* ---- what a profile is made of (texts are borrowed from the settings) -------------------------
 */

struct cred_role {
    const char *profile; /* for messages */
    const char *role_arn;
    const char *session_name; /* NULL: "extpool-" and the time */
    const char *external_id;
    const char *mfa_serial;
    int duration_s;                      /* 0: the service's default */
    const char *web_identity_token_file; /* for cred_web_identity_new */
};

/* Assumes the role with the credentials of `source`, which it owns from now on. */
struct credentials_provider *cred_assume_role_new(const struct cred_context *context,
                                                  const struct cred_role *role,
                                                  struct credentials_provider *source);

struct credentials_provider *cred_web_identity_new(const struct cred_context *context,
                                                   const struct cred_role *role);

/* The role, the session and the token file of a web identity: of the environment (if it may say
   them), else of the section. What neither says is NULL. */
void cred_web_identity_settings(const struct cred_context *context,
                                const struct shared_section *section, bool environment,
                                struct cred_role *role);

struct cred_sso {
    const char *profile;
    const char *session; /* NULL: the legacy form */
    const char *region;
    const char *start_url;
    const char *account_id;
    const char *role_name;
};

struct credentials_provider *cred_sso_new(const struct cred_context *context,
                                          const struct cred_sso *sso);

/* The SSO settings of a profile (with its [sso-session]), checked, and the provider for them, which
   caches. ERR_CONFIG names what is missing or contradicts itself. */
enum err_code cred_sso_of_profile(const struct cred_context *context,
                                  const struct shared_section *section,
                                  struct credentials_provider **out, struct err *err) ERR_CHECK;

/* A session of `aws login`. */
struct credentials_provider *cred_login_new(const struct cred_context *context, const char *profile,
                                            const char *login_session);

/* `account_id` (may be NULL) is for a program that does not say one; `limit_ms` 0: a minute. */
struct credentials_provider *cred_process_new(const struct cred_context *context,
                                              const char *profile, const char *command,
                                              const char *account_id, int64_t limit_ms);

/* ---- keeping them -----------------------------------------------------------------------------
 */

struct cred_cache_rules {
    int64_t advisory_s;    /* renew from here on, old ones stay good; 0: 15 minutes */
    int64_t mandatory_s;   /* from here on try harder; 0: 10 minutes */
    bool expired_are_kept; /* as the metadata service asks for when it has trouble */
};

/* Keeps what `source` gave and renews it ahead of its expiry; owns `source`. While a renewal fails
   the old set is given out as long as it holds, and a warning goes to the log. `rules` NULL: the
   defaults. */
struct credentials_provider *cred_cache_new(const struct cred_context *context,
                                            struct credentials_provider *source,
                                            const struct cred_cache_rules *rules);

#endif
