#ifndef AWS_PREFLIGHT_PREFLIGHT_H
#define AWS_PREFLIGHT_PREFLIGHT_H

/*
 * `--doctor --all`: asks Amazon one small question for each thing that extpool needs there, side by side,
 * and says for each what came of it. Nothing is changed: a permission to write is asked for with a
 * condition that never holds, or with a setting that is there already.
 *
 *     struct preflight_options options = {.account = account, .settings = settings, .clock = clock};
 *     preflight_run(&options, progress, &checks);
 */

#include "aws/identity/account.h"
#include "core/base/progress.h"
#include "core/port/preflight.h"
#include "core/settings/settings.h"

struct preflight_options {
    struct account *account;
    const struct settings *settings;
    const struct clock *clock;
    struct exporter *exporter; /* s3:, for what lies there; NULL: the export is elsewhere */
};

/* Adds a line for each question to `checks`, in a fixed order. A question that fails stops no other. */
void preflight_run(const struct preflight_options *options, const struct progress *progress,
                   struct checks *checks);

#endif
