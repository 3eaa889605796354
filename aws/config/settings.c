#include "aws/config/settings.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define PATH_BYTES_MAX 65536

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

/* The home folder of a user of this machine; the caller frees. NULL: there is no such user. */
static char *home_of(const char *name, size_t length)
{
    char *user = mem_printf("%.*s", (int)length, name);
    char room[1024];
    struct passwd entry;
    struct passwd *found = NULL;
    bool known = getpwnam_r(user, &entry, room, sizeof room, &found) == 0 && found;
    free(user);
    return known ? mem_strdup(entry.pw_dir) : NULL;
}

char *aws_settings_path(const struct aws_settings *settings, const char *path)
{
    if (path[0] != '~') {
        return mem_strdup(path);
    }
    size_t length = strcspn(path + 1, "/");
    const char *rest = path + 1 + length;
    char *home = length > 0 ? home_of(path + 1, length) : mem_strdup(settings->home);
    char *whole = home ? mem_printf("%s%s", home, rest) : mem_strdup(path);
    free(home);
    return whole;
}

/* The name of a variable at `text`, "NAME" or "{NAME}"; *length counts the braces too. */
static char *variable_name(const char *text, size_t *length)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    bool braces = text[0] == '{';
    size_t name = braces ? strcspn(text + 1, "}") : strspn(text, allowed);
    *length = braces ? name + 2 : name;
    bool sound = name > 0 && (!braces || text[name + 1] == '}');
    return sound ? mem_printf("%.*s", (int)name, text + braces) : NULL;
}

/* A path that a variable names, as botocore reads it: $NAME and ${NAME} are variables (one that is
   not set stays as it is), then ~ is a home folder. The caller frees. */
static char *expand(const struct aws_settings *settings, const char *path)
{
    struct buf text;
    buf_init(&text, PATH_BYTES_MAX);
    for (const char *at = path; *at; at++) {
        size_t length = 0;
        char *name = *at == '$' ? variable_name(at + 1, &length) : NULL;
        const char *value = name ? environment_get(settings->environment, name) : NULL;
        free(name);
        if (value) {
            buf_puts(&text, value);
            at += length;
        } else {
            buf_putc(&text, *at);
        }
    }
    char *whole = aws_settings_path(settings, buf_failed(&text) ? path : text.data);
    buf_release(&text);
    return whole;
}

/* ---- the profile ------------------------------------------------------------------------------
 */

static void find_files(struct aws_settings *settings)
{
    const char *config = environment_get(settings->environment, "AWS_CONFIG_FILE");
    const char *credentials = environment_get(settings->environment, "AWS_SHARED_CREDENTIALS_FILE");
    settings->home = mem_strdup(environment_get(settings->environment, "HOME"));
    if (config || settings->home) {
        settings->config_path = expand(settings, config ? config : "~/.aws/config");
    }
    if (credentials || settings->home) {
        settings->credentials_path =
            expand(settings, credentials ? credentials : "~/.aws/credentials");
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

char *aws_settings_misplaced(const struct aws_settings *settings, const char *profile)
{
    if (shared_config_find(settings->shared, SHARED_HAS_PREFIX, profile)) {
        return mem_printf("%s has [profile %s]; in that file the section is called [%s]",
                          settings->credentials_path, profile, profile);
    }
    if (shared_config_find(settings->shared, SHARED_LACKS_PREFIX, profile)) {
        return mem_printf("%s has [%s]; in that file the section is called [profile %s]",
                          settings->config_path, profile, profile);
    }
    return NULL;
}

/* `variable`: the one that named it; NULL: the command line or the context did. */
static enum err_code no_such_profile(const struct aws_settings *settings, const char *variable,
                                     struct err *err)
{
    struct buf names;
    buf_init(&names, ERR_HINT_MAX - 64);
    char *misplaced = aws_settings_misplaced(settings, settings->profile);
    enum err_code code =
        err_set(err, ERR_CONFIG, "%s%sthere is no profile \"%s\" in %s or %s",
                variable ? variable : "", variable ? ": " : "", settings->profile,
                settings->config_path ? settings->config_path : "~/.aws/config",
                settings->credentials_path ? settings->credentials_path : "~/.aws/credentials");
    shared_config_each_profile(settings->shared, append_name, &names);
    if (misplaced) {
        err_hint(err, "%s", misplaced);
    } else if (!settings->config_path && !settings->credentials_path) {
        err_hint(err, "HOME is not set, so ~/.aws is not known");
    } else if (names.length > 0) {
        err_hint(err, "The profiles are: %s", names.data);
    }
    free(misplaced);
    buf_release(&names);
    return code;
}

static enum err_code choose_profile(struct aws_settings *settings, const char *given,
                                    struct err *err)
{
    const char *variable = "AWS_PROFILE";
    const char *named = environment_get(settings->environment, variable);
    if (!named) {
        variable = "AWS_DEFAULT_PROFILE";
        named = environment_get(settings->environment, variable);
    }
    settings->profile_given = given != NULL;
    settings->profile_named = given || named;
    settings->profile = mem_strdup(given ? given : named ? named : "default");
    settings->section = shared_config_find(settings->shared, SHARED_PROFILE, settings->profile);
    if (settings->profile_named && !settings->section) {
        return no_such_profile(settings, given ? NULL : variable, err);
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

/* A setting whose value is one of these words, in any case; the first word is the default. */
struct word_setting {
    const char *variable;
    const char *property;
    const char *words[4]; /* ends with NULL */
};

static enum err_code choose_word(const struct aws_settings *settings,
                                 const struct word_setting *setting, size_t *chosen,
                                 struct err *err)
{
    const char *value = aws_settings_get(settings, setting->variable, setting->property);
    *chosen = 0;
    if (!value) {
        return ERR_OK;
    }
    for (size_t i = 0; setting->words[i]; i++) {
        if (text_equal_nocase(value, setting->words[i])) {
            *chosen = i;
            return ERR_OK;
        }
    }
    return err_set(err, ERR_CONFIG, "%s (%s) cannot be \"%s\"", setting->variable,
                   setting->property, value);
}

static enum err_code choose_retries(struct aws_settings *settings, struct err *err)
{
    /* "legacy" is an older algorithm of single SDKs; it gets the standard one. */
    static const struct word_setting setting = {
        "AWS_RETRY_MODE", "retry_mode", {"standard", "legacy", "adaptive", NULL}};
    size_t mode;
    if (choose_word(settings, &setting, &mode, err) != ERR_OK) {
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
    static const struct word_setting setting = {"AWS_ACCOUNT_ID_ENDPOINT_MODE",
                                                "account_id_endpoint_mode",
                                                {"preferred", "disabled", "required", NULL}};
    static const enum endpoint_account_mode values[] = {
        ACCOUNT_MODE_PREFERRED, ACCOUNT_MODE_DISABLED, ACCOUNT_MODE_REQUIRED};
    size_t mode;
    enum err_code code = choose_word(settings, &setting, &mode, err);
    settings->account_mode = values[mode];
    return code;
}

static bool is_on_for_s3(const struct aws_settings *settings, const char *property)
{
    const char *value = shared_section_get_sub(settings->section, "s3", property);
    return value && text_equal_nocase(value, "true");
}

static void choose_switches(struct aws_settings *settings)
{
    const char *style = shared_section_get_sub(settings->section, "s3", "addressing_style");
    bool path = style && text_equal_nocase(style, "path");
    bool virtual = style && text_equal_nocase(style, "virtual");
    const char *bundle = aws_settings_get(settings, "AWS_CA_BUNDLE", "ca_bundle");
    settings->ca_bundle = bundle ? aws_settings_path(settings, bundle) : NULL;
    settings->s3_style = path ? AWS_S3_PATH : virtual ? AWS_S3_VIRTUAL : AWS_S3_AUTO;
    settings->s3_dual_stack = is_on_for_s3(settings, "use_dualstack_endpoint");
    settings->s3_accelerate = is_on_for_s3(settings, "use_accelerate_endpoint");
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
        .s3_dual_stack = settings->s3_dual_stack,
        .s3_accelerate = settings->s3_accelerate,
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
