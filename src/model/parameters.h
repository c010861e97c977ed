/* parameters.h - a run's parameters for other programs. */
#ifndef N2V_MODEL_PARAMETERS_H
#define N2V_MODEL_PARAMETERS_H

#include <stdio.h>

/* "name=value" lines as a JSON object of strings. A name that comes again (input) has a number:
 * JSON wants each once. */
void parameters_json(FILE *out, const char *parameters);

#endif
