/*
 * The basket in the state folder: what is kept of it, and what of an earlier console comes back.
 */
#include "tui/shell/gather_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/plan/plan_file.h"

#include "core/base/banned.h"

/* What was restored may be of the same table in another account, which only the service tells. */
static void check_place(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    const char *here = shell->data->store_place;
    if (!all->kept_place || !here) {
        return;
    }
    if (strcmp(all->kept_place, here) != 0) {
        snprintf(all->stays_out, sizeof all->stays_out,
                 "the kept basket is of %.200s and stays out, because this is %.200s",
                 all->kept_place, here);
        gather_end(shell);
        all->foreign = true;
        all->restored = false;
    }
    free(all->kept_place);
    all->kept_place = NULL;
}

/* Once. */
static void say_what_stays_out(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    if (all->stays_out[0] && gather_is_readable(shell) && !all->foreign) {
        shell_say(shell, STYLE_WARN, "%s", all->stays_out);
        all->stays_out[0] = '\0';
    }
}

void gather_reload(struct shell *shell)
{
    if (gather_is_readable(shell)) {
        check_place(shell);
    }
    say_what_stays_out(shell);
    gather_replan(shell);
}

/* Whether what stands in the file is this store's basket, as far as that is known yet. */
static enum err_code load_kept(const struct gathered *all, struct plan_file *file, const char *path,
                               struct err *err)
{
    enum err_code code = plan_file_load(file, path, err);
    if (code == ERR_NOT_FOUND) {
        return code;
    }
    if (code != ERR_OK) {
        err_prefix(err, "the kept basket cannot be read");
    } else if (strcmp(file->store, all->store) != 0) {
        code = err_set(err, ERR_INPUT, "the kept basket is of another store and stays out: %.400s",
                       file->store);
    }
    return code;
}

bool gather_restore(struct shell *shell, const char *path)
{
    struct gathered *all = gather_all(shell);
    struct plan_file file;
    struct err err = ERR_INIT;
    enum err_code code = load_kept(all, &file, path, &err);
    if (code == ERR_OK && file.n_wishes > 0) {
        plan_file_gather(&file, &all->basket);
        all->restored = true;
        all->restored_at_s = file.made_at_s;
        all->kept_place = all->kept_place ? all->kept_place : mem_strdup(file.place);
        gather_begin(shell);
    } else if (code != ERR_OK && code != ERR_NOT_FOUND) {
        snprintf(all->stays_out, sizeof all->stays_out, "%s", err.text);
    }
    plan_file_release(&file);
    gather_publish(shell);
    return code == ERR_OK || code == ERR_NOT_FOUND;
}

bool gather_is_foreign(const struct shell *shell)
{
    return gather_all(shell)->foreign;
}

void gather_set_aside(struct shell *shell, const char *path)
{
    struct gathered *all = gather_all(shell);
    size_t used = strlen(all->stays_out);
    all->foreign = false;
    if (path) {
        snprintf(all->stays_out + used, sizeof all->stays_out - used, "; it is kept in %s", path);
    }
    say_what_stays_out(shell);
}

enum err_code gather_encode(const struct shell *shell, struct buf *out, struct err *err)
{
    const struct gathered *all = gather_all(shell);
    const struct screen_data *data = shell->data;
    const struct basket *basket = &all->basket;
    const char *here = data ? data->store_place : NULL;
    const struct plan_file_content content = {.store = all->store,
                                              .place = here ? here : all->kept_place,
                                              .maker = data && data->user ? data->user : "extpool",
                                              .made_at_s = shell_now_s(shell),
                                              .action = "basket",
                                              .ticket = basket->ticket,
                                              .basket = basket};
    return plan_file_write(&content, out, NULL, err);
}

unsigned long gather_edits(const struct shell *shell)
{
    return gather_all(shell)->basket.edits;
}

void gather_open(struct shell *shell)
{
    shell->gathering = (struct gathering){.replanned = shell->gathering.replanned,
                                          .all = mem_alloc(sizeof *shell->gathering.all)};
    struct gathered *all = gather_all(shell);
    struct arena arena = ARENA_INIT;
    basket_init(&all->basket);
    all->store = mem_strdup(session_store_name(shell->place.session, &arena));
    arena_release(&arena);
}

void gather_close(struct shell *shell)
{
    struct gathered *all = gather_all(shell);
    if (all) {
        gather_set_plan(shell, NULL);
        basket_release(&all->basket);
        free(all->store);
        free(all->kept_place);
        free(all);
    }
    shell->gathering = (struct gathering){.replanned = shell->gathering.replanned};
}
