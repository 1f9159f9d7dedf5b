/* fuzz/npy.c: any bytes through the .npy reader, then what was read through the writer and back.
 * Entry point of libFuzzer, and of fuzz/replay/main.c.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where the writer's file is not read as the same matrix. */
static void round_trip(mat m) {
  size_t size = NPY_HEADER + 8 * mat_count(m);
  char *file = malloc(size), why[NPY_MESSAGE];
  mat back = mat_of(malloc(8 * mat_count(m) + 1), m.rows, m.cols);
  npy h;
  if (!file || !back.p) abort();
  npy_header_write(file, m.rows, m.cols);
  for (size_t i = 0; i < mat_count(m); i++) npy_entry_write(file + NPY_HEADER + 8 * i, m.p[i]);
  if (!npy_header_read(file, size, &h, why) || !npy_data_read(&h, back, why, NULL)) abort();
  if (h.rows != m.rows || h.cols != m.cols || memcmp(back.p, m.p, 8 * mat_count(m)) != 0) abort();
  free(back.p);
  free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char why[NPY_MESSAGE] = "";
  npy h;
  if (!npy_header_read((const char *)data, size, &h, why)) {
    if (!*why || strlen(why) >= NPY_MESSAGE) abort(); /* every refusal says why */
    return 0;
  }
  /* What is asked for is in proportion to the file, an empty side aside. */
  size_t count = (size_t)h.rows * (size_t)h.cols;
  if (count * (size_t)h.item > size) abort();
  mat m = mat_of(malloc(8 * count + 1), h.rows, h.cols);
  if (!m.p) abort();
  if (npy_data_read(&h, m, why, NULL)) round_trip(m);
  free(m.p);
  return 0;
}
