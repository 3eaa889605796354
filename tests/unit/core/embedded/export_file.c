#include <fcntl.h>
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

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/embedded/export_file.h"
#include "core/pool/export.h"

static char *s_folder;

static int make_folder(void **state)
{
    (void)state;
    s_folder = mem_strdup("/tmp/extpool-test-XXXXXX");
    return mkdtemp(s_folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    rmdir(s_folder);
    free(s_folder);
    return 0;
}

static void test_the_file_is_replaced_whole(void **state)
{
    (void)state;
    char *folder = mem_printf("%s/new", s_folder);
    char *path = mem_printf("%s/out.csv", folder);
    struct exporter *exporter = exporter_file_new(path);
    struct buf read;
    struct stat file;
    char *uri = mem_printf("file:%s", path);
    assert_string_equal(exporter->uri, uri);
    buf_init(&read, 1024);
    assert_int_equal(exporter->ops->publish(exporter, "one\r\n", 5, EXPORT_TYPE, NULL, NULL),
                     ERR_OK);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(exporter->ops->publish(exporter, "two\r\n", 5, EXPORT_TYPE, NULL, NULL),
                     ERR_OK);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0644);
    assert_int_equal(fileio_read(path, &read, NULL), ERR_OK);
    assert_string_equal(read.data, "two\r\n");
    buf_release(&read);
    exporter_free(exporter);
    unlink(path);
    rmdir(folder);
    free(uri);
    free(path);
    free(folder);
}

/* Whoever watches the file is not woken for nothing, and the disk has nothing to do. */
static void test_the_same_bytes_are_left_alone(void **state)
{
    (void)state;
    char *path = mem_printf("%s/same.csv", s_folder);
    struct exporter *exporter = exporter_file_new(path);
    struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct stat file;
    assert_int_equal(exporter->ops->publish(exporter, "one\r\n", 5, EXPORT_TYPE, NULL, NULL),
                     ERR_OK);
    assert_false(exporter->unchanged);
    assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    assert_int_equal(exporter->ops->publish(exporter, "one\r\n", 5, EXPORT_TYPE, NULL, NULL),
                     ERR_OK);
    assert_true(exporter->unchanged);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mtim.tv_sec, 1000);
    static const char *const others[] = {"two\r\n", "one\r", "one\r\nand more"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(
            exporter->ops->publish(exporter, others[i], strlen(others[i]), EXPORT_TYPE, NULL, NULL),
            ERR_OK);
        assert_false(exporter->unchanged);
    }
    exporter_free(exporter);
    unlink(path);
    free(path);
}

static void test_a_folder_is_no_place_for_it(void **state)
{
    (void)state;
    struct exporter *exporter = exporter_file_new(s_folder);
    struct err err = ERR_INIT;
    assert_int_equal(exporter->ops->publish(exporter, "x", 1, EXPORT_TYPE, NULL, &err), ERR_IO);
    assert_non_null(strstr(err.text, s_folder));
    exporter_free(exporter);
}

static void test_standard_output(void **state)
{
    (void)state;
    int pipe_ends[2];
    int kept = dup(STDOUT_FILENO);
    struct exporter *exporter = exporter_file_new("-");
    assert_int_equal(pipe(pipe_ends), 0);
    fflush(stdout);
    dup2(pipe_ends[1], STDOUT_FILENO);
    enum err_code code = exporter->ops->publish(exporter, "a,b\r\n", 5, EXPORT_TYPE, NULL, NULL);
    dup2(kept, STDOUT_FILENO);
    char got[8] = "";
    assert_int_equal(code, ERR_OK);
    assert_int_equal(read(pipe_ends[0], got, sizeof got - 1), 5);
    assert_string_equal(got, "a,b\r\n");
    close(kept);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    exporter_free(exporter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_file_is_replaced_whole),
        cmocka_unit_test(test_the_same_bytes_are_left_alone),
        cmocka_unit_test(test_a_folder_is_no_place_for_it),
        cmocka_unit_test(test_standard_output),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
