#ifndef CORE_FORMAT_JSON_TEXT_H
#define CORE_FORMAT_JSON_TEXT_H

/*
 * JSON written straight into a buffer, for what is long and flat: no tree of objects is made. An
 * object begins with '{', then come its members; the comma between two is put by itself.
 *
 *     buf_putc(out, '{');
 *     json_text_member(out, "agent", "alice");
 *     json_text_number(out, "at", 17);
 *     buf_putc(out, '}');
 */

#include <stdint.h>

#include "core/base/buf.h"

/* The text in its quotes. What is not UTF-8 is shown as its bytes: <FF>. */
void json_text_quoted(struct buf *out, const char *text);

/* A member of an object. Nothing if the text is NULL. The name needs no escapes. */
void json_text_member(struct buf *out, const char *name, const char *text);
void json_text_number(struct buf *out, const char *name, int64_t number);
/* The name alone; the value follows. */
void json_text_name(struct buf *out, const char *name);

#endif
