#ifndef AWS_HTTP_TRUST_STORE_H
#define AWS_HTTP_TRUST_STORE_H

/*
 * The file with the certificates of the authorities that this machine trusts. A library that was
 * built on one distribution does not find the one of another, and a static program has no default
 * at all: so the usual places are looked through.
 */

#include "core/base/environ.h"

/* The first of these that can be read: the file that SSL_CERT_FILE names, and the bundles of Amazon
   Linux, Fedora, Debian, openSUSE, Alpine. NULL: none of them; libcurl's own default counts. */
const char *trust_store_find(const struct environment *environment);

#endif
