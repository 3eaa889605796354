#ifndef AWS_CREDENTIALS_SSO_TOKEN_H
#define AWS_CREDENTIALS_SSO_TOKEN_H

/*
 * The access token that `aws sso login` left in ~/.aws/sso/cache, in a file named by the SHA-1 of
 * the session's name, or of the start URL in the legacy form. It is read anew each time, so that a
 * log-in in another terminal is seen at once. With a session it is renewed from 15 minutes before
 * its end on, at most once a minute, and the file is replaced as a whole.
 */

#include "aws/credentials/cred.h"

struct sso_token;

/* Texts are borrowed; `session` is NULL in the legacy form. */
struct sso_token *sso_token_new(const struct cred_context *context, const char *session,
                                const char *region, const char *start_url);
void sso_token_free(struct sso_token *token);

/* The token into `out` (emptied first). `force`: the one given last was refused. ERR_AUTH where
   somebody has to log in; then *why, if it is set, completes "the SSO log-in of ... ". */
enum err_code sso_token_get(struct sso_token *token, bool force, struct buf *out, const char **why,
                            struct err *err) ERR_CHECK;

#endif
