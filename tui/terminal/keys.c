#include "tui/terminal/keys.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

static const char *const s_names[] = {
#define X(key, name) name,
    K_LIST(X)
#undef X
};

#define N_NAMES (sizeof s_names / sizeof s_names[0])

/* ---- notation ----------------------------------------------------------------------------- */

static bool named_key(const char *text, uint32_t *key)
{
    static const struct {
        const char *name;
        uint32_t key;
    } others[] = {
        {"Space", ' '},        {"Return", K_ENTER},          {"Escape", K_ESC},
        {"PageUp", K_PAGE_UP}, {"PageDown", K_PAGE_DOWN},    {"Del", K_DELETE},
        {"Ins", K_INSERT},     {"BackTab", K_TAB | K_SHIFT}, {"Comma", ','},
        {"Hash", '#'},         {"Semicolon", ';'},
    };
    for (size_t i = 0; i < N_NAMES; i++) {
        if (text_equal_nocase(text, s_names[i])) {
            *key = K_NAMED + (uint32_t)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (text_equal_nocase(text, others[i].name)) {
            *key = others[i].key;
            return true;
        }
    }
    return false;
}

/* Ctrl with a character, as a terminal can send it; K_NONE if it cannot. */
static uint32_t with_ctrl(uint32_t code)
{
    if (code >= 'A' && code <= 'Z') {
        code += 'a' - 'A';
    }
    switch (code) {
    case 'i':
        return K_TAB;
    case 'm':
        return K_ENTER;
    case '[':
        return K_ESC;
    case ' ':
    case '@':
        return K_CTRL | ' ';
    case '?':
        return K_BACKSPACE;
    case '\\':
    case ']':
    case '^':
    case '_':
        return K_CTRL | code;
    default:
        return (code >= 'a' && code <= 'z') ? K_CTRL | code : K_NONE;
    }
}

static uint32_t take_modifiers(const char **text, size_t *length)
{
    static const struct {
        const char *prefix;
        uint32_t bit;
    } prefixes[] = {{"C-", K_CTRL},  {"Ctrl-", K_CTRL},   {"M-", K_ALT},
                    {"A-", K_ALT},   {"Alt-", K_ALT},     {"Meta-", K_ALT},
                    {"S-", K_SHIFT}, {"Shift-", K_SHIFT}, {"^", K_CTRL}};
    uint32_t mods = 0;
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0] && !again; i++) {
            size_t size = strlen(prefixes[i].prefix);
            char start[8] = "";
            if (*length > size && !(mods & prefixes[i].bit)) {
                memcpy(start, *text, size);
                if (text_equal_nocase(start, prefixes[i].prefix)) {
                    mods |= prefixes[i].bit;
                    *text += size;
                    *length -= size;
                    again = true;
                }
            }
        }
    }
    return mods;
}

bool key_parse(const char *text, uint32_t *key)
{
    size_t length = strlen(text);
    if (length > 2 && text[0] == '<' && text[length - 1] == '>') {
        text++;
        length -= 2;
    }
    uint32_t mods = take_modifiers(&text, &length);
    char name[K_TEXT_MAX];
    if (length == 0 || length >= sizeof name) {
        return false;
    }
    memcpy(name, text, length);
    name[length] = '\0';

    uint32_t code;
    if (text_decode(name, length, &code) != length) {
        if (!named_key(name, &code)) {
            return false;
        }
    } else if (text_is_hostile(code) || code == ' ') {
        return false;
    }
    if ((mods & K_CTRL) && code < K_NAMED) {
        code = with_ctrl(code);
        mods &= ~K_CTRL;
        if (code == K_NONE) {
            return false;
        }
    }
    if ((mods & K_SHIFT) && (code & ~K_MODS) < K_NAMED) {
        if (code >= 'a' && code <= 'z') {
            code -= 'a' - 'A';
        }
        mods &= ~K_SHIFT; /* the character includes it */
    }
    *key = code | mods;
    return true;
}

void key_format(uint32_t key, char out[K_TEXT_MAX])
{
    uint32_t code = key & ~K_MODS;
    char name[12] = "Space";
    if (code >= K_NAMED && code < K_NAMED_END) {
        snprintf(name, sizeof name, "%s", s_names[code - K_NAMED]);
    } else if (code != ' ') {
        name[text_encode(code, name)] = '\0';
    }
    snprintf(out, K_TEXT_MAX, "%s%s%s%s", key & K_CTRL ? "C-" : "", key & K_ALT ? "M-" : "",
             key & K_SHIFT ? "S-" : "", name);
}

bool key_is_text(uint32_t key)
{
    return key != K_NONE && key < K_NAMED && !text_is_hostile(key);
}

/* ---- sequences ---------------------------------------------------------------------------- */

/* What a parser of one event says. */
enum found {
    FOUND_KEY,     /* an event is there */
    FOUND_NOTHING, /* bytes were used up for nothing */
    FOUND_PART,    /* the rest has not come yet */
    FOUND_PASTE    /* a paste begins */
};

static uint32_t final_key(char final)
{
    static const struct {
        char final;
        uint32_t key;
    } finals[] = {
        {'A', K_UP},  {'B', K_DOWN},          {'C', K_RIGHT}, {'D', K_LEFT}, {'H', K_HOME},
        {'F', K_END}, {'Z', K_TAB | K_SHIFT}, {'P', K_F1},    {'Q', K_F2},   {'R', K_F3},
        {'S', K_F4},  {'M', K_ENTER}};
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++) {
        if (finals[i].final == final) {
            return finals[i].key;
        }
    }
    return K_NONE;
}

static uint32_t tilde_key(int number)
{
    static const uint32_t keys[] = {
        [1] = K_HOME,      [2] = K_INSERT, [3] = K_DELETE, [4] = K_END,  [5] = K_PAGE_UP,
        [6] = K_PAGE_DOWN, [7] = K_HOME,   [8] = K_END,    [11] = K_F1,  [12] = K_F2,
        [13] = K_F3,       [14] = K_F4,    [15] = K_F5,    [17] = K_F6,  [18] = K_F7,
        [19] = K_F8,       [20] = K_F9,    [21] = K_F10,   [23] = K_F11, [24] = K_F12};
    size_t n = sizeof keys / sizeof keys[0];
    return number >= 0 && (size_t)number < n ? keys[number] : K_NONE;
}

/* xterm's modifier parameter: 1 + shift + 2 alt + 4 ctrl. */
static uint32_t modifiers(int parameter)
{
    int bits = parameter > 0 ? parameter - 1 : 0;
    return (bits & 1 ? K_SHIFT : 0) | (bits & 2 ? K_ALT : 0) | (bits & 4 ? K_CTRL : 0);
}

static enum found mouse(const int *numbers, int n, char final, struct key_event *event)
{
    if (n < 3) {
        return FOUND_NOTHING;
    }
    *event = (struct key_event){.kind = K_EVENT_MOUSE,
                                .button = numbers[0] & ~0x1C, /* without shift, alt, ctrl */
                                .x = numbers[1] - 1,
                                .y = numbers[2] - 1,
                                .press = final == 'M'};
    return FOUND_KEY;
}

/* CSI parameters final; `at` is behind "ESC [". */
static enum found csi(const unsigned char *s, size_t length, size_t at, size_t *used,
                      struct key_event *event)
{
    int numbers[4] = {0};
    int n = 0;
    bool private_mark = false;
    if (at < length && s[at] == '[') { /* the Linux console's ESC [ [ A */
        if (at + 1 >= length) {
            return FOUND_PART;
        }
        *used = at + 2;
        unsigned f = (unsigned)s[at + 1] - 'A';
        *event = (struct key_event){.key = f < 5 ? K_F1 + f : K_NONE};
        return f < 5 ? FOUND_KEY : FOUND_NOTHING;
    }
    if (at < length && s[at] >= '<' && s[at] <= '?') {
        private_mark = s[at] != '<';
        at++;
    }
    bool is_mouse = s[at - 1] == '<';
    for (; at < length; at++) {
        if (s[at] >= '0' && s[at] <= '9') {
            n = n ? n : 1;
            if (n <= 4 && numbers[n - 1] < 10000) {
                numbers[n - 1] = numbers[n - 1] * 10 + (s[at] - '0');
            }
        } else if (s[at] == ';' || s[at] == ':') {
            n = n ? n + 1 : 2;
        } else if (s[at] >= 0x20 && s[at] <= 0x2F) {
            private_mark = true;
        } else {
            break;
        }
    }
    if (at >= length) {
        return FOUND_PART;
    }
    char final = (char)s[at];
    *used = at + 1;
    if ((unsigned char) final < 0x40 || (unsigned char) final > 0x7E) {
        *used = at; /* not a final byte: it begins something else */
        return FOUND_NOTHING;
    }
    if (is_mouse && (final == 'M' || final == 'm')) {
        return mouse(numbers, n > 4 ? 4 : n, final, event);
    }
    if (private_mark || is_mouse) {
        return FOUND_NOTHING;
    }
    if (final == '~' && numbers[0] == 200) {
        return FOUND_PASTE;
    }
    uint32_t key = final == '~' ? tilde_key(numbers[0]) : final_key(final);
    if (key == K_NONE) {
        return FOUND_NOTHING;
    }
    *event = (struct key_event){.key = key | modifiers(n >= 2 ? numbers[1] : 0)};
    return FOUND_KEY;
}

/* A character or a control byte. */
static enum found plain(const unsigned char *s, size_t length, bool at_end, size_t *used,
                        struct key_event *event)
{
    uint32_t code;
    *event = (struct key_event){.kind = K_EVENT_KEY};
    *used = 1;
    if (s[0] < 0x20 || s[0] == 0x7F) {
        event->key = s[0] == 0x7F || s[0] == 0x08 ? (uint32_t)K_BACKSPACE
                     : s[0] == '\n'               ? (uint32_t)K_ENTER
                                                  : with_ctrl(s[0] ^ 0x40u);
        return event->key == K_NONE ? FOUND_NOTHING : FOUND_KEY;
    }
    size_t size = text_decode((const char *)s, length, &code);
    if (size == 0) {
        size_t wanted = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
        if (s[0] >= 0xC2 && s[0] <= 0xF4 && length < wanted && !at_end) {
            return FOUND_PART;
        }
        return FOUND_NOTHING;
    }
    *used = size;
    event->key = code;
    return text_is_hostile(code) ? FOUND_NOTHING : FOUND_KEY;
}

/* A string that a terminal sends as an answer (ESC ] ... BEL, ESC P ... ESC \): dropped whole. */
static enum found answer(const unsigned char *s, size_t length, bool at_end, size_t *used)
{
    for (size_t at = 2; at < length; at++) {
        if (s[at] == 0x07) {
            *used = at + 1;
            return FOUND_NOTHING;
        }
        if (s[at] == 0x1B && at + 1 < length) {
            *used = s[at + 1] == '\\' ? at + 2 : at;
            return FOUND_NOTHING;
        }
    }
    *used = length;
    return at_end ? FOUND_NOTHING : FOUND_PART;
}

static enum found learned(const struct key_reader *reader, bool at_end, size_t *used,
                          struct key_event *event)
{
    bool part = false;
    for (size_t i = 0; i < reader->n_extra; i++) {
        size_t size = strlen(reader->extra[i].sequence);
        size_t least = size < reader->length ? size : reader->length;
        if (memcmp(reader->extra[i].sequence, reader->bytes, least) != 0) {
            continue;
        }
        if (size <= reader->length) {
            *used = size;
            *event = (struct key_event){.key = reader->extra[i].key};
            return FOUND_KEY;
        }
        part = true;
    }
    return part && !at_end ? FOUND_PART : FOUND_NOTHING;
}

static enum found escape(struct key_reader *reader, bool at_end, size_t *used,
                         struct key_event *event)
{
    const unsigned char *s = reader->bytes;
    size_t length = reader->length;
    enum found found = FOUND_PART;
    *used = 0;
    if (length > 1) {
        found = learned(reader, at_end, used, event);
        if (found == FOUND_KEY) {
            return found;
        }
    }
    if (length == 1) {
        found = FOUND_PART;
    } else if (s[1] == '[') {
        found = csi(s, length, 2, used, event);
    } else if (s[1] == 'O') {
        if (length < 3) {
            found = FOUND_PART;
        } else {
            *event = (struct key_event){.key = final_key((char)s[2])};
            *used = 3;
            found = event->key == K_NONE ? FOUND_NOTHING : FOUND_KEY;
        }
    } else if (s[1] == ']' || s[1] == 'P' || s[1] == '_' || s[1] == '^') {
        found = length > 2 ? answer(s, length, at_end, used) : FOUND_PART;
    } else if (s[1] == 0x1B) {
        *event = (struct key_event){.key = K_ESC};
        *used = 1;
        return FOUND_KEY;
    } else {
        size_t rest = 0;
        found = plain(s + 1, length - 1, at_end, &rest, event);
        *used = rest + 1;
        event->key |= found == FOUND_KEY ? K_ALT : 0;
    }
    if (found != FOUND_PART || !at_end) {
        return found;
    }
    /* Nothing more came: Esc alone, or Alt with the next character. */
    if (length == 1) {
        *event = (struct key_event){.key = K_ESC};
        *used = 1;
        return FOUND_KEY;
    }
    if (length == 2) {
        *event = (struct key_event){.key = K_ALT | s[1]};
        *used = 2;
        return FOUND_KEY;
    }
    *used = length;
    return FOUND_NOTHING;
}

/* ---- reader ------------------------------------------------------------------------------- */

void key_reader_init(struct key_reader *reader)
{
    *reader = (struct key_reader){0};
    buf_init(&reader->paste, K_PASTE_MAX);
}

void key_reader_release(struct key_reader *reader)
{
    buf_release(&reader->paste);
    *reader = (struct key_reader){0};
}

void key_reader_learn(struct key_reader *reader, const char *sequence, uint32_t key)
{
    size_t size = strlen(sequence);
    if (size < 2 || size >= K_SEQUENCE_MAX || sequence[0] != 0x1B ||
        reader->n_extra == K_EXTRA_MAX) {
        return;
    }
    memcpy(reader->extra[reader->n_extra].sequence, sequence, size + 1);
    reader->extra[reader->n_extra++].key = key;
}

size_t key_reader_room(const struct key_reader *reader)
{
    return sizeof reader->bytes - reader->length;
}

void key_reader_feed(struct key_reader *reader, const void *bytes, size_t n)
{
    size_t room = key_reader_room(reader);
    n = n < room ? n : room;
    memcpy(reader->bytes + reader->length, bytes, n);
    reader->length += n;
}

static void use_up(struct key_reader *reader, size_t n)
{
    reader->length -= n;
    memmove(reader->bytes, reader->bytes + n, reader->length);
}

static const char s_paste_end[] = "\033[201~";

/* Moves pasted bytes over; true when the end marker came. Its start can be at the end of what has
   come so far, so as many bytes as it has stay back. */
static bool paste_more(struct key_reader *reader)
{
    size_t size = sizeof s_paste_end - 1;
    for (size_t i = 0; i + size <= reader->length; i++) {
        if (memcmp(reader->bytes + i, s_paste_end, size) == 0) {
            buf_append(&reader->paste, reader->bytes, i);
            use_up(reader, i + size);
            reader->pasting = false;
            return true;
        }
    }
    if (reader->length >= size) {
        size_t take = reader->length - (size - 1);
        buf_append(&reader->paste, reader->bytes, take);
        use_up(reader, take);
    }
    return false;
}

/* Ends a paste whose end marker does not come; the part of the marker that came is not text. */
static void paste_give_up(struct key_reader *reader)
{
    size_t marker = sizeof s_paste_end - 1;
    do {
        marker--;
    } while (marker > reader->length ||
             memcmp(reader->bytes + reader->length - marker, s_paste_end, marker) != 0);
    buf_append(&reader->paste, reader->bytes, reader->length - marker);
    reader->length = 0;
    reader->pasting = false;
}

/* The paste as an event: ended, or given up because nothing more comes. */
static bool take_paste(struct key_reader *reader, bool at_end, struct key_event *event)
{
    bool ended = paste_more(reader);
    if (!ended && !at_end) {
        return false;
    }
    if (!ended) {
        paste_give_up(reader);
    }
    *event = (struct key_event){
        .kind = K_EVENT_PASTE, .cut = !ended, .too_long = buf_failed(&reader->paste)};
    return true;
}

bool key_reader_next(struct key_reader *reader, bool at_end, struct key_event *event)
{
    while (reader->length > 0 || (reader->pasting && at_end)) {
        if (reader->pasting) {
            return take_paste(reader, at_end, event);
        }
        size_t used = 0;
        enum found found = reader->bytes[0] == 0x1B
                               ? escape(reader, at_end, &used, event)
                               : plain(reader->bytes, reader->length, at_end, &used, event);
        if (found == FOUND_PART) {
            if (key_reader_room(reader) > 0) {
                return false;
            }
            used = reader->length; /* no sequence is that long */
        }
        use_up(reader, used);
        if (found == FOUND_PASTE) {
            buf_clear(&reader->paste);
            reader->pasting = true;
        } else if (found == FOUND_KEY) {
            return true;
        }
    }
    return false;
}

enum key_wait key_reader_waits(const struct key_reader *reader)
{
    if (reader->pasting) {
        return KEY_WAIT_PASTE;
    }
    if (reader->length == 0) {
        return KEY_WAIT_NOTHING;
    }
    return reader->length == 1 && reader->bytes[0] == 0x1B ? KEY_WAIT_ESC : KEY_WAIT_REST;
}
