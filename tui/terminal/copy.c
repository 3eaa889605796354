/*
 * The clipboard of the terminal, also over SSH: OSC 52 (xterm's "Manipulate Selection Data").
 *
 * tmux hands it on only inside its own passthrough, or takes it itself if set-clipboard is on,
 * so it gets both forms. screen hands on what is inside a DCS string, which it limits to 256
 * bytes in old versions, so it goes out in pieces.
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, tmux(1) "allow-passthrough"
 */

#include "tui/terminal/term.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

#define COPY_MAX ((size_t)74994) /* what 100,000 bytes of base64 hold with the frame around them */
#define SCREEN_PIECE 240

/* Leaves out control characters, which a shell would obey in a paste. The TABs and line ends between
   fields and rows stay. */
static void put_pasteable(struct buf *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        bool stays = size > 0 && (code == '\t' || code == '\n' ||
                                  text_find_control(text + at, size) == TEXT_NO_CONTROL);
        size = size > 0 ? size : 1;
        if (stays) {
            buf_append(out, text + at, size);
        }
        at += size;
    }
}

static void base64(struct buf *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)text;
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned long bits = (unsigned long)s[i] << 16 |
                             (left > 1 ? (unsigned long)s[i + 1] : 0) << 8 |
                             (left > 2 ? s[i + 2] : 0);
        buf_putc(out, digits[bits >> 18]);
        buf_putc(out, digits[bits >> 12 & 63]);
        buf_putc(out, left > 1 ? digits[bits >> 6 & 63] : '=');
        buf_putc(out, left > 2 ? digits[bits & 63] : '=');
    }
}

void term_copy_bytes(struct buf *out, const char *text, bool tmux, bool screen)
{
    struct buf plain;
    struct buf harmless;
    buf_init(&plain, 2 * COPY_MAX);
    buf_init(&harmless, COPY_MAX);
    put_pasteable(&harmless, text);
    buf_puts(&plain, "\033]52;c;");
    base64(&plain, harmless.length > 0 ? harmless.data : "");
    buf_putc(&plain, '\a');
    buf_release(&harmless);
    if (screen) {
        for (size_t at = 0; at < plain.length; at += SCREEN_PIECE) {
            size_t left = plain.length - at;
            buf_puts(out, "\033P");
            buf_append(out, plain.data + at, left < SCREEN_PIECE ? left : SCREEN_PIECE);
            buf_puts(out, "\033\\");
        }
    } else {
        buf_append(out, plain.data, plain.length);
    }
    if (tmux) {
        buf_puts(out, "\033Ptmux;\033");
        buf_append(out, plain.data, plain.length);
        buf_puts(out, "\033\\");
    }
    buf_release(&plain);
}
