/* The publishing guard: whom a list would lose or move, counted. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/plan/publish_guard.h"
#include "tests/unit/support/world.h"

static struct world s_store, s_directory;

/* A store with these rows; who works here. */
static void given(const char *store, const char *people)
{
    world_init(&s_store, "0000-0099");
    world_init(&s_directory, "0000-0099");
    world_store(&s_store, store);
    world_directory(&s_directory, people);
}

static void over(void)
{
    world_release(&s_store);
    world_release(&s_directory);
}

static struct publish_verdict judge(const char *list, bool directory,
                                    const struct release_limit *lifted)
{
    struct publish_verdict verdict;
    const struct publish_question question = {
        .name = "file:list.csv",
        .text = list,
        .length = strlen(list),
        .before = s_store.snapshot,
        .after = s_store.snapshot,
        .roster = directory ? s_directory.roster : NULL,
        .lifted = lifted,
    };
    publish_judge(&question, &verdict);
    return verdict;
}

static void people_are_counted_once_and_only_ours(void **state)
{
    (void)state;
    given("0001 alice\n0002 bob\n0003 carol\n0009 kim\n", "alice bob carol dave");
    /* alice keeps one of her two, bob moves, dave works here and goes, eve left, "" is nobody */
    struct publish_verdict verdict =
        judge("user,extension\nalice,0007\nalice,0001\nbob,0005\nbob,0006\ncarol,3\n"
              "dave,0011\neve,0012\n,0013\nfay,\n",
              true, NULL);
    assert_int_equal(verdict.people, 5);
    assert_int_equal(verdict.moved, 1);
    assert_int_equal(verdict.gone, 1);
    assert_int_equal(verdict.unknown, 2); /* dave, eve */
    assert_int_equal(verdict.count, 2);
    assert_int_equal(verdict.limit, 5);
    assert_false(verdict.refused);
    /* Without a directory eve may work here, too. */
    verdict = judge("user,extension\ndave,0011\neve,0012\n", false, NULL);
    assert_int_equal(verdict.gone, 2);
    /* The same if only a part of it was read. */
    roster_partial(s_directory.roster, "only alice was asked for");
    verdict = judge("user,extension\ndave,0011\neve,0012\n", true, NULL);
    assert_int_equal(verdict.gone, 2);
    over();
}

static void logins_and_numbers_are_read_as_an_import_reads_them(void **state)
{
    (void)state;
    given("0001 alice\n0002 =cmd\n0000 zero\n", "alice =cmd zero");
    struct publish_verdict verdict =
        judge("\xEF\xBB\xBFNote;EXT ;Agent\r\nx;'0001; alice \r\n\"y;z\";2;'=cmd\r\n;0;zero\r\n",
              true, NULL);
    assert_int_equal(verdict.people, 3);
    assert_int_equal(verdict.count, 0);
    verdict = judge("user,extension\nalice,12345\n", true, NULL); /* of another width */
    assert_int_equal(verdict.moved, 1);
    static const char *const none[] = {"",          "user\nalice\n", "extension\n0001\n",
                                       "{\"a\":1}", "\"open",        "x,y\n1,2\n"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        verdict = judge(none[i], true, NULL);
        assert_int_equal(verdict.people, 0);
        assert_false(verdict.refused);
    }
    over();
}

/* A list of `n` people of whom the first `moved` have another number than in the store. */
static void lists_of(size_t n, size_t moved, bool refused)
{
    char store[2048] = "", people[2048] = "", list[2048] = "user,extension\n";
    size_t s = 0, p = 0, l = strlen(list);
    for (size_t i = 0; i < n; i++) {
        s += (size_t)snprintf(store + s, sizeof store - s, "%04zu p%02zu\n", i, i);
        p += (size_t)snprintf(people + p, sizeof people - p, "p%02zu ", i);
        l += (size_t)snprintf(list + l, sizeof list - l, "p%02zu,%04zu\n", i,
                              i < moved ? i + 500 : i);
    }
    given(store, people);
    struct publish_verdict verdict = judge(list, true, NULL);
    assert_int_equal(verdict.count, moved);
    assert_int_equal(verdict.refused, refused);
    over();
}

static void the_limit_is_ten_per_cent_and_five(void **state)
{
    (void)state;
    lists_of(5, 5, false);
    lists_of(6, 6, true);
    lists_of(20, 5, false);
    lists_of(20, 6, true);
    lists_of(80, 8, false);
    lists_of(80, 9, true);
}

static void an_empty_list_is_refused_whatever_its_size(void **state)
{
    (void)state;
    const struct release_limit none = {.value = 0}, one = {.value = 1}, two = {.value = 2};
    given("0001 -\n", "alice");
    static const char list[] = "user,extension\nalice,0001\nbob,0002\n";
    struct publish_verdict verdict = judge(list, true, NULL);
    assert_true(verdict.refused);
    assert_int_equal(verdict.count, 2);
    assert_string_equal(verdict.text, "the list at file:list.csv has 2 people and would become "
                                      "empty; this store does not know 2 of them");
    assert_true(judge(list, true, &none).refused);
    assert_true(judge(list, true, &one).refused);
    assert_false(judge(list, true, &two).refused);
    assert_false(judge("user,extension\n", true, NULL).refused);
    over();
}

static void the_sentence_says_how_many_and_the_hint_is_the_callers(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    given("0001 a\n0002 b\n0003 c\n0004 d\n0005 e\n", "a b c d e f g");
    struct publish_verdict verdict = judge(
        "user,extension\na,0011\nb,0012\nc,0013\nd,0014\ne,0015\nf,0016\ng,0017\n", true, NULL);
    assert_int_equal(publish_guard_error(&verdict, &err), ERR_GUARD);
    assert_string_equal(err.text, "the list is not published: of the 7 people on the list at "
                                  "file:list.csv, 5 would get another number and 2 would go (limit "
                                  "5); this store does not know 2 of them");
    assert_string_equal(err.hint, "");
    over();
}

static void digests_are_those_of_fnv(void **state)
{
    (void)state;
    char digest[DIGEST_ROOM];
    digest_of("", 0, digest);
    assert_string_equal(digest, "cbf29ce484222325-0");
    digest_of("a", 1, digest);
    assert_string_equal(digest, "af63dc4c8601ec8c-1");
    digest_of("foobar", 6, digest);
    assert_string_equal(digest, "85944171f73967e8-6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_counted_once_and_only_ours),
        cmocka_unit_test(logins_and_numbers_are_read_as_an_import_reads_them),
        cmocka_unit_test(the_limit_is_ten_per_cent_and_five),
        cmocka_unit_test(an_empty_list_is_refused_whatever_its_size),
        cmocka_unit_test(the_sentence_says_how_many_and_the_hint_is_the_callers),
        cmocka_unit_test(digests_are_those_of_fnv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
