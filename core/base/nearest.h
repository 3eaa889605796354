#ifndef CORE_BASE_NEAREST_H
#define CORE_BASE_NEAREST_H

/*
 * What was meant by a word that is not known: for the hints of errors.
 */

/* The nearest of a list that ends with NULL, or NULL if none is near: a few letters changed, or
   the beginning of exactly one. */
const char *nearest_of(const char *text, const char *const *names);

#endif
