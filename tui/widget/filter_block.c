#include "tui/widget/filter_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fold_search.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define TEXT_KEPT 65536 /* bytes of one field that are searched */
#define GROWN 2         /* a folded text is at most so many times as long */

/* A block while it is made. */
struct making {
    struct filter_block *block;
    size_t room;
};

static void make_room(struct making *making, size_t wanted)
{
    struct filter_block *block = making->block;
    if (making->room - block->length < wanted + FIND_PAD) {
        making->room += making->room / 2 + wanted + (64 << 10);
        block->text = mem_resize(block->text, making->room, 1);
    }
}

/* What does not fit into the block's numbering (4 GB) is not searched. */
static void add_text(struct making *making, unsigned field, const char *text)
{
    struct filter_block *block = making->block;
    if (block->length > UINT32_MAX - 2 * GROWN * TEXT_KEPT) {
        return;
    }
    size_t length = strnlen(text, TEXT_KEPT);
    make_room(making, GROWN * length + 1);
    block->text[block->length++] = FIELD_MARK(field);
    block->length += fold_search(text, length, block->text + block->length, GROWN * length);
}

static uint32_t ext_number(const char *ext)
{
    uint64_t number = 0;
    if (strpbrk(ext, " -")) {
        return SEVERAL_EXTS;
    }
    for (const char *at = ext; *at; at++) {
        if (*at < '0' || *at > '9' || at - ext >= 9) {
            return NO_EXT;
        }
        number = number * 10 + (uint64_t)(*at - '0');
    }
    return *ext ? (uint32_t)number : NO_EXT;
}

static void add_time(int64_t **times, size_t n_rows, size_t row, int64_t at_s)
{
    if (at_s != 0 && !*times) {
        *times = mem_array(n_rows, sizeof **times);
    }
    if (at_s != 0) {
        (*times)[row] = at_s;
    }
}

/* Plain fields come first: a text without a field looks no further than it has to. */
static void add_row(struct making *making, size_t row, const struct filter_subject *subject)
{
    struct filter_block *block = making->block;
    const char *ext = subject->texts[FILTER_EXT];
    uint32_t has = 0;
    block->starts[row] = (uint32_t)block->length;
    for (int plain = 1; plain >= 0; plain--) {
        for (unsigned i = 0; i < FILTER_FIELD_COUNT; i++) {
            const char *text = subject->texts[i];
            if (text && *text && filter_is_plain((enum filter_field)i) == plain) {
                has |= FILTER_BIT(i);
                add_text(making, i, text);
            }
        }
    }
    has &= ~FILTER_BIT(FILTER_STATE);
    has |= subject->states ? FILTER_BIT(FILTER_STATE) : 0;
    has |= subject->since_s ? FILTER_BIT(FILTER_SINCE) : 0;
    has |= subject->until_s ? FILTER_BIT(FILTER_UNTIL) : 0;
    block->has[row] = has;
    block->states[row] = subject->states;
    block->exts[row] = ext ? ext_number(ext) : NO_EXT;
    add_time(&block->since_s, block->n_rows, row, subject->since_s);
    add_time(&block->until_s, block->n_rows, row, subject->until_s);
}

struct filter_block *filter_block_new(size_t n_rows, filter_subject_fn subject, const void *context)
{
    struct filter_block *block = mem_alloc(sizeof *block);
    struct making making = {.block = block};
    *block = (struct filter_block){.n_rows = n_rows,
                                   .starts = mem_array(n_rows + 1, sizeof *block->starts),
                                   .exts = mem_array(n_rows + 1, sizeof *block->exts),
                                   .states = mem_array(n_rows + 1, sizeof *block->states),
                                   .has = mem_array(n_rows + 1, sizeof *block->has)};
    make_room(&making, 1);
    for (size_t i = 0; i < n_rows; i++) {
        struct filter_subject row = {.states = 0};
        subject(context, i, &row);
        add_row(&making, i, &row);
    }
    block->starts[n_rows] = (uint32_t)block->length;
    block->text = mem_resize(block->text, block->length + FIND_PAD, 1);
    memset(block->text + block->length, 0, FIND_PAD);
    return block;
}

void filter_block_free(struct filter_block *block)
{
    if (!block) {
        return;
    }
    free(block->text);
    free(block->starts);
    free(block->exts);
    free(block->states);
    free(block->has);
    free(block->since_s);
    free(block->until_s);
    free(block);
}

size_t filter_block_bytes(const struct filter_block *block)
{
    size_t row = sizeof *block->starts + sizeof *block->exts + sizeof *block->states +
                 sizeof *block->has + (block->since_s ? sizeof *block->since_s : 0) +
                 (block->until_s ? sizeof *block->until_s : 0);
    return block->length + block->n_rows * row;
}
