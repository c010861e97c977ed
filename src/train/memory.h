/* memory.h - what a training needs, from the sizes of its structures. */
#ifndef N2V_TRAIN_MEMORY_H
#define N2V_TRAIN_MEMORY_H

#include "train/train_options.h"

/* Bytes of the model, the distributions and the buffers of all threads, for so many words. rates: rows have learning
 * rates of their own. */
uint64_t train_memory(const TrainOptions *options, size_t words, bool rates);

#endif
