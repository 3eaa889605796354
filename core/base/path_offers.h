#ifndef CORE_BASE_PATH_OFFERS_H
#define CORE_BASE_PATH_OFFERS_H

/*
 * What a path that is being typed can become: the files and folders that begin like it. Reads a
 * folder, which may take its time on a network disk: not for the UI thread.
 *
 *     struct path_offers offers;
 *     path_offers_read("~/ag", "/home/kim", &offers);  // names: "agents.csv", "agents-old.csv"
 *     ... offers.more: "ents" ...
 *     path_offers_release(&offers);
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

#define PATH_OFFERS_MAX 200

struct path_offers {
    struct arena arena;
    const char **names; /* of the entries, sorted, a folder with '/' behind it */
    size_t n_names;     /* 0: nothing begins so */
    const char *more;   /* what can be typed on for all of them; "" */
};

/* "~/" is `home` (NULL: no home). A name that a terminal cannot show as it is is left out; one that
   begins with '.' as well, unless that is typed. */
void path_offers_read(const char *typed, const char *home, struct path_offers *out);
void path_offers_release(struct path_offers *offers);

#endif
