#ifndef AWS_IDENTITY_CHAIN_H
#define AWS_IDENTITY_CHAIN_H

/*
 * Credentials as the SDKs find them: the first source that somebody configured counts.
 *
 *   1. the environment (unless a profile was given on the command line or by the context)
 *   2. the profile, if it has a role with a source
 *   3. a web identity named by the environment (the same exception)
 *   4. the profile, whatever else it has (aws/identity/profile.c has the order inside of it)
 *   5. the container
 *   6. the instance metadata
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 * SDKs differ in the places of 2 to 4; this is the order of the AWS command line and of botocore.
 *
 *     struct cred_context context = {.settings = settings, .clock = &clock_system, .http = http,
 *                                    .prompt = ask_at_terminal};
 *     struct credentials_provider *credentials = credentials_chain_new(&context);
 *
 * A source that is configured and fails is an error; no other one is asked then, or a sync could
 * run as somebody else than was meant. If none is configured, the error is ERR_AUTH, and its hint
 * has a line for each source with its reason. The source that answered first is kept; renewing goes
 * to that one only.
 */

#include "aws/credentials/cred.h"

/* Copies the context; what it points to must outlive the chain. */
struct credentials_provider *credentials_chain_new(const struct cred_context *context);

#endif
