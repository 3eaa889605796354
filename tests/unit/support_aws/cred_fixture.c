#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/support_aws/cred_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

/* ---- seams -------------------------------------------------------------------------------- */

static const char *get_variable(void *context, const char *name)
{
    const struct cred_fixture *fixture = context;
    for (size_t i = 0; i < fixture->n_pairs; i++) {
        if (strcmp(fixture->pairs[i][0], name) == 0) {
            return fixture->pairs[i][1];
        }
    }
    return NULL;
}

static int64_t get_time(void *context)
{
    const struct cred_fixture *fixture = context;
    return http_now_ms(&fixture->fake->base);
}

static enum err_code answer_question(void *context, const char *question, struct buf *answer,
                                     struct err *err)
{
    struct cred_fixture *fixture = context;
    (void)err;
    free(fixture->asked);
    fixture->asked = mem_strdup(question);
    fixture->n_asked++;
    buf_puts(answer, fixture->typed);
    return ERR_OK;
}

/* ---- the world ---------------------------------------------------------------------------- */

void fixture_open(struct cred_fixture *fixture)
{
    *fixture = (struct cred_fixture){.home = "/tmp/extpool-creds-XXXXXX"};
    assert_non_null(mkdtemp(fixture->home));
    fixture->environment = (struct environment){.get = get_variable, .context = fixture};
    fixture->fake = http_fake_new();
    fixture->clock = (struct clock){.now_ms = get_time, .context = fixture};
    fixture_set(fixture, "HOME", fixture->home);
}

static void remove_tree(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    if (!S_ISDIR(status.st_mode)) {
        assert_int_equal(unlink(path), 0);
        return;
    }
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char *below = mem_printf("%s/%s", path, entry->d_name);
            remove_tree(below);
            free(below);
        }
    }
    closedir(folder);
    assert_int_equal(rmdir(path), 0);
}

void fixture_close(struct cred_fixture *fixture)
{
    aws_settings_free(fixture->settings);
    http_free(&fixture->fake->base);
    remove_tree(fixture->home);
    for (size_t i = 0; i < fixture->n_pairs; i++) {
        free(fixture->pairs[i][0]);
        free(fixture->pairs[i][1]);
    }
    free(fixture->asked);
}

void fixture_set(struct cred_fixture *fixture, const char *name, const char *value)
{
    size_t i = 0;
    while (i < fixture->n_pairs && strcmp(fixture->pairs[i][0], name) != 0) {
        i++;
    }
    assert_true(i < FIXTURE_VARIABLES);
    if (i == fixture->n_pairs) {
        fixture->pairs[fixture->n_pairs++][0] = mem_strdup(name);
    }
    free(fixture->pairs[i][1]);
    fixture->pairs[i][1] = mem_strdup(value);
}

char *fixture_path(const struct cred_fixture *fixture, const char *path)
{
    return mem_printf("%s/%s", fixture->home, path);
}

void fixture_file(struct cred_fixture *fixture, const char *path, const char *text)
{
    char *whole = fixture_path(fixture, path);
    assert_int_equal(fileio_make_parents(whole, NULL), ERR_OK);
    assert_int_equal(fileio_replace(whole, text, strlen(text), 0600, NULL), ERR_OK);
    free(whole);
}

char *fixture_read(const struct cred_fixture *fixture, const char *path)
{
    char *whole = fixture_path(fixture, path);
    struct buf text;
    buf_init(&text, 1 << 20);
    assert_int_equal(fileio_read(whole, &text, NULL), ERR_OK);
    free(whole);
    return buf_take(&text);
}

const struct cred_context *fixture_context(struct cred_fixture *fixture, const char *profile)
{
    struct aws_settings_choice choice = {.profile = profile};
    struct err err = ERR_INIT;
    aws_settings_free(fixture->settings);
    if (aws_settings_load(&fixture->environment, &choice, &fixture->settings, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    fixture->context = (struct cred_context){
        .settings = fixture->settings,
        .clock = &fixture->clock,
        .http = &fixture->fake->base,
    };
    return &fixture->context;
}

void fixture_type(struct cred_fixture *fixture, const char *text)
{
    fixture->typed = text;
    fixture->context.prompt = answer_question;
    fixture->context.prompt_context = fixture;
}

void fixture_wait(struct cred_fixture *fixture, int64_t seconds)
{
    fixture->fake->ticks += seconds * 1000;
}

int64_t fixture_now_s(const struct cred_fixture *fixture)
{
    return clock_now_s(&fixture->clock);
}

void fixture_rfc3339(const struct cred_fixture *fixture, int64_t from_now_s,
                     char out[CLOCK_TEXT_MAX])
{
    clock_format_s(fixture_now_s(fixture) + from_now_s, out);
}
