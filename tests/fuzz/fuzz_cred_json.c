/* Credentials as JSON, from any of those who send them: nothing is read that is not there, and
   what is taken is whole. The first byte says whose names the members have. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cred_json_names *const names[] = {&cred_json_process, &cred_json_metadata,
                                                          &cred_json_sso, &cred_json_login};
    struct credentials set = CREDENTIALS_INIT;
    json_t *root = NULL;
    int64_t at_ms;
    if (size == 0) {
        return 0;
    }
    const struct cred_json_names *name = names[data[0] % 4];
    if (cred_json_load("it", (const char *)data + 1, size - 1, &root, NULL) == ERR_OK) {
        (void)cred_json_time(root, "registrationExpiresAt", &at_ms);
        enum err_code code = cred_json_read("it", root, name, &set, NULL);
        if (code != ERR_OK && code != ERR_INPUT) {
            abort();
        }
        if (code == ERR_OK && (!set.access_key_id || !set.secret_access_key ||
                               (name->token_required && !set.session_token))) {
            abort();
        }
        cred_json_set(root, "accessToken", "new");
        if (strcmp(cred_json_text(root, "accessToken"), "new") != 0) {
            abort();
        }
    }
    credentials_release(&set);
    cred_json_free(root);
    return 0;
}
