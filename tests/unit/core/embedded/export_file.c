/* An export into a file: whole or not at all, with the manners of the file that it replaces. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/embedded/export_file.h"
#include "tests/unit/support/exporter_contract.h"
#include "tests/unit/support/scratch.h"

static struct scratch s_scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_init(&s_scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_release(&s_scratch);
    return 0;
}

static enum err_code publish(struct exporter *exporter, const char *text, struct err *err)
{
    const struct publication publication = {.bytes = text, .length = strlen(text)};
    return exporter->ops->publish(exporter, &publication, NULL, err);
}

/* Publishes to FOLDER/name. */
static enum err_code publish_to(const char *name, const char *text, struct err *err)
{
    struct exporter *exporter = exporter_file_new(scratch_path(&s_scratch, name), false);
    enum err_code code = publish(exporter, text, err);
    exporter_free(exporter);
    return code;
}

static struct stat look(const char *name)
{
    struct stat file;
    assert_int_equal(lstat(scratch_path(&s_scratch, name), &file), 0);
    return file;
}

static void expect_text(const char *name, const char *text)
{
    struct buf read;
    buf_init(&read, 1024);
    assert_int_equal(fileio_read(scratch_path(&s_scratch, name), &read, NULL), ERR_OK);
    assert_string_equal(read.data, text);
    buf_release(&read);
}

static void a_new_list_can_be_read_as_the_umask_says(void **state)
{
    (void)state;
    mode_t before = umask(027);
    assert_int_equal(publish_to("out.csv", "one", NULL), ERR_OK);
    umask(022);
    assert_int_equal(publish_to("other.csv", "one", NULL), ERR_OK);
    umask(before);
    assert_int_equal(look("out.csv").st_mode & 0777, 0640);
    assert_int_equal(look("other.csv").st_mode & 0777, 0644);
    assert_int_equal(scratch_count(&s_scratch), 2);
}

static void one_that_is_replaced_keeps_its_manners(void **state)
{
    (void)state;
    scratch_write(&s_scratch, "out.csv", "one", 3);
    const char *path = scratch_path(&s_scratch, "out.csv");
    assert_int_equal(chmod(path, 0604), 0);
    bool root = geteuid() == 0;
    if (root) {
        assert_int_equal(chown(path, 7, 65534), 0);
    }
    ino_t inode = look("out.csv").st_ino;
    assert_int_equal(publish_to("out.csv", "two", NULL), ERR_OK);
    struct stat now = look("out.csv");
    assert_int_equal(now.st_mode & 0777, 0604);
    assert_int_not_equal(now.st_ino, inode); /* replaced, not written over */
    if (root) {
        assert_int_equal(now.st_uid, 7);
        assert_int_equal(now.st_gid, 65534);
    }
    expect_text("out.csv", "two");
}

static void what_a_killed_run_left_is_swept(void **state)
{
    (void)state;
    scratch_write(&s_scratch, ".extpool-0123456789abcdef.tmp", "half", 4);
    scratch_write(&s_scratch, ".extpool-fedcba9876543210.tmp", "at work", 7);
    scratch_write(&s_scratch, ".extpool-notes.tmp", "a person's", 10);
    int at_work = open(scratch_path(&s_scratch, ".extpool-fedcba9876543210.tmp"), O_RDONLY);
    assert_int_equal(flock(at_work, LOCK_EX), 0);
    assert_int_equal(publish_to("out.csv", "one", NULL), ERR_OK);
    assert_false(scratch_has(&s_scratch, ".extpool-0123456789abcdef.tmp"));
    assert_true(scratch_has(&s_scratch, ".extpool-fedcba9876543210.tmp"));
    assert_true(scratch_has(&s_scratch, ".extpool-notes.tmp"));
    close(at_work);
}

static void a_folder_that_is_missing_is_an_error(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(publish_to("none/out.csv", "one", &err), ERR_IO);
    assert_non_null(strstr(err.text, "there is no folder"));
    assert_non_null(strstr(err.hint, "Make it first"));
    assert_int_equal(scratch_count(&s_scratch), 0);

    /* The built-in place is ours to make. */
    struct exporter *exporter = exporter_file_new(scratch_path(&s_scratch, "new/out.csv"), true);
    assert_int_equal(publish(exporter, "one", NULL), ERR_OK);
    exporter_free(exporter);
    expect_text("new/out.csv", "one");
    unlink(scratch_path(&s_scratch, "new/out.csv"));
    rmdir(scratch_path(&s_scratch, "new"));
}

static void links_are_followed_only_where_nobody_else_puts_them(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char *mine = mem_strdup(scratch_path(&s_scratch, "mine.csv"));
    scratch_write(&s_scratch, "mine.csv", "mine", 4);
    assert_int_equal(symlink("mine.csv", scratch_path(&s_scratch, "link.csv")), 0);
    assert_int_equal(publish_to("link.csv", "one", &err), ERR_OK);
    assert_true(S_ISLNK(look("link.csv").st_mode));
    expect_text("mine.csv", "one");

    static const mode_t open_to_all[] = {0777, 01777};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(chmod(s_scratch.folder, open_to_all[i]), 0);
        err_clear(&err);
        assert_int_equal(publish_to("link.csv", "two", &err), ERR_IO);
        assert_non_null(strstr(err.text, "a symbolic link in a folder that everybody can write"));
        expect_text("mine.csv", "one");
        assert_int_equal(publish_to("mine.csv", "one", NULL), ERR_OK); /* the file itself is fine */
    }
    /* Nor does a folder that is a link lead elsewhere. */
    assert_int_equal(mkdir(scratch_path(&s_scratch, "real"), 0700), 0);
    assert_int_equal(symlink("real", scratch_path(&s_scratch, "way")), 0);
    err_clear(&err);
    assert_int_equal(publish_to("way/out.csv", "two", &err), ERR_IO);
    assert_non_null(strstr(err.text, "way is a symbolic link"));
    assert_int_equal(chmod(s_scratch.folder, 0700), 0);
    assert_int_equal(publish_to("way/out.csv", "two", NULL), ERR_OK);
    expect_text("real/out.csv", "two");
    unlink(scratch_path(&s_scratch, "real/out.csv"));
    unlink(scratch_path(&s_scratch, "way"));
    rmdir(scratch_path(&s_scratch, "real"));
    free(mine);
}

static void paths_are_resolved_once(void **state)
{
    (void)state;
    char *resolved = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(symlink("b", scratch_path(&s_scratch, "a")), 0);
    assert_int_equal(symlink("a", scratch_path(&s_scratch, "b")), 0);
    assert_int_equal(fileio_resolve(scratch_path(&s_scratch, "a"), &resolved, &err), ERR_IO);
    assert_non_null(strstr(err.text, "symbolic links"));
    char *path = mem_printf("%s/.//../%s//x", s_scratch.folder, strrchr(s_scratch.folder, '/') + 1);
    assert_int_equal(fileio_resolve(path, &resolved, NULL), ERR_OK);
    assert_non_null(strstr(resolved, "/x"));
    assert_null(strstr(resolved, "//"));
    free(path);
    free(resolved);
}

/* Whoever watches the file is not woken for nothing, and the disk has nothing to do. */
static void the_same_bytes_are_left_alone(void **state)
{
    (void)state;
    struct exporter *exporter = exporter_file_new(scratch_path(&s_scratch, "same.csv"), false);
    struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(publish(exporter, "one\r\n", NULL), ERR_OK);
    assert_false(exporter->unchanged);
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(&s_scratch, "same.csv"), long_ago, 0), 0);
    assert_int_equal(publish(exporter, "one\r\n", NULL), ERR_OK);
    assert_true(exporter->unchanged);
    assert_int_equal(look("same.csv").st_mtim.tv_sec, 1000);
    static const char *const others[] = {"two\r\n", "one\r", "one\r\nand more"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(publish(exporter, others[i], NULL), ERR_OK);
        assert_false(exporter->unchanged);
    }
    exporter_free(exporter);
}

static void a_folder_is_not_a_place_for_it(void **state)
{
    (void)state;
    struct exporter *exporter = exporter_file_new(s_scratch.folder, false);
    struct err err = ERR_INIT;
    assert_int_equal(publish(exporter, "x", &err), ERR_IO);
    assert_non_null(strstr(err.text, s_scratch.folder));
    exporter_free(exporter);
}

static void one_place_has_one_name(void **state)
{
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    char *whole = mem_printf("file:%s/e.csv", here);
    static const char *const spellings[] = {"e.csv", "./e.csv", "././e.csv"};
    for (size_t i = 0; i < 3; i++) {
        struct exporter *exporter = exporter_file_new(spellings[i], false);
        assert_string_equal(exporter->uri, whole);
        exporter_free(exporter);
    }
    struct exporter *exporter = exporter_file_new("/srv/e.csv", false);
    assert_string_equal(exporter->uri, "file:/srv/e.csv");
    exporter_free(exporter);
    free(whole);
}

static void standard_output_keeps_nothing(void **state)
{
    (void)state;
    int pipe_ends[2];
    int kept = dup(STDOUT_FILENO);
    struct exporter *exporter = exporter_file_new("-", false);
    struct buf there;
    buf_init(&there, 64);
    assert_int_equal(exporter->ops->read(exporter, NULL, &there, NULL), ERR_NOT_FOUND);
    assert_true(exporter->fleeting);
    assert_int_equal(pipe(pipe_ends), 0);
    fflush(stdout);
    dup2(pipe_ends[1], STDOUT_FILENO);
    enum err_code code = publish(exporter, "a,b\r\n", NULL);
    dup2(kept, STDOUT_FILENO);
    char got[8] = "";
    assert_int_equal(code, ERR_OK);
    assert_int_equal(read(pipe_ends[0], got, sizeof got - 1), 5);
    assert_string_equal(got, "a,b\r\n");
    close(kept);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    exporter_free(exporter);
    buf_release(&there);
}

/* ---- the contract -------------------------------------------------------------------------- */

static struct exporter *fresh(void *context)
{
    (void)context;
    scratch_init(&s_scratch);
    return exporter_file_new(scratch_path(&s_scratch, "list.csv"), false);
}

static void overwrite(void *context, const char *text)
{
    const struct publication publication = {.bytes = text, .length = strlen(text)};
    struct err err = ERR_INIT;
    (void)context;
    struct exporter *other = exporter_file_new(scratch_path(&s_scratch, "list.csv"), false);
    assert_int_equal(other->ops->publish(other, &publication, NULL, &err), ERR_OK);
    exporter_free(other);
}

static void drop(void *context)
{
    (void)context;
    scratch_release(&s_scratch);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct exporter_maker maker = {
        .name = "exporter file:", .fresh = fresh, .overwrite = overwrite, .remove = drop};
    const struct CMUnitTest tests[] = {
        OWN(a_new_list_can_be_read_as_the_umask_says),
        OWN(one_that_is_replaced_keeps_its_manners),
        OWN(what_a_killed_run_left_is_swept),
        OWN(a_folder_that_is_missing_is_an_error),
        OWN(links_are_followed_only_where_nobody_else_puts_them),
        OWN(paths_are_resolved_once),
        OWN(the_same_bytes_are_left_alone),
        OWN(a_folder_is_not_a_place_for_it),
        OWN(one_place_has_one_name),
        OWN(standard_output_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + exporter_contract_run(&maker);
}
