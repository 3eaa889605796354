#ifndef AWS_PORTS_H
#define AWS_PORTS_H

/*
 * The ports of Amazon for core/session/session.h: connect:, dynamodb:, s3:. All that main.c needs of aws/.
 *
 *     struct aws *aws = aws_new(&options);
 *     ... aws_ports(aws, table) beside session_embedded_ports ...
 *     aws_free(aws);                                 after the last session
 *
 * The ports of one session share one account (aws/identity/account.h), which belongs to the session.
 */

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/port/cloud.h"
#include "core/session/session.h"

struct aws;

/* Borrowed; outlives the object. */
struct aws_options {
    const struct environment *environment;
    const struct clock *clock;
    /* Asks the person at the terminal for a line (an MFA code); NULL: nobody is there. */
    enum err_code (*prompt)(void *context, const char *question, struct buf *answer,
                            struct err *err);
    void *prompt_context;
};

struct aws *aws_new(const struct aws_options *options);
void aws_free(struct aws *aws); /* NULL is fine */

#define AWS_PORTS 3
void aws_ports(const struct aws *aws, struct port out[AWS_PORTS]);

/* What can be chosen in Amazon. It borrows `aws`. */
struct cloud aws_cloud(struct aws *aws);

#endif
