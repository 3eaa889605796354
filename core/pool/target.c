#include "core/pool/target.h"

#include <string.h>

#include "core/base/nearest.h"
#include "core/base/text.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define E164_DIGITS_MAX 15
#define E164_DIGITS_MIN 5

static const char *const s_schemes[] = {
#define X(kind, scheme) [kind] = scheme,
    TARGET_KINDS(X)
#undef X
        NULL};

const char *target_kind_name(enum target_kind kind)
{
    return s_schemes[kind];
}

static enum err_code unknown_form(const char *text, struct err *err)
{
    char scheme[32];
    text_sanitise_to(scheme, sizeof scheme, text, strcspn(text, ":"), 0);
    const char *near = nearest_of(scheme, s_schemes);
    err_set(err, ERR_INPUT, "\"%s\" is not a target", text);
    err_hint(err, "%s%s%sA target is queue:ARN, phone:+441632960000, agent:LOGIN or ext:NNNN",
             near ? "Did you mean \"" : "", near ? near : "", near ? ":\"? " : "");
    return ERR_INPUT;
}

static enum err_code check_phone(const char *number, struct err *err)
{
    size_t digits = number[0] == '+' ? strspn(number + 1, "0123456789") : 0;
    if (number[0] != '+' || number[1] == '0' || number[1 + digits] != '\0' ||
        digits < E164_DIGITS_MIN || digits > E164_DIGITS_MAX) {
        err_set(err, ERR_INPUT, "\"%s\" is not a telephone number in E.164", number);
        err_hint(err, "Write it with '+', country code and no blanks: phone:+441632960000");
        return ERR_INPUT;
    }
    return ERR_OK;
}

/* An id is a UUID; an ARN ends with one. Nothing in either needs more than these characters. */
static enum err_code check_queue(const char *queue, struct err *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-:/_.";
    bool arn = strncmp(queue, "arn:", 4) == 0;
    if (queue[strspn(queue, allowed)] != '\0' || strlen(queue) < 36 ||
        (arn && !strstr(queue, "/queue/"))) {
        err_set(err, ERR_INPUT, "\"%s\" is not the ARN or id of a queue", queue);
        err_hint(err, "The console of Amazon Connect shows it: "
                      "queue:arn:aws:connect:REGION:ACCOUNT:instance/ID/queue/ID");
        return ERR_INPUT;
    }
    return ERR_OK;
}

static enum err_code check_ext(const char *ext, int width, struct err *err)
{
    if (!text_is_digits(ext) || strlen(ext) != (size_t)width) {
        return err_set(err, ERR_INPUT, "\"%s\" is not an extension of %d digits", ext, width);
    }
    return ERR_OK;
}

static enum err_code check_agent(const char *login, struct err *err)
{
    const char *fault = login_fault(login, strlen(login));
    return fault ? err_set(err, ERR_INPUT, "the login \"%s\" of the target %s", login, fault)
                 : ERR_OK;
}

/* The scheme that the text begins with, or -1. */
static int find_scheme(const char *text)
{
    size_t length = strcspn(text, ":");
    for (int i = 0; s_schemes[i] && text[length] == ':'; i++) {
        if (strlen(s_schemes[i]) == length && strncmp(text, s_schemes[i], length) == 0) {
            return i;
        }
    }
    return -1;
}

bool target_has_scheme(const char *text)
{
    return find_scheme(text) >= 0;
}

enum err_code target_parse(const char *text, int width, enum target_kind *kind, const char **bare,
                           struct err *err)
{
    if (strlen(text) > TARGET_MAX) {
        return err_set(err, ERR_INPUT, "the target is longer than %d bytes", TARGET_MAX);
    }
    int scheme = find_scheme(text);
    if (scheme < 0) {
        return unknown_form(text, err);
    }
    *kind = (enum target_kind)scheme;
    *bare = strchr(text, ':') + 1;
    switch (*kind) {
    case TARGET_QUEUE:
        return check_queue(*bare, err);
    case TARGET_PHONE:
        return check_phone(*bare, err);
    case TARGET_AGENT:
        return check_agent(*bare, err);
    case TARGET_EXT:
        return check_ext(*bare, width, err);
    }
    return ERR_INTERNAL;
}
