#include "aws/credentials/json.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

const struct cred_json_names cred_json_process = {
    .access_key_id = "AccessKeyId",
    .secret_access_key = "SecretAccessKey",
    .session_token = "SessionToken",
    .expires_at = "Expiration",
    .account_id = "AccountId",
};

const struct cred_json_names cred_json_metadata = {
    .access_key_id = "AccessKeyId",
    .secret_access_key = "SecretAccessKey",
    .session_token = "Token",
    .expires_at = "Expiration",
    .account_id = "AccountId",
    .token_required = true,
};

const struct cred_json_names cred_json_sso = {
    .access_key_id = "accessKeyId",
    .secret_access_key = "secretAccessKey",
    .session_token = "sessionToken",
    .expires_at = "expiration",
    .account_id = "accountId",
    .expires_in_ms = true,
    .token_required = true,
};

const struct cred_json_names cred_json_login = {
    .access_key_id = "accessKeyId",
    .secret_access_key = "secretAccessKey",
    .session_token = "sessionToken",
    .expires_at = "expiresAt",
    .account_id = "accountId",
    .token_required = true,
};

/* ---- loading and freeing ----------------------------------------------------------------------
 */

enum err_code cred_json_load(const char *what, const char *bytes, size_t length, json_t **out,
                             struct err *err)
{
    /* jansson's own message may quote what it stumbled over, so only the place is told. */
    json_error_t where;
    *out = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &where);
    if (!*out) {
        return err_set(err, ERR_INPUT, "%s is not JSON (line %d, column %d)", what, where.line,
                       where.column);
    }
    if (!json_is_object(*out)) {
        cred_json_free(*out);
        *out = NULL;
        return err_set(err, ERR_INPUT, "%s is not a JSON object", what);
    }
    return ERR_OK;
}

/* jansson hands its texts out as const and has no call that wipes them; they are about to go. */
static void wipe_texts(json_t *node)
{
    size_t index;
    const char *name;
    json_t *child;
    union {
        const char *given;
        char *bytes;
    } text;
    if (json_is_string(node)) {
        text.given = json_string_value(node);
        mem_wipe(text.bytes, json_string_length(node));
    }
    json_array_foreach(node, index, child)
    {
        wipe_texts(child);
    }
    json_object_foreach(node, name, child)
    {
        wipe_texts(child);
    }
}

void cred_json_free(json_t *root)
{
    if (root && root->refcount == 1) {
        wipe_texts(root);
    }
    json_decref(root);
}

enum err_code cred_json_load_file(const char *path, json_t **out, struct err *err)
{
    struct buf text;
    *out = NULL;
    buf_init_secret(&text, CRED_JSON_MAX);
    enum err_code code = fileio_read(path, &text, err);
    if (code == ERR_OK) {
        code = cred_json_load(path, text.data, text.length, out, err);
    }
    buf_release(&text);
    return code;
}

enum err_code cred_json_save_file(const char *path, const json_t *root, struct err *err)
{
    char *text = json_dumps(root, JSON_INDENT(2));
    if (!text) {
        return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    }
    enum err_code code = fileio_replace(path, text, strlen(text), 0600, err);
    mem_wipe(text, strlen(text));
    free(text);
    return code;
}

/* ---- members ----------------------------------------------------------------------------------
 */

const char *cred_json_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && text[0] != '\0' ? text : NULL;
}

void cred_json_set(json_t *object, const char *name, const char *text)
{
    json_t *fresh = json_string(text); /* first: `text` may be the old one's */
    json_t *old = json_object_get(object, name);
    if (old) {
        wipe_texts(old);
    }
    json_object_set_new(object, name, fresh);
}

static bool parse_time(const char *text, int64_t *at_ms)
{
    static const char utc[] = "UTC";
    size_t length = strlen(text);
    if (length <= sizeof utc || strcmp(text + length - (sizeof utc - 1), utc) != 0) {
        return clock_parse(text, at_ms);
    }
    char *zulu = mem_printf("%.*sZ", (int)(length - (sizeof utc - 1)), text);
    bool parsed = clock_parse(zulu, at_ms);
    free(zulu);
    return parsed;
}

bool cred_json_time(const json_t *object, const char *name, int64_t *at_ms)
{
    const char *text = cred_json_text(object, name);
    return text && strlen(text) < 64 && parse_time(text, at_ms);
}

/* A number of (milli)seconds since 1970 that stays in the range of years 1970 to 9999. */
static bool number_time(const json_t *value, bool in_ms, int64_t *at_ms)
{
    static const double latest_ms = 253402300800000.0;
    double ms = json_number_value(value) * (in_ms ? 1 : 1000);
    if (!json_is_number(value) || !(ms > 0 && ms < latest_ms)) {
        return false;
    }
    *at_ms = (int64_t)ms;
    return true;
}

static enum err_code read_expiry(const char *what, const json_t *object,
                                 const struct cred_json_names *names, int64_t *at_ms,
                                 struct err *err)
{
    const json_t *value = json_object_get(object, names->expires_at);
    *at_ms = 0;
    if (!value || json_is_null(value) || (json_is_string(value) && !json_string_length(value))) {
        return ERR_OK;
    }
    if (cred_json_time(object, names->expires_at, at_ms) ||
        number_time(value, names->expires_in_ms, at_ms)) {
        return ERR_OK;
    }
    return err_set(err, ERR_INPUT, "%s: %s is not a time", what, names->expires_at);
}

enum err_code cred_json_read(const char *what, const json_t *object,
                             const struct cred_json_names *names, struct credentials *out,
                             struct err *err)
{
    const char *key = cred_json_text(object, names->access_key_id);
    const char *secret = cred_json_text(object, names->secret_access_key);
    const char *token = cred_json_text(object, names->session_token);
    const char *missing = !key      ? names->access_key_id
                          : !secret ? names->secret_access_key
                                    : names->session_token;
    if (!key || !secret || (!token && names->token_required)) {
        return err_set(err, ERR_INPUT, "%s has no %s", what, missing);
    }
    enum err_code code = read_expiry(what, object, names, &out->expires_at_ms, err);
    if (code == ERR_OK) {
        out->access_key_id = mem_strdup(key);
        out->secret_access_key = mem_strdup(secret);
        out->session_token = mem_strdup(token);
        out->account_id = mem_strdup(cred_json_text(object, names->account_id));
    }
    return code;
}
