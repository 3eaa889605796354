#ifndef TUI_TERMINAL_PATIENCE_H
#define TUI_TERMINAL_PATIENCE_H

/*
 * How long to wait for the rest of a key.
 *
 * A terminal sends ESC for the Esc key and ESC with more behind it for many others; only time tells
 * which it was. On a quick line the bytes of one key come together, at 300 baud there
 * are 34 ms between two of them. So a lone ESC waits long enough for such a line, and longer once
 * a key has come in pieces. Nobody types the byte after ESC of a sequence
 * ('[', 'O', ...) that quickly by hand. Any other key that comes a moment later is a separate key,
 * not Alt.
 *
 *     if (patience_ends(&patience, &reader, bytes[0], now_ms)) {
 *         ... take from the reader with at_end ...
 *     }
 *     key_reader_feed(...); ... take ...
 *     int64_t until_ms = patience_until(&patience, &reader, now_ms);
 *
 * Pure; one thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "tui/terminal/keys.h"

struct patience {
    int esc_ms;
    bool chosen;      /* by the user: it does not change */
    int64_t since_ms; /* when the last bytes came */
};

/* `chosen_ms`: ESCDELAY or the configuration, negative: not set. `baud`: of a serial line, 0:
   not known. */
void patience_init(struct patience *patience, int chosen_ms, unsigned baud);

/* New bytes have come, the first of them is `first`: whether what waits in the reader is complete
   without them. */
bool patience_ends(struct patience *patience, const struct key_reader *reader, unsigned char first,
                   int64_t now_ms);

/* Until when to wait for more, after what has come at `now_ms`; INT64_MAX: nothing waits. */
int64_t patience_until(struct patience *patience, const struct key_reader *reader, int64_t now_ms);

#endif
