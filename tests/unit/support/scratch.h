#ifndef SUPPORT_SCRATCH_H
#define SUPPORT_SCRATCH_H

/*
 * A folder of its own for a test that needs files, under $TMPDIR or /tmp, and gone afterwards with
 * all that is in it. A failure fails the test.
 */

#include <stdbool.h>
#include <stddef.h>

struct scratch {
    char folder[256];
    char path[512]; /* of the last scratch_path */
};

void scratch_init(struct scratch *scratch);
void scratch_release(struct scratch *scratch);

/* "FOLDER/name"; holds until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

void scratch_write(struct scratch *scratch, const char *name, const void *bytes, size_t length);
bool scratch_has(struct scratch *scratch, const char *name);

/* How many entries the folder has. */
size_t scratch_count(const struct scratch *scratch);

#endif
