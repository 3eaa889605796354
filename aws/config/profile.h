#ifndef AWS_CONFIG_PROFILE_H
#define AWS_CONFIG_PROFILE_H

/*
 * The shared configuration: ~/.aws/config and ~/.aws/credentials, merged.
 *
 *     struct shared_config *shared = shared_config_new();
 *     code = shared_config_read(shared, SHARED_CONFIG_FILE, "/home/kim/.aws/config", err);
 *     code = shared_config_read(shared, SHARED_CREDENTIALS_FILE, "/home/kim/.aws/credentials",
 * err); const struct shared_section *profile = shared_config_find(shared, SHARED_PROFILE,
 * "london"); const char *role = shared_section_get(profile, "role_arn");
 *     shared_config_free(shared);
 *
 * The rules (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html):
 *
 * - The configuration file has `[default]`, `[profile NAME]`, `[sso-session NAME]` and
 *   `[services NAME]`; a bare `[NAME]` means nothing there. The credentials file has `[NAME]` for
 *   profiles and nothing else. `[profile default]` beats `[default]` as a whole, in either order.
 * - Names are made of A-Z a-z 0-9 _ - / . % @ : +; sections and properties with another name are
 *   left out. Section names are case-sensitive. Other names stand in quotes in the configuration
 *   file, as the AWS command line writes them: `[profile 'My Company']`, `[sso-session "my sso"]`.
 *   In the credentials file it writes names with blanks as they are: `[My Company]`.
 * - Repeated sections merge, the last of a repeated property wins, and if both files have a
 *   property of a profile the credentials file wins.
 *
 * Read the configuration file first. Values may be secrets: they are wiped when the whole is
 * freed, and no error quotes one. A finished shared_config is read-only and may be shared between
 * threads.
 */

#include <stddef.h>

#include "core/base/err.h"

enum shared_file { SHARED_CONFIG_FILE, SHARED_CREDENTIALS_FILE };
enum shared_kind {
    SHARED_PROFILE,
    SHARED_SSO_SESSION,
    SHARED_SERVICES,
    /* Headers that mean nothing where they stand, kept without properties for messages: [NAME] in
       the configuration file, [profile NAME] in the credentials file. */
    SHARED_LACKS_PREFIX,
    SHARED_HAS_PREFIX,
};

#define SHARED_FILE_MAX (1u << 20) /* bytes of one file */

struct shared_config;
struct shared_section;

struct shared_config *shared_config_new(void);
void shared_config_free(struct shared_config *shared);

/* Adds a file. One that does not exist is an empty one; ERR_CONFIG with file and line if its
   text is wrong, ERR_IO if it cannot be read. */
enum err_code shared_config_read(struct shared_config *shared, enum shared_file kind,
                                 const char *path, struct err *err) ERR_CHECK;

/* The text of a file that was read; `path` is for messages. */
struct shared_text {
    const char *path;
    const char *text;
    size_t length;
};

/* The same from memory. */
enum err_code shared_config_parse(struct shared_config *shared, enum shared_file kind,
                                  const struct shared_text *from, struct err *err) ERR_CHECK;

/* NULL if there is none. */
const struct shared_section *shared_config_find(const struct shared_config *shared,
                                                enum shared_kind kind, const char *name);

const char *shared_section_name(const struct shared_section *section);

/* The value of a property (or of a sub-property of `parent`); NULL if it is not there or is
   empty, and for a section that is NULL. Names in lower case. */
const char *shared_section_get(const struct shared_section *section, const char *name);
const char *shared_section_get_sub(const struct shared_section *section, const char *parent,
                                   const char *name);

/* The value that one of the two files has, whatever the other says. */
const char *shared_section_get_in(const struct shared_section *section, enum shared_file file,
                                  const char *name);

/* The names of all profiles, for "there are: ...": calls `each` in the order of the files. */
void shared_config_each_profile(const struct shared_config *shared,
                                void (*each)(void *context, const char *name), void *context);

#endif
