/*
 * What the end of reading means for the screen: new data, troubles that come and go, a message.
 */

#include "tui/shell/work.h"

#include <stdio.h>
#include <string.h>

#include "core/base/locale.h"

#include "core/base/banned.h"

/* A source that could not be read stays in trouble until it was read. */
void work_note_sources(struct console *console, const struct work *work)
{
    bool again = false;
    for (int i = 0; i < SOURCES; i++) {
        struct source *source = &console->sources[i];
        if (work->read[i]) {
            again = again || source->trouble.code != ERR_OK;
            err_clear(&source->trouble);
            source->outdated = false;
            source->checked_at_s = console->waiting ? source->checked_at_s : console_now_s(console);
        }
    }
    if (again && console_trouble(console)->code == ERR_OK && work->job.err.code == ERR_OK) {
        console_say(console, STYLE_OK, "reading works again");
    }
}

static void note_trouble(struct console *console, const struct work *work)
{
    const struct err *err = &work->job.err;
    bool news = true;
    work_note_sources(console, work);
    if (err->code == ERR_OK || err->code == ERR_CANCELLED) {
        return;
    }
    if (work->failed < SOURCES) {
        struct err *trouble = &console->sources[work->failed].trouble;
        news = strcmp(trouble->text, err->text) != 0;
        *trouble = *err;
    }
    if (news || work->kind != WORK_REFRESH) {
        console_say_error(console, work->kind == WORK_REFRESH ? "refresh" : work->job.name, err);
    }
}

static void say_loaded(struct console *console, const struct screen_data *data)
{
    if (data->roster && data->roster->partial) {
        console_say(console, STYLE_WARN, "the directory was read only in part: %s",
                    data->roster->partial);
    } else if (data->roster) {
        console_say(console, STYLE_INFO, "read: %s agent%s, %s extensions%s%s",
                    frame_count(data->roster->n_agents), data->roster->n_agents == 1 ? "" : "s",
                    frame_count(data->snapshot->n_slots), data->roster->note ? "; " : "",
                    data->roster->note ? data->roster->note : "");
    } else {
        console_say(console, STYLE_INFO, "read: %s extensions, no directory",
                    frame_count(data->snapshot->n_slots));
    }
}

/* Why names have ? in them, the first time that they have. */
static void say_narrow(struct console *console, const struct screen_data *data)
{
    if (!console->narrow_said && locale_narrow() && screen_data_beyond_ascii(data)) {
        console->narrow_said = true;
        console_say(console, STYLE_WARN, "%s", locale_narrow());
    }
}

void work_loaded(struct console *console, struct work *work)
{
    note_trouble(console, work);
    if (work->job.err.code == ERR_CANCELLED && work->kind != WORK_REFRESH) {
        console_say(console, STYLE_WARN, "reading stopped: what is shown is as it was before");
    }
    if (work->data) {
        if (work->kind == WORK_LOAD && work->job.err.code == ERR_OK) {
            say_loaded(console, work->data);
        }
        say_narrow(console, work->data);
        console_take_world(console, work->data);
        work->data = NULL;
    }
}

static void history_read(struct console *console, struct work *work)
{
    if (work->job.err.code != ERR_OK) {
        if (work->job.err.code != ERR_CANCELLED) {
            console_say_error(console, "history", &work->job.err);
        }
        return;
    }
    history_free(console->history);
    console->history = work->history;
    work->history = NULL;
}

void work_load(struct console *console)
{
    work_start(console, WORK_LOAD, NULL, work_loaded);
}

void work_refresh(struct console *console)
{
    work_start(console, WORK_REFRESH, NULL, work_loaded);
}

void work_read_history(struct console *console)
{
    work_start(console, WORK_HISTORY, NULL, history_read);
}
