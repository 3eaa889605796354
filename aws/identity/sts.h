#ifndef AWS_IDENTITY_STS_H
#define AWS_IDENTITY_STS_H

/*
 * The Security Token Service: who am I, and be somebody else.
 * https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 *
 * Each call waits for its answer and retries as aws/client/client.h does. They are made on a client of
 * SERVICE_STS; a provider that assumes a role makes one with the credentials of its source:
 *
 *     struct client_options options = {.service = SERVICE_STS, .http = http,
 *                                      .credentials = source, .endpoint = endpoint_settings};
 *     struct client *sts = client_new(&options);
 *     struct sts_assume_role_input input = {.role_arn = arn, .session_name = name};
 *     code = sts_assume_role(sts, &input, &keys, err);
 *     client_free(sts);
 */

#include <stdint.h>

#include "aws/client/client.h"
#include "aws/credentials/credentials.h"
#include "core/base/err.h"

struct sts_identity {
    char *account;
    char *arn; /* arn:aws:sts::111122223333:assumed-role/Ops/alice */
    char *user_id;
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define STS_IDENTITY_INIT                                                                          \
    {                                                                                              \
        .account = NULL, .arn = NULL, .user_id = NULL                                              \
    }
/* clang-format on */

void sts_identity_release(struct sts_identity *identity);

enum err_code sts_get_caller_identity(struct client *sts, struct sts_identity *out,
                                      struct err *err) ERR_CHECK;

/* The same in the background (aws/http/http.h), so that it overlaps with what the caller asks
   meanwhile. What was begun must be ended or abandoned; until then `asking` must stay at its address.
   Nothing else may be under way in the background when it is ended. */
struct sts_asking {
    bool under_way;
    enum err_code code;
    struct sts_identity identity;
    struct err err;
};
void sts_begin_caller_identity(struct client *sts, struct sts_asking *asking);
enum err_code sts_end_caller_identity(struct client *sts, struct sts_asking *asking,
                                      struct sts_identity *out, struct err *err) ERR_CHECK;
void sts_abandon_caller_identity(struct client *sts, struct sts_asking *asking);

struct sts_assume_role_input {
    const char *role_arn;
    const char *session_name;
    int duration_s;          /* 0: the service's default, an hour */
    const char *external_id; /* NULL: none; also the next two, which go together */
    const char *mfa_serial;
    const char *mfa_code;
};

/* Fills keys, token, expiry and account id; `source` and `renew` are the caller's to set. */
enum err_code sts_assume_role(struct client *sts, const struct sts_assume_role_input *input,
                              struct credentials *out, struct err *err) ERR_CHECK;

/* The same for a web identity token; the request is not signed, the client needs no credentials
   (its `credentials` may be NULL). external_id and the MFA fields are not used. */
enum err_code sts_assume_role_web(struct client *sts, const struct sts_assume_role_input *input,
                                  const char *token, struct credentials *out,
                                  struct err *err) ERR_CHECK;

#endif
