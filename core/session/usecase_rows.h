#ifndef CORE_SESSION_USECASE_ROWS_H
#define CORE_SESSION_USECASE_ROWS_H

/* Between usecase.c and usecase_rows.c, and for nobody else. */

#include "core/session/usecase.h"

struct edit_wish {
    const char *action;
    const struct request *requests;
    size_t n;
};

/* Plans a few requests from the records that they are about. ERR_OK without `use->plan`: that is not
   certain, or a request is refused, so all is to be read; what was read already stands in `use`. */
enum err_code usecase_plan_rows(struct usecase *use, const struct edit_wish *wish) ERR_CHECK;

/* Notes in the plan which of those whom it releases are in the directory, so that the next sync gives them
   an extension again. A few are asked for one by one if it was not read. */
void usecase_note_staying(struct usecase *use);

#endif
