#include "core/headless/report_fold.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* What a service said is followed by the id of the request, which differs each time. */
static size_t length_of_reason(const char *detail)
{
    const char *id = detail ? strstr(detail, "request id ") : NULL;
    return id ? (size_t)(id - detail) : detail ? strlen(detail) : 0;
}

static struct fold *find(struct folds *folds, const struct change *change)
{
    size_t length = length_of_reason(change->detail);
    for (size_t i = 0; i < folds->n_items; i++) {
        struct fold *fold = &folds->items[i];
        if (fold->result == change->result && fold->length == length &&
            (length == 0 || memcmp(fold->detail, change->detail, length) == 0)) {
            return fold;
        }
    }
    if (folds->n_items == FOLDS_MAX) {
        return NULL;
    }
    struct fold *fold = &folds->items[folds->n_items++];
    *fold = (struct fold){.result = change->result, .detail = change->detail, .length = length};
    return fold;
}

bool folds_show(struct folds *folds, const struct change *change)
{
    struct fold *fold = find(folds, change);
    size_t limit = change->result == RESULT_IN_DOUBT ? FOLD_DOUBTFUL : FOLD_SHOWN;
    if (!fold || fold->shown < limit) {
        if (fold) {
            fold->shown++;
        }
        return true;
    }
    fold->hidden++;
    return false;
}

void folds_print(const struct folds *folds, FILE *out)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < folds->n_items; i++) {
        const struct fold *fold = &folds->items[i];
        char number[TEXT_NUMBER_ROOM];
        if (fold->hidden > 0) {
            const char *detail = fold->detail ? text_sanitise(&arena, fold->detail) : NULL;
            fprintf(out, "     and %s more %s%s%s (--verbose shows all)\n",
                    text_number(fold->hidden, number), change_result_text(fold->result),
                    detail ? ": " : "", detail ? detail : "");
        }
    }
    arena_release(&arena);
}
