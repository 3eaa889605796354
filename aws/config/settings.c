#include "aws/config/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* ---- lookups -------------------------------------------------------------------------------- */

const char *aws_settings_get(const struct aws_settings *settings, const char *variable,
                             const char *property)
{
    const char *value = variable ? environment_get(settings->environment, variable) : NULL;
    return value || !property ? value : shared_section_get(settings->section, property);
}

bool aws_settings_on(const struct aws_settings *settings, const char *variable,
                     const char *property)
{
    const char *value = aws_settings_get(settings, variable, property);
    return value && text_equal_nocase(value, "true");
}

char *aws_settings_path(const struct aws_settings *settings, const char *path)
{
    if (path[0] == '~' && path[1] == '/' && settings->home) {
        return mem_printf("%s%s", settings->home, path + 1);
    }
    return mem_strdup(path);
}

/* ---- the profile ------------------------------------------------------------------------------
 */

static void find_files(struct aws_settings *settings)
{
    const char *config = environment_get(settings->environment, "AWS_CONFIG_FILE");
    const char *credentials = environment_get(settings->environment, "AWS_SHARED_CREDENTIALS_FILE");
    settings->home = mem_strdup(environment_get(settings->environment, "HOME"));
    if (config || settings->home) {
        settings->config_path = aws_settings_path(settings, config ? config : "~/.aws/config");
    }
    if (credentials || settings->home) {
        settings->credentials_path =
            aws_settings_path(settings, credentials ? credentials : "~/.aws/credentials");
    }
}

static enum err_code read_files(struct aws_settings *settings, struct err *err)
{
    enum err_code code = ERR_OK;
    settings->shared = shared_config_new();
    if (settings->config_path) {
        code = shared_config_read(settings->shared, SHARED_CONFIG_FILE, settings->config_path, err);
    }
    if (code == ERR_OK && settings->credentials_path) {
        code = shared_config_read(settings->shared, SHARED_CREDENTIALS_FILE,
                                  settings->credentials_path, err);
    }
    return code;
}

static void append_name(void *context, const char *name)
{
    struct buf *list = context;
    buf_printf(list, "%s%s", list->length > 0 ? ", " : "", name);
}

static enum err_code no_such_profile(const struct aws_settings *settings, struct err *err)
{
    struct buf names;
    buf_init(&names, ERR_HINT_MAX - 64);
    enum err_code code =
        err_set(err, ERR_CONFIG, "there is no profile \"%s\" in %s or %s", settings->profile,
                settings->config_path ? settings->config_path : "~/.aws/config",
                settings->credentials_path ? settings->credentials_path : "~/.aws/credentials");
    shared_config_each_profile(settings->shared, append_name, &names);
    if (!settings->home) {
        err_hint(err, "HOME is not set, so ~/.aws is not known");
    } else if (names.length > 0) {
        err_hint(err, "The profiles are: %s", names.data);
    }
    buf_release(&names);
    return code;
}

static enum err_code choose_profile(struct aws_settings *settings, const char *given,
                                    struct err *err)
{
    const char *named =
        environment_get_either(settings->environment, "AWS_PROFILE", "AWS_DEFAULT_PROFILE");
    settings->profile_given = given != NULL;
    settings->profile_named = given || named;
    settings->profile = mem_strdup(given ? given : named ? named : "default");
    settings->section = shared_config_find(settings->shared, SHARED_PROFILE, settings->profile);
    if (settings->profile_named && !settings->section) {
        return no_such_profile(settings, err);
    }
    const char *services = shared_section_get(settings->section, "services");
    if (services && !shared_config_find(settings->shared, SHARED_SERVICES, services)) {
        return err_set(err, ERR_CONFIG,
                       "profile \"%s\" names the services section \"%s\", which does not exist",
                       settings->profile, services);
    }
    return ERR_OK;
}

/* ---- single settings --------------------------------------------------------------------------
 */

static enum err_code choose_region(struct aws_settings *settings, const char *given,
                                   struct err *err)
{
    static const char *const variables[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    const char *region = given;
    settings->region_from = given ? "given" : NULL;
    for (size_t i = 0; i < 2 && !region; i++) {
        region = environment_get(settings->environment, variables[i]);
        settings->region_from = region ? variables[i] : NULL;
    }
    if (!region) {
        region = shared_section_get(settings->section, "region");
        settings->region_from = region ? "profile" : NULL;
    }
    if (region && !endpoint_region_valid(region)) {
        return err_set(err, ERR_CONFIG, "\"%s\" (%s) cannot be a region", region,
                       settings->region_from);
    }
    settings->region = mem_strdup(region);
    return ERR_OK;
}

void aws_settings_set_region(struct aws_settings *settings, const char *region, const char *from)
{
    char *fresh = mem_strdup(region);
    free(settings->region);
    settings->region = fresh;
    settings->region_from = from;
}

/* A value out of a list of words, any case; the first word is the default. */
static enum err_code choose_word(const struct aws_settings *settings, const char *variable,
                                 const char *property, const char *const *words, size_t *chosen,
                                 struct err *err)
{
    const char *value = aws_settings_get(settings, variable, property);
    *chosen = 0;
    if (!value) {
        return ERR_OK;
    }
    for (size_t i = 0; words[i]; i++) {
        if (text_equal_nocase(value, words[i])) {
            *chosen = i;
            return ERR_OK;
        }
    }
    return err_set(err, ERR_CONFIG, "%s (%s) cannot be \"%s\"", variable, property, value);
}

static enum err_code choose_retries(struct aws_settings *settings, struct err *err)
{
    /* "legacy" is an older algorithm of single SDKs; it gets the standard one. */
    static const char *const modes[] = {"standard", "legacy", "adaptive", NULL};
    size_t mode;
    if (choose_word(settings, "AWS_RETRY_MODE", "retry_mode", modes, &mode, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    settings->retry_mode = mode == 2 ? AWS_RETRY_ADAPTIVE : AWS_RETRY_STANDARD;
    const char *attempts = aws_settings_get(settings, "AWS_MAX_ATTEMPTS", "max_attempts");
    int64_t count = 0;
    if (attempts && !text_to_int64(attempts, 1, 100, &count)) {
        return err_set(err, ERR_CONFIG,
                       "AWS_MAX_ATTEMPTS (max_attempts) is \"%s\", not a number from 1 to 100",
                       attempts);
    }
    settings->max_attempts = (int)count;
    return ERR_OK;
}

static enum err_code choose_account_mode(struct aws_settings *settings, struct err *err)
{
    static const char *const modes[] = {"preferred", "disabled", "required", NULL};
    static const enum endpoint_account_mode values[] = {
        ACCOUNT_MODE_PREFERRED, ACCOUNT_MODE_DISABLED, ACCOUNT_MODE_REQUIRED};
    size_t mode;
    enum err_code code = choose_word(settings, "AWS_ACCOUNT_ID_ENDPOINT_MODE",
                                     "account_id_endpoint_mode", modes, &mode, err);
    settings->account_mode = values[mode];
    return code;
}

static void choose_switches(struct aws_settings *settings)
{
    const char *style = shared_section_get_sub(settings->section, "s3", "addressing_style");
    const char *bundle = aws_settings_get(settings, "AWS_CA_BUNDLE", "ca_bundle");
    settings->ca_bundle = bundle ? aws_settings_path(settings, bundle) : NULL;
    settings->s3_path_style = style && text_equal_nocase(style, "path");
    settings->fips = aws_settings_on(settings, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
    settings->dual_stack =
        aws_settings_on(settings, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
    settings->ignore_configured_endpoints = aws_settings_on(
        settings, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
}

/* ---- the whole --------------------------------------------------------------------------------
 */

static enum err_code load(struct aws_settings *settings, const struct aws_settings_choice *choice,
                          struct err *err)
{
    find_files(settings);
    settings->endpoint_url = mem_strdup(choice->endpoint_url);
    enum err_code code = read_files(settings, err);
    if (code == ERR_OK) {
        code = choose_profile(settings, choice->profile, err);
    }
    if (code == ERR_OK) {
        code = choose_region(settings, choice->region, err);
    }
    if (code == ERR_OK) {
        code = choose_retries(settings, err);
    }
    if (code == ERR_OK) {
        code = choose_account_mode(settings, err);
    }
    choose_switches(settings);
    return code;
}

enum err_code aws_settings_load(const struct environment *environment,
                                const struct aws_settings_choice *choice, struct aws_settings **out,
                                struct err *err)
{
    struct aws_settings *settings = mem_alloc(sizeof *settings);
    settings->environment = environment;
    enum err_code code = load(settings, choice, err);
    if (code != ERR_OK) {
        aws_settings_free(settings);
        settings = NULL;
    }
    *out = settings;
    return code;
}

void aws_settings_free(struct aws_settings *settings)
{
    if (!settings) {
        return;
    }
    shared_config_free(settings->shared);
    free(settings->profile);
    free(settings->home);
    free(settings->config_path);
    free(settings->credentials_path);
    free(settings->region);
    free(settings->endpoint_url);
    free(settings->ca_bundle);
    free(settings);
}

/* ---- endpoints --------------------------------------------------------------------------------
 */

static const char *profile_url(void *context, const char *service)
{
    const struct aws_settings *settings = context;
    if (!service) {
        return shared_section_get(settings->section, "endpoint_url");
    }
    const char *name = shared_section_get(settings->section, "services");
    if (!name) {
        return NULL;
    }
    return shared_section_get_sub(shared_config_find(settings->shared, SHARED_SERVICES, name),
                                  service, "endpoint_url");
}

void aws_settings_endpoints(const struct aws_settings *settings, struct endpoint_settings *out)
{
    /* profile_url only reads; the context of a callback is not const. */
    union {
        const struct aws_settings *given;
        void *context;
    } kept = {.given = settings};
    *out = (struct endpoint_settings){
        .region = settings->region,
        .environment = settings->environment,
        .endpoint_url = settings->endpoint_url,
        .fips = settings->fips,
        .dual_stack = settings->dual_stack,
        .ignore_configured = settings->ignore_configured_endpoints,
        .account_mode = settings->account_mode,
        .profile_url = profile_url,
        .profile_context = kept.context,
    };
}

void aws_settings_login_endpoints(const struct aws_settings *settings, const char *region,
                                  struct endpoint_settings *out)
{
    aws_settings_endpoints(settings, out);
    out->endpoint_url = NULL;
    out->region = region ? region : settings->region ? settings->region : "us-east-1";
}
