#include "tests/unit/support/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"

static void read_word(struct requests *requests, struct request *request, const char *word)
{
    const char *copy = arena_strdup(&requests->arena, word);
    if (strncmp(word, "note=", 5) == 0) {
        request->note = copy + 5;
    } else if (strncmp(word, "target=", 7) == 0) {
        request->target = copy + 7;
    } else if (strncmp(word, "until=", 6) == 0) {
        assert_int_equal(until_parse(copy + 6, &request->until, NULL), ERR_OK);
    } else if (word[0] >= '0' && word[0] <= '9') {
        request->ext = copy;
    } else if (!request->agent) {
        request->agent = copy;
    } else {
        request->other = copy;
    }
}

static void read_line(struct requests *requests, char *line)
{
    assert_true(requests->n < REQUESTS_MAX);
    struct request *request = &requests->items[requests->n++];
    *request = (struct request){.kind = CHANGE_ASSIGN};
    char *end = NULL;
    unsigned long number = strtoul(line, &end, 10);
    if (end != line && *end == ':') {
        request->line = number;
        line = end + 1;
    }
    char *state = NULL;
    const char *kind = strtok_r(line, " ", &state);
    assert_non_null(kind);
    if (strcmp(kind, "swap") == 0) {
        request->kind = CHANGE_REASSIGN;
        request->swap = true;
    } else if (strcmp(kind, "fit") == 0) {
        request->as_fits = true;
    } else {
        assert_true(change_kind_parse(kind, &request->kind));
    }
    for (char *word = strtok_r(NULL, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        read_word(requests, request, word);
    }
}

void requests_read(struct requests *requests, const char *lines)
{
    *requests = (struct requests){.n = 0};
    char *copy = mem_strdup(lines);
    char *state = NULL;
    for (char *line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        read_line(requests, line);
    }
    free(copy);
}

void requests_release(struct requests *requests)
{
    arena_release(&requests->arena);
}
