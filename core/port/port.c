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
