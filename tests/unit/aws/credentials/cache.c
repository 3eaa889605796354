#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/unit/support_aws/cred_fixture.h"

/* A source that gives K1, K2, ... which live for so long, or fails. */
struct fake_source {
    struct credentials_provider base;
    struct cred_fixture *fixture;
    int64_t life_s; /* 0: for ever */
    enum err_code fails;
    int asked, forced, given;
};

static enum err_code source_get(struct credentials_provider *base, bool force,
                                struct credentials *out, struct err *err)
{
    struct fake_source *source = (struct fake_source *)base;
    source->asked++;
    source->forced += force;
    if (source->fails != ERR_OK) {
        err_set(err, source->fails, "no luck");
        err_hint(err, "try harder");
        return source->fails;
    }
    out->access_key_id = mem_printf("K%d", ++source->given);
    out->secret_access_key = mem_strdup("s3cr3t");
    out->source = mem_strdup("fake");
    if (source->life_s != 0) {
        out->expires_at_ms = (fixture_now_s(source->fixture) + source->life_s) * 1000;
    }
    return ERR_OK;
}

static void source_free(struct credentials_provider *base)
{
    (void)base; /* on the stack of the test */
}

static const struct credentials_provider_ops s_ops = {
    .name = "fake", .get = source_get, .free = source_free};

struct world {
    struct cred_fixture fixture;
    struct fake_source source;
    struct credentials_provider *cache;
};

static void open_world(struct world *world, int64_t life_s, const struct cred_cache_rules *rules)
{
    fixture_open(&world->fixture);
    world->source =
        (struct fake_source){.base = {.ops = &s_ops}, .fixture = &world->fixture, .life_s = life_s};
    world->cache =
        cred_cache_new(fixture_context(&world->fixture, NULL), &world->source.base, rules);
}

static void close_world(struct world *world)
{
    credentials_provider_free(world->cache);
    fixture_close(&world->fixture);
}

static void test_what_never_expires_is_asked_for_once(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, 0, NULL);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 10 * 365 * 86400);
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 1);
    close_world(&world);
}

static void test_renewed_in_the_advisory_window(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, 3600, NULL);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 3600 - 15 * 60 - 1);
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 1);
    fixture_wait(&world.fixture, 2);
    expect_key(world.cache, "K2");
    close_world(&world);
}

static void test_old_ones_stay_while_renewing_fails(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, 3600, NULL);
    expect_key(world.cache, "K1");
    world.source.fails = ERR_OFFLINE;
    fixture_wait(&world.fixture, 3600 - 14 * 60);
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 2);
    fixture_wait(&world.fixture, 59); /* once a minute at first */
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 2);
    fixture_wait(&world.fixture, 2);
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 3);
    fixture_wait(&world.fixture, 5 * 60); /* then every ten seconds */
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 11);
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 5);
    fixture_wait(&world.fixture, 8 * 60); /* expired */
    expect_error(world.cache, ERR_OFFLINE, "no luck");
    expect_hint(world.cache, ERR_OFFLINE, "try harder");
    world.source.fails = ERR_OK;
    expect_key(world.cache, "K2");
    close_world(&world);
}

static void test_the_first_failure_is_told(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, 3600, NULL);
    world.source.fails = ERR_NOT_FOUND;
    expect_error(world.cache, ERR_NOT_FOUND, "no luck");
    close_world(&world);
}

static void test_short_lives_have_short_windows(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, 900, NULL);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 590);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 20);
    expect_key(world.cache, "K2");
    close_world(&world);
}

static void test_force_renews_and_tells_why_not(void **state)
{
    (void)state;
    struct world world;
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    open_world(&world, 3600, NULL);
    expect_key(world.cache, "K1");
    assert_int_equal(credentials_get(world.cache, true, &set, &err), ERR_OK);
    assert_string_equal(set.access_key_id, "K2");
    assert_int_equal(world.source.forced, 1);
    world.source.fails = ERR_AUTH;
    assert_int_equal(credentials_get(world.cache, true, &set, &err), ERR_AUTH);
    assert_string_equal(err.text, "no luck");
    expect_key(world.cache, "K2"); /* not thrown away */
    credentials_release(&set);
    close_world(&world);
}

static void test_expired_ones_are_refused(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, -60, NULL);
    expect_error(world.cache, ERR_AUTH, "fake gave credentials that have expired already");
    expect_hint(world.cache, ERR_AUTH, "the clock of this machine");
    close_world(&world);
}

static void test_the_metadata_service_may_give_expired_ones(void **state)
{
    (void)state;
    static const struct cred_cache_rules rules = {.expired_are_kept = true};
    struct world world;
    open_world(&world, -60, &rules);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 9 * 60); /* not asked again for ten minutes or more */
    expect_key(world.cache, "K1");
    assert_int_equal(world.source.asked, 1);
    fixture_wait(&world.fixture, 7 * 60);
    expect_key(world.cache, "K2");
    world.source.fails = ERR_SERVICE;
    fixture_wait(&world.fixture, 3600);
    expect_key(world.cache, "K2");
    close_world(&world);
}

static void test_rules_move_the_windows(void **state)
{
    (void)state;
    static const struct cred_cache_rules rules = {.advisory_s = 60, .mandatory_s = 30};
    struct world world;
    open_world(&world, 3600, &rules);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 3600 - 61);
    expect_key(world.cache, "K1");
    fixture_wait(&world.fixture, 2);
    expect_key(world.cache, "K2");
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_never_expires_is_asked_for_once),
        cmocka_unit_test(test_renewed_in_the_advisory_window),
        cmocka_unit_test(test_old_ones_stay_while_renewing_fails),
        cmocka_unit_test(test_the_first_failure_is_told),
        cmocka_unit_test(test_short_lives_have_short_windows),
        cmocka_unit_test(test_force_renews_and_tells_why_not),
        cmocka_unit_test(test_expired_ones_are_refused),
        cmocka_unit_test(test_the_metadata_service_may_give_expired_ones),
        cmocka_unit_test(test_rules_move_the_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
