#include "tui/view/selection.h"

#include <stdlib.h>

#include "core/base/banned.h"

void selection_release(struct selection *selection)
{
    free(selection->rows);
    free(selection->slots);
    *selection = (struct selection){0};
}
