/*
 * What the screen shows comes from two sources; each has its own troubles and its own age. The
 * contexts say which.
 */

#include "tui/shell/view.h"

#include "core/base/banned.h"

const struct err *console_trouble(const struct console *console)
{
    const struct err *store = &console->sources[SOURCE_STORE].trouble;
    return store->code != ERR_OK ? store : &console->sources[SOURCE_DIRECTORY].trouble;
}

static int64_t newer(int64_t a_s, int64_t b_s)
{
    return a_s > b_s ? a_s : b_s;
}

int64_t console_checked_at_s(const struct console *console)
{
    const struct screen_data *data = console->data;
    if (!data || data->snapshot->read_at_s == 0) {
        return 0;
    }
    int64_t store_s = newer(data->snapshot->read_at_s, console->sources[SOURCE_STORE].checked_at_s);
    if (!data->roster) {
        return store_s;
    }
    int64_t directory_s =
        newer(data->roster->read_at_s, console->sources[SOURCE_DIRECTORY].checked_at_s);
    return directory_s < store_s ? directory_s : store_s;
}

enum err_code console_read_contexts(struct console *console, struct err *err)
{
    const struct console_options *options = console->options;
    const struct settings *fresh = NULL;
    if (!options->reopen || console->settings->action == ACTION_DEMO) {
        return ERR_OK;
    }
    enum err_code code =
        options->reopen(options->context, CONSOLE_CONTEXT, console->settings->context, &fresh, err);
    if (code == ERR_OK) {
        console->contexts = fresh;
    }
    return code;
}
