/* The shared configuration: the first byte says which file the rest is; then every lookup that the
   providers make is tried. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "aws/config/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *context, const char *name)
{
    const struct shared_config *shared = context;
    const struct shared_section *section = shared_config_find(shared, SHARED_PROFILE, name);
    if (!section || name[0] == '\0') {
        abort();
    }
    (void)shared_section_get(section, "role_arn");
    (void)shared_section_get_sub(section, "s3", "addressing_style");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct shared_config *shared = shared_config_new();
    enum shared_file kind = data[0] & 1 ? SHARED_CREDENTIALS_FILE : SHARED_CONFIG_FILE;
    struct err err = ERR_INIT;
    const struct shared_text from = {"f", (const char *)data + 1, size - 1};
    enum err_code code = shared_config_parse(shared, kind, &from, &err);
    if (code != ERR_OK && code != ERR_CONFIG) {
        abort();
    }
    shared_config_each_profile(shared, look, shared);
    shared_config_free(shared);
    return 0;
}
