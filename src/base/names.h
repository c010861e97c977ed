/* names.h - lists of names in messages: all of them, or the one that was meant. */
#ifndef N2V_BASE_NAMES_H
#define N2V_BASE_NAMES_H

#include <stddef.h>

/* A list of names: the one at an index, NULL beyond the last. */
typedef const char *(*NameAt)(const void *list, size_t index);

/* For an array of strings with NULL after the last. */
const char *name_in_array(const void *array, size_t index);

/* The name that is spelled most like the text of so many bytes, in any case; NULL when none is near. */
const char *names_nearest(const char *text, size_t bytes, NameAt name, const void *list);

/* Writes "a, b, c", cut where the room ends. Returns text. */
const char *names_join(NameAt name, const void *list, char *text, size_t room);

#endif
