/* turns.h - the text that is trained on where sentences have weights: each as often as its weight is.
 *
 * It is not stored. A sentence of weight w has ceil(w) copies; the last one is there with a probability, so that w is
 * their mean number. The text is gone through several times, and copies are spread over the passes: many copies in a
 * row would train on one sentence alone. With weights that are all the same whole number each pass has one of each. */
#ifndef N2V_CORPUS_TURNS_H
#define N2V_CORPUS_TURNS_H

#include "base/random.h"
#include "corpus/blocks.h"

typedef struct Turns Turns;

/* blocks are finished; they and the weights of their sentences are kept by reference. scaled as in
 * blocks_take_turns. */
n2v_status turns_create(Turns **turns, const Blocks *blocks, const float *weights, size_t sentences, bool scaled,
                        const Stop *stop, n2v_error *error);
void turns_destroy(Turns *turns); /* accepts NULL */

/* Blocks as blocks.h has them. */
size_t turns_count(const Turns *turns);
uint64_t turns_words_before(const Turns *turns, size_t index); /* of all, from the count on */
n2v_status turns_read(const Turns *turns, size_t index, Id *buffer, Block *block, n2v_error *error);

/* Draws which sentences of a block are there, and removes the others from it. buffer is that of blocks_read. The block
 * may be empty afterwards. */
void turns_draw(Block *block, Id *buffer, Random *random);

#endif
