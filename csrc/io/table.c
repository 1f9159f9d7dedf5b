/* csrc/io/table.c: two passes over the records of a table, see table.h. The second one parses each
 * cell once and keeps what a reader will want to know of its column.
 * SPDX-License-Identifier: MIT */
#include "io/table.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
  CELLS_BETWEEN_TICKS = 4096,
  RUN = 64 /* numbers read in one go */
};

/* Quiet nan whose lower bits no arithmetic makes. */
#define GAP_BITS  UINT64_C(0x7ff80000004c4731)
#define TEXT_BITS UINT64_C(0x7ff80000004c5432)

static double of_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

double table_gap(void) { return of_bits(GAP_BITS); }
static double table_text(void) { return of_bits(TEXT_BITS); }
bool table_is_gap(double x) { return bits_of(x) == GAP_BITS; }
bool table_is_text(double x) { return bits_of(x) == TEXT_BITS; }

static bool asks(const tick *t, long *cells) {
  if (++*cells < CELLS_BETWEEN_TICKS) return false;
  *cells = 0;
  return tick_asks(t);
}

/* ---- the first pass ---- */

/* Counts the cells of the record begun; *beyond: something stands behind the last column. */
static bool count_cells(const csv *c, csv_cursor *at, long *cells, bool *beyond, csv_fault *fault) {
  csv_cursor begin = *at;
  *beyond = false;
  if (csv_pass(c, at, cells) && *cells == c->cols) return true;
  *at = begin;
  csv_cell cell = {.last = false};
  for (*cells = 0; !cell.last; ++*cells) {
    if (!csv_next(c, at, &cell, fault)) return false;
    if (*cells >= c->cols && cell.size) *beyond = true;
  }
  return true;
}

bool table_count(const csv *c, bool ragged, const tick *t, table_shape *shape, csv_fault *fault) {
  csv_cursor at = csv_start(c);
  long since = 0, rows = 0;
  *shape = (table_shape){.rows = 0};
  *fault = (csv_fault){.problem = CSV_FINE};
  for (; csv_begin(c, &at); rows++) {
    long cells, begin = at.line;
    bool beyond;
    if (!count_cells(c, &at, &cells, &beyond, fault)) return false;
    since += cells;
    if (rows == INT_MAX) *fault = (csv_fault){.problem = CSV_TOO_LARGE, .line = begin};
    if (asks(t, &since)) fault->problem = CSV_STOPPED;
    if (fault->problem != CSV_FINE) return false;
    if (cells >= c->cols && !beyond) continue;
    csv_fault here = {CSV_RAGGED, (int)rows + 1, begin, cells};
    if (!shape->ragged++) shape->first = here;
    if (!ragged) {
      *fault = here;
      return false;
    }
  }
  shape->rows = (int)rows;
  shape->comments = at.comments;
  shape->blanks = at.blanks;
  shape->repeats = at.repeats;
  return true;
}

/* ---- the second pass ---- */

static const table_column new_column = {.low = INFINITY,
                                        .high = -INFINITY,
                                        .next_low = INFINITY,
                                        .next_high = -INFINITY,
                                        .counts = true};

static void column_number(table_column *k, double x, int row) {
  if (!k->numbers++) k->first = x;
  if (k->counts && (row == 1 ? k->numbers != 1 : x != k->first + (row - 1))) k->counts = false;
  if (x > k->next_low && x < k->next_high) return;
  if (x == k->low) k->lows++;
  else if (x < k->low) k->next_low = k->low, k->low = x, k->lows = 1;
  else if (x < k->next_low) k->next_low = x;
  if (x == k->high) k->highs++;
  else if (x > k->high) k->next_high = k->high, k->high = x, k->highs = 1;
  else if (x > k->next_high) k->next_high = x;
}

/* Whether the cell is a number with the unit that all before it have. */
static bool has_unit(table_column *k, const csv *c, const csv_cell *cell, double *x) {
  csv_word unit;
  if (k->numbers && k->sign != CSV_UNIT) return false;
  if (!csv_measure(&c->rules, cell, x, &unit)) return false;
  if (!k->numbers) k->unit = unit;
  return unit.size == k->unit.size && memcmp(unit.text, k->unit.text, unit.size) == 0;
}

static double column_cell(table_column *k, const csv *c, const csv_cell *cell, int row) {
  double x;
  csv_sign sign;
  csv_kind kind = csv_value(&c->rules, cell, &x, &sign);
  if (kind == CSV_TEXT && !k->texts && has_unit(k, c, cell, &x)) kind = CSV_NUMBER, sign = CSV_UNIT;
  if (kind == CSV_NUMBER && k->numbers && sign != k->sign) kind = CSV_TEXT;
  if (kind == CSV_NUMBER) {
    k->sign = sign;
    if (!k->worded.row && sign >= CSV_TRUTH) k->worded = (table_place){row, *cell};
    column_number(k, x, row);
    return x;
  }
  table_place *place = kind == CSV_GAP ? &k->gap : &k->text;
  if (!place->row) *place = (table_place){row, *cell};
  if (kind == CSV_TEXT) k->texts++;
  else k->gaps++;
  return kind == CSV_GAP ? table_gap() : table_text();
}

/* Numbers with words to them beside other words are words: 2nd, 4WD, TRUE among cities. */
static void settle(mat out, int j, table_column *k) {
  if (!k->texts || k->sign < CSV_TRUTH) return;
  table_column words = new_column;
  words.gaps = k->gaps, words.gap = k->gap, words.texts = k->texts + k->numbers;
  words.text = k->worded.row < k->text.row ? k->worded : k->text;
  for (int i = 0; i < out.rows; i++)
    if (!table_is_gap(mat_get(out, i, j))) *mat_at(out, i, j) = table_text();
  *k = words;
}

/* Columns of a table as they are being filled. */
typedef struct filling {
  const csv *c;
  const int *slot;
  mat out;
  table_column *columns;
  bool has_signs; /* some column does: plain numbers are not what they seem */
} filling;

/* Column j of row i: the number x, or what the cell says. */
static void fill_entry(filling *f, int i, long j, const csv_cell *cell, double x) {
  if (j >= f->c->cols || f->slot[j] < 0) return;
  table_column *k = &f->columns[f->slot[j]];
  if (!cell) column_number(k, x, i + 1);
  else x = column_cell(k, f->c, cell, i + 1);
  f->has_signs = f->has_signs || k->sign != CSV_PLAIN;
  *mat_at(f->out, i, f->slot[j]) = x;
}

/* The record begun becomes row i. False when the tick asks to stop. */
static bool fill_row(filling *f, int i, csv_cursor *at, const tick *t, long *since) {
  double x[RUN];
  csv_cell cell = {.last = false};
  csv_fault other; /* table_count has seen that none fails */
  for (long j = 0; !cell.last;) {
    int n = f->has_signs ? 0 : csv_numbers(f->c, at, RUN, x, &cell.last);
    for (int k = 0; k < n; k++) fill_entry(f, i, j++, NULL, x[k]);
    *since += n;
    if (asks(t, since)) return false;
    if (n == RUN || cell.last) continue;
    csv_next(f->c, at, &cell, &other);
    fill_entry(f, i, j++, &cell, 0.0);
  }
  return true;
}

/* Whether the record begun has cells as it should; moves on if not. */
static bool fits(const csv *c, csv_cursor *at) {
  csv_cursor begin = *at;
  csv_fault other;
  long cells;
  bool beyond;
  bool fit = count_cells(c, at, &cells, &beyond, &other) && cells >= c->cols && !beyond;
  if (fit) *at = begin;
  return fit;
}

bool table_fill(const csv *c, bool ragged, const int *slot, mat out, table_column *columns,
                const tick *t) {
  csv_cursor at = csv_start(c);
  long since = 0;
  filling f = {.c = c, .slot = slot, .out = out, .columns = columns};
  for (int j = 0; j < out.cols; j++) columns[j] = new_column;
  for (int i = 0; i < out.rows && csv_begin(c, &at); i++) {
    if (!ragged || fits(c, &at)) {
      if (!fill_row(&f, i, &at, t, &since)) return false;
    } else {
      for (int j = 0; j < out.cols; j++) *mat_at(out, i, j) = table_gap();
      if (asks(t, &since)) return false;
    }
  }
  for (int j = 0; j < out.cols; j++) settle(out, j, &columns[j]);
  return true;
}
