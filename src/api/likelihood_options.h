/* likelihood_options.h - what the functions of likelihoods share: how vectors were trained, and how a text is
 * measured. */
#ifndef N2V_API_LIKELIHOOD_OPTIONS_H
#define N2V_API_LIKELIHOOD_OPTIONS_H

#include "api/trained_with.h"
#include "query/likelihood.h"

/* Fills *options, with pointers into *recorded, which must stay where it is. settings may be NULL. The refusals of
 * recorded_training_take. */
n2v_status likelihood_options_take(LikelihoodOptions *options, RecordedTraining *recorded, const n2v_vectors *vectors,
                                   const n2v_settings *settings, const n2v_objectives *objectives, n2v_error *error);

#endif
