/* toy.h - a toy language: lines of two words, drawn from a symmetric joint distribution that is known. */
#ifndef N2V_TESTS_TOY_H
#define N2V_TESTS_TOY_H

#include "training.h"

#define TOY_WORDS 40

typedef struct toy {
    training_text *text;
    double pairs[TOY_WORDS][TOY_WORDS]; /* [c][w]: how often w is beside c, by id */
} toy;

toy make_toy(size_t lines); /* free_text(toy.text) */

#endif
