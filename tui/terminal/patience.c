#include "tui/terminal/patience.h"

#include <string.h>

#include "core/base/banned.h"

#define ESC_MS 45 /* a byte takes 34 ms at 300 baud */
#define ESC_MAX_MS 400
#define ALT_MS 25     /* Alt and its key come together, or nearly so */
#define REST_MS 500   /* within a sequence */
#define PASTE_MS 1000 /* within a paste: then its end is lost */
#define BITS 10       /* that a serial line needs for a byte */

void patience_init(struct patience *patience, int chosen_ms, unsigned baud)
{
    *patience = (struct patience){.esc_ms = ESC_MS, .chosen = chosen_ms >= 0};
    if (patience->chosen) {
        patience->esc_ms = chosen_ms;
    } else if (baud > 0 && 3 * BITS * 1000 / baud > ESC_MS) {
        patience->esc_ms = (int)(3 * BITS * 1000 / baud);
    }
}

/* Whether the byte can follow ESC in what a terminal sends for a key or as an answer. */
static bool continues(unsigned char byte)
{
    return byte != 0 && strchr("[O]P_^", byte) != NULL;
}

bool patience_ends(struct patience *patience, const struct key_reader *reader, unsigned char first,
                   int64_t now_ms)
{
    int64_t gap_ms = now_ms - patience->since_ms;
    if (key_reader_waits(reader) != KEY_WAIT_ESC || gap_ms <= ALT_MS) {
        return false;
    }
    if (continues(first) && !patience->chosen) {
        int64_t wanted_ms = 4 * gap_ms < ESC_MAX_MS ? 4 * gap_ms : ESC_MAX_MS;
        patience->esc_ms = wanted_ms > patience->esc_ms ? (int)wanted_ms : patience->esc_ms;
    }
    return patience->chosen ? gap_ms > patience->esc_ms : !continues(first);
}

int64_t patience_until(struct patience *patience, const struct key_reader *reader, int64_t now_ms)
{
    patience->since_ms = now_ms;
    switch (key_reader_waits(reader)) {
    case KEY_WAIT_ESC:
        return now_ms + patience->esc_ms;
    case KEY_WAIT_REST:
        return now_ms + (patience->esc_ms > REST_MS ? patience->esc_ms : REST_MS);
    case KEY_WAIT_PASTE:
        return now_ms + PASTE_MS;
    case KEY_WAIT_NOTHING:
        break;
    }
    return INT64_MAX;
}
