/* csrc/num/arena.h: the memory model. num and net never allocate: an object's one layout function
 * takes all it needs from an arena and runs twice, first counting (base NULL), then placing.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_NUM_ARENA_H
#define LINNET_NUM_ARENA_H

#include <stddef.h>

#include "num/dense.h"

enum { ARENA_ALIGN = 64 };

typedef struct arena {
  unsigned char *base; /* NULL while counting */
  size_t used;         /* bytes taken; SIZE_MAX once a request overflowed */
  size_t size;         /* bytes of the block behind base */
} arena;

arena arena_counting(void);
/* Bytes a block must have for what was counted, alignment slack included; 0 if it overflowed. */
size_t arena_need(const arena *a);
/* block needs no alignment of its own: the first 64-byte boundary inside is used. */
arena arena_placing(void *block, size_t size);

/* Each returns NULL (a matrix with p == NULL) while counting; placed memory is zeroed, except by
 * the two *_raw, for work arrays and copies that are written before they are read. */
void *arena_bytes(arena *a, size_t count, size_t size);
double *arena_doubles(arena *a, size_t count);
int *arena_ints(arena *a, size_t count);
mat arena_mat(arena *a, int rows, int cols);
/* x * y, a length; where it is none, 0 and the count overflows. */
int arena_product(arena *a, int x, int y);
double *arena_doubles_raw(arena *a, size_t count);
mat arena_mat_raw(arena *a, int rows, int cols);

#endif
