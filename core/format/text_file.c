#include "core/format/text_file.h"

#include <string.h>
#include <sys/stat.h>

#include "core/base/banned.h"
#include "core/base/fileio.h"
#include "core/base/text.h"

const char *text_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static size_t line_of(const char *text, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++) {
        line += text[i] == '\n';
    }
    return line;
}

/* ---- files that are not text --------------------------------------------------------------- */

#define AS_CSV "Save it as CSV (UTF-8)"

/* Files that people take for a CSV, by the bytes they begin with. */
static const struct binary_kind {
    const char *magic;
    const char *what;
    const char *hint;
} s_binaries[] = {
    {"PK\x03\x04", "a workbook (.xlsx, .ods) or another ZIP archive",
     AS_CSV ", or: libreoffice --headless --convert-to csv FILE"},
    {"PK\x05\x06", "an empty ZIP archive", AS_CSV},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old workbook (.xls)",
     AS_CSV ", or: libreoffice --headless --convert-to csv FILE"},
    {"\x1F\x8B", "a file that is compressed by gzip", "Unpack it: gunzip FILE"},
    {"BZh", "a file that is compressed by bzip2", "Unpack it: bunzip2 FILE"},
    {"\xFD"
     "7zXZ",
     "a file that is compressed by xz", "Unpack it: unxz FILE"},
    {"\x28\xB5\x2F\xFD", "a file that is compressed by zstd", "Unpack it: unzstd FILE"},
    {"%PDF-", "a PDF", "Take the CSV or JSON that it was made from"},
    {"{\\rtf", "a text document (RTF)", AS_CSV},
    {"SQLite format 3", "an SQLite database", "A store is named with --store sqlite:FILE"},
};

static enum err_code check_binary(const char *name, const char *text, size_t length,
                                  struct err *err)
{
    for (size_t i = 0; i < sizeof s_binaries / sizeof s_binaries[0]; i++) {
        const struct binary_kind *kind = &s_binaries[i];
        size_t n = strlen(kind->magic);
        if (length >= n && memcmp(text, kind->magic, n) == 0) {
            err_set(err, ERR_INPUT, "%s: this is %s, not text", name, kind->what);
            err_hint(err, "%s", kind->hint);
            return ERR_INPUT;
        }
    }
    return ERR_OK;
}

enum err_code text_file_check(const char *name, const char *text, size_t length, struct err *err)
{
    if (check_binary(name, text, length, err) != ERR_OK) {
        return ERR_INPUT;
    }
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        err_set(err, ERR_INPUT, "%s: UTF-16, but UTF-8 is expected", name);
        err_hint(err, "Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8");
        return ERR_INPUT;
    }
    const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
    if (nul) {
        size_t at = (size_t)(nul - text);
        return err_set(err, ERR_INPUT, "%s:%zu: a NUL byte (at byte %zu): this is not a text file",
                       name, line_of(text, at), at + 1);
    }
    size_t at = text_utf8_check(text, length);
    if (at != length) {
        err_set(err, ERR_INPUT, "%s:%zu: byte 0x%02X (at byte %zu) is not UTF-8", name,
                line_of(text, at), (unsigned)(unsigned char)text[at], at + 1);
        err_hint(err, "If it is Latin-1: iconv -f WINDOWS-1252 -t UTF-8");
        return ERR_INPUT;
    }
    return ERR_OK;
}

/* ---- what is text of another kind ---------------------------------------------------------- */

struct span {
    const char *text;
    size_t length;
};

/* The next line that is not empty, from *at on. */
static struct span next_line(const char *text, size_t length, size_t *at)
{
    while (*at < length && (text[*at] == '\n' || text[*at] == '\r')) {
        ++*at;
    }
    struct span line = {text + *at, 0};
    while (*at < length && text[*at] != '\n' && text[*at] != '\r') {
        ++*at;
        line.length++;
    }
    return line;
}

static bool starts(struct span line, const char *word)
{
    return line.length >= strlen(word) && memcmp(line.text, word, strlen(word)) == 0;
}

/* "Users:" and below it an indented line or a list; "- Id: ..."; "---". */
static bool is_yaml(struct span first, struct span second)
{
    if ((first.length == 3 && starts(first, "---")) || starts(first, "%YAML")) {
        return true;
    }
    if (starts(first, "- ")) {
        return true;
    }
    bool key = first.length > 1 && first.text[first.length - 1] == ':' &&
               !memchr(first.text, ',', first.length) && !memchr(first.text, '"', first.length);
    return key && (starts(second, "- ") || starts(second, "  "));
}

struct text_file_guess text_file_guess(const char *text, size_t length)
{
    static const char as_json[] = "With the AWS CLI: --output json";
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    struct span first = next_line(text, length, &at);
    struct span second = next_line(text, length, &at);
    if (starts(first, "-----") || starts(first, "+--") || starts(first, "|")) {
        return (struct text_file_guess){"a table for people", as_json};
    }
    if (is_yaml(first, second)) {
        return (struct text_file_guess){"YAML", as_json};
    }
    if (starts(first, "{") || starts(first, "[")) {
        return (struct text_file_guess){"JSON", AS_CSV};
    }
    if (starts(first, "<")) {
        return (struct text_file_guess){"HTML or XML", AS_CSV};
    }
    if (starts(first, "dn: ") || starts(first, "dn:: ")) {
        return (struct text_file_guess){"LDIF", AS_CSV ", with a column of logins"};
    }
    return (struct text_file_guess){NULL, NULL};
}

/* ---- reading ------------------------------------------------------------------------------- */

enum err_code text_file_read(const char *path, const struct progress *progress, const char *phase,
                             struct buf *into, struct err *err)
{
    struct stat what;
    if (strcmp(path, "-") != 0 && stat(path, &what) == 0 && S_ISDIR(what.st_mode)) {
        return err_set(err, ERR_INPUT, "%s: a folder, not a file", path);
    }
    return fileio_read_slowly(path, progress, phase, into, err);
}
