/*
 * The filter alone: what a key costs in a list of 100,000 rows, from the text to the rows shown. Of
 * each key the median of nine runs counts; a row has the worst of all texts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tests/bench/bench.h"
#include "tui/widget/list.h"

#define ROWS 100000
#define RUNS 9
#define KEYS_MAX 32
#define NOW_S INT64_C(1795348800)

static const char *const s_states[] = {"new", "stale", "ok", "pinned", NULL};
static const struct filter_scope s_scope = {
    .fields = FILTER_BIT(FILTER_EXT) | FILTER_BIT(FILTER_LOGIN) | FILTER_BIT(FILTER_NAME) |
              FILTER_BIT(FILTER_STATE) | FILTER_BIT(FILTER_PROFILE) | FILTER_BIT(FILTER_SINCE),
    .states = s_states,
    .n_said = 4,
    .ext_width = 6,
    .now_s = NOW_S};

struct person {
    char login[24], name[32], ext[8];
};

static const char *key(const void *context, size_t row)
{
    return ((const struct person *)context)[row].login;
}

static size_t find(const void *context, const char *login)
{
    (void)context;
    (void)login;
    return SIZE_MAX;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    (void)column;
    return strcmp(key(context, a), key(context, b));
}

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    const struct person *person = (const struct person *)context + row;
    out->texts[FILTER_LOGIN] = person->login;
    out->texts[FILTER_NAME] = person->name;
    out->texts[FILTER_EXT] = person->ext;
    out->texts[FILTER_PROFILE] = "Basic Routing Profile";
    out->states = row % 50 == 0 ? 1 : 4;
    out->since_s = NOW_S - (int64_t)row * 60;
}

/* Types the text; the time of each key goes to ms[key][run]. */
static size_t type(struct list *list, const char *text, double ms[KEYS_MAX][RUNS], int run)
{
    char typed[64] = "";
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        typed[i] = text[i];
        double start = bench_now_ms();
        (void)list_filter_typed(list, typed, i + 1, NULL);
        (void)list_search(list, INT64_MAX);
        ms[i][run] = bench_now_ms() - start;
    }
    (void)list_filter(list, "", NULL);
    return n;
}

/* Milliseconds: the first key, which looks through all rows, and any later one. */
struct worst {
    double first, later;
};

static void raise_to(double *worst, double ms)
{
    *worst = ms > *worst ? ms : *worst;
}

static void measure(struct list *list, const char *text, struct worst *worst)
{
    static double ms[KEYS_MAX][RUNS];
    size_t n = 0;
    for (int run = 0; run < RUNS; run++) {
        n = type(list, text, ms, run);
    }
    for (size_t i = 0; i < n; i++) {
        double median = bench_median(ms[i], RUNS);
        raise_to(i == 0 ? &worst->first : &worst->later, median);
    }
}

int main(void)
{
    static const char *const texts[] = {"agent.05",      "last99",   "zzz",
                                        "~ag99",         "!agent.0", "state:new",
                                        "ext:2000-2099", "since:7d", "05 or 77 !state:new",
                                        "profile:basic"};
    struct person *people = mem_array(ROWS, sizeof *people);
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(people[i].login, sizeof people[i].login, "agent.%06zu", i);
        snprintf(people[i].name, sizeof people[i].name, "Läst%zu, First%zu", i, i);
        snprintf(people[i].ext, sizeof people[i].ext, "%06zu", i * 7919 % 1000000);
    }
    double start = bench_now_ms();
    struct filter_block *block = filter_block_new(ROWS, subject, people);
    double made = bench_now_ms() - start;
    struct list list;
    struct list_source source = {.context = people,
                                 .n_rows = ROWS,
                                 .key = key,
                                 .find = find,
                                 .compare = compare,
                                 .subject = subject,
                                 .scope = &s_scope,
                                 .block = block};
    list_init(&list, 1);
    list_reload(&list, &source);
    struct worst worst = {.first = 0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        measure(&list, texts[i], &worst);
    }
    bench_row("filter.first", "the first key", worst.first, "ms", 6);
    bench_row("filter.later", "a later key", worst.later, "ms", 16);
    bench_row("filter.fold", "folding the rows, once a load", made, "ms", 0);
    bench_row("filter.memory", "memory of the folded rows", (double)filter_block_bytes(block) / 1e6,
              "MB", 16);
    list_release(&list);
    filter_block_free(block);
    free(people);
    return 0;
}
