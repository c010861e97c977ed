/* objective_text.h - the text of an objective, as programs give it. */
#ifndef N2V_API_OBJECTIVE_TEXT_H
#define N2V_API_OBJECTIVE_TEXT_H

#include "objectives/objective.h"

/* objective_parse for a text that may be NULL, which is refused. */
n2v_status objective_of_text(const n2v_objectives *set, const char *text, const n2v_objective **objective,
                             float parameters[N2V_MAX_PARAMETERS], n2v_error *error);

#endif
