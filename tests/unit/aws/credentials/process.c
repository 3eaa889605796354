#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tests/unit/support_aws/cred_fixture.h"

#define KEYS "\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s3cr3t\""

/* A provider for a shell script of that text, which is started by its path. */
static struct credentials_provider *of_script(struct cred_fixture *fixture, const char *text,
                                              char **command)
{
    char *script = mem_printf("#!/bin/sh\n%s\n", text);
    fixture_file(fixture, "bin/tool", script);
    free(script);
    char *path = fixture_path(fixture, "bin/tool");
    assert_int_equal(chmod(path, 0700), 0);
    *command = mem_printf("%s --user 'a b'", path);
    free(path);
    return cred_process_new(fixture_context(fixture, NULL), "ops", *command, "210987654321", 2000);
}

static void check(const char *script, enum err_code code, const char *part)
{
    struct cred_fixture fixture;
    char *command;
    fixture_open(&fixture);
    struct credentials_provider *provider = of_script(&fixture, script, &command);
    if (code == ERR_OK) {
        expect_key(provider, part);
    } else {
        expect_error(provider, code, part);
    }
    credentials_provider_free(provider);
    free(command);
    fixture_close(&fixture);
}

static void test_everything_it_may_say(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    char *command;
    fixture_open(&fixture);
    struct credentials_provider *provider =
        of_script(&fixture,
                  "test \"$#\" = 2 && test \"$2\" = 'a b' || exit 9\n"
                  "echo '{\"Version\":1," KEYS ",\"SessionToken\":\"t\",\"AccountId\":\"1\","
                  "\"Expiration\":\"2026-01-02T04:04:05Z\"}'",
                  &command);
    struct credentials set = expect_set(provider);
    assert_string_equal(set.secret_access_key, "s3cr3t");
    assert_string_equal(set.session_token, "t");
    assert_string_equal(set.account_id, "1");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 3600 * 1000);
    assert_string_equal(set.source, "process tool");
    credentials_release(&set);
    credentials_provider_free(provider);
    free(command);
    fixture_close(&fixture);
}

static void test_the_account_of_the_profile(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    char *command;
    fixture_open(&fixture);
    struct credentials_provider *provider =
        of_script(&fixture, "echo '{\"Version\":1," KEYS "}'", &command);
    struct credentials set = expect_set(provider);
    assert_string_equal(set.account_id, "210987654321");
    assert_int_equal(set.expires_at_ms, 0);
    credentials_release(&set);
    credentials_provider_free(provider);
    free(command);
    fixture_close(&fixture);
}

static void test_refusals(void **state)
{
    (void)state;
    check("echo '{\"Version\":2," KEYS "}'", ERR_AUTH, "is not of Version 1");
    check("echo '{" KEYS "}'", ERR_AUTH, "is not of Version 1");
    check("echo '{\"Version\":1,\"AccessKeyId\":\"s3cr3t\"}'", ERR_AUTH, "has no SecretAccessKey");
    check("echo '{\"Version\":1," KEYS ",\"Expiration\":\"s3cr3t\"}'", ERR_AUTH,
          ": Expiration is not a time");
    check("echo 's3cr3t'", ERR_AUTH, "is not JSON (line 1, column");
    check("echo '[\"s3cr3t\"]'", ERR_AUTH, "is not a JSON object");
    check(":", ERR_AUTH, "is not JSON");
    check("echo s3cr3t >&2; echo '{\"Version\":1," KEYS "}'; exit 3", ERR_AUTH,
          "ended with status 3");
    check("kill -9 $$", ERR_AUTH, "was ended by signal 9");
}

static void expect_complaint(const char *script, const char *hint)
{
    struct cred_fixture fixture;
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    char *command;
    fixture_open(&fixture);
    struct credentials_provider *provider = of_script(&fixture, script, &command);
    assert_int_equal(credentials_get(provider, false, &set, &err), ERR_AUTH);
    assert_string_equal(err.hint, hint);
    credentials_provider_free(provider);
    free(command);
    fixture_close(&fixture);
}

/* What it complains of is shown, what may be a key is not. */
static void test_the_complaint_is_the_hint(void **state)
{
    (void)state;
    expect_complaint("echo 'log in first' >&2; exit 1", "it says: log in first");
    expect_complaint("printf 'one\\ntwo\\n\\n' >&2; exit 1", "it says: one\ntwo");
    expect_complaint("printf 'a\\033[31mb' >&2; kill -9 $$", "it says: a^[[31mb");
    expect_complaint("echo hunter2; echo 'key hunter2 refused' >&2; exit 1",
                     "it says: key ******* refused");
    expect_complaint("echo 'k=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' >&2; exit 1",
                     "it says: ******************************************");
    expect_complaint("echo 'arn:aws:iam::1:role/Ops' >&2; echo nothing",
                     "it says: arn:aws:iam::1:role/Ops");
    expect_complaint("exit 1", "Run the command of credential_process by hand to see what it says");
    /* A program that complains without end does not block on it. */
    check("i=0; while [ $i -lt 9000 ]; do echo 'there is no log-in here'; i=$((i+1)); done >&2; "
          "exit 7",
          ERR_AUTH, "ended with status 7");
}

static void test_bounds(void **state)
{
    (void)state;
    check("while :; do echo s3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3t; done", ERR_AUTH,
          "printed more than 65536 bytes");
    check("exec sleep 60", ERR_AUTH, "took longer than 2 s");
    check("exec >&-; exec sleep 60", ERR_AUTH, "was ended by signal 9");
}

static void test_a_program_that_is_not_there(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_process_new(fixture_context(&fixture, NULL), "ops",
                                                             "/nonexistent/tool s3cr3t", NULL, 0);
    expect_error(provider, ERR_AUTH, "profile \"ops\" did not start: No such file");
    credentials_provider_free(provider);
    provider = cred_process_new(&fixture.context, "ops", "tool 's3cr3t", NULL, 0);
    expect_error(provider, ERR_CONFIG, "a quote that is not closed");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

/* A worker blocks all signals; what it starts must not inherit that, nor an ignored SIGPIPE. */
static void test_signals_are_as_a_program_expects(void **state)
{
    (void)state;
    sigset_t all, before;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigfillset(&all);
    assert_int_equal(sigprocmask(SIG_BLOCK, &all, &before), 0);
    assert_int_equal(sigaction(SIGUSR1, &ignore, &old), 0);
    check("kill -USR1 $$; echo '{\"Version\":1," KEYS "}'", ERR_AUTH, "was ended by signal 10");
    assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_it_may_say),
        cmocka_unit_test(test_the_account_of_the_profile),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_the_complaint_is_the_hint),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_a_program_that_is_not_there),
        cmocka_unit_test(test_signals_are_as_a_program_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
