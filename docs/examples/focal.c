/* focal.c - a plug-in: a shared object with an objective of one's own, for a program that knows it by its path.
 * Build: cc -O2 -fPIC -shared -o focal.so focal.c $(pkg-config --cflags nce2vec) -lm
 * Run:   nce2vec objectives ./focal.so
 *        nce2vec check-objective ./focal.so
 *        nce2vec train --objective ./focal.so:gamma=2 text.txt -o vectors.txt */
#include "focal.h"

const n2v_plugin n2v_plugin_export = {N2V_PLUGIN_ABI, sizeof(n2v_objective), 1, {&focal}};
