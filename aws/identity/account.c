#include "aws/identity/account.h"

#include <stdlib.h>

#include "aws/identity/chain.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* Passes on what the chain gives and remembers what is fit to be shown of it. */
struct watched {
    struct credentials_provider base;
    struct credentials_provider *chain;
    const struct http *asks; /* the engine whose calls wait for the chain ... */
    struct http *login;      /* ... and the chain's own: cancelling goes for both */
    char *source;
    int64_t expires_at_ms;
    bool known;
};

struct account {
    struct aws_settings *settings;
    const struct clock *clock;
    struct http *http;       /* the requests of the ports */
    struct http *login_http; /* the requests of the credential chain, made in between */
    struct cred_context cred_context;
    struct watched credentials;
    struct endpoint_settings endpoints;
    struct client_statistics statistics;
};

/* ---- credentials ------------------------------------------------------------------------- */

static enum err_code watched_get(struct credentials_provider *self, bool force,
                                 struct credentials *out, struct err *err)
{
    struct watched *watched = (struct watched *)self;
    http_set_progress(watched->login, watched->asks->progress);
    enum err_code code = credentials_get(watched->chain, force, out, err);
    http_set_progress(watched->login, NULL);
    if (code == ERR_OK) {
        free(watched->source);
        watched->source = mem_strdup(out->source);
        watched->expires_at_ms = out->expires_at_ms;
        watched->known = true;
    }
    return code;
}

static void watched_free(struct credentials_provider *self)
{
    struct watched *watched = (struct watched *)self;
    credentials_provider_free(watched->chain);
    free(watched->source);
}

static const struct credentials_provider_ops s_watched_ops = {
    .name = "account", .get = watched_get, .free = watched_free};

/* ---- making one -------------------------------------------------------------------------- */

static enum err_code find_region(struct account *account, const struct account_choice *choice,
                                 struct err *err)
{
    char *region = NULL;
    struct err none = ERR_INIT;
    if (account->settings->region) {
        return ERR_OK;
    }
    if (choice->region_guess && choice->region_guess[0] != '\0') {
        aws_settings_set_region(account->settings, choice->region_guess, "the ARN");
        return ERR_OK;
    }
    if (cred_imds_region(&account->cred_context, &region, &none) == ERR_OK) {
        aws_settings_set_region(account->settings, region, "the instance metadata");
        free(region);
        return ERR_OK;
    }
    err_set(err, ERR_CONFIG, "no AWS region is set");
    err_hint(err, "--region REGION, AWS_REGION, `region` in the context or in the AWS profile");
    return ERR_CONFIG;
}

enum err_code account_new(const struct account_choice *choice, struct account **out,
                          struct err *err)
{
    struct account *account = mem_alloc(sizeof *account);
    struct aws_settings_choice settings = {
        .profile = choice->profile, .region = choice->region, .endpoint_url = choice->endpoint_url};
    enum err_code code = aws_settings_load(choice->environment, &settings, &account->settings, err);
    if (code != ERR_OK) {
        free(account);
        return code;
    }
    int64_t stall_s = 0;
    const char *stall = environment_get(choice->environment, "EXTPOOL_STALL_TIMEOUT");
    if (stall && (!clock_parse_duration(stall, &stall_s) || stall_s < 1 || stall_s > 3600)) {
        aws_settings_free(account->settings);
        free(account);
        return err_set(err, ERR_CONFIG, "EXTPOOL_STALL_TIMEOUT=%s is not a time from 1s to 60m",
                       stall);
    }
    struct http_curl_options engine = {
        .stall_timeout_ms = stall_s * 1000,
        .ca_bundle = account->settings->ca_bundle,
        // libcurl reads http_proxy, and on purpose not HTTP_PROXY; the SDKs read both
        .http_proxy = environment_get_either(choice->environment, "http_proxy", "HTTP_PROXY"),
    };
    account->clock = choice->clock;
    account->http = http_curl_new(&engine);
    account->login_http = http_curl_new(&engine);
    account->cred_context = (struct cred_context){
        .settings = account->settings,
        .clock = choice->clock,
        .http = account->login_http,
        .prompt = choice->prompt,
        .prompt_context = choice->prompt_context,
    };
    account->credentials.base.ops = &s_watched_ops;
    account->credentials.asks = account->http;
    account->credentials.login = account->login_http;
    account->credentials.chain = credentials_chain_new(&account->cred_context);
    code = find_region(account, choice, err);
    if (code != ERR_OK) {
        account_free(account);
        return code;
    }
    aws_settings_endpoints(account->settings, &account->endpoints);
    *out = account;
    return ERR_OK;
}

void account_free(struct account *account)
{
    if (account) {
        watched_free(&account->credentials.base);
        http_free(account->login_http);
        http_free(account->http);
        aws_settings_free(account->settings);
        free(account);
    }
}

/* ---- using it ---------------------------------------------------------------------------- */

void account_client_options(struct account *account, enum aws_service service, const char *region,
                            struct client_options *out)
{
    *out = (struct client_options){
        .service = service,
        .http = account->http,
        .credentials = &account->credentials.base,
        .endpoint = account->endpoints,
        .statistics = &account->statistics,
        .max_attempts = account->settings->max_attempts,
    };
    if (region && region[0] != '\0') {
        out->endpoint.region = region;
    }
}

enum aws_s3_style account_s3_style(const struct account *account)
{
    return account->settings->s3_style;
}

const struct client_statistics *account_statistics(const struct account *account)
{
    return &account->statistics;
}

static unsigned long long number(uint64_t value)
{
    return (unsigned long long)value;
}

void account_facts(const struct account *account, struct port_info *facts)
{
    const struct client_statistics *statistics = &account->statistics;
    const struct watched *keys = &account->credentials;
    if (account->settings->profile_named || account->settings->section) {
        port_info_set(facts, "profile", "%s", account->settings->profile);
    }
    if (keys->known && keys->source) {
        port_info_set(facts, "credentials", "%s", keys->source);
    }
    if (keys->known && keys->expires_at_ms > 0) {
        char at[CLOCK_TEXT_MAX];
        int64_t left_ms = keys->expires_at_ms - clock_now_ms(account->clock);
        clock_format_s(keys->expires_at_ms / 1000, at);
        port_info_set(facts, "expires_at", "%s", at);
        port_info_set(facts, "minutes_left", "%lld", (long long)(left_ms / 60000));
    }
    port_info_set(facts, "requests", "%llu", number(statistics->requests));
    port_info_set(facts, "retries", "%llu", number(statistics->retries));
    port_info_set(facts, "throttled", "%llu", number(statistics->throttled));
}
