#include "core/pool/lookalike.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/* ---- pairs --------------------------------------------------------------------------------- */

/* Small letters, digits and . _ @ - alone, with a letter first: what most logins are. */
static bool is_plain(const char *login)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789._@-";
    return login[0] >= 'a' && login[0] <= 'z' && login[strspn(login, plain)] == '\0';
}

const char *login_key(const char *login, char out[FOLD_ROOM])
{
    if (is_plain(login)) {
        return login;
    }
    text_fold(login, FOLD_ALL, out);
    return out;
}

enum login_difference login_difference(const char *a, const char *b)
{
    static const unsigned what[LOGIN_DIFFERENCES] = {
        [LOGIN_DIFFERS_IN_CASE] = FOLD_CASE,
        [LOGIN_DIFFERS_IN_FORM] = FOLD_FORM,
        [LOGIN_DIFFERS_UNSEEN] = FOLD_UNSEEN,
        [LOGIN_DIFFERS_IN_ZEROS] = FOLD_ZEROS,
    };
    for (enum login_difference one = 0; one < LOGIN_DIFFERS_IN_SEVERAL; one++) {
        char folded_a[FOLD_ROOM];
        char folded_b[FOLD_ROOM];
        text_fold(a, what[one], folded_a);
        text_fold(b, what[one], folded_b);
        if (strcmp(folded_a, folded_b) == 0) {
            return one;
        }
    }
    return LOGIN_DIFFERS_IN_SEVERAL;
}

const char *login_difference_text(enum login_difference difference)
{
    static const char *const words[LOGIN_DIFFERENCES] = {
        [LOGIN_DIFFERS_IN_CASE] = "only in case",
        [LOGIN_DIFFERS_IN_FORM] = "only in how their letters are encoded (NFC, NFD, full width)",
        [LOGIN_DIFFERS_UNSEEN] = "only in characters that nobody sees",
        [LOGIN_DIFFERS_IN_ZEROS] = "only in zeros before or behind a number",
        [LOGIN_DIFFERS_IN_SEVERAL] =
            "in several of these: case, encoding, unseen characters, zeros",
    };
    return words[difference];
}

/* ---- what is hardly a login ---------------------------------------------------------------- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (text_equal_nocase(text, *words)) {
            return true;
        }
    }
    return false;
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* Every error of every spreadsheet in every language begins with '#', which no user name can hold;
   LibreOffice also has Err:502. */
static bool is_spreadsheet_error(const char *login)
{
    return login[0] == '#' || (strncmp(login, "Err:", 4) == 0 && text_is_digits(login + 4));
}

/* 1.23E+11, 1,23E+11, -1.2e-07. "1E5" is somebody's: it is never written without a sign. */
static bool is_power_of_ten(const char *login)
{
    const char *at = login + (login[0] == '-');
    size_t n = digits_at(at);
    at += n;
    if (n > 0 && (*at == '.' || *at == ',')) {
        at += 1 + digits_at(at + 1);
    }
    return n > 0 && (at[0] == 'E' || at[0] == 'e') && (at[1] == '+' || at[1] == '-') &&
           text_is_digits(at + 2);
}

/* A spreadsheet keeps 15 digits of a number and writes zeros for the others. */
static bool is_cut_number(const char *login)
{
    size_t length = strlen(login);
    return length > 15 && text_is_digits(login) && strspn(login + 15, "0") == length - 15;
}

/* 1001.0, as data frames write a column of numbers that had a gap. */
static bool is_fraction_of_zero(const char *login)
{
    size_t n = digits_at(login);
    return n > 0 && (login[n] == '.' || login[n] == ',') && login[n + 1] == '0' &&
           login[n + 2 + strspn(login + n + 2, "0")] == '\0';
}

static bool is_month(const char *text, size_t length)
{
    static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec "
                                 "mrz mai okt dez "
                                 "ene abr ago dic "
                                 "gen mag giu lug set ott ";
    char word[5] = "";
    if (length != 3) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        word[i] = text_lower(text[i]);
    }
    word[3] = ' ';
    return strstr(months, word) != NULL;
}

/* 1-Mar, Mar-01, 1-Mar-26, 2026-03-01, 01.03.2026, 3/1/2026, also with a time behind it */
static bool is_date(const char *login)
{
    size_t first = strcspn(login, "-./");
    char between = login[first];
    if (between == '\0') {
        return false;
    }
    const char *second = login + first + 1;
    size_t length = strcspn(second, "-./ T");
    bool day_first = digits_at(login) == first && first > 0;
    bool dash = between == '-'; /* "jan.01" is rather a person */
    if ((dash && day_first && first <= 2 && is_month(second, length)) ||
        (dash && is_month(login, first) && digits_at(second) == 2 && second[2] == '\0')) {
        return true;
    }
    if (!day_first || digits_at(second) != length || length == 0 || length > 2 ||
        second[length] != between) {
        return false;
    }
    const char *third = second + length + 1;
    size_t last = digits_at(third);
    bool ends = third[last] == '\0' || third[last] == ' ' || third[last] == 'T';
    return ends && ((first == 4 && last == 2) || (first <= 2 && last == 4));
}

static bool is_rewritten(const char *login)
{
    /* TRUE and FALSE as spreadsheets write them in some of their languages */
    static const char *const truths[] = {"true", "false",     "wahr",  "falsch", "vrai",   "faux",
                                         "vero", "verdadero", "falso", "waar",   "onwaar", NULL};
    return is_power_of_ten(login) || is_cut_number(login) || is_fraction_of_zero(login) ||
           is_date(login) || is_one_of(login, truths);
}

/* What programs write for nothing. */
static bool is_no_value(const char *login)
{
    static const char *const words[] = {
        "none", "null",   "nan",    "nil",    "undefined", "n/a", "<na>",    "n.a.",
        "nat",  "<null>", "(null)", "<none>", "(none)",    "\\N", "(blank)", "[object object]",
        "-",    "--",     "?",      NULL};
    return is_one_of(login, words);
}

/* AgentUsername in https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateUser.html */
static bool connect_can_have(const char *login)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.@-";
    size_t length = strlen(login);
    return length <= 100 && strspn(login, allowed) == length;
}

/* Whether all questions below are answered with no; true for most logins. */
static bool is_ordinary(const char *login)
{
    size_t length = strlen(login);
    return length > 4 && length <= 100 && is_plain(login) && strpbrk(login + 1, ".@_");
}

enum login_doubt login_doubt(const char *login)
{
    if (is_ordinary(login)) {
        return LOGIN_IS_FINE;
    }
    if (is_spreadsheet_error(login)) {
        return LOGIN_IS_SPREADSHEET_ERROR;
    }
    if (is_rewritten(login)) {
        return LOGIN_IS_REWRITTEN;
    }
    if (is_no_value(login)) {
        return LOGIN_IS_NO_VALUE;
    }
    return connect_can_have(login) ? LOGIN_IS_FINE : LOGIN_IS_NOT_CONNECTS;
}

const char *login_doubt_text(enum login_doubt doubt, bool several)
{
    static const char *const words[LOGIN_DOUBTS][2] = {
        [LOGIN_IS_FINE] = {"is fine", "are fine"},
        [LOGIN_IS_SPREADSHEET_ERROR] = {"looks like an error of a spreadsheet",
                                        "look like errors of a spreadsheet"},
        [LOGIN_IS_REWRITTEN] = {"looks like a number, date or truth that a spreadsheet rewrote",
                                "look like numbers, dates or truths that a spreadsheet rewrote"},
        [LOGIN_IS_NO_VALUE] = {"looks like a missing value", "look like missing values"},
        [LOGIN_IS_NOT_CONNECTS] = {"cannot be a user name of Amazon Connect "
                                   "(a-z A-Z 0-9 _ . @ -, at most 100)",
                                   "cannot be user names of Amazon Connect "
                                   "(a-z A-Z 0-9 _ . @ -, at most 100)"},
    };
    return words[doubt][several];
}
