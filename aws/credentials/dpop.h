#ifndef AWS_CREDENTIALS_DPOP_H
#define AWS_CREDENTIALS_DPOP_H

/*
 * A DPoP proof (RFC 9449): a JWT signed with ES256 that ties a request to a private key.
 */

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Appends HEADER.PAYLOAD.SIGNATURE for a request with the P-256 key `pem`. ERR_AUTH where the key
   is not one. */
enum err_code dpop_proof(const char *pem, const char *method, const char *url, int64_t now_s,
                         struct buf *out, struct err *err) ERR_CHECK;

#endif
