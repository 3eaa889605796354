#ifndef AWS_CREDENTIALS_DPOP_H
#define AWS_CREDENTIALS_DPOP_H

/*
 * A DPoP proof (RFC 9449): a JWT signed with ES256 that ties a request to a private key.
 */

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* What the proof says about the request. */
struct dpop_claims {
    const char *method;
    const char *url;
    int64_t now_s;
};

/* Appends HEADER.PAYLOAD.SIGNATURE, signed with the P-256 key `pem`. ERR_AUTH if the PEM is not
   such a key. */
enum err_code dpop_proof(const char *pem, const struct dpop_claims *claims, struct buf *out,
                         struct err *err) ERR_CHECK;

#endif
