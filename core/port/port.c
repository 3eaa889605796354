#include <stdlib.h>

#include "core/port/directory.h"
#include "core/port/exporter.h"
#include "core/port/store.h"
#include "core/base/progress.h"

#include "core/base/banned.h"

/* What every implementation of a port has in common: its URI and its end. */

void directory_free(struct directory *directory)
{
    if (directory) {
        free(directory->uri);
        directory->ops->free(directory);
    }
}

void store_free(struct store *store)
{
    if (store) {
        free(store->uri);
        store->ops->free(store);
    }
}

void exporter_free(struct exporter *exporter)
{
    if (exporter) {
        free(exporter->uri);
        exporter->ops->free(exporter);
    }
}

/* ---- progress ---------------------------------------------------------------------------- */

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

void progress_agents(const struct progress *progress, const struct agent *rows, size_t n_rows)
{
    if (progress && progress->agents && n_rows > 0) {
        progress->agents(progress->context, rows, n_rows);
    }
}
