#ifndef AWS_CREDENTIALS_JSON_H
#define AWS_CREDENTIALS_JSON_H

/*
 * Credentials as JSON: what programs, containers, the metadata service and log-in services answer,
 * and what the caches under ~/.aws hold. No error quotes any of it.
 */

#include <jansson.h>
#include <stddef.h>

#include "aws/credentials/credentials.h"
#include "core/base/err.h"

#define CRED_JSON_MAX 262144

/* How a source calls the members. */
struct cred_json_names {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
    const char *expires_at; /* RFC 3339 text or a number */
    const char *account_id;
    bool expires_in_ms; /* a number there is milliseconds, not seconds */
    bool token_required;
};

extern const struct cred_json_names cred_json_process;  /* "AccessKeyId", "SessionToken", ... */
extern const struct cred_json_names cred_json_metadata; /* the same with "Token" */
extern const struct cred_json_names cred_json_sso;      /* "accessKeyId", "expiration" */
extern const struct cred_json_names cred_json_login;    /* "accessKeyId", "expiresAt" */

/* Parses one object. `what` is for messages ("the answer of the container"). ERR_INPUT. Free the
   result with cred_json_free, which wipes the texts in it; NULL is fine there. */
enum err_code cred_json_load(const char *what, const char *bytes, size_t length, json_t **out,
                             struct err *err) ERR_CHECK;
void cred_json_free(json_t *root);

/* The same from a file and to one (replaced as a whole, mode 0600 if it is new). */
enum err_code cred_json_load_file(const char *path, json_t **out, struct err *err) ERR_CHECK;
enum err_code cred_json_save_file(const char *path, const json_t *root, struct err *err) ERR_CHECK;

/* Sets a member to a text; the old text is wiped. */
void cred_json_set(json_t *object, const char *name, const char *text);

/* The text of a member; NULL if it is absent, empty or not text. */
const char *cred_json_text(const json_t *object, const char *name);

/* A point in time: RFC 3339 text, also with "UTC" for "Z" as old tools wrote it. False if it is
   not there or makes no sense. */
bool cred_json_time(const json_t *object, const char *name, int64_t *at_ms);

/* Takes a set out of an object; ERR_INPUT names the member that is missing or wrong. `source` and
   `renew` stay as they are. */
enum err_code cred_json_read(const char *what, const json_t *object,
                             const struct cred_json_names *names, struct credentials *out,
                             struct err *err) ERR_CHECK;

#endif
