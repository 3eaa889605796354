/*
 * The filter alone: what a key costs in a list of 100,000 rows, from the text to the rows shown. The
 * median of nine runs. The bounds: 6 ms for the first key, 1 ms for one that narrows, 16 ms for any.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
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

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare_ms(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Types the text; the time of each key goes to ms[key][run]. */
static size_t type(struct list *list, const char *text, double ms[KEYS_MAX][RUNS], int run)
{
    char typed[64] = "";
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        typed[i] = text[i];
        double start = now_ms();
        (void)list_filter_typed(list, typed, i + 1, NULL);
        (void)list_search(list, INT64_MAX);
        ms[i][run] = now_ms() - start;
    }
    (void)list_filter(list, "", NULL);
    return n;
}

static bool measure(struct list *list, const char *text)
{
    static double ms[KEYS_MAX][RUNS];
    double worst = 0;
    double last = 0;
    size_t n = 0;
    for (int run = 0; run < RUNS; run++) {
        n = type(list, text, ms, run);
    }
    for (size_t i = 0; i < n; i++) {
        qsort(ms[i], RUNS, sizeof ms[i][0], compare_ms);
        worst = i > 0 && ms[i][RUNS / 2] > worst ? ms[i][RUNS / 2] : worst;
        last = ms[i][RUNS / 2];
    }
    double first = ms[0][RUNS / 2];
    printf("%-24s %10.2f %10.2f %10.2f\n", text, first, worst, last);
    return first <= 6 && worst <= 16;
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
    double start = now_ms();
    struct filter_block *block = filter_block_new(ROWS, subject, people);
    double made = now_ms() - start;
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
    printf("a key in the filter of 100,000 rows, ms\n%-24s %10s %10s %10s\n", "", "first",
           "worst next", "last");
    bool holds = true;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        holds = measure(&list, texts[i]) && holds;
    }
    printf("%24s folded once a load: %.1f ms, %.1f MB; at most 6 ms for the first key, 16 for any: "
           "%s\n",
           "", made, (double)filter_block_bytes(block) / 1e6,
           holds ? "within the bounds" : "OUT OF THE BOUNDS");
    list_release(&list);
    filter_block_free(block);
    free(people);
    return holds ? 0 : 1;
}
