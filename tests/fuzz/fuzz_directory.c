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

/* Some inputs are read with columns named. */
static const struct directory_settings s_settings = {.login_column = "User login",
                                                     .active_column = "status = ACTIVE, 1"};

static void try(const uint8_t *data, size_t size, const struct directory_settings *settings)
{
    struct roster *roster = roster_new();
    struct err err = ERR_INIT;
    const char *format = NULL;
    const struct directory_text source = {.file = "f",
                                          .text = (const char *)data,
                                          .length = size,
                                          .settings = settings,
                                          .roster = roster};
    enum err_code code = directory_parse(&source, &format, &err);
    if (code == ERR_OK) {
        check(roster->n_agents > 0 && roster->pages > 0 && format != NULL);
        for (size_t i = 0; i < roster->n_agents; i++) {
            const struct agent *agent = &roster->agents[i];
            check(!login_fault(agent->login, strlen(agent->login)));
            check(i == 0 || strcmp(roster->agents[i - 1].login, agent->login) < 0);
        }
    } else {
        /* Nothing in it at all is a guard's refusal: it would take everybody's extension away. */
        check(code == ERR_INPUT || code == ERR_GUARD);
        check(err.code == code && strncmp(err.text, "f:", 2) == 0);
    }
    roster_unref(roster);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try(data, size, NULL);
    try(data, size, &s_settings);
    return 0;
}
