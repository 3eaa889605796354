#ifndef AWS_CONFIG_ENDPOINT_H
#define AWS_CONFIG_ENDPOINT_H

/*
 * Which host answers for a service in a region, and for which region and name a request to it is
 * signed: partitions, FIPS, dual-stack, account-based DynamoDB hosts, and endpoints that somebody
 * configured (--endpoint-url, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, a profile's services
 * section, a profile's endpoint_url; in this order).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * Pure functions; the environment and the profile are arguments.
 */

#include <stdbool.h>

#include "core/base/environ.h"
#include "core/base/err.h"

/* id, signing name, suffix of AWS_ENDPOINT_URL_ (lower-cased: the key in a services section),
   prefix of the host, name for people */
#define AWS_SERVICES(X)                                                                            \
    X(SERVICE_CONNECT, "connect", "CONNECT", "connect", "Amazon Connect")                          \
    X(SERVICE_DYNAMODB, "dynamodb", "DYNAMODB", "dynamodb", "DynamoDB")                            \
    X(SERVICE_S3, "s3", "S3", "s3", "Amazon S3")                                                   \
    X(SERVICE_LAMBDA, "lambda", "LAMBDA", "lambda", "AWS Lambda")                                  \
    X(SERVICE_KMS, "kms", "KMS", "kms", "AWS KMS")                                                 \
    X(SERVICE_STS, "sts", "STS", "sts", "AWS STS")                                                 \
    X(SERVICE_SSO, "awsssoportal", "SSO", "portal.sso", "IAM Identity Center")                     \
    X(SERVICE_SSO_OIDC, "sso-oauth", "SSO_OIDC", "oidc", "IAM Identity Center (OIDC)")             \
    X(SERVICE_SIGNIN, "signin", "SIGNIN", "signin", "AWS Sign-In")

enum aws_service {
#define X(id, signing, env, prefix, title) id,
    AWS_SERVICES(X)
#undef X
};

const char *aws_service_title(enum aws_service service);
const char *aws_service_signing_name(enum aws_service service);

enum endpoint_account_mode { ACCOUNT_MODE_PREFERRED, ACCOUNT_MODE_DISABLED, ACCOUNT_MODE_REQUIRED };

/* Everything borrowed. Zeroed is valid, apart from `region` and `environment`. */
struct endpoint_settings {
    const char *region;
    const struct environment *environment;
    const char *endpoint_url; /* --endpoint-url or the context's; NULL: none */
    bool fips;                /* AWS_USE_FIPS_ENDPOINT or the profile's use_fips_endpoint */
    bool dual_stack;
    bool s3_dual_stack;     /* the same for S3 alone */
    bool s3_accelerate;     /* S3's accelerated host; a bucket has to stand before it */
    bool ignore_configured; /* the profile's ignore_configured_endpoint_urls */
    enum endpoint_account_mode account_mode;

    /* endpoint_url of the profile's services section for a service ("dynamodb"), or with NULL the
       profile's own endpoint_url; NULL if there is none. May be NULL. */
    const char *(*profile_url)(void *context, const char *service);
    void *profile_context;
};

struct endpoint {
    char url[512];  /* scheme, host, port, base path, no slash at the end */
    char host[256]; /* as in the Host header: with a port that is not the scheme's own */
    char base[240]; /* the base path: "" or "/a/b" */
    bool plain;     /* http */
    char signing_region[64];
    bool custom;     /* somebody configured it */
    bool is_address; /* the host is an IP address: no bucket can stand before it */
    bool loopback;   /* plain localhost, 127.x or [::1]: no proxy */
};

/* `account_id` belongs to the credentials (NULL: not known); only DynamoDB looks at it.
   ERR_CONFIG where settings contradict each other or a URL or region makes no sense. */
enum err_code endpoint_resolve(enum aws_service service, const struct endpoint_settings *settings,
                               const char *account_id, struct endpoint *out,
                               struct err *err) ERR_CHECK;

/* Whether the text can be a region: a host label of letters, digits and hyphens. */
bool endpoint_region_valid(const char *region);

#endif
