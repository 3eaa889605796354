#include "core/embedded/export_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

struct exporter_file {
    struct exporter base;
    char *path;
};

static enum err_code publish(struct exporter *exporter, const void *bytes, size_t length,
                             const char *content_type, const struct progress *progress,
                             struct err *err)
{
    (void)content_type;
    struct exporter_file *self = (struct exporter_file *)exporter;
    struct progress_report report = {.phase = "writing the export", .total = length};
    progress_update(progress, &report);
    enum err_code code = ERR_OK;
    self->base.unchanged = fileio_holds(self->path, bytes, length);
    if (!self->base.unchanged) {
        code = fileio_make_parents(self->path, err);
    }
    if (code == ERR_OK && !self->base.unchanged) {
        code = fileio_replace(self->path, bytes, length, 0600, err);
    }
    report.done = length;
    if (code == ERR_OK) {
        progress_update(progress, &report);
    }
    return code;
}

static void release(struct exporter *exporter)
{
    struct exporter_file *self = (struct exporter_file *)exporter;
    free(self->path);
    free(self);
}

static const struct exporter_ops s_ops = {.publish = publish, .free = release};

struct exporter *exporter_file_new(const char *path)
{
    struct exporter_file *self = mem_alloc(sizeof *self);
    self->base.ops = &s_ops;
    self->base.uri = mem_printf("file:%s", path);
    self->path = mem_strdup(path);
    return &self->base;
}
