#include "core/demo/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/demo/sites.h"
#include "core/pool/export.h"

#include "core/base/banned.h"

enum err_code demo_folder_make(struct demo_folder *folder, const struct environment *environment,
                               struct settings *settings, struct err *err)
{
    if (folder->path[0] == '\0') {
        const char *base = environment_get(environment, "TMPDIR");
        char path[DEMO_FOLDER_ROOM];
        int length = snprintf(path, sizeof path, "%s/extpool-demo-XXXXXX", base ? base : "/tmp");
        if (length < 0 || (size_t)length >= sizeof path) {
            return err_set(err, ERR_CONFIG, "TMPDIR is too long");
        }
        if (!mkdtemp(path)) {
            return err_set_errno(err, ERR_IO, errno, "%s", path);
        }
        memcpy(folder->path, path, sizeof path);
    }
    settings->store = arena_printf(&settings->arena, "demo:%s/extpool.db", folder->path);
    demo_sites(&settings->policy);
    settings->export_to = arena_printf(&settings->arena, "file:%s/" EXPORT_NAME, folder->path);
    return ERR_OK;
}

/* The folder is flat: the store with its journal, and the export. */
void demo_folder_remove(struct demo_folder *folder)
{
    if (folder->path[0] == '\0') {
        return;
    }
    DIR *entries = opendir(folder->path);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    if (entries) {
        closedir(entries);
    }
    rmdir(folder->path);
    folder->path[0] = '\0';
}
