/* structure.h - structures that cross the public interface and grow at the end. They begin with `size`, which the
 * caller sets to sizeof of the structure in its own header: an earlier, the same or a later one. `first` is the size
 * that the structure had in the first public header: no caller has less. `known` is the size here. */
#ifndef N2V_API_STRUCTURE_H
#define N2V_API_STRUCTURE_H

#include <stddef.h>

#include "base/status.h"

/* Refuses a size that no header has: smaller than the first one, not a multiple of its own first member, or so large
 * that it was never set. */
n2v_status structure_check(size_t size, size_t first, const char *name, n2v_error *error);

/* Fills the caller's structure of `size` bytes from ours of `known` bytes. What only a later header has becomes 0. */
void structure_hand_out(void *to, size_t size, const void *from, size_t known);

/* Copies the caller's structure of `size` bytes into ours of `known` bytes. Members that the caller's header does not
 * have become 0. Refuses bytes that only a later header has, unless they are 0: they may change the meaning. */
n2v_status structure_take(void *to, size_t known, const void *from, size_t size, const char *name, n2v_error *error);

#endif
