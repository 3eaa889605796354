#ifndef CORE_SESSION_PLACES_H
#define CORE_SESSION_PLACES_H

/*
 * What the settings name, looked at without any network and without any write: directory files, the
 * embedded store, the folder of the export. Of what is in Amazon only the form is judged, and whether
 * the shared configuration of AWS has the profile. A use-case; --check-config is its face.
 *
 *     struct places places;
 *     places_look(&options, &places, &mistakes);
 *     ... places.items[i].uri, .says ...
 *     places_release(&places);
 */

#include "core/session/session.h"
#include "core/settings/mistakes.h"

struct place {
    enum option_id option; /* OPT_DIRECTORY, OPT_STORE, OPT_EXPORT_TO */
    const char *name;      /* of a directory; NULL */
    const char *uri;
    const char *says; /* "250 agents", "in Amazon: not asked"; "" if it is a mistake */
};

struct places {
    struct arena arena;
    struct place *items;
    size_t n_items;
};

/* What is wrong goes to `mistakes`, with the line or the variable that names the place in front. */
void places_look(const struct session_options *options, struct places *places,
                 struct mistakes *mistakes);
void places_release(struct places *places);

/* Looks at all places for `--doctor --all`: those on this machine here, those of a service there
   (struct port_service). A line for each look; what fails stops no other one. */
void places_examine(struct session *session, const struct progress *progress,
                    struct checks *checks);

#endif
