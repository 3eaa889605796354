#ifndef CORE_PORT_EXPORTER_H
#define CORE_PORT_EXPORTER_H

/*
 * An exporter: publish bytes under a name, whole or not at all. `file:PATH` in
 * core/embedded/export_file.c, `s3://BUCKET/KEY` in aws/.
 */

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/progress.h"

struct exporter;

struct exporter_ops {
    enum err_code (*publish)(struct exporter *exporter, const void *bytes, size_t length,
                             const char *content_type, const struct progress *progress,
                             struct err *err) ERR_CHECK;
    void (*free)(struct exporter *exporter);
};

struct exporter {
    const struct exporter_ops *ops;
    char *uri;      /* owned, freed by exporter_free */
    bool unchanged; /* set by publish: the same bytes were there already, nothing was written */
};

void exporter_free(struct exporter *exporter); /* NULL is fine */

#endif
