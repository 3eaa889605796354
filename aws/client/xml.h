#ifndef AWS_CLIENT_XML_H
#define AWS_CLIENT_XML_H

/*
 * As much XML as the answers of S3 and STS are made of: find an element by its name, take its
 * text. Namespaces' prefixes are ignored, entities of XML itself and numeric ones are resolved,
 * comments, CDATA sections and processing instructions are known. Nothing here trusts its input;
 * nesting costs no stack.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* A stretch of text, borrowed. */
struct xml_part {
    const char *text;
    size_t length;
};

struct xml_part xml_whole(const char *text, size_t length);

/* What is between the tags of the first element of that name, at any depth. False if there is
   none or if it does not end. */
bool xml_find(struct xml_part within, const char *name, struct xml_part *inner);

/* The same for the next one behind `*rest`, which is moved past it: for lists. Begin with *rest =
   the part to look through. */
bool xml_next(struct xml_part *rest, const char *name, struct xml_part *inner);

/* The text of what xml_find finds, without tags and with entities resolved, as a new text (free
   with free()); NULL if there is no such element. */
char *xml_find_text(struct xml_part within, const char *name);

#endif
