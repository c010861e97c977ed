/* trained_with.h - what the record of vectors says about their training, for functions of probabilities. */
#ifndef N2V_API_TRAINED_WITH_H
#define N2V_API_TRAINED_WITH_H

#include "nce2vec.h"
#include "noise/window.h"
#include "query/log_probability.h"

typedef struct RecordedTraining {
    TrainedWith trained;
    float parameters[N2V_MAX_PARAMETERS]; /* that trained points to */
    size_t window;
    WindowWeights weights;
    bool cbow;
} RecordedTraining;

/* Fills *recorded, which must stay where it is. N2V_ERROR_ARGUMENT: the vectors are not a whole model, or one of
 * positions; use is what needs one, such as "likelihood". N2V_ERROR_FORMAT: the record is not valid. */
n2v_status recorded_training_take(RecordedTraining *recorded, const n2v_vectors *vectors,
                                  const n2v_objectives *objectives, const char *use, n2v_error *error);

#endif
