#include "core/pool/export.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/format/csv.h"
#include "core/base/mem.h"

struct row {
    const char *agent;
    const char *ext;
};

static int compare(const void *a, const void *b)
{
    const struct row *one = a;
    const struct row *other = b;
    int order = strcmp(one->agent, other->agent);
    return order ? order : strcmp(one->ext, other->ext);
}

enum err_code export_build(const struct snapshot *snapshot, bool csv_safe, struct buf *out,
                           size_t *rows, struct err *err)
{
    struct row *assigned = mem_array(snapshot->n_slots + 1, sizeof *assigned);
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (snapshot->slots[i].state == SLOT_ASSIGNED && snapshot->slots[i].agent) {
            assigned[n++] = (struct row){snapshot->slots[i].agent, snapshot->slots[i].ext};
        }
    }
    if (n > 1) {
        qsort(assigned, n, sizeof *assigned, compare);
    }
    buf_puts(out, "user,extension\r\n");
    for (size_t i = 0; i < n; i++) {
        csv_put(out, assigned[i].agent, csv_safe);
        buf_putc(out, ',');
        buf_puts(out, assigned[i].ext);
        buf_puts(out, "\r\n");
    }
    free(assigned);
    if (rows) {
        *rows = n;
    }
    return buf_failed(out)
               ? err_set(err, ERR_NOMEM, "the export of %zu rows does not fit into memory", n)
               : ERR_OK;
}
