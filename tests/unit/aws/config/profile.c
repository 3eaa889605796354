#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "aws/config/profile.h"
#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

static enum err_code parse_file(struct shared_config *shared, enum shared_file kind,
                                const char *path, const char *text, struct err *err)
{
    const struct shared_text from = {path, text, strlen(text)};
    return shared_config_parse(shared, kind, &from, err);
}

static struct shared_config *parse(const char *config, const char *credentials)
{
    struct shared_config *shared = shared_config_new();
    struct err err = ERR_INIT;
    if (config && parse_file(shared, SHARED_CONFIG_FILE, "config", config, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    if (credentials &&
        parse_file(shared, SHARED_CREDENTIALS_FILE, "credentials", credentials, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    return shared;
}

/* What a section says about a property, both files given; "-" where the section is missing, ""
   where the property is. */
struct sample {
    const char *name;
    const char *config;
    const char *credentials;
    enum shared_kind kind;
    const char *section;
    const char *property;
    const char *value;
};

static const struct sample s_samples[] = {
    /* which sections mean something */
    {"default", "[default]\na = 1\n", NULL, SHARED_PROFILE, "default", "a", "1"},
    {"profile", "[profile x]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "1"},
    {"tab behind the word", "[profile\tx]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "1"},
    {"padding", "[  profile \t x  ]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "1"},
    {"a bare name means nothing in config", "[x]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "-"},
    {"profilex is not a profile", "[profilex]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "-"},
    {"nor is it one of that name", "[profilex]\na = 1\n", NULL, SHARED_PROFILE, "profilex", "a",
     "-"},
    {"bare name in credentials", NULL, "[x]\na = 1\n", SHARED_PROFILE, "x", "a", "1"},
    {"profile means nothing in credentials", NULL, "[profile x]\na = 1\n", SHARED_PROFILE, "x", "a",
     "-"},
    {"sso-session", "[sso-session x]\na = 1\n", NULL, SHARED_SSO_SESSION, "x", "a", "1"},
    {"services", "[services x]\na = 1\n", NULL, SHARED_SERVICES, "x", "a", "1"},
    {"sso-session is no profile", "[sso-session x]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "-"},
    {"sso-session not in credentials", NULL, "[sso-session x]\na = 1\n", SHARED_SSO_SESSION, "x",
     "a", "-"},
    {"case of a name counts", "[profile X]\na = 1\n", NULL, SHARED_PROFILE, "x", "a", "-"},
    {"all characters of a name", "[profile Az09_-/.%@:+]\na = 1\n", NULL, SHARED_PROFILE,
     "Az09_-/.%@:+", "a", "1"},
    {"blank in a name", "[profile a b]\na = 1\n", NULL, SHARED_PROFILE, "a b", "a", "-"},
    {"single quotes", "[profile 'a b']\na = 1\n", NULL, SHARED_PROFILE, "a b", "a", "1"},
    {"double quotes", "[profile \"a b\"]\na = 1\n", NULL, SHARED_PROFILE, "a b", "a", "1"},
    {"a quoted session", "[sso-session \"my sso\"]\na = 1\n", NULL, SHARED_SSO_SESSION, "my sso",
     "a", "1"},
    {"quoted services", "[services 'my dev']\na = 1\n", NULL, SHARED_SERVICES, "my dev", "a", "1"},
    {"a quote that stays open", "[profile 'a]\na = 1\n", NULL, SHARED_PROFILE, "a", "a", "-"},
    {"blanks in credentials", NULL, "[a b]\na = 1\n", SHARED_PROFILE, "a b", "a", "1"},
    {"what is in the wrong form", "[x]\na = 1\n", NULL, SHARED_LACKS_PREFIX, "x", "a", ""},
    {"in the other file", NULL, "[profile x]\na = 1\n", SHARED_HAS_PREFIX, "x", "a", ""},
    {"no name", "[profile ]\na = 1\n", NULL, SHARED_PROFILE, "", "a", "-"},
    {"what an ignored section holds is ignored", "[profile x]\nb = 2\n[other]\na = 1\n", NULL,
     SHARED_PROFILE, "x", "a", ""},
    /* properties */
    {"lower case", "[profile x]\nRole_ARN = R\n", NULL, SHARED_PROFILE, "x", "role_arn", "R"},
    {"a name with a blank is left out", "[profile x]\na b = 1\n", NULL, SHARED_PROFILE, "x", "a b",
     ""},
    {"empty", "[profile x]\na =\n", NULL, SHARED_PROFILE, "x", "a", ""},
    /* merging */
    {"[profile default] beats [default]", "[default]\na = 1\n[profile default]\nb = 2\n", NULL,
     SHARED_PROFILE, "default", "a", ""},
    {"in either order", "[profile default]\nb = 2\n[default]\na = 1\n", NULL, SHARED_PROFILE,
     "default", "a", ""},
    {"and keeps its own", "[profile default]\nb = 2\n[default]\nb = 1\n[profile default]\nc = 3\n",
     NULL, SHARED_PROFILE, "default", "b", "2"},
    {"credentials add to it", "[profile default]\nb = 2\n", "[default]\na = 1\n", SHARED_PROFILE,
     "default", "a", "1"},
    {"sections merge", "[profile x]\na = 1\n[profile y]\n[profile x]\nb = 2\n", NULL,
     SHARED_PROFILE, "x", "a", "1"},
    {"the last property wins", "[profile x]\na = 1\na = 2\n", NULL, SHARED_PROFILE, "x", "a", "2"},
    {"over sections too", "[profile x]\na = 1\n[profile x]\na = 2\n", NULL, SHARED_PROFILE, "x",
     "a", "2"},
    {"credentials win", "[profile x]\na = 1\n", "[x]\na = 2\n", SHARED_PROFILE, "x", "a", "2"},
    {"both files count", "[profile x]\nregion = r\n", "[x]\na = 2\n", SHARED_PROFILE, "x", "region",
     "r"},
    {"continuations", "[profile x]\na = 1\n  2\n", NULL, SHARED_PROFILE, "x", "a", "1\n2"},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct shared_config *shared = parse(sample->config, sample->credentials);
        const struct shared_section *section =
            shared_config_find(shared, sample->kind, sample->section);
        const char *value = shared_section_get(section, sample->property);
        const char *seen = !section ? "-" : value ? value : "";
        if (strcmp(seen, sample->value) != 0) {
            fail_msg("%s: \"%s\" instead of \"%s\"", sample->name, seen, sample->value);
        }
        shared_config_free(shared);
    }
}

/* Key, secret and token belong together, so what one file says can be asked for. */
static void test_one_file(void **state)
{
    (void)state;
    struct shared_config *shared = parse("[profile x]\na = 1\nb = 2\n", "[x]\na = 3\n");
    const struct shared_section *x = shared_config_find(shared, SHARED_PROFILE, "x");
    assert_string_equal(shared_section_get_in(x, SHARED_CONFIG_FILE, "a"), "1");
    assert_string_equal(shared_section_get_in(x, SHARED_CREDENTIALS_FILE, "a"), "3");
    assert_null(shared_section_get_in(x, SHARED_CREDENTIALS_FILE, "b"));
    assert_string_equal(shared_section_get(x, "a"), "3");
    shared_config_free(shared);
}

static void test_sub_properties(void **state)
{
    (void)state;
    struct shared_config *shared = parse("[services dev]\n"
                                         "dynamodb =\n"
                                         "  endpoint_url = http://127.0.0.1:8000\n"
                                         "  Other = x\n"
                                         "s3 =\n"
                                         "  endpoint_url = http://127.0.0.1:9000\n",
                                         NULL);
    const struct shared_section *dev = shared_config_find(shared, SHARED_SERVICES, "dev");
    assert_string_equal(shared_section_get_sub(dev, "dynamodb", "endpoint_url"),
                        "http://127.0.0.1:8000");
    assert_string_equal(shared_section_get_sub(dev, "dynamodb", "other"), "x");
    assert_string_equal(shared_section_get_sub(dev, "s3", "endpoint_url"), "http://127.0.0.1:9000");
    assert_null(shared_section_get_sub(dev, "s3", "other"));
    assert_null(shared_section_get(dev, "endpoint_url"));
    assert_null(shared_section_get(dev, "dynamodb"));
    assert_null(shared_section_get_sub(NULL, "s3", "endpoint_url"));
    shared_config_free(shared);
}

static void test_a_repeated_parent_drops_what_was_below(void **state)
{
    (void)state;
    struct shared_config *shared = parse("[profile x]\ns3 =\n a = 1\n b = 2\ns3 =\n a = 3\n", NULL);
    const struct shared_section *x = shared_config_find(shared, SHARED_PROFILE, "x");
    assert_string_equal(shared_section_get_sub(x, "s3", "a"), "3");
    assert_null(shared_section_get_sub(x, "s3", "b"));
    shared_config_free(shared);
}

static void append(void *context, const char *name)
{
    buf_printf(context, "%s ", name);
}

static void test_names_of_profiles(void **state)
{
    (void)state;
    struct shared_config *shared = parse("[profile b]\n[sso-session s]\n[default]\n", "[b]\n[a]\n");
    struct buf names;
    buf_init(&names, 100);
    shared_config_each_profile(shared, append, &names);
    assert_string_equal(names.data, "b default a ");
    buf_release(&names);
    shared_config_free(shared);
}

static void test_errors_name_the_line_and_no_secret(void **state)
{
    (void)state;
    static const char text[] = "[default]\naws_secret_access_key = s3cr3t\ns3cr3t\n";
    struct shared_config *shared = shared_config_new();
    struct err err = ERR_INIT;
    assert_int_equal(parse_file(shared, SHARED_CREDENTIALS_FILE, "/home/kim/.aws/c", text, &err),
                     ERR_CONFIG);
    assert_ptr_equal(strstr(err.text, "/home/kim/.aws/c:3: "), err.text);
    assert_null(strstr(err.text, "s3cr3t"));
    shared_config_free(shared);
}

static void test_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/extpool-profile-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = mem_printf("%s/config", folder);
    struct shared_config *shared = shared_config_new();
    struct err err = ERR_INIT;

    assert_int_equal(shared_config_read(shared, SHARED_CONFIG_FILE, path, &err), ERR_OK);
    assert_null(shared_config_find(shared, SHARED_PROFILE, "x"));

    assert_int_equal(fileio_replace(path, "[profile x]\na=1\n", 16, 0600, &err), ERR_OK);
    assert_int_equal(shared_config_read(shared, SHARED_CONFIG_FILE, path, &err), ERR_OK);
    assert_non_null(shared_config_find(shared, SHARED_PROFILE, "x"));

    assert_int_equal(shared_config_read(shared, SHARED_CONFIG_FILE, folder, &err), ERR_CONFIG);
    assert_non_null(strstr(err.text, folder));
    shared_config_free(shared);
    unlink(path);
    rmdir(folder);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_one_file),
        cmocka_unit_test(test_sub_properties),
        cmocka_unit_test(test_a_repeated_parent_drops_what_was_below),
        cmocka_unit_test(test_names_of_profiles),
        cmocka_unit_test(test_errors_name_the_line_and_no_secret),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
