#ifndef AWS_CLIENT_ARN_H
#define AWS_CLIENT_ARN_H

/*
 * Amazon Resource Names: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */

#include <stdbool.h>

struct arn {
    char partition[16];
    char service[32];
    char region[64];      /* may be "" */
    char account[13];     /* twelve digits, or "" */
    const char *resource; /* in the text that was parsed; may contain ':' and '/' */
};

/* False if the text is not an ARN; `out` is then not defined. */
bool arn_parse(const char *text, struct arn *out);

#endif
