#include "aws/client/service_errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/url.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* ---- which code -------------------------------------------------------------------------- */

/* The services' names for what we tell apart. */
static const struct {
    const char *error;
    enum err_code code;
} s_codes[] = {
    {"AccessDenied", ERR_DENIED},
    {"AccessDeniedException", ERR_DENIED},
    {"AllAccessDisabled", ERR_DENIED},
    {"ExpiredToken", ERR_AUTH},
    {"ExpiredTokenException", ERR_AUTH},
    {"RequestExpired", ERR_AUTH},
    {"InvalidClientTokenId", ERR_AUTH},
    {"UnrecognizedClientException", ERR_AUTH},
    {"InvalidAccessKeyId", ERR_AUTH},
    {"InvalidToken", ERR_AUTH},
    {"InvalidIdentityToken", ERR_AUTH},
    {"IDPRejectedClaim", ERR_AUTH},
    {"InvalidSignatureException", ERR_AUTH},
    {"SignatureDoesNotMatch", ERR_AUTH},
    {"IncompleteSignature", ERR_AUTH},
    {"IncompleteSignatureException", ERR_AUTH},
    {"MissingAuthenticationToken", ERR_AUTH},
    {"MissingAuthenticationTokenException", ERR_AUTH},
    {"AuthFailure", ERR_AUTH},
    {"RequestTimeTooSkewed", ERR_AUTH},
    {"UnauthorizedException", ERR_AUTH},
    {"ResourceNotFoundException", ERR_NOT_FOUND},
    {"TableNotFoundException", ERR_NOT_FOUND},
    {"NoSuchBucket", ERR_NOT_FOUND},
    {"NoSuchKey", ERR_NOT_FOUND},
    {"ConditionalCheckFailedException", ERR_CONFLICT},
    {"TransactionCanceledException", ERR_CONFLICT},
    {"TransactionConflictException", ERR_CONFLICT},
    {"ResourceInUseException", ERR_CONFLICT},
    {"PreconditionFailed", ERR_CONFLICT},
    {"ConditionalRequestConflict", ERR_CONFLICT},
};

static bool is_unknown_operation(const struct service_error *what)
{
    static const char *const names[] = {
        "UnknownOperationException", "UnknownOperation",    "InvalidAction", "NotImplemented",
        "MethodNotAllowed",          "UnsupportedOperation"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(what->error, names[i]) == 0) {
            return true;
        }
    }
    /* A server of another kind answers with a status and no code of this service. */
    bool status = what->status == 404 || what->status == 405 || what->status == 501;
    return what->custom && what->error[0] == '\0' && status && what->service != SERVICE_S3;
}

static enum err_code code_of(const struct service_error *what)
{
    if (what->failure == HTTP_CANCELLED) {
        return ERR_CANCELLED;
    }
    if (what->failure == HTTP_BAD_REQUEST) {
        return ERR_CONFIG; // a CA file that cannot be read, a URL that makes no sense
    }
    if (what->failure != HTTP_OK) {
        return what->failure == HTTP_TOO_LARGE ? ERR_SERVICE : ERR_OFFLINE;
    }
    if (what->class == RETRY_THROTTLING) {
        return ERR_THROTTLED;
    }
    if (is_unknown_operation(what)) {
        return ERR_SERVICE;
    }
    for (size_t i = 0; i < sizeof s_codes / sizeof s_codes[0]; i++) {
        if (strcmp(what->error, s_codes[i].error) == 0) {
            return s_codes[i].code;
        }
    }
    // Answers to HEAD have no body and so no name.
    if (what->error[0] == '\0') {
        switch (what->status) {
        case 401:
            return ERR_AUTH;
        case 403:
            return ERR_DENIED;
        case 404:
            return ERR_NOT_FOUND;
        case 412:
            return ERR_CONFLICT;
        default:
            break;
        }
    }
    return ERR_SERVICE;
}

/* ---- permissions ------------------------------------------------------------------------- */

/* Operations whose permission has another name. */
static const struct {
    enum aws_service service;
    const char *operation;
    const char *permission;
} s_permissions[] = {
    {SERVICE_DYNAMODB, "TransactWriteItems",
     "dynamodb:PutItem, dynamodb:DeleteItem, dynamodb:UpdateItem and dynamodb:ConditionCheckItem"},
    {SERVICE_DYNAMODB, "TransactGetItems", "dynamodb:GetItem"},
    {SERVICE_S3, "HeadObject", "s3:GetObject"},
    {SERVICE_S3, "HeadBucket", "s3:ListBucket"},
    {SERVICE_S3, "ListBuckets", "s3:ListAllMyBuckets"},
};

void service_error_permission(enum aws_service service, const char *operation, char *out,
                              size_t size)
{
    for (size_t i = 0; i < sizeof s_permissions / sizeof s_permissions[0]; i++) {
        if (s_permissions[i].service == service &&
            strcmp(s_permissions[i].operation, operation) == 0) {
            snprintf(out, size, "%s", s_permissions[i].permission);
            return;
        }
    }
    snprintf(out, size, "%s:%s", aws_service_signing_name(service), operation);
}

/* "... is not authorized to perform: dynamodb:PutItem on resource: ...": the service knows best. */
static bool permission_in_message(const char *message, char *out, size_t size)
{
    static const char before[] = "not authorized to perform: ";
    const char *at = strstr(message, before);
    if (!at) {
        return false;
    }
    at += sizeof before - 1;
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-:*");
    if (length < 3 || length >= size || !memchr(at, ':', length)) {
        return false;
    }
    snprintf(out, size, "%.*s", (int)length, at);
    return true;
}

void service_error_missing(enum aws_service service, const char *operation, const char *message,
                           char *out, size_t size)
{
    if (!permission_in_message(message, out, size)) {
        service_error_permission(service, operation, out, size);
    }
}

/* ---- texts ------------------------------------------------------------------------------- */

/* "DynamoDB Query on table agents (eu-west-1)" */
static char *subject(const struct service_error *what)
{
    return mem_printf("%s %s%s%s (%s)", aws_service_title(what->service), what->operation,
                      what->resource ? " on " : "", what->resource ? what->resource : "",
                      what->region);
}

/* "AccessDeniedException: not today" */
static char *answer(const struct service_error *what)
{
    char status[32];
    snprintf(status, sizeof status, "HTTP status %d", what->status);
    return mem_printf("%s%s%s", what->error[0] ? what->error : status, what->message[0] ? ": " : "",
                      what->message);
}

/* ---- no answer ----------------------------------------------------------------------------- */

static const char *cause_of_failure(const struct service_error *what)
{
    switch (what->reason) {
    case HTTP_CERTIFICATE_EXPIRED:
        return "the certificate has expired";
    case HTTP_CERTIFICATE_EARLY:
        return "the certificate is not valid yet";
    case HTTP_CERTIFICATE_UNKNOWN:
        return "the certificate is not signed by an authority that is trusted here";
    case HTTP_CERTIFICATE_ELSEWHERE:
        return "the certificate is for another host";
    case HTTP_CA_FILE:
        return "the file of authorities cannot be read";
    case HTTP_PROXY:
        return "the proxy does not let it through";
    case HTTP_NO_DESCRIPTOR:
        return "this process may open no more files";
    case HTTP_REASON_NONE:
        break;
    }
    return http_failure_text(what->failure);
}

static void hint_certificate(const struct service_error *what, struct err *err)
{
    switch ((int)what->reason) {
    case HTTP_CERTIFICATE_EXPIRED:
        err_hint(
            err,
            "whoever runs %s has to renew it, unless this machine's clock is ahead of the time",
            what->host);
        break;
    case HTTP_CERTIFICATE_EARLY:
        err_hint(err, "this machine's clock is probably behind the time; set it right");
        break;
    case HTTP_CERTIFICATE_ELSEWHERE:
        err_hint(err, what->custom ? "is the endpoint URL right?"
                                   : "something between here and the service answers in its place");
        break;
    default:
        err_hint(err, "AWS_CA_BUNDLE names a file of the authorities that you trust (a proxy that "
                      "looks into TLS has one of its own)");
        break;
    }
}

static void hint_connection(const struct service_error *what, struct err *err)
{
    const char *times = what->attempts == 1 ? "time" : "times";
    if (what->loopback) {
        err_hint(err, "tried %d %s; is a server running at %s?", what->attempts, times, what->host);
    } else if (what->failure == HTTP_TLS && what->custom) {
        err_hint(err, "does %s speak TLS? If not, its endpoint URL starts with http://",
                 what->host);
    } else {
        err_hint(err, "tried %d %s; behind a proxy, set HTTPS_PROXY", what->attempts, times);
    }
}

static void hint_failure(const struct service_error *what, struct err *err)
{
    if (what->reason == HTTP_PROXY) {
        err_hint(err, "look at HTTPS_PROXY and NO_PROXY, and whether the proxy allows %s",
                 what->host);
        return;
    }
    if (what->reason == HTTP_NO_DESCRIPTOR) {
        err_hint(err, "the limit is that of ulimit -n");
        return;
    }
    switch (what->failure) {
    case HTTP_BAD_CERTIFICATE:
        hint_certificate(what, err);
        break;
    case HTTP_NO_NAME:
        if (what->custom) {
            err_hint(err, "is the endpoint URL right, and is there a way to the network?");
        } else {
            err_hint(err, "is the region \"%s\" right, and is there a way to the network?",
                     what->region);
        }
        break;
    case HTTP_BAD_REQUEST:
        err_hint(err, what->reason == HTTP_CA_FILE
                          ? "AWS_CA_BUNDLE (or ca_bundle of the profile) has to name a readable "
                            "PEM file"
                          : "look at the endpoint URL");
        break;
    case HTTP_NO_CONNECTION:
    case HTTP_TIMED_OUT:
    case HTTP_BROKEN:
    case HTTP_TLS:
        hint_connection(what, err);
        break;
    case HTTP_OK:
    case HTTP_TOO_LARGE:
    case HTTP_CANCELLED:
        break;
    }
}

static void explain_failure(const struct service_error *what, enum err_code code, const char *call,
                            struct err *err)
{
    if (code == ERR_CANCELLED) {
        err_set(err, code, "cancelled");
        return;
    }
    err_set(err, code, "%s (%s%s%s); %s, no request id: there was no answer",
            cause_of_failure(what), what->host, what->detail[0] ? ": " : "", what->detail, call);
    hint_failure(what, err);
}

/* ---- an answer ------------------------------------------------------------------------------ */

static void explain_denied(const struct service_error *what, const char *call, const char *said,
                           struct err *err)
{
    char permission[256];
    service_error_missing(what->service, what->operation, what->message, permission,
                          sizeof permission);
    err_set(err, ERR_DENIED, "the permission %s is missing: %s (%s)", permission, call, said);
    const char *source = what->source ? what->source : "not signed";
    if (what->service == SERVICE_STS) {
        err_hint(err,
                 "allow it to whoever these credentials belong to (%s), and let the role trust "
                 "them",
                 source);
    } else {
        err_hint(err,
                 "allow %s to whoever these credentials belong to (%s); README, \"IAM policy\", "
                 "has the whole policy, with the least that works",
                 permission, source);
    }
}

static void explain_auth(const struct service_error *what, const char *call, const char *said,
                         struct err *err)
{
    const char *source = what->source;
    bool expired = retry_is_expired_code(what->error);
    if (!source) { // a call that a token proves
        err_set(err, ERR_AUTH, "the token %s: %s (%s)", expired ? "has expired" : "was refused",
                call, said);
        err_hint(err, "whatever writes the token has to write a new one; is it for this role?");
        return;
    }
    err_set(err, ERR_AUTH, "the credentials (%s) %s: %s (%s)", source,
            expired ? "have expired" : "were refused", call, said);
    bool far_off = what->skew_known && (what->skew_ms > 240000 || what->skew_ms < -240000);
    if (far_off) {
        err_hint(err, "this machine's clock is %lld minutes %s the service's; set it right",
                 llabs((long long)what->skew_ms) / 60000,
                 what->skew_ms > 0 ? "behind" : "ahead of");
    } else if (what->renew) {
        err_hint(err, "%s", what->renew);
    } else if (expired) {
        err_hint(err, "fetch new ones from where those came from: %s", source);
    } else {
        err_hint(err, "look at the access key, the secret and the session token of: %s", source);
    }
}

static bool is_redirect(const struct service_error *what)
{
    return what->status >= 300 && what->status < 400;
}

/* A signature holds for one host, so nobody follows. */
static void explain_redirect(const struct service_error *what, enum err_code code, const char *call,
                             const char *said, struct err *err)
{
    struct url url;
    bool known = what->location && url_parse(what->location, &url);
    err_set(err, code, "%s sends us to %s, HTTP status %d: %s (%s)", what->host,
            known ? url.host : "somewhere else", what->status, call, said);
    if (what->custom) {
        err_hint(err, "a signed request is not sent on; set the endpoint URL to where it leads");
    } else {
        err_hint(err,
                 "a signed request is not sent on; is the region \"%s\" right, and does a "
                 "proxy want a log-in?",
                 what->region);
    }
}

static void explain_unknown_operation(const struct service_error *what, enum err_code code,
                                      const char *call, const char *said, struct err *err)
{
    err_set(err, code, "%s does not know the operation %s: %s (%s)", what->host, what->operation,
            call, said);
    if (what->custom) {
        err_hint(err,
                 "is the endpoint URL that of %s? A server that stands in for it may lack "
                 "the operation",
                 aws_service_title(what->service));
    }
}

static void explain_answer(const struct service_error *what, enum err_code code, const char *call,
                           struct err *err)
{
    char *said = answer(what);
    char *traced =
        mem_printf("%s; request id %s", said, what->request_id[0] ? what->request_id : "none");
    if (is_unknown_operation(what)) {
        explain_unknown_operation(what, code, call, traced, err);
    } else if (is_redirect(what)) {
        explain_redirect(what, code, call, traced, err);
    } else if (code == ERR_DENIED) {
        explain_denied(what, call, traced, err);
    } else if (code == ERR_AUTH) {
        explain_auth(what, call, traced, err);
    } else if (code == ERR_THROTTLED) {
        err_set(err, code, "too many requests, also after %d attempts: %s (%s)", what->attempts,
                call, traced);
        err_hint(err, "others in the account use the same quota; try again in a minute");
    } else if (what->damaged) {
        err_set(err, code, "the answer is damaged, also after %d attempts: %s (%s)", what->attempts,
                call, traced);
    } else {
        char times[48] = "";
        if (what->attempts > 1 && what->status >= 500) {
            snprintf(times, sizeof times, ", failed %d times", what->attempts);
        }
        err_set(err, code, "%s; %s%s; request id %s", said, call, times,
                what->request_id[0] ? what->request_id : "none");
    }
    free(traced);
    free(said);
}

enum err_code service_error_explain(const struct service_error *what, struct err *err)
{
    enum err_code code = code_of(what);
    char *call = subject(what);
    if (what->failure != HTTP_OK) {
        explain_failure(what, code, call, err);
    } else {
        explain_answer(what, code, call, err);
    }
    free(call);
    return code;
}
