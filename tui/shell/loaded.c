/*
 * What happens on the screen when reading ends: new data, errors that come and go, a message.
 */

#include "tui/shell/work.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/locale.h"

#include "core/base/banned.h"

/* A source that could not be read keeps its error until it has been read. */
void work_note_sources(struct shell *shell, const struct work *work)
{
    bool again = false;
    for (int i = 0; i < SOURCES; i++) {
        struct source *source = &shell->reading.sources[i];
        if (work->read[i]) {
            again = again || source->trouble.code != ERR_OK;
            err_clear(&source->trouble);
            source->checked_at_s =
                shell->reading.waiting ? source->checked_at_s : shell_now_s(shell);
        }
    }
    if (again && shell_trouble(shell)->code == ERR_OK && work->job.err.code == ERR_OK) {
        shell_say(shell, STYLE_OK, "reading works again");
    }
}

static void note_trouble(struct shell *shell, const struct work *work)
{
    const struct err *err = &work->job.err;
    bool news = true;
    work_note_sources(shell, work);
    if (err->code == ERR_OK || err->code == ERR_CANCELLED) {
        return;
    }
    if (work->failed < SOURCES) {
        struct err *trouble = &shell->reading.sources[work->failed].trouble;
        news = strcmp(trouble->text, err->text) != 0;
        *trouble = *err;
    }
    if (news || work->kind != WORK_REFRESH) {
        shell_say_error(shell, work->kind == WORK_REFRESH ? "refresh" : work->job.name, err);
    }
}

static void say_loaded(struct shell *shell, const struct screen_data *data)
{
    if (data->roster && data->roster->partial) {
        shell_say(shell, STYLE_WARN, "the directory was read only in part: %s",
                  data->roster->partial);
    } else if (data->roster) {
        shell_say(shell, STYLE_INFO, "read: %s agent%s, %s extensions%s%s",
                  frame_count(data->roster->n_agents), data->roster->n_agents == 1 ? "" : "s",
                  frame_count(data->snapshot->n_slots), data->roster->note ? "; " : "",
                  data->roster->note ? data->roster->note : "");
    } else {
        shell_say(shell, STYLE_INFO, "read: %s extensions, no directory",
                  frame_count(data->snapshot->n_slots));
    }
}

/* `data`: what was read before the stop; NULL: nothing. */
static void say_stopped(struct shell *shell, const struct screen_data *data)
{
    int64_t shown_at_s = shell_checked_at_s(shell);
    char when[WHEN_MAX];
    if (data && data->partial) {
        shell_say(shell, STYLE_WARN, "reading stopped; the screen shows what was read until then");
    } else if (shown_at_s > 0) {
        when_moment(shown_at_s, shell_now_s(shell), when);
        shell_say(shell, STYLE_WARN, "reading stopped; the screen still shows the state of %s",
                  when);
    } else {
        shell_say(shell, STYLE_WARN, "reading stopped; nothing has been read yet");
    }
}

/* Explains the ? in names, the first time that there is one. */
static void say_narrow(struct shell *shell, const struct screen_data *data)
{
    if (!shell->messages.narrow_said && locale_narrow() && screen_data_beyond_ascii(data)) {
        shell->messages.narrow_said = true;
        shell_say(shell, STYLE_WARN, "%s", locale_narrow());
    }
}

void work_loaded(struct shell *shell, struct work *work)
{
    note_trouble(shell, work);
    if (work->job.err.code == ERR_CANCELLED && work->kind != WORK_REFRESH) {
        say_stopped(shell, work->data);
    }
    if (work->data) {
        if (work->kind == WORK_LOAD && work->job.err.code == ERR_OK) {
            say_loaded(shell, work->data);
        }
        say_narrow(shell, work->data);
        shell_take_data(shell, work->data);
        work->data = NULL;
    }
}

static void history_read(struct shell *shell, struct work *work)
{
    if (work->job.err.code != ERR_OK) {
        if (work->job.err.code != ERR_CANCELLED) {
            shell_say_error(shell, "history", &work->job.err);
        }
        return;
    }
    if (!work->history) {
        return; /* it is too long for who asked */
    }
    history_free(shell->reading.history);
    shell->reading.history = work->history;
    work->history = NULL;
    shell_history_read(shell);
}

static void row_read(struct shell *shell, struct work *work)
{
    struct row_history *row = &shell->reading.row;
    if (work->job.err.code != ERR_OK) {
        return; /* the row stays without its history; reading the store tells what is wrong */
    }
    history_free(row->of_agent);
    history_free(row->of_ext);
    *row =
        (struct row_history){.read = true, .of_agent = work->history, .of_ext = work->ext_history};
    work->history = work->ext_history = NULL;
    snprintf(row->login, sizeof row->login, "%s", work->row_login);
    snprintf(row->ext, sizeof row->ext, "%s", work->row_ext);
}

static void live_read(struct shell *shell, struct work *work)
{
    struct live_reading *live = &shell->live;
    live->asking = false;
    if (work->job.err.code == ERR_DENIED && !live->refused) {
        live->refused = true;
        shell_say(shell, STYLE_WARN, "live states are not shown: %s", work->job.err.text);
    } else if (work->job.err.code == ERR_CANCELLED) {
        live->renewals++; /* something more urgent went first */
    }
    live->answers += work->live != NULL;
    for (size_t i = 0; work->live && i < work->live->n_states; i++) {
        live_cache_put(&live->cache, &work->live_agents[i], &work->live->states[i],
                       work->live->at_s, clock_ticks_ms());
    }
}

void work_read_row(struct shell *shell, const char *login, const char *ext)
{
    work_ask_row(shell, login, ext, row_read);
}

void work_read_live(struct shell *shell, const struct live_wanted *wanted)
{
    shell->live.asking = true;
    shell->live.asked_ms = clock_ticks_ms();
    work_ask_live(shell, wanted, live_read);
}

/* Also without news in the data: what agents do may be other. */
static void refreshed(struct shell *shell, struct work *work)
{
    shell->live.renewals++;
    work_loaded(shell, work);
}

void work_load(struct shell *shell)
{
    work_start(shell, WORK_LOAD, NULL, work_loaded);
}

void work_refresh(struct shell *shell)
{
    work_start(shell, WORK_REFRESH, NULL, refreshed);
}

void work_read_history(struct shell *shell)
{
    work_start(shell, WORK_HISTORY, NULL, history_read);
}

void work_read_short_history(struct shell *shell)
{
    work_ask_short_history(shell, history_read);
}
