#ifndef CORE_POOL_MATCH_H
#define CORE_POOL_MATCH_H

/*
 * A line of `match` in [group NAME]: terms between blanks, which hold together.
 *
 *     routing_profile:London* tag:site=london
 *     hierarchy:"UK/Leeds/Team 4" login:*@leeds.example
 *
 * A double quote begins and ends a part with blanks. A term is FIELD:PATTERN, or FIELD:KEY=PATTERN of a
 * tag or a column (AGENT_FIELDS); '*' in the pattern is any text.
 */

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/pool/group.h"

#define MATCH_TERMS_MAX 16 /* of one line */

/* In `arena`. ERR_CONFIG says which term is wrong and why. */
enum err_code match_parse(const char *text, struct arena *arena, struct match_line *line,
                          struct err *err) ERR_CHECK;

/* The words of a text, as they stand between blanks and in double quotes; with `separators` beside
   blanks. A NULL-terminated array in `arena`. ERR_CONFIG: a quote is not closed. */
enum err_code match_words(const char *text, const char *separators, struct arena *arena,
                          const char *const **words, struct err *err) ERR_CHECK;

/* Two terms that no agent can have at once: a field that has one value, and patterns that do not go
   together. NULL: there are none. In pairs: [0] and [1]. */
bool match_contradicts(const struct match_line *line, const struct match_term **first,
                       const struct match_term **second);

/* Whether everybody whom `narrow` takes is taken by `wide`, as far as the patterns say. */
bool match_covers(const struct match_line *wide, const struct match_line *narrow);

/* "routing_profile:London*", for messages, in `arena`. */
const char *match_term_text(const struct match_term *term, struct arena *arena);

/* All terms, in quotes if they need them: match_parse reads it back. In `arena`. */
const char *match_line_text(const struct match_line *line, struct arena *arena);

#endif
