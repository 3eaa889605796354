#ifndef TUI_TERMINAL_KEYS_H
#define TUI_TERMINAL_KEYS_H

/*
 * Keys: how people write them, and how a terminal sends them.
 *
 * A key is one number: a Unicode character or one of the named keys below, with modifier bits. The
 * constants begin with K_: curses owns KEY_. Notation: `g`, `G`, `F5`, `Space`, `Enter`, `C-r`
 * (Ctrl), `M-x` (Alt, Meta), `S-Tab` (Shift); angle brackets around it are accepted. Ctrl letters
 * have no case; C-i is Tab, C-m is Enter and C-[ is Esc, because a terminal cannot tell them apart.
 *
 * Input: bytes as they come are fed to a reader, whole events are taken out.
 *
 *     key_reader_feed(&reader, bytes, n);
 *     while (key_reader_next(&reader, at_end, &event)) { ... }
 *
 * An escape sequence or a character that is cut off waits for the rest; `at_end` says that the wait
 * for it is over (key_reader_waits, tui/terminal/patience.h), so that a lone ESC is
 * the Esc key. Sequences that are not known are dropped whole. A bracketed paste is one event; one
 * whose end never comes is an event too, with `cut`. Pure; one thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

#define K_CTRL 0x01000000u
#define K_ALT 0x02000000u
#define K_SHIFT 0x04000000u
#define K_MODS (K_CTRL | K_ALT | K_SHIFT)
#define K_NONE 0u
#define K_NAMED 0x110000u /* above every character */

/* key, name */
#define K_LIST(X)                                                                                  \
    X(K_TAB, "Tab")                                                                                \
    X(K_ENTER, "Enter")                                                                            \
    X(K_ESC, "Esc")                                                                                \
    X(K_BACKSPACE, "Backspace")                                                                    \
    X(K_UP, "Up")                                                                                  \
    X(K_DOWN, "Down")                                                                              \
    X(K_LEFT, "Left")                                                                              \
    X(K_RIGHT, "Right")                                                                            \
    X(K_HOME, "Home")                                                                              \
    X(K_END, "End")                                                                                \
    X(K_PAGE_UP, "PgUp")                                                                           \
    X(K_PAGE_DOWN, "PgDn")                                                                         \
    X(K_INSERT, "Insert")                                                                          \
    X(K_DELETE, "Delete")                                                                          \
    X(K_F1, "F1")                                                                                  \
    X(K_F2, "F2")                                                                                  \
    X(K_F3, "F3")                                                                                  \
    X(K_F4, "F4")                                                                                  \
    X(K_F5, "F5")                                                                                  \
    X(K_F6, "F6")                                                                                  \
    X(K_F7, "F7")                                                                                  \
    X(K_F8, "F8")                                                                                  \
    X(K_F9, "F9")                                                                                  \
    X(K_F10, "F10")                                                                                \
    X(K_F11, "F11")                                                                                \
    X(K_F12, "F12")

enum key_named {
    K_NAMED_BEFORE = K_NAMED - 1,
#define X(key, name) key,
    K_LIST(X)
#undef X
        K_NAMED_END
};

#define K_SPACE ((uint32_t)' ')
#define K_TEXT_MAX 24

/* false if the text names no key. */
bool key_parse(const char *text, uint32_t *key);
void key_format(uint32_t key, char out[K_TEXT_MAX]);
/* Whether it is a character that a text field takes. */
bool key_is_text(uint32_t key);

/* ---- input -------------------------------------------------------------------------------- */

enum key_event_kind {
    K_EVENT_KEY,
    K_EVENT_PASTE, /* the text is in reader->paste until the next call */
    K_EVENT_MOUSE
};

struct key_event {
    enum key_event_kind kind;
    uint32_t key;
    int button; /* 0 left, 1 middle, 2 right, 64 wheel up, 65 wheel down */
    int x, y;   /* 0 is the left, the top */
    bool press;
    bool cut;      /* a paste whose end did not come */
    bool too_long; /* a paste of more than K_PASTE_MAX bytes: nothing of it was kept */
};

/* What the bytes that stay in the reader wait for. */
enum key_wait {
    KEY_WAIT_NOTHING,
    KEY_WAIT_ESC,  /* after a lone ESC: the Esc key, or the start of a sequence */
    KEY_WAIT_REST, /* within a sequence or a character: no person types one so slowly */
    KEY_WAIT_PASTE /* within a paste */
};

#define K_SEQUENCE_MAX 16
#define K_EXTRA_MAX 32
#define K_PASTE_MAX 262144

struct key_reader {
    unsigned char bytes[512];
    size_t length;
    bool pasting;
    struct buf paste;
    struct {
        char sequence[K_SEQUENCE_MAX];
        uint32_t key;
    } extra[K_EXTRA_MAX]; /* what this terminal's description says */
    size_t n_extra;
};

void key_reader_init(struct key_reader *reader);
void key_reader_release(struct key_reader *reader);

/* A sequence beyond the usual ones; one that is too long or not an escape sequence is ignored. */
void key_reader_learn(struct key_reader *reader, const char *sequence, uint32_t key);

/* Room that feed has now; never 0 after key_reader_next returned false. */
size_t key_reader_room(const struct key_reader *reader);
void key_reader_feed(struct key_reader *reader, const void *bytes, size_t n);
bool key_reader_next(struct key_reader *reader, bool at_end, struct key_event *event);
enum key_wait key_reader_waits(const struct key_reader *reader);

#endif
