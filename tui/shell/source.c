/*
 * The screen shows two sources, the store and the directory. Each has its own errors and its own
 * age. The contexts of the configuration name them.
 */

#include "tui/shell/shell.h"

#include <string.h>
#include <unistd.h>

#include "core/base/banned.h"

const struct err *shell_trouble(const struct shell *shell)
{
    const struct err *store = &shell->reading.sources[SOURCE_STORE].trouble;
    return store->code != ERR_OK ? store : &shell->reading.sources[SOURCE_DIRECTORY].trouble;
}

static int64_t newer(int64_t a_s, int64_t b_s)
{
    return a_s > b_s ? a_s : b_s;
}

int64_t shell_checked_at_s(const struct shell *shell)
{
    const struct screen_data *data = shell->data;
    if (!data || data->snapshot->read_at_s == 0) {
        return 0;
    }
    int64_t store_s =
        newer(data->snapshot->read_at_s, shell->reading.sources[SOURCE_STORE].checked_at_s);
    if (!data->roster) {
        return store_s;
    }
    int64_t directory_s =
        newer(data->roster->read_at_s, shell->reading.sources[SOURCE_DIRECTORY].checked_at_s);
    return directory_s < store_s ? directory_s : store_s;
}

enum err_code shell_read_contexts(struct shell *shell, struct err *err)
{
    const struct console_options *options = shell->options;
    const struct settings *fresh = NULL;
    if (!options->reopen || shell->place.settings->action == ACTION_DEMO) {
        return ERR_OK;
    }
    enum err_code code = options->reopen(options->context, CONSOLE_CONTEXT,
                                         shell->place.settings->context, &fresh, err);
    if (code == ERR_OK) {
        shell->place.contexts = fresh;
    }
    return code;
}

/* ---- rows beside the data -------------------------------------------------------------------- */

static const char *agent_now(const void *context, size_t row, enum filter_field field)
{
    const struct shell *shell = context;
    shell_row_now_fn known = shell->row_now[field];
    return known ? known(shell, true, shell->data->agents.rows[row].login) : NULL;
}

static const char *slot_now(const void *context, size_t row, enum filter_field field)
{
    const struct shell *shell = context;
    shell_row_now_fn known = shell->row_now[field];
    return known ? known(shell, false, shell->data->snapshot->slots[row].ext) : NULL;
}

struct filter_now shell_agents_now(const struct shell *shell)
{
    return (struct filter_now){.text = agent_now, .context = shell};
}

struct filter_now shell_slots_now(const struct shell *shell)
{
    return (struct filter_now){.text = slot_now, .context = shell};
}

/* ---- what agents do now ---------------------------------------------------------------------- */

bool shell_tells_live(const struct shell *shell)
{
    return shell->data && shell->data->tells_live && shell->data->roster && !shell->live.refused;
}

const struct live_seen *shell_live_of(const struct shell *shell, const char *login)
{
    const struct agent *agent = shell->data->roster && shell->live.cache.n > 0
                                    ? roster_find(shell->data->roster, login)
                                    : NULL;
    return agent ? live_cache_get(&shell->live.cache, agent) : NULL;
}

bool shell_is_first_start(const struct shell *shell)
{
    const struct settings *settings = shell->place.settings;
    const char *path = settings->store;
    if (settings->config_read || settings->directory || !shell->options->reopen ||
        settings->action == ACTION_DEMO || settings->origins[OPT_STORE].kind > ORIGIN_DEFAULT) {
        return false;
    }
    path = path && strncmp(path, "sqlite:", 7) == 0 ? path + 7 : path;
    return path && access(path, F_OK) != 0;
}
