#include "tui/widget/filter_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fold_search.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define TEXT_KEPT 65536 /* bytes of one field that are searched */
#define GROWN 2         /* a folded text is at most so many times as long */

/* A piece while it is made. */
struct making {
    struct filter_piece *piece;
    size_t room;
};

static void make_room(struct making *making, size_t wanted)
{
    struct filter_piece *piece = making->piece;
    if (making->room - piece->length < wanted + FIND_PAD) {
        making->room += making->room / 2 + wanted + (64 << 10);
        piece->text = mem_resize(piece->text, making->room, 1);
    }
}

/* What does not fit into the piece's numbering (4 GB) is not searched. */
static void add_text(struct making *making, unsigned field, const char *text)
{
    struct filter_piece *piece = making->piece;
    if (piece->length > UINT32_MAX - 2 * GROWN * TEXT_KEPT) {
        return;
    }
    size_t length = strnlen(text, TEXT_KEPT);
    make_room(making, GROWN * length + 1);
    piece->text[piece->length++] = FIELD_MARK(field);
    piece->length += fold_search(text, length, piece->text + piece->length, GROWN * length);
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
    struct filter_piece *piece = making->piece;
    const char *ext = subject->texts[FILTER_EXT];
    uint32_t has = 0;
    piece->starts[row] = (uint32_t)piece->length;
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
    piece->has[row] = has;
    piece->states[row] = subject->states;
    piece->exts[row] = ext ? ext_number(ext) : NO_EXT;
    add_time(&piece->since_s, piece->n_rows, row, subject->since_s);
    add_time(&piece->until_s, piece->n_rows, row, subject->until_s);
}

static struct filter_piece *new_piece(size_t first, size_t n, filter_subject_fn subject,
                                      const void *context)
{
    struct filter_piece *piece = mem_alloc(sizeof *piece);
    struct making making = {.piece = piece};
    *piece = (struct filter_piece){.references = 1,
                                   .n_rows = n,
                                   .starts = mem_array(n + 1, sizeof *piece->starts),
                                   .exts = mem_array(n + 1, sizeof *piece->exts),
                                   .states = mem_array(n + 1, sizeof *piece->states),
                                   .has = mem_array(n + 1, sizeof *piece->has)};
    make_room(&making, 1);
    for (size_t i = 0; i < n; i++) {
        struct filter_subject row = {.states = 0};
        subject(context, first + i, &row);
        add_row(&making, i, &row);
    }
    piece->starts[n] = (uint32_t)piece->length;
    piece->text = mem_resize(piece->text, piece->length + FIND_PAD, 1);
    memset(piece->text + piece->length, 0, FIND_PAD);
    return piece;
}

static void drop_piece(struct filter_piece *piece)
{
    if (__atomic_sub_fetch(&piece->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    free(piece->text);
    free(piece->starts);
    free(piece->exts);
    free(piece->states);
    free(piece->has);
    free(piece->since_s);
    free(piece->until_s);
    free(piece);
}

static struct filter_piece *piece_at(size_t n_rows, size_t i, filter_subject_fn subject,
                                     const void *context)
{
    size_t first = i * PIECE_ROWS;
    size_t n = n_rows - first < PIECE_ROWS ? n_rows - first : PIECE_ROWS;
    return new_piece(first, n, subject, context);
}

/* With room for the pieces. */
static struct filter_block *empty_block(size_t n_rows)
{
    struct filter_block *block = mem_alloc(sizeof *block);
    block->n_rows = n_rows;
    block->n_pieces = (n_rows + PIECE_ROWS - 1) / PIECE_ROWS;
    block->pieces = mem_array(block->n_pieces + 1, sizeof *block->pieces);
    return block;
}

struct filter_block *filter_block_new(size_t n_rows, filter_subject_fn subject, const void *context)
{
    struct filter_block *block = empty_block(n_rows);
    for (size_t i = 0; i < block->n_pieces; i++) {
        block->pieces[i] = piece_at(n_rows, i, subject, context);
    }
    return block;
}

struct filter_block *filter_block_renew(const struct filter_block *before, const size_t *rows,
                                        size_t n, filter_subject_fn subject, const void *context)
{
    struct filter_block *block = empty_block(before->n_rows);
    for (size_t i = 0; i < n; i++) {
        size_t at = rows[i] / PIECE_ROWS;
        if (!block->pieces[at]) {
            block->pieces[at] = piece_at(block->n_rows, at, subject, context);
        }
    }
    for (size_t i = 0; i < block->n_pieces; i++) {
        if (!block->pieces[i]) {
            block->pieces[i] = before->pieces[i];
            __atomic_add_fetch(&block->pieces[i]->references, 1, __ATOMIC_RELAXED);
        }
    }
    return block;
}

void filter_block_free(struct filter_block *block)
{
    if (!block) {
        return;
    }
    for (size_t i = 0; i < block->n_pieces; i++) {
        drop_piece(block->pieces[i]);
    }
    free(block->pieces);
    free(block);
}

static size_t piece_bytes(const struct filter_piece *piece)
{
    size_t row = sizeof *piece->starts + sizeof *piece->exts + sizeof *piece->states +
                 sizeof *piece->has + (piece->since_s ? sizeof *piece->since_s : 0) +
                 (piece->until_s ? sizeof *piece->until_s : 0);
    return piece->length + piece->n_rows * row;
}

size_t filter_block_bytes(const struct filter_block *block)
{
    size_t bytes = 0;
    for (size_t i = 0; i < block->n_pieces; i++) {
        bytes += piece_bytes(block->pieces[i]);
    }
    return bytes;
}
