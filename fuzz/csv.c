/* fuzz/csv.c: any bytes through the reader of tables; the first two choose delimiter, decimal sign,
 * what is skipped and what is missing. Entry point of libFuzzer, and of fuzz/replay/main.c.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/decimal.h"
#include "io/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A number is what strtod makes of it. */
static void same_number(const char *text, size_t size) {
  double x;
  if (!size || decimal_read(text, size, &x) != size || strlen(text) != size) return;
  double y = strtod(text, NULL);
  if (x != y && !(isnan(x) && isnan(y))) abort();
}

/* The short cuts through the record begun see the cells that csv_next sees. */
static void short_cuts(const csv *c, csv_cursor at, long cells) {
  csv_cursor pass = at, next = at;
  long passed;
  csv_cell cell = {.last = false};
  csv_fault fault;
  bool quick = csv_pass(c, &pass, &passed);
  if (quick && passed != cells) abort();
  while (!cell.last) {
    double x[3], y;
    csv_sign sign;
    bool last;
    int n = csv_numbers(c, &at, 3, x, &last);
    for (int i = 0; i < n; i++) {
      csv_next(c, &next, &cell, &fault);
      if (csv_value(&c->rules, &cell, &y, &sign) != CSV_NUMBER || sign != CSV_PLAIN) abort();
      if (x[i] != y && !(isnan(x[i]) && isnan(y))) abort();
    }
    if (n && last != cell.last) abort();
    if (n < 3 && !cell.last) {
      csv_next(c, &at, &cell, &fault);
      csv_next(c, &next, &cell, &fault);
    }
    if (at.at != next.at || at.line != next.line) abort();
  }
  if (quick && (pass.at != at.at || pass.line != at.line)) abort();
}

/* Every cell lies in the text, needs no more room than it takes there, and is met once. */
static long read_cells(const csv *c) {
  csv_cursor at = csv_start(c);
  csv_cell cell;
  csv_fault fault;
  long cells = 0, line = c->line;
  while (csv_begin(c, &at)) {
    csv_cursor begin = at;
    long before_record = cells;
    do {
      const char *before = at.at;
      if (!csv_next(c, &at, &cell, &fault)) return -1;
      if (cell.text < c->begin || cell.text + cell.size > c->end) abort();
      if (at.at <= before && !cell.last) abort();
      double x;
      csv_word unit;
      if (csv_measure(&c->rules, &cell, &x, &unit) &&
          (!unit.size || unit.text <= cell.text || unit.text + unit.size > cell.text + cell.size))
        abort();
      char *name = malloc(cell.size + 1);
      if (!name || csv_unquote(&cell, name) > cell.size) abort();
      name[csv_unquote(&cell, name)] = '\0';
      same_number(name, csv_unquote(&cell, name));
      csv_needs_quotes(name, csv_unquote(&cell, name), c->rules.delimiter);
      free(name);
      cells++;
    } while (!cell.last);
    short_cuts(c, begin, cells - before_record);
    if (at.line <= line) abort();
    line = at.line;
  }
  return cells;
}

/* Every number is written so that it is read as the same one. */
static void round_trip(double x) {
  char text[DECIMAL_SIZE];
  double back;
  size_t n = decimal_write(text, x);
  if (n >= DECIMAL_SIZE || decimal_read(text, n, &back) != n) abort();
  if (back != x && !(isnan(back) && isnan(x))) abort();
}

/* What is known of a column is so of its entries. */
static void check_column(mat m, int j, const table_column *k, long ragged) {
  long gaps = 0, texts = 0, lows = 0;
  for (int i = 0; i < m.rows; i++) {
    double x = mat_get(m, i, j);
    if (table_is_gap(x)) gaps++;
    else if (table_is_text(x)) texts++;
    else round_trip(x);
    if (x < k->low || x > k->high) abort();
    if (x == k->low) lows++;
  }
  if (gaps != k->gaps + ragged || texts != k->texts || lows != k->lows) abort();
  if (k->numbers + k->gaps + k->texts + ragged != m.rows) abort();
  if ((k->gaps > 0) != (k->gap.row > 0) || (k->texts > 0) != (k->text.row > 0)) abort();
}

static csv_word word(const char *text) { return (csv_word){text, strlen(text)}; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char delimiters[] = {',', ';', '\t', '|', ' '};
  static const char *const thousands[] = {"", ",", ".", "'"};
  static const double numbers[] = {-999.0};
  csv_word markers[2] = {word("NA"), word("?")};
  if (size < 2) return 0;
  bool comma = data[0] / 5 % 2, ragged = data[1] % 2;
  csv c = {.begin = (const char *)data + 2, .end = (const char *)data + size, .line = 1};
  c.rules = (csv_rules){.delimiter = delimiters[data[0] % 5],
                        .decimal = comma ? ',' : '.',
                        .thousands = word(thousands[data[0] / 10 % 4]),
                        .comment = word(data[1] / 2 % 2 ? "#" : ""),
                        .inside = data[1] / 4 % 2,
                        .names = {c.begin, data[1] / 8 % 2 && size > 4 ? 2 : 0},
                        .markers = markers,
                        .numbers = numbers,
                        .marker_count = 2,
                        .number_count = data[1] / 16 % 2};
  long cells = read_cells(&c);
  csv_fault fault;
  table_shape shape;
  c.cols = 1 + data[1] / 32;
  if (!table_count(&c, ragged, NULL, &shape, &fault)) {
    if (fault.problem == CSV_FINE || fault.problem == CSV_STOPPED) abort();
    return 0;
  }
  if (cells < 0 || (shape.ragged && !ragged)) abort();
  int slot[8];
  for (int j = 0; j < c.cols; j++) slot[j] = c.cols - 1 - j;
  size_t count = (size_t)shape.rows * (size_t)c.cols;
  mat m = mat_of(malloc(8 * count + 1), shape.rows, c.cols);
  table_column *columns = malloc(sizeof *columns * (size_t)c.cols);
  if (!m.p || !columns) abort();
  if (!table_fill(&c, shape.ragged > 0, slot, m, columns, NULL)) abort();
  for (int j = 0; j < c.cols; j++) check_column(m, j, &columns[j], shape.ragged);
  free(columns);
  free(m.p);
  return 0;
}
