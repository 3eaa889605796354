#include "core/base/path_offers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static bool can_be_shown(struct arena *arena, const char *name)
{
    size_t length = strlen(name);
    return text_utf8_check(name, length) == length && text_sanitise(arena, name) == name;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The folder of the path, and in *last where its last part begins. */
static char *folder_of(const char *typed, const char *home, const char **last)
{
    const char *slash = strrchr(typed, '/');
    *last = slash ? slash + 1 : typed;
    int length = (int)(*last - typed);
    if (typed[0] == '~' && typed[1] == '/' && home) {
        return mem_printf("%s/%.*s", home, length - 2, typed + 2);
    }
    return length > 0 ? mem_printf("%.*s", length, typed) : mem_strdup(".");
}

static bool is_folder(const char *folder, const char *name)
{
    struct stat there;
    char *path = mem_printf("%s/%s", folder, name);
    bool yes = stat(path, &there) == 0 && S_ISDIR(there.st_mode);
    free(path);
    return yes;
}

static void collect(struct path_offers *out, DIR *open, const char *folder, const char *last)
{
    size_t length = strlen(last);
    const struct dirent *entry;
    while (out->n_names < PATH_OFFERS_MAX && (entry = readdir(open))) {
        const char *name = entry->d_name;
        bool hidden = name[0] == '.' && last[0] != '.';
        bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        if (!hidden && !dots && strncmp(name, last, length) == 0 &&
            can_be_shown(&out->arena, name)) {
            out->names[out->n_names++] =
                arena_printf(&out->arena, "%s%s", name, is_folder(folder, name) ? "/" : "");
        }
    }
}

static const char *common_start(struct path_offers *offers)
{
    if (offers->n_names == 0) {
        return "";
    }
    size_t same = strlen(offers->names[0]);
    for (size_t i = 1; i < offers->n_names; i++) {
        size_t n = 0;
        while (n < same && offers->names[i][n] == offers->names[0][n]) {
            n++;
        }
        same = n;
    }
    while (same > 0 && ((unsigned char)offers->names[0][same] & 0xC0) == 0x80) {
        same--; /* not in the middle of a character */
    }
    return arena_strndup(&offers->arena, offers->names[0], same);
}

void path_offers_read(const char *typed, const char *home, struct path_offers *out)
{
    const char *last;
    char *folder = folder_of(typed, home, &last);
    *out = (struct path_offers){.more = ""};
    out->names = mem_array(PATH_OFFERS_MAX, sizeof *out->names);
    DIR *open = opendir(folder);
    if (open) {
        collect(out, open, folder, last);
        closedir(open);
    }
    if (out->n_names > 0) {
        qsort(out->names, out->n_names, sizeof *out->names, by_name);
    }
    const char *common = common_start(out);
    size_t typed_length = strlen(last);
    out->more = strlen(common) > typed_length ? common + typed_length : "";
    free(folder);
}

void path_offers_release(struct path_offers *offers)
{
    free(offers->names);
    arena_release(&offers->arena);
    *offers = (struct path_offers){.more = ""};
}
