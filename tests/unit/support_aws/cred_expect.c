#include "tests/unit/support_aws/cred_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "aws/credentials/credentials.h"

struct credentials expect_set(struct credentials_provider *provider)
{
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    if (credentials_get(provider, false, &set, &err) != ERR_OK) {
        fail_msg("%s (%s) %s", err.text, err_code_name(err.code), err.hint);
    }
    return set;
}

void expect_key(struct credentials_provider *provider, const char *key)
{
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, key);
    credentials_release(&set);
}

static void expect_failure(struct credentials_provider *provider, enum err_code code,
                           const char *text, const char *hint)
{
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    enum err_code seen = credentials_get(provider, false, &set, &err);
    if (seen != code || !strstr(err.text, text) || !strstr(err.hint, hint)) {
        fail_msg("got \"%s\" (%s, hint \"%s\") instead of \"%s\" (%s, hint \"%s\")", err.text,
                 err_code_name(seen), err.hint, text, err_code_name(code), hint);
    }
    assert_null(set.access_key_id);
    assert_null(set.secret_access_key);
    assert_null(strstr(err.text, "s3cr3t"));
    assert_null(strstr(err.hint, "s3cr3t"));
}

void expect_error(struct credentials_provider *provider, enum err_code code, const char *part)
{
    expect_failure(provider, code, part, "");
}

void expect_hint(struct credentials_provider *provider, enum err_code code, const char *part)
{
    expect_failure(provider, code, "", part);
}
