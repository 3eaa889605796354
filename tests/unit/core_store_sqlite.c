/* The embedded store: the contract of every store, and what is its own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/store_sqlite.h"
#include "tests/unit/support/store_contract.h"

/* ---- places -------------------------------------------------------------------------------- */

static char s_folder[64];
static char s_path[128];

static struct store *fresh(void *context)
{
    (void)context;
    snprintf(s_folder, sizeof s_folder, "/tmp/extpool-store-XXXXXX");
    if (!mkdtemp(s_folder)) {
        return NULL;
    }
    snprintf(s_path, sizeof s_path, "%s/a/b/pool.db", s_folder);
    return store_sqlite_new(s_path, &clock_system);
}

static struct store *again(void *context)
{
    (void)context;
    return store_sqlite_new(s_path, &clock_system);
}

static void remove_place(void *context)
{
    static const char *const names[] = {"pool.db", "pool.db-wal", "pool.db-shm", ""};
    (void)context;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = mem_printf("%s/a/b/%s", s_folder, names[i]);
        (void)(names[i][0] ? unlink(path) : rmdir(path));
        free(path);
    }
    char *a = mem_printf("%s/a", s_folder);
    rmdir(a);
    free(a);
    rmdir(s_folder);
}

int main(void)
{
    static const struct store_maker maker = {
        .name = "sqlite",
        .fresh = fresh,
        .again = again,
        .remove = remove_place,
        .many = 10000,
    };
    return store_contract_run(&maker);
}
