/* csrc/io/csv.c: one reader of cells (csv_next) behind both passes, the one that counts and the
 * one that stores. Time and memory are linear in the text, whatever stands there.
 * SPDX-License-Identifier: MIT */
#include "io/csv.h"

#include <limits.h>
#include <string.h>

#include "io/decimal.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_end_of_line(char c) { return c == '\n' || c == '\r'; }

static bool fail(csv_fault *fault, csv_problem problem, int row, int col, long line) {
  *fault = (csv_fault){.problem = problem, .row = row, .col = col, .line = line};
  return false;
}

/* ---- cells ---- */

/* From the character after the opening quote to the one after the closing quote, or NULL. */
static const char *skip_quoted(const char *p, const char *end, long *line) {
  for (; p < end; p++) {
    if (*p == '"') {
      if (p + 1 == end || p[1] != '"') return p + 1;
      p++;
    } else if (*p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'))) {
      ++*line;
    }
  }
  return NULL;
}

bool csv_next(const csv *c, const char **at, long *line, csv_cell *cell, csv_fault *fault) {
  const char *p = *at, *end = c->end;
  cell->line = *line;
  while (p < end && is_blank(*p) && *p != c->delimiter) p++;
  cell->quoted = p < end && *p == '"';
  cell->text = cell->quoted ? ++p : p;
  if (cell->quoted) {
    p = skip_quoted(p, end, line);
    if (!p) return fail(fault, CSV_OPEN, 0, 0, cell->line);
    cell->size = (size_t)(p - 1 - cell->text);
    while (p < end && is_blank(*p) && *p != c->delimiter) p++;
  } else {
    while (p < end && *p != c->delimiter && !is_end_of_line(*p)) p++;
    cell->size = (size_t)(p - cell->text);
    while (cell->size && is_blank(cell->text[cell->size - 1])) cell->size--;
  }
  cell->last = p == end || *p != c->delimiter;
  if (p < end) {
    if (*p == '\r' && p + 1 < end && p[1] == '\n') p++;
    if (cell->last && !is_end_of_line(*p)) return fail(fault, CSV_TRAILING, 0, 0, *line);
    if (cell->last) ++*line;
    p++;
  }
  *at = p;
  return true;
}

static bool is_missing(const csv_cell *cell) {
  return cell->size == 0 || (cell->size == 2 && memcmp(cell->text, "NA", 2) == 0);
}

/* Quoted numbers may have blanks around them too. */
static bool is_number(const csv_cell *cell, double *x) {
  const char *text = cell->text;
  size_t size = cell->size;
  while (size && is_blank(*text)) text++, size--;
  while (size && is_blank(text[size - 1])) size--;
  return size && decimal_read(text, size, x) == size;
}

size_t csv_unquote(const csv_cell *cell, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < cell->size; i++) {
    if (cell->quoted && cell->text[i] == '"') i++; /* the second of a pair */
    out[n++] = cell->text[i];
  }
  return n;
}

bool csv_needs_quotes(const char *text, size_t size, char delimiter) {
  if (!size || is_blank(*text) || is_blank(text[size - 1])) return true;
  for (size_t i = 0; i < size; i++)
    if (text[i] == delimiter || text[i] == '"' || is_end_of_line(text[i])) return true;
  return false;
}

/* ---- the first pass ---- */

/* Counts the cells of the record at *at, moves on, and says whether a cell holds text. */
static bool scan_record(const csv *c, const char **at, long *line, long *cells, bool *text,
                        csv_fault *fault) {
  csv_cell cell = {.last = false};
  double x;
  *text = false;
  for (*cells = 0; !cell.last; ++*cells) {
    if (!csv_next(c, at, line, &cell, fault)) return false;
    if (!*text && !is_missing(&cell) && !is_number(&cell, &x)) *text = true;
  }
  return true;
}

static bool scan_rows(csv *c, long line, csv_fault *fault) {
  const char *at = c->data;
  long rows = 0;
  for (; at < c->end; rows++) {
    csv_cell cell = {.last = false};
    long cells = 0, begin = line;
    for (; !cell.last; cells++)
      if (!csv_next(c, &at, &line, &cell, fault)) return false;
    if (cells != c->cols || rows == INT_MAX) {
      int row = rows == INT_MAX ? INT_MAX : (int)rows + 1;
      fail(fault, rows == INT_MAX ? CSV_TOO_LARGE : CSV_RAGGED, row, 0, begin);
      fault->count = cells;
      return false;
    }
  }
  c->rows = (int)rows;
  return true;
}

/* Without the byte order mark and the line ends after the last record. */
static void trim(csv *c) {
  if (c->end - c->begin >= 3 && memcmp(c->begin, "\xef\xbb\xbf", 3) == 0) c->begin += 3;
  while (c->end > c->begin && (is_end_of_line(c->end[-1]) || c->end[-1] == ' ')) c->end--;
}

bool csv_scan(csv *c, const char *text, size_t size, char delimiter, csv_header header,
              csv_fault *fault) {
  *c = (csv){.begin = text, .end = text + size, .delimiter = delimiter};
  if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
    return fail(fault, CSV_UTF16, 0, 0, 1);
  trim(c);
  if (c->begin == c->end) return fail(fault, CSV_EMPTY, 0, 0, 1);
  const char *at = c->begin;
  long line = 1, cells;
  bool names;
  if (!scan_record(c, &at, &line, &cells, &names, fault)) return false;
  if (cells > INT_MAX) return fail(fault, CSV_TOO_LARGE, 0, 0, 1);
  c->cols = (int)cells;
  c->header = header == CSV_HEADER_YES || (header == CSV_HEADER_GUESS && names);
  c->data = c->header ? at : c->begin;
  c->data_line = c->header ? line : 1;
  return scan_rows(c, c->data_line, fault);
}

/* ---- the second pass ---- */

bool csv_read(const csv *c, const double *missing, mat out, csv_fault *fault) {
  const char *at = c->data;
  long line = c->data_line, gaps = 0;
  for (int i = 0; i < c->rows; i++)
    for (int j = 0; j < c->cols; j++) {
      csv_cell cell;
      csv_fault other;
      double *x = mat_at(out, i, j);
      csv_next(c, &at, &line, &cell, &other); /* csv_scan has seen that none fails */
      if (is_missing(&cell)) {
        if (missing) *x = *missing;
        else if (!gaps++) *fault = (csv_fault){CSV_MISSING, i + 1, j + 1, cell.line, 0, cell};
      } else if (!is_number(&cell, x)) {
        *fault = (csv_fault){CSV_TEXT, i + 1, j + 1, cell.line, 0, cell};
        return false;
      }
    }
  if (gaps) fault->count = gaps;
  return gaps == 0;
}
