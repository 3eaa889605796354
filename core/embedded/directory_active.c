#include "core/embedded/directory_active.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/fold.h"
#include "core/base/text.h"

/* ---- words --------------------------------------------------------------------------------- */

/* In the form of csv_header_name, then folded: small letters, blanks for '_' and '-'. Systems:
   Okta (https://developer.okta.com/docs/reference/api/users/, "User status"), Entra, Active
   Directory, Google, Cognito, HR; truths as spreadsheets write them in their languages. */
static const char *const s_true[] = {
    "true", "yes",    "y",         "t",    "1",         "on",   "wahr", "ja",
    "vrai", "oui",    "verdadero", "si",   "s\xC3\xAD", "vero", "waar", "verdadeiro",
    "sim",  "prawda", "tak",       "sant", "sand",      NULL};

static const char *const s_false[] = {"false", "no",     "n",     "f",          "0",
                                      "off",   "falsch", "nein",  "faux",       "non",
                                      "falso", "onwaar", "nee",   "n\xC3\xA3o", "fa\xC5\x82sz",
                                      "nie",   "falskt", "falsk", "nej",        NULL};

static const char *const s_active[] = {
    "active",     "enabled",        "activated", "current",     "employed",  "ok",
    "normal",     "registered",     "confirmed", "provisioned", "recovery",  "password expired",
    "locked out", "password reset", "allowed",   "aktiv",       "aktiviert", "actif",
    "activo",     "attivo",         "abilitato", "actief",      "ativo",     "aktywny",
    "aktiverad",  "aktiveret",      NULL};

static const char *const s_inactive[] = {
    "inactive",      "not active",  "disabled",    "deactivated",  "suspended",
    "deprovisioned", "deleted",     "removed",     "terminated",   "blocked",
    "archived",      "staged",      "retired",     "resigned",     "dismissed",
    "left",          "leaver",      "former",      "expired",      "unconfirmed",
    "withdrawn",     "revoked",     "denied",      "closed",       "soft deleted",
    "inaktiv",       "deaktiviert", "gesperrt",    "inactif",      "d\xC3\xA9sactiv\xC3\xA9",
    "inactivo",      "desactivado", "inattivo",    "disabilitato", "inactief",
    "inativo",       "nieaktywny",  "inaktiverad", "deaktiveret",  NULL};

struct word {
    char text[FOLD_ROOM];
};

static struct word word_of(const char *text, size_t length)
{
    char name[CSV_HEADER_ROOM];
    struct word word;
    csv_header_name((struct csv_field){text, length}, name);
    text_fold(name, FOLD_CASE, word.text);
    return word;
}

static bool is_one_of(const struct word *word, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(word->text, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- columns ------------------------------------------------------------------------------- */

static const struct known_column {
    const char *name;
    enum active_sense sense;
} s_known[] = {
    {"status", ACTIVE_STATUS},
    {"enabled", ACTIVE_STATUS},
    {"active", ACTIVE_STATUS},
    {"activated", ACTIVE_STATUS},
    {"is active", ACTIVE_STATUS},
    {"isactive", ACTIVE_STATUS},
    {"is enabled", ACTIVE_STATUS},
    {"isenabled", ACTIVE_STATUS},
    {"account enabled", ACTIVE_STATUS},
    {"accountenabled", ACTIVE_STATUS},
    {"user enabled", ACTIVE_STATUS},
    {"login enabled", ACTIVE_STATUS},
    {"sign in enabled", ACTIVE_STATUS},
    {"account status", ACTIVE_STATUS},
    {"accountstatus", ACTIVE_STATUS},
    {"user status", ACTIVE_STATUS},
    {"userstatus", ACTIVE_STATUS},
    {"user.status", ACTIVE_STATUS},
    {"profile.status", ACTIVE_STATUS},
    {"login status", ACTIVE_STATUS},
    {"agent status", ACTIVE_STATUS},
    {"employee status", ACTIVE_STATUS},
    {"employment status", ACTIVE_STATUS},
    {"worker status", ACTIVE_STATUS},
    {"lifecycle status", ACTIVE_STATUS},
    {"state", ACTIVE_PLACE},
    {"user state", ACTIVE_STATUS},
    {"account state", ACTIVE_STATUS},
    {"suspended", ACTIVE_INVERTED},
    {"is suspended", ACTIVE_INVERTED},
    {"issuspended", ACTIVE_INVERTED},
    {"disabled", ACTIVE_INVERTED},
    {"is disabled", ACTIVE_INVERTED},
    {"isdisabled", ACTIVE_INVERTED},
    {"account disabled", ACTIVE_INVERTED},
    {"accountdisabled", ACTIVE_INVERTED},
    {"user disabled", ACTIVE_INVERTED},
    {"inactive", ACTIVE_INVERTED},
    {"is inactive", ACTIVE_INVERTED},
    {"deactivated", ACTIVE_INVERTED},
    {"deleted", ACTIVE_INVERTED},
    {"is deleted", ACTIVE_INVERTED},
    {"isdeleted", ACTIVE_INVERTED},
    {"archived", ACTIVE_INVERTED},
    {"is archived", ACTIVE_INVERTED},
    {"isarchived", ACTIVE_INVERTED},
    {"blocked", ACTIVE_INVERTED},
    {"is blocked", ACTIVE_INVERTED},
    {"block credential", ACTIVE_INVERTED},
    {"block sign in", ACTIVE_INVERTED},
    {"terminated", ACTIVE_INVERTED},
    {"useraccountcontrol", ACTIVE_FLAGS},
    {"user account control", ACTIVE_FLAGS},
};

bool active_column_known(struct csv_field header, struct active_column *column)
{
    char plain[CSV_HEADER_ROOM];
    csv_header_plain(header, plain);
    *column = (struct active_column){.sense = ACTIVE_STATUS};
    csv_header_name(header, column->name);
    header = csv_trim(header);
    text_sanitise_to(column->shown, sizeof column->shown, header.text, header.length, 0);
    for (size_t i = 0; i < sizeof s_known / sizeof s_known[0]; i++) {
        if (strcmp(s_known[i].name, plain) == 0) {
            column->sense = s_known[i].sense;
            return true;
        }
    }
    return false;
}

bool active_column_parse(const char *setting, struct active_column *column)
{
    const char *equals = strchr(setting, '=');
    size_t length = equals ? (size_t)(equals - setting) : strlen(setting);
    active_column_known((struct csv_field){setting, length}, column);
    if (!equals) {
        return strcmp(column->name, "none") != 0;
    }
    column->sense = ACTIVE_LISTED;
    column->listed = equals + 1;
    return true;
}

/* ---- judging ------------------------------------------------------------------------------- */

static bool is_listed(const char *listed, const struct word *word)
{
    while (*listed) {
        size_t length = strcspn(listed, ",");
        struct word one = word_of(listed, length);
        if (strcmp(one.text, word->text) == 0) {
            return true;
        }
        listed += length + (listed[length] == ',');
    }
    return false;
}

/* https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/
   useraccountcontrol-manipulate-account-properties: ACCOUNTDISABLE is 0x0002 */
static enum activity judge_flags(const struct word *word)
{
    char *end = NULL;
    if (strstr(word->text, "accountdisable")) {
        return ACTIVITY_NO;
    }
    if (word->text[0] < '0' || word->text[0] > '9') {
        return strstr(word->text, "normal") ? ACTIVITY_YES : ACTIVITY_UNKNOWN;
    }
    unsigned long flags = strtoul(word->text, &end, 0);
    return *end != '\0' ? ACTIVITY_UNKNOWN : flags & 2 ? ACTIVITY_NO : ACTIVITY_YES;
}

static enum activity judge_words(const struct active_column *column, const struct word *word)
{
    bool inverted = column->sense == ACTIVE_INVERTED;
    if (is_one_of(word, s_active)) {
        return ACTIVITY_YES;
    }
    if (is_one_of(word, s_inactive) || (inverted && strcmp(word->text, column->name) == 0)) {
        return ACTIVITY_NO;
    }
    if (is_one_of(word, s_true)) {
        return inverted ? ACTIVITY_NO : ACTIVITY_YES;
    }
    if (is_one_of(word, s_false)) {
        return inverted ? ACTIVITY_YES : ACTIVITY_NO;
    }
    return inverted && word->text[0] == '\0' ? ACTIVITY_YES : ACTIVITY_UNKNOWN;
}

enum activity active_judge(const struct active_column *column, const char *text, size_t length)
{
    struct word word = word_of(text, length);
    switch (column->sense) {
    case ACTIVE_LISTED:
        return is_listed(column->listed, &word) ? ACTIVITY_YES : ACTIVITY_NO;
    case ACTIVE_FLAGS:
        return judge_flags(&word);
    case ACTIVE_INVERTED:
    case ACTIVE_STATUS:
    case ACTIVE_PLACE:
        break;
    }
    return judge_words(column, &word);
}

void active_watch(struct active_column *column, const char *text, size_t length)
{
    enum activity activity = active_judge(column, text, length);
    if (activity == ACTIVITY_YES ||
        (activity == ACTIVITY_UNKNOWN && column->sense == ACTIVE_PLACE)) {
        return;
    }
    if (column->n++ == 0) {
        text_sanitise_to(column->value, sizeof column->value, text, length, 0);
    }
}

/* ---- notes --------------------------------------------------------------------------------- */

void active_note_watched(const struct active_column *column, size_t n_rows, struct roster *roster)
{
    if (column->n > 0) {
        roster_note(
            roster,
            "column \"%s\" was not looked at, and %zu of %zu say%s \"%s\"%s there: active_column "
            "= %s in the configuration leaves out people who are not active",
            column->shown, column->n, n_rows, column->n == 1 ? "s" : "", column->value,
            column->n > 1 ? " or the like" : "", column->shown);
    }
}

void active_note_left_out(const struct active_column *column, size_t n, struct roster *roster)
{
    if (n > 0) {
        roster_note(roster, "%zu left out, not active by column \"%s\"", n, column->shown);
    }
}
