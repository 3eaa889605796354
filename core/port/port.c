#include <stdlib.h>

#include "core/port/directory.h"
#include "core/port/exporter.h"
#include "core/port/store.h"

#include "core/base/banned.h"

/* What every implementation of a port has in common: its URI and its end. */

void directory_free(struct directory *directory)
{
    if (directory) {
        free(directory->uri);
        free(directory->source);
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

void store_changes_release(struct store_changes *changes)
{
    snapshot_unref(changes->snapshot);
    numbers_release(&changes->numbers);
    audit_records_release(&changes->records);
    *changes = (struct store_changes){.snapshot = NULL};
}

void exporter_free(struct exporter *exporter)
{
    if (exporter) {
        free(exporter->uri);
        exporter->ops->free(exporter);
    }
}
