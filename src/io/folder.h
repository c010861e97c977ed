/* folder.h - a folder that files are written into. */
#ifndef N2V_IO_FOLDER_H
#define N2V_IO_FOLDER_H

#include <stdbool.h>

#include "base/status.h"

/* *is: path is a folder. N2V_ERROR_IO: the file system does not say. */
n2v_status folder_check(const char *path, bool *is, n2v_error *error);

/* The path of a name in a folder, malloc'ed; NULL: out of memory. */
char *folder_join(const char *folder, const char *name);

/* Makes the folder unless it is there; *made: it was not. Its parent must exist. N2V_ERROR_ARGUMENT: something else has
 * the path, or it cannot be made. */
n2v_status folder_make(const char *path, bool *made, n2v_error *error);

/* The name of a folder that was made reaches the disk. N2V_ERROR_DURABILITY: the disk does not confirm it. */
n2v_status folder_flush(const char *path, n2v_error *error);

/* Removes it, if it is empty. */
void folder_remove(const char *path);

#endif
