#ifndef AWS_HTTP_URI_H
#define AWS_HTTP_URI_H

/*
 * Percent-encoding as SigV4 and the services want it (every byte but A-Z a-z 0-9 - . _ ~ as %XX,
 * hex in upper case, a blank as %20), whatever the locale is.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* Appends. A path label, a query name or value, a form value: '/' is encoded too. */
void uri_encode(struct buf *out, const char *text);

/* A path or an object key: '/' stays. */
void uri_encode_path(struct buf *out, const char *text);

void uri_encode_bytes(struct buf *out, const char *bytes, size_t length, bool keep_slash);

/* Undoes %XX; a '%' that no two hex digits follow stays, and so does '+'. */
void uri_decode(struct buf *out, const char *text, size_t length);

#endif
