/* spec/c/check.h: what the C specs share: counted checks, one block of memory, reference numbers.
 * A spec prints each failure and exits with their number.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_SPEC_CHECK_H
#define LINNET_SPEC_CHECK_H

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/arena.h"
#include "num/dense.h"

static int check_failures, check_count;

/* The sentence says what should have been true, with numbers that show how far off it is. */
__attribute__((format(printf, 2, 3))) static inline bool check(bool good, const char *sentence,
                                                               ...) {
  check_count++;
  if (good) return true;
  va_list args;
  va_start(args, sentence);
  printf("  not so: ");
  vprintf(sentence, args);
  printf("\n");
  va_end(args);
  check_failures++;
  return false;
}

static inline int check_done(const char *room) {
  printf("%s: %d checks, %d failures\n", room, check_count, check_failures);
  return check_failures > 125 ? 125 : check_failures;
}

/* Zeroed memory that lives until the program ends: chained, so that no leak checker misses it. */
static inline void *check_memory(size_t bytes) {
  static void *last;
  void **block = calloc(1, bytes + ARENA_ALIGN);
  if (!block) exit(126);
  *block = last;
  last = block;
  return (char *)block + ARENA_ALIGN;
}

/* A zeroed matrix that lives until the program ends. */
static inline mat check_mat(int rows, int cols) {
  return mat_of(check_memory((size_t)rows * (size_t)cols * sizeof(double)), rows, cols);
}

/* Runs a layout (a statement using the arena pointer a) twice over a block of the right size. */
#define CHECK_LAYOUT(a, statement)                                                                 \
  do {                                                                                             \
    arena counting_ = arena_counting(), *a = &counting_;                                           \
    statement;                                                                                     \
    size_t need_ = arena_need(a);                                                                  \
    arena placing_ = arena_placing(check_memory(need_), need_);                                    \
    a = &placing_;                                                                                 \
    statement;                                                                                     \
  } while (0)

static inline double check_distance(mat a, mat b) {
  double top = 0.0;
  for (int j = 0; j < a.cols; j++)
    for (int i = 0; i < a.rows; i++) {
      double d = fabs(mat_get(a, i, j) - mat_get(b, i, j));
      if (!(d <= top)) top = d;
    }
  return top;
}

/* A JSON file as text, from spec/reference. */
static inline char *check_file(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "spec/reference/%s", name);
  FILE *f = fopen(path, "rb");
  if (!f) {
    printf("cannot open %s (run from the top of the repository)\n", path);
    exit(126);
  }
  fseek(f, 0, SEEK_END);
  size_t n = (size_t)ftell(f);
  char *text = check_memory(n + 1);
  rewind(f);
  if (fread(text, 1, n, f) != n) exit(126);
  fclose(f);
  return text;
}

/* The value after "key" at or behind text: its position, or an exit. */
static inline const char *check_key(const char *text, const char *key) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\":", key);
  const char *at = strstr(text, quoted);
  if (!at) {
    printf("no key %s\n", key);
    exit(126);
  }
  return at + strlen(quoted);
}

static inline double check_number(const char *text, const char *key) {
  return strtod(check_key(text, key), NULL);
}

/* rows x cols numbers after the key, row by row, whatever brackets stand between. */
static inline mat check_matrix(const char *text, const char *key, int rows, int cols) {
  const char *at = check_key(text, key);
  mat a = check_mat(rows, cols);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) {
      while (*at && !isdigit((unsigned char)*at) && *at != '-') at++;
      *mat_at(a, i, j) = strtod(at, (char **)&at);
    }
  return a;
}

#endif
