/*
 * What a profile says about credentials.
 *
 * A profile may hold several of these; the first one counts, as in botocore and the AWS command
 * line:
 *
 *   1. a role (role_arn) with source_profile or credential_source
 *   2. a role with a web identity token
 *   3. an SSO role (sso_account_id and sso_role_name)
 *   4. keys in the credentials file
 *   5. a session of `aws login`
 *   6. a program (credential_process)
 *   7. keys in the configuration file
 *
 * A role's source is a profile again, and so on: the chain is followed once, at the first request,
 * and becomes providers inside providers. A source that has static keys ends the chain, even if it
 * names a role too, and so may a profile that names itself.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */

#include <stdlib.h>
#include <string.h>

#include "aws/credentials/cred.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define CHAIN_MAX 16

struct profile_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    bool roles_only;
    struct credentials_provider *inner; /* NULL: not looked at yet, or it cannot be made */
};

/* The profiles on the way, for finding loops. */
struct walk {
    const struct cred_context *context;
    const struct shared_section *visited[CHAIN_MAX];
    size_t depth;
};

static const char *get(const struct shared_section *section, const char *name)
{
    return shared_section_get(section, name);
}

/* ---- static keys ------------------------------------------------------------------------------
 */

static bool has_keys(const struct shared_section *section)
{
    return get(section, "aws_access_key_id") || get(section, "aws_secret_access_key");
}

static bool has_keys_in(const struct shared_section *section, enum shared_file file)
{
    return shared_section_get_in(section, file, "aws_access_key_id") ||
           shared_section_get_in(section, file, "aws_secret_access_key");
}

/* Key, secret and token belong together: all of one file. `aws_security_token` is what the token
   was called before. */
static enum err_code build_keys(const struct shared_section *section, enum shared_file file,
                                struct credentials_provider **out, struct err *err)
{
    const char *key = shared_section_get_in(section, file, "aws_access_key_id");
    const char *secret = shared_section_get_in(section, file, "aws_secret_access_key");
    const char *token = shared_section_get_in(section, file, "aws_session_token");
    if (!key || !secret) {
        return err_set(err, ERR_CONFIG, "profile \"%s\" has %s without %s",
                       shared_section_name(section),
                       key ? "aws_access_key_id" : "aws_secret_access_key",
                       key ? "aws_secret_access_key" : "aws_access_key_id");
    }
    struct credentials keys = CREDENTIALS_INIT;
    keys.access_key_id = mem_strdup(key);
    keys.secret_access_key = mem_strdup(secret);
    keys.session_token =
        mem_strdup(token ? token : shared_section_get_in(section, file, "aws_security_token"));
    keys.account_id = mem_strdup(get(section, "aws_account_id"));
    keys.source = mem_printf("keys of profile %s", shared_section_name(section));
    *out = credentials_static_new(&keys);
    credentials_release(&keys);
    return ERR_OK;
}

/* ---- roles ------------------------------------------------------------------------------------
 */

static enum err_code build(struct walk *walk, const struct shared_section *section,
                           struct credentials_provider **out, struct err *err);

static enum err_code read_role(const struct shared_section *section, struct cred_role *role,
                               struct err *err)
{
    const char *duration = get(section, "duration_seconds");
    int64_t duration_s = 0;
    *role = (struct cred_role){
        .profile = shared_section_name(section),
        .role_arn = get(section, "role_arn"),
        .session_name = get(section, "role_session_name"),
        .external_id = get(section, "external_id"),
        .mfa_serial = get(section, "mfa_serial"),
    };
    if (duration && !text_to_int64(duration, 900, 43200, &duration_s)) {
        return err_set(err, ERR_CONFIG,
                       "duration_seconds of profile \"%s\" is \"%s\", not a number from 900 to "
                       "43200",
                       role->profile, duration);
    }
    role->duration_s = (int)duration_s;
    return ERR_OK;
}

static enum err_code loop(const struct walk *walk, const struct shared_section *again,
                          struct err *err)
{
    struct buf way;
    buf_init(&way, 512);
    for (size_t i = 0; i < walk->depth; i++) {
        buf_printf(&way, "%s -> ", shared_section_name(walk->visited[i]));
    }
    buf_puts(&way, shared_section_name(again));
    enum err_code code =
        err_set(err, ERR_CONFIG, "source_profile runs in an infinite loop: %s", way.data);
    buf_release(&way);
    return code;
}

static enum err_code build_source_profile(struct walk *walk, const struct shared_section *section,
                                          const char *name, struct credentials_provider **out,
                                          struct err *err)
{
    const struct shared_section *source =
        shared_config_find(walk->context->settings->shared, SHARED_PROFILE, name);
    if (!source) {
        char *misplaced = aws_settings_misplaced(walk->context->settings, name);
        err_set(err, ERR_CONFIG,
                "profile \"%s\" names the source_profile \"%s\", which does not exist",
                shared_section_name(section), name);
        err_hint(err, "%s", misplaced ? misplaced : "");
        free(misplaced);
        return ERR_CONFIG;
    }
    for (size_t i = 0; i < walk->depth; i++) {
        if (walk->visited[i] == source && !(source == section && has_keys(source))) {
            return loop(walk, source, err);
        }
    }
    enum err_code code = build(walk, source, out, err);
    if (code == ERR_NOT_FOUND && err) {
        err->code = code = ERR_CONFIG; /* somebody did configure it */
    }
    return code;
}

static enum err_code build_named_source(struct walk *walk, const struct shared_section *section,
                                        const char *name, struct credentials_provider **out,
                                        struct err *err)
{
    const struct cred_context *context = walk->context;
    if (text_equal_nocase(name, "Environment")) {
        *out = cred_env_new(context);
    } else if (text_equal_nocase(name, "EcsContainer")) {
        *out = cred_cache_new(context, cred_container_new(context), NULL);
    } else if (text_equal_nocase(name, "Ec2InstanceMetadata")) {
        static const struct cred_cache_rules rules = {.expired_are_kept = true};
        *out = cred_cache_new(context, cred_imds_new(context), &rules);
    } else {
        return err_set(err, ERR_CONFIG,
                       "credential_source of profile \"%s\" is \"%s\", not Environment, "
                       "Ec2InstanceMetadata or EcsContainer",
                       shared_section_name(section), name);
    }
    return ERR_OK;
}

static enum err_code build_role(struct walk *walk, const struct shared_section *section,
                                struct credentials_provider **out, struct err *err)
{
    /* A person who has to type a code is asked when there is no way around it. */
    static const struct cred_cache_rules attended = {.advisory_s = 60, .mandatory_s = 30};
    const char *profile = get(section, "source_profile");
    const char *named = get(section, "credential_source");
    struct credentials_provider *source = NULL;
    struct cred_role role;
    enum err_code code = read_role(section, &role, err);
    if (code != ERR_OK) {
        return code;
    }
    if (!profile == !named) {
        return err_set(err, ERR_CONFIG,
                       "profile \"%s\" has role_arn with %s source_profile and credential_source",
                       role.profile, profile ? "both" : "neither");
    }
    code = profile ? build_source_profile(walk, section, profile, &source, err)
                   : build_named_source(walk, section, named, &source, err);
    if (code == ERR_OK) {
        *out = cred_cache_new(walk->context, cred_assume_role_new(walk->context, &role, source),
                              role.mfa_serial ? &attended : NULL);
    }
    return code;
}

/* A chosen profile shares its web identity with the environment, unless it was given by name; a
   source profile does not. */
static enum err_code build_web_identity(const struct walk *walk,
                                        const struct shared_section *section,
                                        struct credentials_provider **out, struct err *err)
{
    bool environment = walk->depth == 1 && !walk->context->settings->profile_given;
    struct cred_role role;
    enum err_code code = read_role(section, &role, err);
    if (code != ERR_OK) {
        return code;
    }
    cred_web_identity_settings(walk->context, section, environment, &role);
    if (!role.role_arn) {
        return err_set(err, ERR_CONFIG,
                       "profile \"%s\" has web_identity_token_file without role_arn", role.profile);
    }
    *out = cred_cache_new(walk->context, cred_web_identity_new(walk->context, &role), NULL);
    return ERR_OK;
}

/* ---- a profile --------------------------------------------------------------------------------
 */

static bool has_role(const struct shared_section *section)
{
    return get(section, "role_arn") && !get(section, "web_identity_token_file");
}

static enum err_code no_credentials(const struct shared_section *section, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "profile \"%s\" holds no credentials",
                   shared_section_name(section));
}

static enum err_code build(struct walk *walk, const struct shared_section *section,
                           struct credentials_provider **out, struct err *err)
{
    const struct cred_context *context = walk->context;
    const char *name = shared_section_name(section);
    const char *login = get(section, "login_session");
    const char *process = get(section, "credential_process");
    if (walk->depth == CHAIN_MAX) {
        return err_set(err, ERR_CONFIG, "more than %d profiles one behind the other", CHAIN_MAX);
    }
    walk->visited[walk->depth++] = section;
    bool is_source = walk->depth > 1;
    if (has_role(section) && !(is_source && has_keys(section))) {
        return build_role(walk, section, out, err);
    }
    if (get(section, "web_identity_token_file")) {
        return build_web_identity(walk, section, out, err);
    }
    if (get(section, "sso_account_id") || get(section, "sso_role_name")) {
        return cred_sso_of_profile(context, section, out, err);
    }
    if (has_keys_in(section, SHARED_CREDENTIALS_FILE)) {
        return build_keys(section, SHARED_CREDENTIALS_FILE, out, err);
    }
    if (login) {
        *out = cred_cache_new(context, cred_login_new(context, name, login), NULL);
        return ERR_OK;
    }
    if (process) {
        *out = cred_cache_new(
            context, cred_process_new(context, name, process, get(section, "aws_account_id"), 0),
            NULL);
        return ERR_OK;
    }
    if (has_keys_in(section, SHARED_CONFIG_FILE)) {
        return build_keys(section, SHARED_CONFIG_FILE, out, err);
    }
    return no_credentials(section, err);
}

static enum err_code no_section(const struct aws_settings *settings, struct err *err)
{
    char *misplaced = aws_settings_misplaced(settings, settings->profile);
    enum err_code code =
        err_set(err, ERR_NOT_FOUND, "no profile \"%s\" in %s or %s%s%s", settings->profile,
                settings->config_path ? settings->config_path : "~/.aws/config",
                settings->credentials_path ? settings->credentials_path : "~/.aws/credentials",
                misplaced ? ": " : "", misplaced ? misplaced : "");
    free(misplaced);
    return code;
}

static enum err_code profile_get(struct credentials_provider *base, bool force,
                                 struct credentials *out, struct err *err)
{
    struct profile_provider *self = (struct profile_provider *)base;
    const struct aws_settings *settings = self->context->settings;
    if (!settings->home && !settings->config_path && !settings->credentials_path) {
        return err_set(err, ERR_NOT_FOUND, "HOME is not set, so ~/.aws is not known");
    }
    if (!settings->section) {
        return no_section(settings, err);
    }
    if (self->roles_only && !has_role(settings->section)) {
        return no_credentials(settings->section, err); /* shown only if no other source has any */
    }
    if (!self->inner) {
        struct walk walk = {.context = self->context};
        enum err_code code = build(&walk, settings->section, &self->inner, err);
        if (code != ERR_OK) {
            return code;
        }
    }
    return credentials_get(self->inner, force, out, err);
}

static void profile_free(struct credentials_provider *base)
{
    struct profile_provider *self = (struct profile_provider *)base;
    credentials_provider_free(self->inner);
    free(self);
}

static struct profile_provider *profile_new(const struct cred_context *context)
{
    static const struct credentials_provider_ops ops = {
        .name = "profile", .get = profile_get, .free = profile_free};
    struct profile_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    return self;
}

struct credentials_provider *cred_profile_new(const struct cred_context *context)
{
    return &profile_new(context)->base;
}

struct credentials_provider *cred_profile_role_new(const struct cred_context *context)
{
    struct profile_provider *self = profile_new(context);
    self->roles_only = true;
    return &self->base;
}
