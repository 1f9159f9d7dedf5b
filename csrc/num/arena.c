/* csrc/num/arena.c: counting and placing (see arena.h).
 * Every block begins on a 64-byte boundary; an overflow poisons the count instead of wrapping.
 * SPDX-License-Identifier: MIT */
#include "num/arena.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

arena arena_counting(void) { return (arena){NULL, 0, 0}; }

size_t arena_need(const arena *a) {
  return a->used > SIZE_MAX - ARENA_ALIGN ? 0 : a->used + ARENA_ALIGN;
}

arena arena_placing(void *block, size_t size) {
  uintptr_t at = (uintptr_t)block;
  size_t skip = (size_t)(-at & (ARENA_ALIGN - 1));
  assert(size >= skip);
  return (arena){(unsigned char *)block + skip, 0, size - skip};
}

static void *arena_take(arena *a, size_t count, size_t size) {
  size_t limit = SIZE_MAX / 2;
  if (a->used > limit || (size && count > (limit - a->used) / size)) {
    a->used = SIZE_MAX;
    return NULL;
  }
  size_t begin = a->used, bytes = count * size;
  a->used += (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
  if (!a->base) return NULL;
  assert(begin + bytes <= a->size);
  return a->base + begin;
}

void *arena_bytes(arena *a, size_t count, size_t size) {
  void *p = arena_take(a, count, size);
  return p && count && size ? memset(p, 0, count * size) : p;
}

double *arena_doubles(arena *a, size_t count) { return arena_bytes(a, count, sizeof(double)); }

double *arena_doubles_raw(arena *a, size_t count) { return arena_take(a, count, sizeof(double)); }

int *arena_ints(arena *a, size_t count) { return arena_bytes(a, count, sizeof(int)); }

int arena_product(arena *a, int x, int y) {
  if (y == 0 || x <= INT_MAX / y) return x * y;
  a->used = SIZE_MAX;
  return 0;
}

static mat take_mat(arena *a, int rows, int cols, double *(*doubles)(arena *, size_t)) {
  mat m = {NULL, rows, cols, rows > 0 ? rows : 1};
  assert(rows >= 0 && cols >= 0);
  if (cols && (size_t)rows > SIZE_MAX / (size_t)cols) a->used = SIZE_MAX;
  else m.p = doubles(a, (size_t)rows * (size_t)cols);
  return m;
}

mat arena_mat(arena *a, int rows, int cols) { return take_mat(a, rows, cols, arena_doubles); }

mat arena_mat_raw(arena *a, int rows, int cols) {
  return take_mat(a, rows, cols, arena_doubles_raw);
}
