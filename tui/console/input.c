#include "tui/console/input.h"

#include "core/base/clock.h"
#include "tui/console/command.h"
#include "tui/terminal/term.h"

#include "core/base/banned.h"

/* A message of before goes with whatever the person does next. */
static unsigned clear_message(struct console *console)
{
    bool any = console->shell.messages.flash[0];
    console->shell.messages.flash[0] = '\0';
    return any ? REACT_DRAW : REACT_NONE;
}

unsigned input_key(struct console *console, uint32_t key)
{
    struct view *view = shell_top(&console->shell);
    unsigned drawn = clear_message(console);
    if (view->ops->key) {
        unsigned reaction = view->ops->key(view, &console->shell, key);
        if (!(reaction & REACT_PASS)) {
            return command_react(console, view, reaction) | drawn;
        }
    }
    /* A prompt has no place of its own: a key that it passes on works as in any text field. */
    unsigned place = view->ops->place ? view->ops->place : PLACE_PICK;
    enum command command = bindings_find(&console->shell.bindings, place, key);
    if (command != CMD_NONE) {
        return command_react(console, view, command_run(console, command)) | drawn;
    }
    char name[K_TEXT_MAX];
    key_format(key, name);
    shell_flash(&console->shell, STYLE_DIM, "%s does nothing here", name);
    return REACT_DRAW;
}

/* The wheel also moves views that do not handle the mouse. */
static unsigned on_mouse(struct console *console, struct view *view, const struct key_event *event)
{
    bool wheel = event->button == 64 || event->button == 65;
    unsigned drawn = event->press ? clear_message(console) : REACT_NONE;
    enum command hint = frame_hint_at(&console->shell, view, event->x, event->y);
    if (hint != CMD_NONE && event->press && !wheel) {
        return command_react(console, view, command_run(console, hint)) | drawn;
    }
    if (view->ops->click) {
        return command_react(console, view, view->ops->click(view, &console->shell, event)) | drawn;
    }
    if (wheel && event->press && (view->ops->place & PLACE_VIEWS)) {
        enum command step = event->button == 64 ? CMD_UP : CMD_DOWN;
        for (int i = 0; i < 3; i++) {
            view->ops->command(view, &console->shell, step);
        }
        return REACT_DRAW;
    }
    return drawn;
}

static unsigned on_paste(struct console *console, struct view *view, const struct key_event *event)
{
    unsigned reaction = REACT_NONE;
    const struct buf *text = &console->keys.paste;
    clear_message(console);
    if (event->too_long) {
        shell_flash(&console->shell, STYLE_WARN,
                    "the paste is longer than %d KB: nothing of it was taken", K_PASTE_MAX / 1024);
    } else if (!view->ops->paste) {
        shell_flash(&console->shell, STYLE_WARN, "a paste works only in a text field");
    } else {
        reaction = command_react(console, view,
                                 view->ops->paste(view, &console->shell, text->data, text->length));
    }
    if (event->cut) {
        shell_flash(&console->shell, STYLE_WARN,
                    "the end of the paste never came%s; keys work as keys again",
                    event->too_long    ? ", and it was too long to take"
                    : view->ops->paste ? "; the part that came was taken"
                                       : "");
    }
    return reaction | REACT_DRAW;
}

static unsigned on_event(struct console *console, const struct key_event *event)
{
    struct view *view = shell_top(&console->shell);
    if (event->kind != K_EVENT_MOUSE || event->press) { /* a release belongs to its click */
        console->shell.stack.typed++;
    }
    switch (event->kind) {
    case K_EVENT_KEY:
        return input_key(console, event->key);
    case K_EVENT_PASTE:
        return on_paste(console, view, event);
    case K_EVENT_MOUSE:
        return on_mouse(console, view, event);
    }
    return REACT_NONE;
}

/* The events that are complete. */
static unsigned work_off(struct console *console, bool at_end)
{
    struct key_event event;
    unsigned reaction = REACT_NONE;
    while (!console->quitting && key_reader_next(&console->keys, at_end, &event)) {
        reaction |= on_event(console, &event);
    }
    return reaction;
}

unsigned input_take(struct console *console, bool readable)
{
    unsigned reaction = REACT_NONE;
    int64_t now_ms = clock_ticks_ms();
    if (readable) {
        unsigned char bytes[256];
        size_t room = key_reader_room(&console->keys);
        ssize_t n = term_read(bytes, room < sizeof bytes ? room : sizeof bytes);
        if (n < 0) {
            console->quitting = console->hung_up = true;
            return REACT_NONE;
        }
        if (n > 0 && patience_ends(&console->patience, &console->keys, bytes[0], now_ms)) {
            reaction |= work_off(console, true);
        }
        key_reader_feed(&console->keys, bytes, (size_t)n);
    }
    reaction |= work_off(console, !readable);
    console->input_until_ms = patience_until(&console->patience, &console->keys, now_ms);
    return reaction;
}

unsigned input_before(struct console *console)
{
    unsigned reaction = REACT_NONE;
    while (!console->quitting && term_has_input()) {
        reaction |= input_take(console, true);
    }
    if (key_reader_waits(&console->keys) != KEY_WAIT_NOTHING) {
        console->shell.stack.typed++; /* a key has begun */
    }
    return reaction;
}

void input_forget(struct console *console)
{
    unsigned char bytes[256];
    bool any = false;
    while (term_has_input()) {
        ssize_t n = term_read(bytes, sizeof bytes);
        if (n < 0) {
            console->quitting = console->hung_up = true;
            return;
        }
        any = any || n > 0;
    }
    if (any) {
        shell_flash(&console->shell, STYLE_WARN,
                    "what you typed before this was shown was dropped; type it again");
    }
}
