#include "tui/view/seen_watch.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/terminal/loop.h"

#include "core/base/banned.h"

#define REST_MS 1000

void seen_watch_init(struct seen_watch *watch)
{
    *watch = (struct seen_watch){.at_ms = LOOP_FOREVER};
}

static uint64_t newest(const struct shell *shell, const char *login, const char *ext)
{
    const struct feed_row *by_login = changes_of_agent(&shell->changes, login);
    const struct feed_row *by_ext = changes_of_ext(&shell->changes, ext);
    uint64_t a = by_login ? by_login->serial : 0;
    uint64_t b = by_ext ? by_ext->serial : 0;
    return a > b ? a : b;
}

void seen_watch_drawn(struct seen_watch *watch, const struct shell *shell, const char *login,
                      const char *ext)
{
    uint64_t serial = newest(shell, login, ext);
    login = login ? login : "";
    ext = ext ? ext : "";
    if (serial == watch->serial && strcmp(login, watch->login) == 0 &&
        strcmp(ext, watch->ext) == 0) {
        return;
    }
    snprintf(watch->login, sizeof watch->login, "%s", login);
    snprintf(watch->ext, sizeof watch->ext, "%s", ext);
    watch->serial = serial;
    watch->at_ms = serial > 0 ? clock_ticks_ms() + REST_MS : LOOP_FOREVER;
}

unsigned seen_watch_act(struct seen_watch *watch, struct shell *shell)
{
    if (shell_top(shell) != shell_bottom(shell)) {
        watch->at_ms = clock_ticks_ms() + REST_MS;
        return REACT_NONE;
    }
    watch->at_ms = LOOP_FOREVER;
    watch->serial = 0;
    if (!changes_see_row(&shell->changes, watch->login[0] ? watch->login : NULL,
                         watch->ext[0] ? watch->ext : NULL)) {
        return REACT_NONE;
    }
    shell_keep_seen(shell);
    return REACT_DRAW;
}
