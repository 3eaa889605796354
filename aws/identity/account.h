#ifndef AWS_IDENTITY_ACCOUNT_H
#define AWS_IDENTITY_ACCOUNT_H

/*
 * One way into Amazon: the settings, credentials, engine and numbers that the ports of one session
 * share, so that Connect, DynamoDB and S3 are reached as the same caller over the same
 * connections.
 *
 *     struct account *account;
 *     code = account_new(&choice, &account, err);
 *     struct client_options options;
 *     account_client_options(account, SERVICE_DYNAMODB, NULL, &options);
 *     struct client *client = client_new(&options);
 *     ...
 *     account_free(account);                        after every client
 *
 * Making one reads files and the environment; the instance metadata is asked for the region only
 * if nothing else names one. It belongs to the thread of its session.
 */

#include "aws/client/client.h"
#include "aws/credentials/cred.h"
#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/base/port_info.h"

struct account;

/* All borrowed; the environment, the clock and the prompt's context outlive the account. */
struct account_choice {
    const struct environment *environment;
    const struct clock *clock;
    const char *profile;      /* NULL: as the environment says */
    const char *region;       /* NULL: the same */
    const char *region_guess; /* if nothing else names one: the region in an ARN; NULL: none */
    const char *endpoint_url; /* NULL: the services' own */
    /* As in struct cred_context. */
    enum err_code (*prompt)(void *context, const char *question, struct buf *answer,
                            struct err *err);
    void *prompt_context;
};

/* ERR_CONFIG if the configuration of AWS is wrong or names no region. EXTPOOL_STALL_TIMEOUT
   ("20s") is how long a request may stand still before it is given up and tried again. */
enum err_code account_new(const struct account_choice *choice, struct account **out,
                          struct err *err) ERR_CHECK;
void account_free(struct account *account); /* NULL is fine */

/* What a client of that service is made with; `region` NULL: the account's. */
void account_client_options(struct account *account, enum aws_service service, const char *region,
                            struct client_options *out);

/* Where the profile wants the bucket in requests to S3. */
enum aws_s3_style account_s3_style(const struct account *account);

const struct client_statistics *account_statistics(const struct account *account);

/* profile, credentials (where they come from), expires_at, minutes_left, requests, retries,
   throttled. No I/O: what the last request was signed with. */
void account_facts(const struct account *account, struct port_info *facts);

#endif
