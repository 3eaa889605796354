#ifndef CORE_PORT_EXPORTER_H
#define CORE_PORT_EXPORTER_H

/*
 * An exporter: publish bytes under a name, whole or not at all, and read what lies there. `file:PATH` in
 * core/embedded/export_file.c, `s3://BUCKET/KEY` in aws/. tests/unit/support/exporter_contract.c
 * runs against each of them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"

struct exporter;

/* What may be replaced. Something else that lies there is ERR_CONFLICT, and stays. */
enum publish_over {
    PUBLISH_OVER_ALL,
    PUBLISH_OVER_NOTHING,
    PUBLISH_OVER_READ /* what `read` found last, also if that was nothing */
};

/* What is to be published. */
struct publication {
    const void *bytes;
    size_t length;
    const char *content_type;
    enum publish_over over;
};

struct exporter_ops {
    /* Appends what lies there to `into`, whose max bounds it. ERR_NOT_FOUND: nothing does.
       ERR_DENIED: it may not be read, and with S3 it may also not be there: without s3:ListBucket
       it answers 403 for a key that is missing. A place that keeps nothing (standard output, a
       pipe) has `fleeting` set and is ERR_NOT_FOUND. */
    enum err_code (*read)(struct exporter *exporter, const struct progress *progress,
                          struct buf *into, struct err *err) ERR_CHECK;
    enum err_code (*publish)(struct exporter *exporter, const struct publication *publication,
                             const struct progress *progress, struct err *err) ERR_CHECK;
    void (*free)(struct exporter *exporter);
};

struct exporter {
    const struct exporter_ops *ops;
    char *uri;      /* in one spelling for one place; owned, freed by exporter_free */
    bool unchanged; /* set by publish: the same bytes were there already, nothing was written */
    bool fleeting;  /* set by read */
};

void exporter_free(struct exporter *exporter); /* NULL is fine; port.c */

#endif
