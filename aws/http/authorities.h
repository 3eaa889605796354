#ifndef AWS_HTTP_AUTHORITIES_H
#define AWS_HTTP_AUTHORITIES_H

/*
 * Amazon's authorities, taken out of a bundle. OpenSSL needs some 25 ms for a bundle with the
 * certificates of all authorities. Amazon's servers are certified by five of them
 * (https://www.amazontrust.com/repository/). Who trusts the bundle trusts these five as well, so
 * they are tried first, and the whole bundle if they do not verify a server.
 */

#include "core/base/buf.h"

/* Appends the certificates, in PEM. Nothing if the bundle cannot be read or has none of them. */
void authorities_of_amazon(const char *bundle, struct buf *out);

#endif
