#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/embedded/directory_parse.h"
#include "core/pool/group.h"

/* What groups are matched by, out of directory files. */

static const struct match_term s_terms[] = {
    {FIELD_COLUMN, "Cost-Centre", "42*"},
    {FIELD_TAG, "site", "leeds"},
    {FIELD_ROUTING_PROFILE, NULL, "London*"},
    {FIELD_HIERARCHY, NULL, "UK/*"},
};
static const struct match_line s_lines[] = {
    {&s_terms[0], 1}, {&s_terms[1], 1}, {&s_terms[2], 1}, {&s_terms[3], 1}};
static const struct group s_groups[] = {{.name = "money", .lines = &s_lines[0], .n_lines = 1},
                                        {.name = "leeds", .lines = &s_lines[1], .n_lines = 1},
                                        {.name = "london", .lines = &s_lines[2], .n_lines = 1},
                                        {.name = "uk", .lines = &s_lines[3], .n_lines = 1}};
static const struct policy s_policy = {.groups = s_groups, .n_groups = 4};
static const struct directory_settings s_settings = {.policy = &s_policy};

static enum err_code parse(const char *text, const char *only, struct roster **out, struct err *err)
{
    const char *format = NULL;
    *out = roster_new();
    const struct directory_text source = {.file = "a",
                                          .text = text,
                                          .length = strlen(text),
                                          .settings = &s_settings,
                                          .roster = *out,
                                          .only = only};
    enum err_code code = directory_parse(&source, &format, err);
    if (code == ERR_OK) {
        groups_find(&s_policy, *out);
    }
    return code;
}

static const char *group_in(const struct roster *roster, const char *login)
{
    const struct agent *agent = roster_find(roster, login);
    assert_non_null(agent);
    return agent->group == GROUP_UNKNOWN ? "?" : group_name(&s_policy, agent->group);
}

static void columns_of_a_table(void **state)
{
    (void)state;
    struct roster *roster = NULL;
    static const char text[] = "user, COST_centre ,routing profile,unused\n"
                               "zoe, 42-7 ,,x\n"
                               "alice,43,London Sales,x\n"
                               "bob,,,x\n";
    assert_int_equal(parse(text, NULL, &roster, NULL), ERR_OK);
    assert_true(roster_has_column(roster, "Cost-Centre"));
    assert_false(roster_has_column(roster, "unused"));
    assert_string_equal(group_in(roster, "zoe"), "money");
    assert_string_equal(group_in(roster, "alice"), "london");
    assert_string_equal(group_in(roster, "bob"), "");
    const struct agent *zoe = roster_find(roster, "zoe");
    assert_int_equal(zoe->n_attributes, 1);
    assert_string_equal(zoe->attributes[0].value, "42-7");
    assert_int_equal(roster_find(roster, "bob")->n_attributes, 0);
    roster_unref(roster);

    assert_int_equal(parse(text, "zoe", &roster, NULL), ERR_OK);
    assert_string_equal(group_in(roster, "zoe"), "money");
    roster_unref(roster);

    /* A file without the column has none of it; twice the column is a mistake. */
    assert_int_equal(parse("user\nzoe\n", NULL, &roster, NULL), ERR_OK);
    assert_false(roster_has_column(roster, "Cost-Centre"));
    assert_string_equal(group_in(roster, "zoe"), "");
    roster_unref(roster);
    struct err err = ERR_INIT;
    assert_int_equal(parse("user,cost centre,Cost_Centre\nzoe,1,2\n", NULL, &roster, &err),
                     ERR_INPUT);
    assert_string_equal(err.text, "a:1: columns 2 and 3 are both \"cost centre\"");
    roster_unref(roster);
}

#define ARN "\"Arn\":\"arn:aws:connect:eu-west-2:111122223333:instance/i/agent/"

/* What the service prints, and what it knows besides. */
static void users_of_connect(void **state)
{
    (void)state;
    struct roster *roster = NULL;
    assert_int_equal(
        parse("{\"Users\":[{\"Username\":\"zoe\"," ARN "1\",\"RoutingProfileId\":\"r\","
              "\"Tags\":{\"site\":\"leeds\",\"odd\":7}},"
              "{\"Username\":\"alice\"," ARN "2\",\"RoutingProfileId\":\"r\",\"Tags\":{}},"
              "{\"Username\":\"bob\"," ARN "3\",\"HierarchyGroupId\":\"h\",\"IdentityInfo\":{}}]}",
              NULL, &roster, NULL),
        ERR_OK);
    assert_string_equal(group_in(roster, "zoe"), "leeds");
    assert_string_equal(group_in(roster, "alice"), "?"); /* the profile has an id only */
    assert_int_equal(roster_find(roster, "alice")->not_read, FIELD_BIT(FIELD_ROUTING_PROFILE));
    assert_int_equal(roster_find(roster, "bob")->not_read,
                     FIELD_BIT(FIELD_ROUTING_PROFILE) | FIELD_BIT(FIELD_HIERARCHY));
    roster_unref(roster);

    assert_int_equal(
        parse("{\"UserSummaryList\":[{\"Username\":\"zoe\"," ARN "1\"}]}", NULL, &roster, NULL),
        ERR_OK);
    assert_string_equal(group_in(roster, "zoe"), "?");
    assert_true(roster_find(roster, "zoe")->not_read & FIELD_BIT(FIELD_TAG));
    roster_unref(roster);

    /* Users of another system: their members are columns, and nobody else knows more. */
    assert_int_equal(
        parse("{\"Username\":\"zoe\",\"costCentre\":1,\"cost centre\":421}", NULL, &roster, NULL),
        ERR_OK);
    assert_string_equal(group_in(roster, "zoe"), "money");
    assert_true(roster_has_column(roster, "Cost-Centre"));
    roster_unref(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_a_table),
        cmocka_unit_test(users_of_connect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
