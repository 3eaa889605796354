#ifndef AWS_HTTP_TRUST_STORE_H
#define AWS_HTTP_TRUST_STORE_H

/*
 * The certificates of the authorities that this machine trusts. A library that was built on one
 * distribution does not find the ones of another, and a static program has no default at all: so
 * the usual places are looked through.
 *
 * A folder of hashed certificates costs nothing until a server shows its chain: then one file of it
 * is read. A bundle is parsed whole, some 140 certificates, before the first request. So the folder
 * comes first, and without a folder those of the bundle that certify Amazon (authorities.h). An
 * administrator may have added an authority to the bundle alone: a chain that is not verified is
 * tried once more with the whole bundle.
 */

#include <stdbool.h>

#include "core/base/environ.h"

/* Both may be NULL: then libcurl's own default counts. They belong to the environment or are
   constants. */
struct trust_store {
    const char *folder; /* names are hashes of subjects, as `openssl rehash` makes them */
    const char *bundle; /* one file with all of them */
};

/* SSL_CERT_FILE and SSL_CERT_DIR if they name something readable, then nothing else counts.
   Otherwise the first folder and the first bundle of those of Amazon Linux, Fedora, Debian,
   openSUSE and Alpine. */
struct trust_store trust_store_find(const struct environment *environment);

/* Whether the folder has certificates under their hashes. */
bool trust_store_is_hashed(const char *folder);

#endif
