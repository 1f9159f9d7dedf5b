/* fuzz/replay/main.c: the files named on the command line through one fuzz target, without
 * libFuzzer: any compiler and sanitizer will do. Used by `make fuzz-replay`.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20 };

int main(int count, char **paths) {
  uint8_t *whole = malloc(LARGEST);
  if (!whole || count < 2) return 2;
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(paths[i], "rb");
    if (!file) {
      perror(paths[i]);
      return 2;
    }
    size_t size = fread(whole, 1, LARGEST, file);
    fclose(file);
    uint8_t *exact = malloc(size ? size : 1); /* of the exact size, so that one byte more is seen */
    if (!exact) return 2;
    for (size_t k = 0; k < size; k++) exact[k] = whole[k];
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
  }
  printf("%d inputs\n", count - 1);
  free(whole);
  return 0;
}
