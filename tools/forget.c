/* tools/forget.c: preloaded after a sanitizer's runtime, so that only the interpreter runs under
 * it: the programs it starts (gnuplot, python3, sh) no longer see LD_PRELOAD.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

__attribute__((constructor)) static void forget(void) { unsetenv("LD_PRELOAD"); }
