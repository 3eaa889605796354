#include "tui/console/start_amazon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/port/cloud.h"
#include "tui/panel/dialog.h"
#include "tui/shell/work.h"
#include "tui/view/start.h"

#include "core/base/banned.h"

#define ENVIRONMENT "(as the environment says)"

/* What each kind of thing is, and which field it fills. */
static const struct {
    enum setup_field field;
    const char *title, *many;
} s_kinds[CLOUD_KINDS] = {
    [CLOUD_INSTANCES] = {SETUP_DIRECTORY, "Connect instance", "instances"},
    [CLOUD_TABLES] = {SETUP_STORE, "DynamoDB table", "tables"},
    [CLOUD_BUCKETS] = {SETUP_EXPORT, "S3 bucket", "buckets"},
};

/* A look into Amazon, on the worker; then what it found, for the dialogs. */
struct look {
    struct job job;
    struct shell *shell;
    struct cloud_choice choice;
    char profile[256];
    bool profiles_only;
    struct cloud_profiles profiles;
    struct cloud_found found;
};

static void run_look(struct job *job)
{
    struct look *look = (struct look *)job;
    const struct cloud *cloud = look->shell->options->cloud;
    if (look->profiles_only) {
        (void)!cloud->profiles(cloud->context, &look->profiles, &job->err);
    } else {
        (void)!cloud->look(cloud->context, &look->choice, &job->progress, &look->found, &job->err);
    }
}

static void free_look(struct job *job)
{
    struct look *look = (struct look *)job;
    cloud_profiles_release(&look->profiles);
    cloud_found_release(&look->found);
    free(look);
}

static struct look *make_look(struct shell *shell, const char *name, void (*done)(struct job *))
{
    struct look *look = mem_alloc(sizeof *look);
    const struct settings *settings = shell->place.settings;
    look->job = (struct job){.name = name, .run = run_look, .done = done, .free = free_look};
    look->shell = shell;
    look->choice = (struct cloud_choice){.profile = settings->profile,
                                         .region = settings->region,
                                         .endpoint_url = settings->endpoint_url};
    return look;
}

/* ---- choosing among what was found ------------------------------------------------------------------ */

/* One kind after the other; the dialog that asks has it. */
struct choosing {
    struct cloud_found found;
    enum cloud_kind kind;
};

static void choose_next(struct shell *shell, const struct cloud_found *found, enum cloud_kind kind);

static void fill_offers(struct dialog *dialog, struct shell *shell)
{
    const struct choosing *choosing = dialog->data;
    const struct cloud_list *list = &choosing->found.lists[choosing->kind];
    (void)shell;
    dialog_clear_offers(dialog);
    for (size_t i = 0; i < list->n_items; i++) {
        const struct cloud_item *item = &list->items[i];
        if (strstr(item->uri, dialog->field.text) || strstr(item->detail, dialog->field.text)) {
            dialog_offer(dialog, item->uri, item->detail);
        }
    }
}

static unsigned item_chosen(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct choosing *choosing = dialog->data;
    const struct cloud_list *list = &choosing->found.lists[choosing->kind];
    struct view *form = view_start_find(shell);
    for (size_t i = 0; i < list->n_items; i++) {
        const struct cloud_item *item = &list->items[i];
        if (strcmp(item->uri, text) == 0 && !item->fits) {
            snprintf(dialog->problem, sizeof dialog->problem, "it does not fit: %s", item->detail);
            return REACT_DRAW;
        }
    }
    view_start_set(form, s_kinds[choosing->kind].field, text);
    choose_next(shell, &choosing->found, choosing->kind + 1);
    return REACT_CLOSE;
}

/* The field stays as it is, and the next kind is asked for. */
static void item_left(struct dialog *dialog, struct shell *shell)
{
    struct choosing *choosing = dialog->data;
    choose_next(shell, &choosing->found, choosing->kind + 1);
}

/* What the dialog needs of the lists, in the dialog's own memory. */
static struct choosing *keep(struct dialog *dialog, const struct cloud_found *found,
                             enum cloud_kind kind)
{
    struct choosing *choosing = arena_alloc(&dialog->arena, sizeof *choosing);
    choosing->kind = kind;
    for (enum cloud_kind k = kind; k < CLOUD_KINDS; k++) {
        const struct cloud_list *from = &found->lists[k];
        struct cloud_list *to = &choosing->found.lists[k];
        to->items = arena_alloc(&dialog->arena, (from->n_items + 1) * sizeof *to->items);
        to->n_items = from->n_items;
        for (size_t i = 0; i < from->n_items; i++) {
            to->items[i] = (struct cloud_item){
                .uri = arena_strdup(&dialog->arena, from->items[i].uri),
                .detail = arena_strdup(&dialog->arena, from->items[i].detail),
                .fits = from->items[i].fits,
            };
        }
    }
    return choosing;
}

static size_t count_fitting(const struct cloud_list *list, const struct cloud_item **only)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n_items; i++) {
        if (list->items[i].fits) {
            *only = &list->items[i];
            n++;
        }
    }
    return n;
}

/* Fills in what there is one of, and asks for the first kind that there are several of. */
static void choose_next(struct shell *shell, const struct cloud_found *found, enum cloud_kind kind)
{
    for (; kind < CLOUD_KINDS; kind++) {
        const struct cloud_item *only = NULL;
        size_t n = count_fitting(&found->lists[kind], &only);
        if (n == 1) {
            view_start_set(view_start_find(shell), s_kinds[kind].field, only->uri);
        } else if (n > 1) {
            char body[160];
            snprintf(body, sizeof body, "Which of the %s? Esc: none of them, you type it.",
                     s_kinds[kind].many);
            struct dialog *dialog = dialog_new(s_kinds[kind].title, body);
            dialog_ask(dialog, "part of its name", NULL);
            dialog->must_choose = true;
            dialog->data = keep(dialog, found, kind);
            dialog->refill = fill_offers;
            dialog->accept = item_chosen;
            dialog->cancelled = item_left;
            dialog_open(shell, dialog);
            return;
        }
    }
}

static void tell_lists(struct view *form, const struct cloud_found *found)
{
    for (enum cloud_kind kind = 0; kind < CLOUD_KINDS; kind++) {
        const struct cloud_list *list = &found->lists[kind];
        const struct cloud_item *only = NULL;
        size_t n = count_fitting(list, &only);
        char text[ERR_TEXT_MAX];
        if (list->trouble) {
            snprintf(text, sizeof text, "type it: %.400s", list->trouble);
        } else if (n == 0) {
            snprintf(text, sizeof text, "type it: no %s that fit", s_kinds[kind].many);
        } else {
            snprintf(text, sizeof text, "%s of %s %s fit", frame_count(n),
                     frame_count(list->n_items), s_kinds[kind].many);
        }
        view_start_tell(form, s_kinds[kind].field, text);
    }
}

static void looked(struct job *job)
{
    struct look *look = (struct look *)job;
    struct shell *shell = look->shell;
    struct view *form = view_start_find(shell);
    work_awaited(shell);
    if (!form) {
        return;
    }
    if (job->err.code != ERR_OK) {
        err_prefix(&job->err, "Amazon");
        view_start_say_error(form, SETUP_N, &job->err);
        return;
    }
    view_start_set(form, SETUP_PROFILE, look->choice.profile ? look->choice.profile : "");
    view_start_tell_profile(form, look->choice.profile ? look->choice.profile : ENVIRONMENT);
    tell_lists(form, &look->found);
    choose_next(shell, &look->found, 0);
}

/* ---- profiles ------------------------------------------------------------------------------------------ */

static unsigned profile_chosen(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct look *look = make_look(shell, "looking into Amazon", looked);
    (void)dialog;
    if (strcmp(text, ENVIRONMENT) != 0) {
        snprintf(look->profile, sizeof look->profile, "%s", text);
        look->choice.profile = look->profile;
    }
    view_start_say(view_start_find(shell), STYLE_TEXT, "");
    work_await(shell, &look->job);
    return REACT_CLOSE;
}

static void filter_profiles(struct dialog *dialog, struct shell *shell)
{
    const char *const *names = dialog->data;
    (void)shell;
    dialog_clear_offers(dialog);
    for (; *names; names++) {
        if (strstr(*names, dialog->field.text)) {
            dialog_offer(dialog, *names, "");
        }
    }
}

static void ask_profile(struct job *job)
{
    struct look *look = (struct look *)job;
    struct shell *shell = look->shell;
    struct view *form = view_start_find(shell);
    work_awaited(shell);
    if (!form) {
        return;
    }
    if (job->err.code != ERR_OK) {
        view_start_say_error(form, SETUP_N, &job->err);
        return;
    }
    struct dialog *dialog =
        dialog_new("Amazon", "Which profile? With it, instances, tables and buckets are listed. "
                             "Nothing is written.");
    size_t n = look->profiles.n_names;
    const char **names = arena_alloc(&dialog->arena, (n + 2) * sizeof *names);
    for (size_t i = 0; i < n; i++) {
        names[i] = arena_strdup(&dialog->arena, look->profiles.names[i]);
    }
    names[n] = ENVIRONMENT;
    dialog_ask(dialog, "part of its name", NULL);
    dialog->must_choose = true;
    dialog->data = names;
    dialog->refill = filter_profiles;
    dialog->accept = profile_chosen;
    dialog_open(shell, dialog);
}

void start_amazon(struct shell *shell)
{
    if (shell_busy(shell) || !shell->options->cloud) {
        return;
    }
    struct look *look = make_look(shell, "reading the profiles", ask_profile);
    look->profiles_only = true;
    work_await(shell, &look->job);
}

static void show_profiles(struct job *job)
{
    struct look *look = (struct look *)job;
    struct view *form = view_start_find(look->shell);
    const struct cloud_profiles *profiles = &look->profiles;
    const char *home = environment_get(look->shell->options->environment, "HOME");
    char text[256];
    if (!form) {
        return;
    }
    if (job->err.code != ERR_OK || profiles->n_names == 0) {
        snprintf(text, sizeof text, "%.200s",
                 job->err.code != ERR_OK ? job->err.text : "none; the environment may have keys");
    } else {
        size_t length = home ? strlen(home) : 0;
        bool under = length > 1 && strncmp(profiles->path, home, length) == 0;
        snprintf(text, sizeof text, "%.60s (of %zu in %s%.120s)", profiles->names[0],
                 profiles->n_names, under ? "~" : "", profiles->path + (under ? length : 0));
    }
    view_start_tell_profile(form, text);
}

void start_read_profiles(struct shell *shell)
{
    if (!shell->options->cloud) {
        view_start_tell_profile(view_start_find(shell), "not in this build");
        return;
    }
    struct look *look = make_look(shell, "reading the profiles", show_profiles);
    look->profiles_only = true;
    worker_submit(shell->jobs.worker, &look->job);
}
