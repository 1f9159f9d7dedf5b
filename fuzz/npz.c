/* fuzz/npz.c: any bytes through the .npz reader, each entry through that of .npy.
 * Entry point of libFuzzer, and of fuzz/replay/main.c.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is asked for is in proportion to the entry. */
static void read_matrix(const npz_entry *e) {
  char why[NPY_MESSAGE] = "";
  npy h;
  if (!npy_header_read(e->data, e->size, &h, why)) {
    if (!*why) abort();
    return;
  }
  size_t count = (size_t)h.rows * (size_t)h.cols;
  if (count * (size_t)h.item > e->size) abort();
  mat m = mat_of(malloc(8 * count + 1), h.rows, h.cols);
  if (!m.p) abort();
  npy_data_read(&h, m, why, NULL);
  free(m.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char why[NPY_MESSAGE] = "";
  npz z;
  size_t together = 0;
  bool good = npz_open((const char *)data, size, &z, why);
  while (good && z.left) {
    npz_entry e;
    good = npz_next(&z, &e, why);
    if (!good) break;
    together += e.size;
    if (together > size) abort();
    char *end = malloc(e.name_size + 1); /* every byte of the name can be read */
    if (!end) abort();
    memcpy(end, e.name, e.name_size);
    free(end);
    read_matrix(&e);
  }
  if (!good && (!*why || strlen(why) >= NPY_MESSAGE)) abort(); /* every refusal says why */
  return 0;
}
