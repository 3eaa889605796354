/* Terminal input in any pieces: it never hangs, never invents a character that a field must not
   take, and what was typed whole is what was typed in pieces. Then the same bytes as key notation:
   what is written is read back. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/widget/field.h"
#include "tui/terminal/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

static void notation(const uint8_t *data, size_t size)
{
    char text[64];
    size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
    uint32_t key;
    uint32_t again;
    memcpy(text, data, length);
    text[length] = '\0';
    if (key_parse(text, &key)) {
        char written[K_TEXT_MAX];
        key_format(key, written);
        check(key_parse(written, &again) && again == key);
    }
}

/* Feeds in pieces of `step` bytes; types what comes into a field. */
static void type(const uint8_t *data, size_t size, size_t step, struct field *field)
{
    struct key_reader reader;
    struct key_event event;
    key_reader_init(&reader);
    field_init(field, NULL);
    size_t at = 0;
    while (at < size) {
        size_t n = size - at < step ? size - at : step;
        size_t room = key_reader_room(&reader);
        n = n < room ? n : room;
        check(n > 0);
        key_reader_feed(&reader, data + at, n);
        at += n;
        while (key_reader_next(&reader, false, &event)) {
            if (event.kind == K_EVENT_KEY) {
                check(event.key != K_NONE);
                field_key(field, event.key);
            } else if (event.kind == K_EVENT_PASTE) {
                field_paste(field, reader.paste.data, reader.paste.length);
            }
        }
    }
    while (key_reader_next(&reader, true, &event)) {
    }
    check(key_reader_waits(&reader) == KEY_WAIT_NOTHING);
    check(field->length < FIELD_MAX && strlen(field->text) == field->length);
    check(text_utf8_check(field->text, field->length) == field->length);
    for (size_t i = 0; i < field->length; i++) {
        check((unsigned char)field->text[i] >= 0x20);
    }
    key_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct field whole;
    static struct field pieces;
    notation(data, size);
    type(data, size, 64, &whole);
    type(data, size, 1, &pieces);
    check(strcmp(whole.text, pieces.text) == 0);
    return 0;
}
