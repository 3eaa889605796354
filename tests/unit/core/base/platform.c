/* What the system tells, about this very process. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/platform.h"

static void test_random_bytes_differ(void **state)
{
    (void)state;
    unsigned char first[32] = {0};
    unsigned char second[32] = {0};
    assert_true(platform_random(first, sizeof first));
    assert_true(platform_random(second, sizeof second));
    assert_memory_not_equal(first, second, sizeof first);
}

static void test_wiped_bytes_are_zero(void **state)
{
    (void)state;
    char secret[] = "wJalrXUtnFEMI";
    const char zeros[sizeof secret] = {0};
    platform_wipe(secret, sizeof secret);
    assert_memory_equal(secret, zeros, sizeof secret);
}

static void test_memory_keeps_what_it_holds(void **state)
{
    (void)state;
    size_t size = (size_t)1 << 22;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'x', size);
    platform_large_pages(bytes, size);
    platform_large_pages(bytes + 1, 2); /* less than a page */
    platform_return_memory();
    assert_int_equal(bytes[0], 'x');
    assert_int_equal(bytes[size - 1], 'x');
    free(bytes);
}

static void test_this_process_is_known(void **state)
{
    (void)state;
    char name[PLATFORM_NAME_ROOM] = "";
    long parent = 0;
    unsigned long uid = 0;
    assert_true(platform_process_parent((long)getpid(), name, &parent));
    assert_int_equal(parent, getppid());
    assert_true(strlen(name) > 0);
    assert_true(platform_process_owner((long)getpid(), &uid));
    assert_int_equal(uid, getuid());
}

static void test_the_command_is_cut_to_its_room(void **state)
{
    (void)state;
    char whole[4096];
    char part[5];
    platform_process_command((long)getpid(), whole, sizeof whole);
    platform_process_command((long)getpid(), part, sizeof part);
    assert_true(strlen(whole) > 4);
    assert_int_equal(strlen(part), 4);
    assert_memory_equal(whole, part, 4);
}

static void test_a_process_that_is_not_there_is_not_known(void **state)
{
    (void)state;
    char name[PLATFORM_NAME_ROOM];
    char command[32] = "?";
    long parent = 7;
    unsigned long uid = 7;
    assert_false(platform_process_parent(INT32_MAX, name, &parent));
    assert_false(platform_process_owner(INT32_MAX, &uid));
    platform_process_command(INT32_MAX, command, sizeof command);
    assert_string_equal(command, "");
    assert_int_equal(parent, 7);
    assert_int_equal(uid, 7);
}

static void test_a_plain_file_is_no_mount(void **state)
{
    (void)state;
    char path[] = "/tmp/extpool-platform-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_false(platform_is_mounted(path));
    assert_false(platform_is_mounted("/nonesuch/file"));
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_bytes_differ),
        cmocka_unit_test(test_wiped_bytes_are_zero),
        cmocka_unit_test(test_memory_keeps_what_it_holds),
        cmocka_unit_test(test_this_process_is_known),
        cmocka_unit_test(test_the_command_is_cut_to_its_room),
        cmocka_unit_test(test_a_process_that_is_not_there_is_not_known),
        cmocka_unit_test(test_a_plain_file_is_no_mount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
