/* Directory files: whatever the bytes, either a sound roster or one clear sentence. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/embedded/directory_parse.h"
#include "core/pool/login.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct roster *roster = roster_new();
    struct err err = ERR_INIT;
    const char *format = NULL;
    enum err_code code =
        directory_parse("f", (const char *)data, size, NULL, roster, &format, &err);
    if (code == ERR_OK) {
        check(roster->n_agents > 0 && roster->pages > 0 && format != NULL);
        for (size_t i = 0; i < roster->n_agents; i++) {
            const struct agent *agent = &roster->agents[i];
            check(!login_fault(agent->login, strlen(agent->login)));
            check(i == 0 || strcmp(roster->agents[i - 1].login, agent->login) < 0);
        }
    } else {
        check(code == ERR_INPUT && err.code == code && strncmp(err.text, "f:", 2) == 0);
    }
    roster_unref(roster);
    return 0;
}
