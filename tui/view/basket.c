#include "tui/view/basket.h"

#include "tui/shell/gather.h"

#include "core/base/banned.h"

void basket_command(struct shell *shell, const struct plan_retry *retry)
{
    if (!gather_is_on(shell)) {
        gather_begin(shell);
        shell_flash(shell, STYLE_WARN,
                    "edits are gathered from now on, nothing is written: %s shows the basket",
                    frame_key(shell, CMD_BASKET));
    } else if (gather_count(shell) == 0) {
        gather_end(shell);
        shell_flash(shell, STYLE_INFO, "edits are no longer gathered: each is applied by itself");
    } else {
        view_plan_open_basket(shell, retry);
    }
}

void basket_gather(struct shell *shell, const struct request *requests, size_t n_requests,
                   const struct plan_retry *retry)
{
    gather_add(shell, requests, n_requests);
    if (n_requests > 1) {
        view_plan_open_basket(shell, retry);
    }
}
