#include "core/base/progress.h"

#include "core/base/banned.h"

void progress_update(const struct progress *progress, const struct progress_report *report)
{
    if (progress && progress->update) {
        progress->update(progress->context, report);
    }
}

enum cancel progress_cancel(const struct progress *progress)
{
    return progress && progress->cancel ? progress->cancel(progress->context) : CANCEL_NO;
}

void progress_waits(const struct progress *progress, int64_t wait_ms, bool slowed)
{
    if (progress && progress->waits) {
        progress->waits(progress->context, wait_ms, slowed);
    }
}

void progress_agents(const struct progress *progress, const struct agent *rows, size_t n_rows)
{
    if (progress && progress->agents && n_rows > 0) {
        progress->agents(progress->context, rows, n_rows);
    }
}
