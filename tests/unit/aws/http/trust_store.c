#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/http/trust_store.h"
#include "core/base/mem.h"

struct world {
    char folder[64];
};

static void add(const struct world *world, const char *name)
{
    char *path = mem_printf("%s/%s", world->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    free(path);
}

static int set_up(void **state)
{
    struct world *world = mem_alloc(sizeof *world);
    snprintf(world->folder, sizeof world->folder, "/tmp/extpool-trust-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    char *command = mem_printf("rm -r %s", world->folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(world);
    return 0;
}

static void test_names_that_are_hashes(void **state)
{
    struct world *world = *state;
    static const char *const others[] = {"ca-certificates.crt", "5ed36f9.0", "5ed36f99.pem",
                                         "5ED36F99.0",          "5ed36f99.", "5ed36f99.r0"};
    assert_false(trust_store_is_hashed("/no/such/folder"));
    assert_false(trust_store_is_hashed(world->folder));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        add(world, others[i]);
        assert_false(trust_store_is_hashed(world->folder));
    }
    add(world, "5ed36f99.10");
    assert_true(trust_store_is_hashed(world->folder));
}

static const char *look_up(void *context, const char *name)
{
    const struct world *world = context;
    bool wanted = strcmp(name, "SSL_CERT_DIR") == 0 || strcmp(name, "SSL_CERT_FILE") == 0;
    return wanted ? world->folder : NULL;
}

static void test_what_the_environment_names(void **state)
{
    struct world *world = *state;
    struct environment environment = {.get = look_up, .context = world};
    struct trust_store store = trust_store_find(&environment);
    assert_null(store.folder); // nothing in it is hashed
    assert_ptr_equal(store.bundle, world->folder);
    add(world, "5ed36f99.0");
    store = trust_store_find(&environment);
    assert_ptr_equal(store.folder, world->folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names_that_are_hashes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_environment_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
