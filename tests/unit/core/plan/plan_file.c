#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/plan/plan_file.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/world.h"

#define STORE "dynamodb:cc-ext"
#define PLACE "account 1, eu-west-2"

struct site {
    struct world world;
    struct basket basket;
    struct plan *plan;
    struct buf text;
    char digest[DIGEST_ROOM];
};

/* A file of everything: moves, a swap, a pin, a target, rows left out, repairs. */
static void open_site(struct site *site, const char *lines)
{
    world_init(&site->world, "0000-0099");
    world_store(&site->world,
                "0001 alice 9d fallback=ext:0002\n0002 bob 8d\n0003 carol 7d pin=desk\n"
                "0004 - dave 2d\n0006 -held note=fax\n0008 old ?\n0009 twin +free\n");
    world_fill(&site->world);
    world_directory(&site->world, "alice bob carol erin fay old twin");
    basket_init(&site->basket);
    buf_init(&site->text, PLAN_FILE_MAX);
    struct plan_input input = world_input(&site->world);
    if (lines) {
        struct requests requests;
        requests_read(&requests, lines);
        basket_add(&site->basket, &input, requests.items, requests.n, site->world.now_s);
        requests_release(&requests);
        basket_set_ticket(&site->basket, "CHG-4711");
        site->plan = basket_plan(&site->basket, &input, NULL, NULL);
    } else {
        site->plan = world_sync(&site->world);
    }
}

static void close_site(struct site *site)
{
    plan_free(site->plan);
    buf_release(&site->text);
    basket_release(&site->basket);
    world_release(&site->world);
}

static void write_site(struct site *site)
{
    struct guard_verdict guard;
    struct err err = ERR_INIT;
    guard_judge(site->plan, &site->world.policy.limit, &guard);
    const struct plan_file_content content = {.store = STORE,
                                              .place = PLACE,
                                              .maker = "kim@desk7",
                                              .made_at_s = site->world.now_s,
                                              .action = site->plan->action,
                                              .ticket = site->basket.ticket,
                                              .guard = &guard,
                                              .plan = site->plan,
                                              .basket = &site->basket};
    if (plan_file_write(&content, &site->text, site->digest, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
}

static void read_back(const struct site *site, struct plan_file *file)
{
    struct err err = ERR_INIT;
    if (plan_file_read(file, &site->text, "p.json", &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
}

#define LINES                                                                                      \
    "swap alice bob\nassign erin\nrelease carol\nreserve 0020 note=door target=ext:0001\n"         \
    "unreserve 0006\nset old target=ext:0003"

static void test_a_plan_comes_back(void **state)
{
    (void)state;
    const char *const samples[] = {LINES, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct site site = {.plan = NULL};
        struct plan_file file;
        struct err err = ERR_INIT;
        open_site(&site, samples[i]);
        write_site(&site);
        read_back(&site, &file);
        assert_int_equal(plan_file_check(&file, STORE, NULL, site.world.now_s, &err), ERR_OK);
        assert_string_equal(file.digest, site.digest);
        assert_string_equal(file.maker, "kim@desk7");
        struct plan_input input = world_input(&site.world);
        struct plan *again = plan_file_plan(&file, &input);
        assert_int_equal(again->derived, site.plan->derived);
        struct site other = {.plan = NULL}; /* what it does is what the first one does */
        open_site(&other, samples[i]);
        assert_int_equal(world_apply(&other.world, other.plan), 0);
        assert_int_equal(world_apply(&site.world, again), 0);
        assert_string_equal(world_text(&site.world), world_text(&other.world));
        assert_true(again->n_changes > 3);
        plan_free(again);
        plan_file_release(&file);
        close_site(&other);
        close_site(&site);
    }
}

/* Each change stands on what was seen when it was planned. */
static void test_what_was_seen_is_the_condition(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct plan_file file;
    open_site(&site, "swap alice bob\nassign erin 0020");
    write_site(&site);
    world_remove(&site.world, "0002");
    world_store(&site.world, "0002 bob 1d\n");
    read_back(&site, &file);
    struct plan_input input = world_input(&site.world);
    struct plan *plan = plan_file_plan(&file, &input);
    assert_true(world_apply(&site.world, plan) > 0);
    assert_plan(plan, "~ 0002 alice (0001 -> 0002) #1 !conflict\n"
                      "~ 0001 bob (0002 -> 0001) #1 !conflict\n+ 0020 erin !done\n");
    plan_free(plan);
    plan_file_release(&file);
    close_site(&site);
}

static void test_a_basket_comes_back(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct plan_file file;
    struct basket basket;
    open_site(&site, LINES);
    basket_tick(&site.basket, 1, false);
    write_site(&site);
    read_back(&site, &file);
    basket_init(&basket);
    plan_file_gather(&file, &basket);
    plan_file_release(&file);
    assert_string_equal(basket.ticket, "CHG-4711");
    assert_int_equal(basket.n_wishes, 6);
    struct plan_input input = world_input(&site.world);
    basket_tick(&basket, 1, true);
    struct plan *plan = basket_plan(&basket, &input, NULL, NULL);
    assert_string_equal(plan_text(plan), plan_text(site.plan));
    plan_free(plan);
    basket_release(&basket);
    close_site(&site);
}

static void expect_refusal(const char *text, const char *why)
{
    struct plan_file file;
    struct err err = ERR_INIT;
    struct buf bytes;
    buf_init(&bytes, PLAN_FILE_MAX);
    buf_puts(&bytes, text);
    assert_int_equal(plan_file_read(&file, &bytes, "p.json", &err), ERR_INPUT);
    if (!strstr(err.text, why)) {
        fail_msg("%s\nexpected: %s", err.text, why);
    }
    plan_file_release(&file);
    buf_release(&bytes);
}

/* Refused is the text of the site with one thing replaced. */
static void expect_refusal_with(const struct site *site, const char *from, const char *to,
                                const char *why)
{
    const char *at = strstr(site->text.data, from);
    struct buf text;
    assert_non_null(at);
    buf_init(&text, PLAN_FILE_MAX);
    buf_append(&text, site->text.data, (size_t)(at - site->text.data));
    buf_puts(&text, to);
    buf_puts(&text, at + strlen(from));
    expect_refusal(text.data, why);
    buf_release(&text);
}

static void test_damage(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    open_site(&site, LINES);
    write_site(&site);
    expect_refusal_with(&site, "\"0020\"", "\"0021\"",
                        "p.json is damaged, or was changed: its digest is ");
    expect_refusal_with(&site, "\"format\": 1", "\"format\": 2",
                        "p.json was written by a newer version of extpool: it has the format 2, "
                        "and this one reads up to 1");
    expect_refusal_with(&site, "\"digest\":", "\"dggest\":", "its digest is none");
    site.text.data[site.text.length / 2] = '\0';
    expect_refusal(site.text.data, "p.json is not a plan file: it is no JSON, line ");
    expect_refusal("", "is not a plan file");
    expect_refusal("[]", "p.json is not a plan file of extpool");
    expect_refusal("{\"extpool\":\"config\",\"format\":1}", "p.json is not a plan file of extpool");
    close_site(&site);
}

/* Laid out anew it is the same plan. */
static void test_layout_does_not_count(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct plan_file file;
    open_site(&site, LINES);
    write_site(&site);
    for (size_t i = 0; i < site.text.length; i++) {
        site.text.data[i] = site.text.data[i] == '\n' ? ' ' : site.text.data[i];
    }
    read_back(&site, &file);
    assert_string_equal(file.digest, site.digest);
    char spoken[12];
    snprintf(spoken, sizeof spoken, "%.4s-%.4s", site.digest, site.digest + 4);
    assert_string_equal(file.spoken, spoken);
    plan_file_release(&file);
    close_site(&site);
}

static void test_check(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct plan_file file;
    struct err err = ERR_INIT;
    open_site(&site, LINES);
    write_site(&site);
    read_back(&site, &file);
    const struct {
        const char *store, *place;
        int64_t days;
        const char *why; /* NULL: fine */
    } samples[] = {
        {STORE, NULL, 7, NULL},
        {STORE, PLACE, 0, NULL},
        {STORE, "account 2, eu-west-1", 0,
         "p.json was made for " STORE " in " PLACE ", and this one is in account 2, eu-west-1"},
        {STORE, NULL, 8,
         "p.json is too old: kim@desk7 made it 8d ago, and a plan file holds for 7d"},
        {STORE, NULL, -2, "p.json was made 2d after now: one of the two clocks is wrong"},
        {"sqlite:/x", NULL, 0, "p.json was made for the store " STORE ", and this is sqlite:/x"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        err_clear(&err);
        enum err_code code =
            plan_file_check(&file, samples[i].store, samples[i].place,
                            site.world.now_s + samples[i].days * WORLD_DAY_S, &err);
        assert_int_equal(code, samples[i].why ? ERR_INPUT : ERR_OK);
        if (samples[i].why) {
            assert_string_equal(err.text, samples[i].why);
        }
    }
    plan_file_release(&file);
    close_site(&site);
}

static void test_files(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct plan_file file;
    struct err err = ERR_INIT;
    struct stat status;
    struct scratch scratch;
    scratch_init(&scratch);
    const char *path = scratch_path(&scratch, "p.json");
    open_site(&site, LINES);
    const struct plan_file_content content = {.store = STORE,
                                              .place = PLACE,
                                              .maker = "kim",
                                              .made_at_s = 1,
                                              .action = "basket",
                                              .plan = site.plan};
    assert_int_equal(plan_file_load(&file, path, &err), ERR_NOT_FOUND);
    plan_file_release(&file);
    err_clear(&err);
    assert_int_equal(plan_file_save(path, &content, NULL, &err), ERR_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(plan_file_load(&file, path, &err), ERR_OK);
    assert_int_equal(file.n_wishes, 0);
    plan_file_release(&file);
    close_site(&site);
    scratch_release(&scratch);
}

static void test_not_utf8(void **state)
{
    (void)state;
    struct site site = {.plan = NULL};
    struct err err = ERR_INIT;
    open_site(&site, "reserve 0020 note=d\xff");
    struct plan_file_content content = {
        .store = STORE, .place = PLACE, .maker = "k\xff", .action = "basket", .plan = site.plan};
    assert_int_equal(plan_file_write(&content, &site.text, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.text, "UTF-8"));
    close_site(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plan_comes_back),
        cmocka_unit_test(test_what_was_seen_is_the_condition),
        cmocka_unit_test(test_a_basket_comes_back),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_layout_does_not_count),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_not_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
