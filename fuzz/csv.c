/* fuzz/csv.c: any bytes through the CSV reader; the first two choose delimiter, header and missing.
 * Entry point of libFuzzer, and of fuzz/replay/main.c.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv.h"
#include "io/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every name lies in the text and needs no more room than its cell. */
static void read_names(const csv *c) {
  const char *at = c->begin;
  long line = 1;
  for (int j = 0; j < c->cols; j++) {
    csv_cell cell;
    csv_fault fault;
    if (!csv_next(c, &at, &line, &cell, &fault)) abort();
    if (cell.text < c->begin || cell.text + cell.size > c->end) abort();
    char *name = malloc(cell.size + 1);
    if (!name || csv_unquote(&cell, name) > cell.size) abort();
    csv_needs_quotes(name, csv_unquote(&cell, name), c->delimiter);
    free(name);
  }
}

/* Every number is written so that it is read as the same one. */
static void round_trip(mat m) {
  for (size_t i = 0; i < mat_count(m); i++) {
    char text[DECIMAL_SIZE];
    double back;
    size_t n = decimal_write(text, m.p[i]);
    if (n >= DECIMAL_SIZE || decimal_read(text, n, &back) != n) abort();
    if (back != m.p[i] && !(isnan(back) && isnan(m.p[i]))) abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char delimiters[] = ",;\t|";
  if (size < 2) return 0;
  char delimiter = delimiters[data[0] % 4];
  csv_header header = (csv_header)(data[0] / 4 % 3);
  double missing = -1.5;
  csv c;
  csv_fault fault = {.problem = CSV_FINE};
  if (!csv_scan(&c, (const char *)data + 2, size - 2, delimiter, header, &fault)) {
    if (fault.problem == CSV_FINE) abort();
    return 0;
  }
  size_t count = (size_t)c.rows * (size_t)c.cols;
  if (c.cols < 1 || count > size) abort(); /* a cell takes a byte, its delimiter */
  read_names(&c);
  mat m = mat_of(malloc(8 * count + 1), c.rows, c.cols);
  if (!m.p) abort();
  if (csv_read(&c, data[1] % 2 ? &missing : NULL, m, &fault)) round_trip(m);
  else if (fault.row < 1 || fault.row > c.rows || fault.col < 1 || fault.col > c.cols) abort();
  free(m.p);
  return 0;
}
