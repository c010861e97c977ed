/* set.h - a set of objectives that a program adds to. */
#ifndef N2V_OBJECTIVES_SET_H
#define N2V_OBJECTIVES_SET_H

#include "kernels/kernels.h"
#include "objectives/objective.h"

/* A path that was loaded. */
typedef struct Plugin {
    void *handle; /* from dlopen; NULL: an earlier path has the same file */
    char *path;
    const char *name; /* of its first objective */
} Plugin;

struct n2v_objectives {
    const Kernels *kernels; /* of evaluations; NULL: no_kernels says why */
    n2v_error no_kernels;
    n2v_objective **added; /* copies, which stay where they are */
    size_t count, capacity;
    Plugin *plugins;
    size_t plugin_count, plugin_capacity;
};

n2v_status objectives_create(n2v_objectives **set, n2v_error *error);
void objectives_destroy(n2v_objectives *set); /* accepts NULL */

/* Adds a copy of a description that objective_validate accepts and whose name is new. */
n2v_status objectives_register(n2v_objectives *set, const n2v_objective *objective, n2v_error *error);

/* Forgets all but the first so many that were added. */
void objectives_forget(n2v_objectives *set, size_t count);

/* Loads a plug-in: a shared object with objectives. *name (may be NULL) becomes the name of the first. */
n2v_status objectives_load(n2v_objectives *set, const char *path, const char **name, n2v_error *error);

/* The name of the first objective that a loaded path has; NULL: the path is not loaded. */
const char *objectives_loaded(const n2v_objectives *set, const char *path);

#endif
