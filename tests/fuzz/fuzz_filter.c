/* Filters: any text is read. The first line is what was typed, the second what is typed next, the
   rest are the fields of a row. What is claimed has to hold: a filter that narrows finds no row that
   was hidden, a search among the rows that are left finds what a whole one does, and what is
   highlighted lies within the text, at whole characters. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/widget/filter_block.h"
#include "tui/widget/filter_spans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM 512

static const char *const s_states[] = {"new", "stale", "ok", "pinned", NULL};
static const struct filter_scope s_scope = {.fields = (1u << FILTER_FIELD_COUNT) - 1,
                                            .states = s_states,
                                            .n_said = 4,
                                            .ext_width = 4,
                                            .now_s = INT64_C(1795348800)};

struct row {
    char texts[FILTER_FIELD_COUNT][ROOM];
    size_t n;
};

static const char *line(const uint8_t **data, size_t *size, char out[ROOM])
{
    size_t n = 0;
    while (n < *size && (*data)[n] != '\n') {
        n++;
    }
    size_t kept = n < ROOM - 1 ? n : ROOM - 1;
    memcpy(out, *data, kept);
    out[kept] = '\0';
    n += n < *size;
    *data += n;
    *size -= n;
    return out;
}

/* The length of a text gives the row's times and states. */
static void subject(const void *context, size_t index, struct filter_subject *out)
{
    const struct row *row = context;
    size_t sum = 0;
    (void)index;
    for (size_t i = 0; i < row->n; i++) {
        out->texts[i] = row->texts[i];
        sum += strlen(row->texts[i]);
    }
    out->states = (uint32_t)sum & 15;
    out->since_s = sum % 3 ? s_scope.now_s - (int64_t)sum * 3600 : 0;
    out->until_s = sum % 5 ? s_scope.now_s + (int64_t)sum * 3600 : 0;
}

static bool finds(const struct filter *filter, const struct filter_block *block,
                  const uint64_t *within)
{
    struct filter_search search;
    filter_search_start(&search,
                        &(struct filter_asked){.filter = filter, .block = block, .within = within});
    while (!filter_search_go_on(&search, INT64_MIN)) {
    }
    bool found = filter->n_terms == 0 || filter_found(search.found, 0);
    filter_search_release(&search);
    return found;
}

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool between_characters(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) != 0x80 ||
           text_utf8_check(text, strlen(text)) < strlen(text);
}

static void check_spans(const struct filter *filter, const struct row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        struct filter_span spans[FILTER_SPANS_MAX];
        const char *text = row->texts[i];
        size_t n = filter_spans(filter, (enum filter_field)i, text, spans);
        check(n <= FILTER_SPANS_MAX);
        for (size_t k = 0; k < n; k++) {
            check(spans[k].from < spans[k].to && spans[k].to <= strlen(text));
            check(between_characters(text, spans[k].from) && between_characters(text, spans[k].to));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t one = 1;
    static struct row row;
    char texts[2][ROOM];
    struct filter wide;
    struct filter narrow;
    line(&data, &size, texts[0]);
    line(&data, &size, texts[1]);
    (void)filter_parse(&wide, &s_scope, texts[0], strlen(texts[0]));
    enum filter_verdict verdict = filter_parse(&narrow, &s_scope, texts[1], size % (ROOM / 2));
    check((verdict == FILTER_HOLDS) == (narrow.problem[0] == '\0'));
    for (row.n = 0; row.n < FILTER_FIELD_COUNT && size > 0; row.n++) {
        line(&data, &size, row.texts[row.n]);
    }
    struct filter_block *block = filter_block_new(1, subject, &row);
    bool was = finds(&wide, block, NULL);
    bool is = finds(&narrow, block, NULL);
    check(!is || was || !filter_narrows(&wide, &narrow));
    check(finds(&narrow, block, &one) == is);
    check_spans(&wide, &row);
    check_spans(&narrow, &row);
    filter_block_free(block);
    return 0;
}
