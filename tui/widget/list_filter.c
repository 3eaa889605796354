/*
 * Which rows of a list its filter shows, and which is the current one. A search under way works on
 * what was asked for when it began; the list shows the last one that was over.
 */

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/widget/list_private.h"

#include "core/base/banned.h"

size_t list_current(const struct list *list)
{
    return list->cursor < list->n_shown ? list->shown[list->cursor] : SIZE_MAX;
}

bool list_seek_row(struct list *list, size_t row)
{
    for (size_t i = 0; i < list->n_shown; i++) {
        if (list->shown[i] == row) {
            list->cursor = i;
            return true;
        }
    }
    return false;
}

struct list_search {
    struct filter filter;
    char text[FILTER_TEXT_MAX];
    struct filter_search search;
};

#define SCORES 4096 /* better ones count as this good */
#define WORST 1000  /* a single term's scores lie about here */

static size_t rung(uint16_t score)
{
    int above = score > WORST ? score - WORST : 0;
    return (size_t)(SCORES - (above < SCORES ? above : SCORES));
}

/* Orders the rows of `shown` by their scores, the best first, equal ones in their order: a counting
   sort, because every row can match the first character of a fuzzy filter. */
static void rank(struct list *list, const uint16_t *scores)
{
    size_t n = list->n_shown;
    uint32_t *starts = mem_array(SCORES + 1, sizeof *starts);
    uint32_t *ranked = mem_array(n + 1, sizeof *ranked);
    for (size_t i = 0; i < n; i++) {
        starts[rung(scores[list->shown[i]])]++;
    }
    uint32_t before = 0;
    for (size_t i = 0; i <= SCORES; i++) {
        uint32_t count = starts[i];
        starts[i] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++) {
        ranked[starts[rung(scores[list->shown[i]])]++] = list->shown[i];
    }
    memcpy(list->shown, ranked, n * sizeof *ranked);
    free(starts);
    free(ranked);
}

static void fill_shown(struct list *list)
{
    size_t n = list->source.n_rows;
    if (!list->found) {
        memcpy(list->shown, list->order, n * sizeof *list->shown);
        list->n_shown = n;
        return;
    }
    list->n_shown = 0;
    for (size_t i = 0; i < n; i++) { /* without a branch that nobody can foretell */
        list->shown[list->n_shown] = list->order[i];
        list->n_shown += filter_found(list->found, list->order[i]);
    }
    if (list->scores) {
        rank(list, list->scores);
    }
}

void list_select(struct list *list)
{
    size_t row = list_current(list);
    list->range = SIZE_MAX;
    fill_shown(list);
    if (row == SIZE_MAX || !list->moved || list->filter.ranked || !list_seek_row(list, row)) {
        list->cursor = 0;
    }
}

/* ---- a search ------------------------------------------------------------------------------- */

static void forget_search(struct list *list)
{
    if (list->search) {
        filter_search_release(&list->search->search);
        free(list->search);
        list->search = NULL;
    }
}

static void forget_found(struct list *list)
{
    free(list->found);
    free(list->scores);
    list->found = NULL;
    list->scores = NULL;
}

static const struct filter_block *block_of(struct list *list)
{
    const struct list_source *source = &list->source;
    if (source->block) {
        return source->block;
    }
    if (!list->block) {
        list->block = filter_block_new(source->n_rows, source->subject, source->context);
    }
    return list->block;
}

/* What was found becomes what is shown. */
static void take(struct list *list)
{
    struct list_search *search = list->search;
    forget_found(list);
    list->filter = search->filter;
    memcpy(list->filter_text, search->text, sizeof list->filter_text);
    list->found = search->search.found;
    list->scores = search->search.scores;
    search->search.found = NULL;
    search->search.scores = NULL;
    forget_search(list);
}

/* Begins a search for the filter in list->search. */
static void begin(struct list *list)
{
    struct list_search *search = list->search;
    bool any = search->filter.n_terms > 0 && list->source.n_rows > 0;
    if (any) {
        bool within = list->found && filter_narrows(&list->filter, &search->filter);
        struct filter_asked asked = {.filter = &search->filter,
                                     .block = block_of(list),
                                     .now = list->source.now,
                                     .within = within ? list->found : NULL};
        filter_search_start(&search->search, &asked);
    }
}

static bool go_on(struct list *list, int64_t until_ms)
{
    struct filter_search *search = &list->search->search;
    return !search->found || filter_search_go_on(search, until_ms);
}

bool list_search(struct list *list, int64_t until_ms)
{
    if (!list->search) {
        return true;
    }
    if (!go_on(list, until_ms)) {
        return false;
    }
    take(list);
    list_select(list);
    return true;
}

/* Without a scope the text waits for a source that has one. */
static enum filter_verdict parse(const struct list *list, struct filter *filter, const char *text,
                                 size_t cursor)
{
    if (!list->source.scope) {
        *filter = (struct filter){.n_terms = 0};
        return FILTER_HOLDS;
    }
    return filter_parse(filter, list->source.scope, text, cursor);
}

enum filter_verdict list_filter_typed(struct list *list, const char *text, size_t cursor,
                                      char problem[FILTER_PROBLEM_MAX])
{
    struct list_search *search = mem_alloc(sizeof *search);
    enum filter_verdict verdict = parse(list, &search->filter, text, cursor);
    forget_search(list);
    if (problem) {
        memcpy(problem, search->filter.problem, FILTER_PROBLEM_MAX);
    }
    if (verdict == FILTER_WRONG) {
        free(search);
        return verdict;
    }
    memcpy(search->text, text, strnlen(text, sizeof search->text - 1)); /* the rest is zero */
    list->search = search;
    begin(list);
    return verdict;
}

enum filter_verdict list_filter(struct list *list, const char *text,
                                char problem[FILTER_PROBLEM_MAX])
{
    enum filter_verdict verdict = list_filter_typed(list, text, FILTER_NO_CURSOR, problem);
    (void)list_search(list, INT64_MAX);
    return verdict;
}

enum filter_verdict list_change_filter(struct list *list, const char *text,
                                       char problem[FILTER_PROBLEM_MAX])
{
    char before[FILTER_TEXT_MAX];
    memcpy(before, list->filter_text, sizeof before);
    enum filter_verdict verdict = list_filter(list, text, problem);
    if (verdict != FILTER_WRONG && strcmp(before, list->filter_text) != 0) {
        memcpy(list->filter_before, before, sizeof before);
    }
    return verdict;
}

void list_filter_again(struct list *list)
{
    if (list->filter.changes) {
        char text[FILTER_TEXT_MAX];
        memcpy(text, list->filter_text, sizeof text);
        (void)list_filter(list, text, NULL);
    }
}

/* ---- another source -------------------------------------------------------------------------- */

/* A filter that the new source has no field for goes. */
void list_filter_reload(struct list *list)
{
    struct list_search *search = mem_alloc(sizeof *search);
    forget_search(list);
    forget_found(list);
    filter_block_free(list->block);
    list->block = NULL;
    list->search = search;
    if (parse(list, &search->filter, list->filter_text, strlen(list->filter_text)) ==
        FILTER_WRONG) {
        search->filter = (struct filter){.n_terms = 0};
    } else {
        memcpy(search->text, list->filter_text, sizeof search->text);
    }
    begin(list);
    (void)go_on(list, INT64_MAX);
    take(list);
    fill_shown(list);
}

void list_filter_release(struct list *list)
{
    forget_search(list);
    forget_found(list);
    filter_block_free(list->block);
    list->block = NULL;
}
