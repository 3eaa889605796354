#include "aws/config/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/url.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static const struct {
    const char *signing;
    const char *env;
    const char *prefix;
    const char *title;
} s_services[] = {
#define X(id, signing, env, prefix, title) [id] = {signing, env, prefix, title},
    AWS_SERVICES(X)
#undef X
};

const char *aws_service_title(enum aws_service service)
{
    return s_services[service].title;
}

const char *aws_service_signing_name(enum aws_service service)
{
    return s_services[service].signing;
}

/* ---- partitions -------------------------------------------------------------------------- */

/* What the regions of a partition have in common. */
struct endpoint_partition {
    const char *name;
    const char *dns_suffix;
    const char *dual_stack_suffix;
};

/* By what a region's name begins with; what begins otherwise lies in `aws`, as the SDKs have it. */
static const struct {
    const char *begin;
    struct endpoint_partition partition;
} s_partitions[] = {
    {"cn-", {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"}},
    {"us-gov-", {"aws-us-gov", "amazonaws.com", "api.aws"}},
    {"eusc-", {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"}},
    {"us-iso-", {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov"}},
    {"us-isob-", {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"}},
    {"eu-isoe-", {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"}},
    {"us-isof-", {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"}},
    {"", {"aws", "amazonaws.com", "api.aws"}},
};

static const struct endpoint_partition *endpoint_partition(const char *region)
{
    size_t i = 0;
    while (strncmp(region, s_partitions[i].begin, strlen(s_partitions[i].begin)) != 0) {
        i++; // the last entry fits everything
    }
    return &s_partitions[i].partition;
}

bool endpoint_region_valid(const char *region)
{
    size_t length = strlen(region);
    size_t good = strspn(region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    return length > 0 && length <= 63 && good == length && region[0] != '-' &&
           region[length - 1] != '-';
}

/* ---- endpoints that somebody configured -------------------------------------------------- */

static bool is_true(const char *text)
{
    return text && text_equal_nocase(text, "true");
}

/* The URL and, for messages, where it comes from. */
struct configured {
    const char *url;
    char origin[64];
};

static void look_up(enum aws_service service, const struct endpoint_settings *settings,
                    struct configured *out)
{
    *out = (struct configured){.url = settings->endpoint_url, .origin = "the endpoint URL given"};
    const struct environment *environment = settings->environment;
    if (out->url || settings->ignore_configured ||
        is_true(environment_get(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
        return;
    }
    const char *suffix = s_services[service].env;
    snprintf(out->origin, sizeof out->origin, "AWS_ENDPOINT_URL_%s", suffix);
    out->url = environment_get(environment, out->origin);
    if (!out->url) {
        snprintf(out->origin, sizeof out->origin, "AWS_ENDPOINT_URL");
        out->url = environment_get(environment, out->origin);
    }
    if (!out->url && settings->profile_url) {
        char key[32];
        size_t i = 0;
        for (; suffix[i]; i++) {
            key[i] = text_lower(suffix[i]);
        }
        key[i] = '\0';
        snprintf(out->origin, sizeof out->origin, "the profile's endpoint_url");
        out->url = settings->profile_url(settings->profile_context, key);
        if (!out->url) {
            out->url = settings->profile_url(settings->profile_context, NULL);
        }
    }
}

/* Takes the endpoint out of a URL that somebody configured, and puts that together again in one
   shape. */
static enum err_code take_url(const char *text, const char *origin, struct endpoint *out,
                              struct err *err)
{
    struct url url;
    if (!url_parse(text, &url) || url.has_rest) {
        bool secret = strchr(text, '@') != NULL; /* a name and a password would stand before it */
        return err_set(err, ERR_CONFIG,
                       "%s: the URL %s cannot be used: it is not like https://HOST:PORT/PATH",
                       origin, secret ? "given" : text);
    }
    size_t length = strlen(url.path);
    while (length > 0 && url.path[length - 1] == '/') {
        length--;
    }
    char port[16] = "";
    if (url.port != (url.tls ? 443 : 80)) {
        snprintf(port, sizeof port, ":%d", url.port);
    }
    int written = snprintf(out->host, sizeof out->host, "%s%s", url.host, port);
    if (written >= (int)sizeof out->host || length >= sizeof out->base) {
        return err_set(err, ERR_CONFIG, "%s: the URL %s is too long", origin, text);
    }
    snprintf(out->base, sizeof out->base, "%.*s", (int)length, url.path);
    snprintf(out->url, sizeof out->url, "%s://%s%s", url.tls ? "https" : "http", out->host,
             out->base);
    out->plain = !url.tls;
    out->custom = true;
    out->loopback = url_is_loopback(&url);
    out->is_address = url_is_address(&url);
    return ERR_OK;
}

/* ---- endpoints by the rules -------------------------------------------------------------- */

static bool is_account_id(const char *text)
{
    return text && strlen(text) == 12 && text_is_digits(text);
}

static enum err_code dynamodb_host(const struct endpoint_settings *settings,
                                   const struct endpoint_partition *partition,
                                   const char *account_id, struct endpoint *out, struct err *err)
{
    bool gov = strcmp(partition->name, "aws-us-gov") == 0;
    bool possible = strcmp(partition->name, "aws") == 0 && !settings->fips;
    const char *suffix =
        settings->dual_stack ? partition->dual_stack_suffix : partition->dns_suffix;
    if (settings->account_mode == ACCOUNT_MODE_REQUIRED &&
        (!possible || !is_account_id(account_id))) {
        const char *why = settings->fips ? "there is none with FIPS"
                          : possible     ? "the credentials come without an account id"
                                         : "there is none in this partition";
        return err_set(err, ERR_CONFIG,
                       "account_id_endpoint_mode requires an account's own endpoint, but %s", why);
    }
    if (settings->account_mode != ACCOUNT_MODE_DISABLED && possible && is_account_id(account_id)) {
        snprintf(out->host, sizeof out->host, "%s.ddb.%s.%s", account_id, settings->region, suffix);
    } else {
        snprintf(out->host, sizeof out->host, "dynamodb%s.%s.%s",
                 settings->fips && !gov ? "-fips" : "", settings->region, suffix);
    }
    return ERR_OK;
}

/* S3 keeps the plain suffix and has its own names for FIPS, dual-stack and acceleration. */
static enum err_code s3_host(const struct endpoint_settings *settings,
                             const struct endpoint_partition *partition, struct endpoint *out,
                             struct err *err)
{
    const char *dual = settings->dual_stack || settings->s3_dual_stack ? ".dualstack" : "";
    if (settings->fips && strcmp(partition->name, "aws-cn") == 0) {
        return err_set(err, ERR_CONFIG, "S3 has no FIPS endpoint in %s", settings->region);
    }
    if (!settings->s3_accelerate) {
        snprintf(out->host, sizeof out->host, "s3%s%s.%s.%s", settings->fips ? "-fips" : "", dual,
                 settings->region, partition->dns_suffix);
        return ERR_OK;
    }
    if (settings->fips || strcmp(partition->name, "aws") != 0) {
        return err_set(err, ERR_CONFIG, "use_accelerate_endpoint of the profile: S3 has none %s%s",
                       settings->fips ? "with FIPS" : "in ",
                       settings->fips ? "" : settings->region);
    }
    snprintf(out->host, sizeof out->host, "s3-accelerate%s.%s", dual, partition->dns_suffix);
    return ERR_OK;
}

static void signin_host(const struct endpoint_settings *settings,
                        const struct endpoint_partition *partition, struct endpoint *out)
{
    static const struct {
        const char *partition, *suffix;
    } table[] = {
        {"aws", "signin.aws.amazon.com"},
        {"aws-cn", "signin.amazonaws.cn"},
        {"aws-us-gov", "signin.amazonaws-us-gov.com"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(partition->name, table[i].partition) == 0) {
            snprintf(out->host, sizeof out->host, "%s.%s", settings->region, table[i].suffix);
            return;
        }
    }
    snprintf(out->host, sizeof out->host, "signin.%s.%s", settings->region, partition->dns_suffix);
}

static enum err_code host_by_rule(enum aws_service service,
                                  const struct endpoint_settings *settings, const char *account_id,
                                  struct endpoint *out, struct err *err)
{
    const struct endpoint_partition *partition = endpoint_partition(settings->region);
    bool gov = strcmp(partition->name, "aws-us-gov") == 0;
    const char *suffix =
        settings->dual_stack ? partition->dual_stack_suffix : partition->dns_suffix;
    switch (service) {
    case SERVICE_DYNAMODB:
        return dynamodb_host(settings, partition, account_id, out, err);
    case SERVICE_S3:
        return s3_host(settings, partition, out, err);
    case SERVICE_SIGNIN:
        signin_host(settings, partition, out);
        return ERR_OK;
    case SERVICE_CONNECT:
    case SERVICE_LAMBDA:
    case SERVICE_KMS:
    case SERVICE_STS:
    case SERVICE_SSO:
    case SERVICE_SSO_OIDC:
        break;
    }
    // In the government's regions the plain hosts are the FIPS ones.
    bool fips = settings->fips && !gov;
    if (service == SERVICE_STS && strcmp(settings->region, "aws-global") == 0) {
        snprintf(out->host, sizeof out->host, "sts.amazonaws.com");
    } else {
        snprintf(out->host, sizeof out->host, "%s%s.%s.%s", s_services[service].prefix,
                 fips ? "-fips" : "", settings->region, suffix);
    }
    return ERR_OK;
}

enum err_code endpoint_resolve(enum aws_service service, const struct endpoint_settings *settings,
                               const char *account_id, struct endpoint *out, struct err *err)
{
    *out = (struct endpoint){.custom = false};
    if (!settings->region || settings->region[0] == '\0') {
        err_set(err, ERR_CONFIG, "no AWS region is set");
        err_hint(err, "set AWS_REGION, or give --region, or `region` in the profile");
        return ERR_CONFIG;
    }
    if (!endpoint_region_valid(settings->region)) {
        return err_set(err, ERR_CONFIG, "\"%s\" is not a region", settings->region);
    }
    snprintf(out->signing_region, sizeof out->signing_region, "%s", settings->region);
    if (strcmp(settings->region, "aws-global") == 0 || strcmp(settings->region, "local") == 0) {
        snprintf(out->signing_region, sizeof out->signing_region, "us-east-1");
    }
    struct configured configured;
    look_up(service, settings, &configured);
    if (configured.url && (settings->fips || settings->dual_stack)) {
        return err_set(err, ERR_CONFIG, "%s names %s, which %s endpoints do not go with",
                       configured.origin, configured.url, settings->fips ? "FIPS" : "dual-stack");
    }
    if (configured.url && service == SERVICE_S3 && settings->s3_accelerate) {
        return err_set(err, ERR_CONFIG,
                       "%s names %s, which use_accelerate_endpoint does not go with",
                       configured.origin, configured.url);
    }
    if (configured.url) {
        return take_url(configured.url, configured.origin, out, err);
    }
    if (service == SERVICE_DYNAMODB && strcmp(settings->region, "local") == 0) {
        return take_url("http://localhost:8000", "region local", out, err);
    }
    enum err_code code = host_by_rule(service, settings, account_id, out, err);
    snprintf(out->url, sizeof out->url, "https://%s", out->host);
    return code;
}
