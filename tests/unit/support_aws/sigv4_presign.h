#ifndef TESTS_SUPPORT_AWS_SIGV4_PRESIGN_H
#define TESTS_SUPPORT_AWS_SIGV4_PRESIGN_H

/*
 * The presigned form, which the program does not make. Amazon's suite has each case in both forms,
 * and only this one takes the stages through queries of every shape.
 */

#include "aws/sign/sigv4.h"

/* Appends the whole query of the signed URL, the signature last. The request's own headers are
   signed; nothing is to be added to them. */
void sigv4_presign(const struct sigv4_params *params, const struct sigv4_request *request,
                   unsigned expires_s, struct sigv4_cache *cache, struct buf *query);

/* What the canonical request of this form has as its query. */
void sigv4_presign_query(const struct sigv4_params *params, const struct sigv4_request *request,
                         unsigned expires_s, struct buf *query);

#endif
