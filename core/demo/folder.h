#ifndef CORE_DEMO_FOLDER_H
#define CORE_DEMO_FOLDER_H

/*
 * The throw-away folder of --demo: a store and an export that are gone when the program ends.
 */

#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/settings/settings.h"

#define DEMO_FOLDER_ROOM 256

struct demo_folder {
    char path[DEMO_FOLDER_ROOM]; /* "": none was made */
};

/* Makes the folder in TMPDIR, else /tmp, unless it is there already, and names the settings' store
   and export in it. Their pool is divided among the sites. */
enum err_code demo_folder_make(struct demo_folder *folder, const struct environment *environment,
                               struct settings *settings, struct err *err) ERR_CHECK;

/* Removes the folder and the files in it; does nothing if none was made. */
void demo_folder_remove(struct demo_folder *folder);

#endif
