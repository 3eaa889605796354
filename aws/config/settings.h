#ifndef AWS_CONFIG_SETTINGS_H
#define AWS_CONFIG_SETTINGS_H

/*
 * What the environment, the shared configuration and the command line say about how to reach
 * Amazon: which profile, region, endpoints, certificates, retries. Loaded once, read-only after
 * that, and safe to read from every thread.
 *
 *     struct aws_settings_choice choice = {.profile = "ops", .region = NULL};
 *     struct aws_settings *settings;
 *     code = aws_settings_load(&environment_system, &choice, &settings, err);
 *     ...
 *     aws_settings_free(settings);
 *
 * Whatever is asked for, the first of these that has it counts: the choice (command line or
 * context), the environment, the profile.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 *
 * Errors, all ERR_CONFIG (ERR_IO for a file that cannot be read): a profile that was asked for and
 * does not exist, a `services` section that does not, a file that does not parse, a value that
 * makes no sense. A variable or property that is empty is not set.
 */

#include <stdbool.h>

#include "aws/config/endpoint.h"
#include "aws/config/profile.h"
#include "core/base/environ.h"
#include "core/base/err.h"

enum aws_retry_mode { AWS_RETRY_STANDARD, AWS_RETRY_ADAPTIVE };

/* `addressing_style` in the profile's `s3` block: whether a bucket stands in the path or before the
   host; AUTO leaves it to the exporter. */
enum aws_s3_style { AWS_S3_AUTO, AWS_S3_PATH, AWS_S3_VIRTUAL };

/* All borrowed for the call; NULL if nothing was chosen. */
struct aws_settings_choice {
    const char *profile;
    const char *region;
    const char *endpoint_url; /* for the services that extpool is about, not for log-ins */
};

struct aws_settings {
    const struct environment *environment; /* borrowed, must outlive the settings */
    struct shared_config *shared;

    char *profile;      /* its name, "default" where nobody chose one */
    bool profile_given; /* by the choice: then keys in the environment do not count */
    bool profile_named; /* by the choice or the environment */
    const struct shared_section *section; /* of the profile; NULL if there is none */

    char *home;             /* NULL: not known; then the default files do not exist */
    char *config_path;      /* NULL: see home */
    char *credentials_path; /* NULL: see home */

    char *region;            /* NULL: nowhere; the instance metadata may know (cred_imds_region) */
    const char *region_from; /* for people: "AWS_REGION" */
    char *endpoint_url;      /* as chosen; NULL: none */
    char *ca_bundle;         /* NULL: the system's */
    bool fips, dual_stack;
    bool ignore_configured_endpoints;
    enum aws_s3_style s3_style;
    bool s3_dual_stack; /* use_dualstack_endpoint of the `s3` block: for S3 alone */
    bool s3_accelerate; /* use_accelerate_endpoint there */
    enum endpoint_account_mode account_mode;
    enum aws_retry_mode retry_mode;
    int max_attempts; /* 0: the default of the service */
};

enum err_code aws_settings_load(const struct environment *environment,
                                const struct aws_settings_choice *choice, struct aws_settings **out,
                                struct err *err) ERR_CHECK;
void aws_settings_free(struct aws_settings *settings); /* NULL is fine */

/* A setting that is an environment variable or a property of the profile; NULL where neither is
   set. Either name may be NULL. */
const char *aws_settings_get(const struct aws_settings *settings, const char *variable,
                             const char *property);

/* The same for a switch: only the word "true", in any case, turns it on. */
bool aws_settings_on(const struct aws_settings *settings, const char *variable,
                     const char *property);

/* A region that became known later: from an ARN or the instance metadata. */
void aws_settings_set_region(struct aws_settings *settings, const char *region, const char *from);

/* How the endpoints of the services are found. `out` borrows from the settings. */
void aws_settings_endpoints(const struct aws_settings *settings, struct endpoint_settings *out);

/* The same for the services that credentials come from: --endpoint-url is not for them, and their
   region may be another one (`region` NULL: the settings'; if that is not known, us-east-1). */
void aws_settings_login_endpoints(const struct aws_settings *settings, const char *region,
                                  struct endpoint_settings *out);

/* `path` with "~/" or "~NAME/" at its start replaced by a home folder. The caller frees. */
char *aws_settings_path(const struct aws_settings *settings, const char *path);

/* Why a profile is not found: "FILE has [dev]; in that file the section is called [profile dev]".
   The caller frees; NULL if neither file has the name. */
char *aws_settings_misplaced(const struct aws_settings *settings, const char *profile);

#endif
