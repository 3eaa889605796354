#include "aws/identity/sts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client/arn.h"
#include "aws/http/uri.h"
#include "aws/client/xml.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define FORM_MAX 65536 /* a web identity token is up to 20,000 characters */
#define ANSWER_MAX ((size_t)1 << 20)
#define WHO_AM_I "GetCallerIdentity"

/* ---- the query protocol ------------------------------------------------------------------ */

struct request {
    const char *action;
    bool unsigned_call;
    struct buf form;
};

static void request_init(struct request *request, const char *action)
{
    request->action = action;
    request->unsigned_call = false;
    buf_init_secret(&request->form, FORM_MAX);
    buf_printf(&request->form, "Action=%s&Version=2011-06-15", action);
}

/* NULL is left out. */
static void form_add(struct buf *form, const char *name, const char *value)
{
    if (value) {
        buf_printf(form, "&%s=", name);
        uri_encode(form, value);
    }
}

static struct call call_of(const struct request *request)
{
    static const struct http_header headers[] = {
        {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
    return (struct call){
        .operation = request->action,
        .method = "POST",
        .path = "/",
        .headers = headers,
        .header_count = 1,
        .body = request->form.data,
        .body_length = request->form.length,
        .unsigned_call = request->unsigned_call,
        .max_body = ANSWER_MAX,
    };
}

/* The part of the answer that is named like the action ("...Result"). */
static enum err_code find_result(const char *action, const struct response *reply,
                                 struct xml_part *result, struct err *err)
{
    enum err_code code = ERR_OK;
    char *name = mem_printf("%sResult", action);
    const struct http_response *response = reply->response;
    struct xml_part whole =
        response ? xml_whole(response->body.data, response->body.length) : xml_whole("", 0);
    if (!xml_find(whole, name, result)) {
        code = err_set(err, ERR_SERVICE, "AWS STS %s: the answer has no %s; request id %s", action,
                       name, reply->request_id);
    }
    free(name);
    return code;
}

/* Calls, and gives that part. */
static enum err_code call_sts(struct client *sts, const struct request *request,
                              struct response *reply, struct xml_part *result, struct err *err)
{
    if (buf_failed(&request->form)) {
        return err_set(err, ERR_INPUT, "%s: the parameters are longer than %d bytes",
                       request->action, FORM_MAX);
    }
    struct call call = call_of(request);
    enum err_code code = client_call(sts, &call, reply, err);
    return code == ERR_OK ? find_result(request->action, reply, result, err) : code;
}

/* ---- who am I ---------------------------------------------------------------------------- */

void sts_identity_release(struct sts_identity *identity)
{
    free(identity->account);
    free(identity->arn);
    free(identity->user_id);
    *identity = (struct sts_identity)STS_IDENTITY_INIT;
}

static enum err_code take_identity(const struct response *reply, struct sts_identity *out,
                                   struct err *err)
{
    struct xml_part result = xml_whole("", 0);
    *out = (struct sts_identity)STS_IDENTITY_INIT;
    enum err_code code = find_result(WHO_AM_I, reply, &result, err);
    if (code != ERR_OK) {
        return code;
    }
    out->account = xml_find_text(result, "Account");
    out->arn = xml_find_text(result, "Arn");
    out->user_id = xml_find_text(result, "UserId");
    if (!out->account || !out->arn) {
        code = err_set(err, ERR_SERVICE,
                       "AWS STS " WHO_AM_I ": the answer has no account or no ARN; request id %s",
                       reply->request_id);
        sts_identity_release(out);
    }
    return code;
}

static void on_identity(void *context, struct response *reply, const struct err *err)
{
    struct sts_asking *asking = context;
    asking->code = reply->code;
    if (reply->code == ERR_OK) {
        asking->code = take_identity(reply, &asking->identity, &asking->err);
    } else {
        asking->err = *err;
    }
}

void sts_begin_caller_identity(struct client *sts, struct sts_asking *asking)
{
    struct request request;
    struct http *http = client_http(sts);
    *asking = (struct sts_asking){.under_way = true, .code = ERR_CANCELLED};
    request_init(&request, WHO_AM_I);
    struct call call = call_of(&request);
    bool before = http->background;
    http_background(http, true);
    client_submit(sts, &call, on_identity, asking);
    http_background(http, before);
    buf_release(&request.form);
}

enum err_code sts_end_caller_identity(struct client *sts, struct sts_asking *asking,
                                      struct sts_identity *out, struct err *err)
{
    enum err_code ran = http_run_all(client_http(sts), err);
    enum err_code code = ran == ERR_OK ? asking->code : ran;
    if (ran == ERR_OK && code != ERR_OK && err) {
        *err = asking->err;
    }
    asking->under_way = false;
    *out = asking->identity;
    asking->identity = (struct sts_identity)STS_IDENTITY_INIT;
    return code;
}

static enum cancel at_once(void *context)
{
    (void)context;
    return CANCEL_HARD;
}

void sts_abandon_caller_identity(struct client *sts, struct sts_asking *asking)
{
    const struct progress stop = {.cancel = at_once};
    struct http *http = client_http(sts);
    struct sts_identity ignored = STS_IDENTITY_INIT;
    http_set_progress(http, &stop);
    (void)!sts_end_caller_identity(sts, asking, &ignored, NULL);
    http_set_progress(http, NULL);
    sts_identity_release(&ignored);
}

enum err_code sts_get_caller_identity(struct client *sts, struct sts_identity *out, struct err *err)
{
    struct request request;
    struct response reply = {.code = ERR_OK};
    struct xml_part result;
    *out = (struct sts_identity)STS_IDENTITY_INIT;
    request_init(&request, WHO_AM_I);
    enum err_code code = call_sts(sts, &request, &reply, &result, err);
    if (code == ERR_OK) {
        code = take_identity(&reply, out, err);
    }
    response_release(&reply);
    buf_release(&request.form);
    return code;
}

/* ---- be somebody else -------------------------------------------------------------------- */

/* Of arn:aws:sts::111122223333:assumed-role/Ops/alice; NULL if it names none. */
static char *account_of(const char *text)
{
    struct arn arn;
    return arn_parse(text, &arn) && arn.account[0] ? mem_strdup(arn.account) : NULL;
}

static enum err_code take_credentials(const char *action, const struct response *reply,
                                      struct xml_part result, struct credentials *out,
                                      struct err *err)
{
    struct xml_part part;
    if (xml_find(result, "Credentials", &part)) {
        out->access_key_id = xml_find_text(part, "AccessKeyId");
        out->secret_access_key = xml_find_text(part, "SecretAccessKey");
        out->session_token = xml_find_text(part, "SessionToken");
        char *expiry = xml_find_text(part, "Expiration");
        bool parsed = expiry && clock_parse(expiry, &out->expires_at_ms);
        free(expiry);
        if (parsed && out->access_key_id && out->secret_access_key && out->session_token) {
            if (xml_find(result, "AssumedRoleUser", &part)) {
                char *arn = xml_find_text(part, "Arn");
                out->account_id = arn ? account_of(arn) : NULL;
                free(arn);
            }
            return ERR_OK;
        }
    }
    credentials_release(out);
    return err_set(err, ERR_SERVICE,
                   "AWS STS %s: the answer has no complete credentials; request id %s", action,
                   reply->request_id);
}

static enum err_code assume(struct client *sts, const struct request *request,
                            struct credentials *out, struct err *err)
{
    struct response reply = {.code = ERR_OK};
    struct xml_part result = xml_whole("", 0);
    credentials_release(out);
    enum err_code code = call_sts(sts, request, &reply, &result, err);
    if (code == ERR_OK) {
        code = take_credentials(request->action, &reply, result, out, err);
    }
    response_release(&reply);
    return code;
}

static void add_common(struct buf *form, const struct sts_assume_role_input *input)
{
    form_add(form, "RoleArn", input->role_arn);
    form_add(form, "RoleSessionName", input->session_name);
    if (input->duration_s > 0) {
        buf_printf(form, "&DurationSeconds=%d", input->duration_s);
    }
}

enum err_code sts_assume_role(struct client *sts, const struct sts_assume_role_input *input,
                              struct credentials *out, struct err *err)
{
    struct request request;
    request_init(&request, "AssumeRole");
    add_common(&request.form, input);
    form_add(&request.form, "ExternalId", input->external_id);
    form_add(&request.form, "SerialNumber", input->mfa_serial);
    form_add(&request.form, "TokenCode", input->mfa_code);
    enum err_code code = assume(sts, &request, out, err);
    buf_release(&request.form);
    return code;
}

enum err_code sts_assume_role_web(struct client *sts, const struct sts_assume_role_input *input,
                                  const char *token, struct credentials *out, struct err *err)
{
    struct request request;
    request_init(&request, "AssumeRoleWithWebIdentity");
    add_common(&request.form, input);
    form_add(&request.form, "WebIdentityToken", token);
    request.unsigned_call = true; /* the token is the proof */
    enum err_code code = assume(sts, &request, out, err);
    buf_release(&request.form);
    return code;
}
