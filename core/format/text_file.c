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

enum err_code text_file_check(const char *name, const char *text, size_t length, struct err *err)
{
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        err_set(err, ERR_INPUT, "%s: UTF-16, and UTF-8 is wanted", name);
        err_hint(err, "Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8");
        return ERR_INPUT;
    }
    const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
    if (nul) {
        size_t at = (size_t)(nul - text);
        return err_set(err, ERR_INPUT, "%s:%zu: a NUL byte (at byte %zu): this is no text file",
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

enum err_code text_file_read(const char *path, const struct progress *progress, const char *phase,
                             struct buf *into, struct err *err)
{
    struct stat what;
    if (strcmp(path, "-") != 0 && stat(path, &what) == 0 && S_ISDIR(what.st_mode)) {
        return err_set(err, ERR_INPUT, "%s: a folder, not a file", path);
    }
    return fileio_read_slowly(path, progress, phase, into, err);
}
