/* csrc/io/csv.c: one reader of cells (csv_next) behind everything that reads tables. Time is linear
 * in the text, whatever stands there.
 * SPDX-License-Identifier: MIT */
#include "io/csv.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "io/decimal.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_end_of_line(char c) { return c == '\n' || c == '\r'; }

/* Most characters are digits, signs and points: one comparison says that they end nothing. */
static bool goes_on(char c, char delimiter) {
  return ((unsigned char)c >= '-' || !is_end_of_line(c)) && c != delimiter;
}

static bool begins_with(const char *p, const char *end, csv_word word) {
  return word.size && (size_t)(end - p) >= word.size && memcmp(p, word.text, word.size) == 0;
}

static bool fail(csv_fault *fault, csv_problem problem, long line) {
  *fault = (csv_fault){.problem = problem, .line = line};
  return false;
}

/* ---- between records ---- */

csv_cursor csv_start(const csv *c) { return (csv_cursor){.at = c->begin, .line = c->line}; }

/* Behind the line end at p, CRLF counting as one. */
static const char *after_end_of_line(const char *p, const char *end) {
  return p + (*p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1);
}

static const char *line_end(const char *p, const char *end) {
  while (p < end && !is_end_of_line(*p)) p++;
  return p;
}

static bool is_repeated(const csv *c, const char *p) {
  if (!begins_with(p, c->end, c->rules.names)) return false;
  p += c->rules.names.size;
  return p == c->end || is_end_of_line(*p);
}

static long lines_within(const char *p, const char *end) {
  long lines = 0;
  for (; p < end; p++)
    if (*p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'))) lines++;
  return lines;
}

/* Whether a line of comment begins at p: #N/A, which stands for a gap, begins none. */
static bool is_comment(const csv *c, const char *p) {
  if (!begins_with(p, c->end, c->rules.comment)) return false;
  const char *q = p;
  while (q < c->end && *q != c->rules.delimiter && *q != '\t' && !is_end_of_line(*q)) q++;
  while (q > p && is_blank(q[-1])) q--;
  return !csv_is_marker(&c->rules, (csv_word){p, (size_t)(q - p)});
}

/* Whether a rule is drawn at p, as around names: +---+---+, |:--|--:|, === ===. */
static bool is_rule(const char *p, const char *end) {
  int run = 0, longest = 0;
  for (; p < end && !is_end_of_line(*p); p++) {
    bool drawn = *p == '-' || *p == '=';
    if (!drawn && *p != '+' && *p != '|' && *p != ':' && !is_blank(*p)) return false;
    run = drawn ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest > 2;
}

/* A line of nothing but blanks and delimiters is empty. */
bool csv_begin(const csv *c, csv_cursor *at) {
  const char *end = c->end;
  while (at->at < end) {
    const char *p = at->at, *next;
    while (p < end && is_blank(*p)) p++;
    const char *q = p;
    while (q < end && (is_blank(*q) || *q == c->rules.delimiter)) q++;
    if (q == end || is_end_of_line(*q) || is_rule(p, end)) {
      if (c->cols == 1) return true;
      at->blanks++;
      next = line_end(q, end);
    } else if (is_comment(c, p)) {
      at->comments++;
      next = line_end(p, end);
    } else if (is_repeated(c, at->at)) {
      at->repeats++;
      next = at->at + c->rules.names.size;
      at->line += lines_within(at->at, next);
    } else {
      return true;
    }
    at->at = next < end ? after_end_of_line(next, end) : end;
    at->line++;
  }
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

/* The end of an unquoted cell: at a delimiter, a line end, or a comment, which begins after a blank
 * (#1 and #ff0000 are cells). */
static const char *skip_plain(const csv *c, const char *p) {
  const char *begin = p, *end = c->end;
  char delimiter = c->rules.delimiter;
  bool blanks = delimiter == ' ';
  if (!blanks && !c->rules.inside) {
    while (p < end && goes_on(*p, delimiter)) p++;
    return p;
  }
  for (; p < end && goes_on(*p, delimiter) && !(blanks && *p == '\t'); p++)
    if (c->rules.inside && (blanks ? p == begin : p > begin && is_blank(p[-1])) &&
        begins_with(p, end, c->rules.comment))
      break;
  return p;
}

/* From behind a cell's text to the next cell or record. */
static bool finish(const csv *c, csv_cursor *at, const char *p, csv_cell *cell, csv_fault *fault) {
  const char *end = c->end, *behind = p;
  char delimiter = c->rules.delimiter;
  while (p < end && is_blank(*p) && (delimiter == ' ' || *p != delimiter)) p++;
  bool apart = c->rules.inside && (p > behind || !cell->quoted);
  if (apart && begins_with(p, end, c->rules.comment)) p = line_end(p, end);
  cell->last = p == end || is_end_of_line(*p);
  if (!cell->last && (delimiter == ' ' ? p == behind : *p != delimiter))
    return fail(fault, CSV_TRAILING, at->line);
  if (cell->last) at->line++;
  if (p < end && cell->last) p = after_end_of_line(p, end);
  else if (p < end && delimiter != ' ') p++;
  at->at = p;
  return true;
}

bool csv_next(const csv *c, csv_cursor *at, csv_cell *cell, csv_fault *fault) {
  const char *p = at->at, *end = c->end;
  char delimiter = c->rules.delimiter;
  cell->line = at->line;
  while (p < end && is_blank(*p) && (delimiter == ' ' || *p != delimiter)) p++;
  cell->quoted = p < end && *p == '"';
  cell->text = cell->quoted ? ++p : p;
  if (cell->quoted) {
    p = skip_quoted(p, end, &at->line);
    if (!p) return fail(fault, CSV_OPEN, cell->line);
    cell->size = (size_t)(p - 1 - cell->text);
  } else {
    p = skip_plain(c, p);
    cell->size = (size_t)(p - cell->text);
    while (cell->size && is_blank(cell->text[cell->size - 1])) cell->size--;
  }
  return finish(c, at, p, cell, fault);
}

/* ---- short cuts, by which most tables are read ---- */

#define BYTES UINT64_C(0x0101010101010101)

/* A bit for bytes of v that are c, and perhaps for others, but only above one that is. */
static uint64_t bytes_like(uint64_t v, char c) {
  uint64_t x = v ^ BYTES * (unsigned char)c;
  return (x - BYTES) & ~x & BYTES << 7;
}

/* How many bytes of v are c. */
static long bytes_count(uint64_t v, char c) {
  uint64_t x = v ^ BYTES * (unsigned char)c;
  x = ~(((x & BYTES * 0x7f) + BYTES * 0x7f) | x | BYTES * 0x7f);
  return (long)((x >> 7) * BYTES >> 56);
}

/* Counts delimiters from p on, eight bytes at a time while none of them needs a look. */
static const char *pass_words(const char *p, const char *end, char delimiter, long *count) {
  for (uint64_t v; end - p >= (ptrdiff_t)sizeof v; p += sizeof v) {
    memcpy(&v, p, sizeof v);
    if (bytes_like(v, '\n') | bytes_like(v, '\r') | bytes_like(v, '"')) break;
    *count += bytes_count(v, delimiter);
  }
  return p;
}

/* Behind the cell whose quote is at p, if that is all of it and within one line, or NULL. */
static const char *pass_quoted(const char *p, const char *end, char delimiter) {
  for (p++; p < end && *p != '"' && !is_end_of_line(*p); p++) {}
  if (p == end || *p++ != '"') return NULL;
  return p == end || *p == delimiter || is_end_of_line(*p) ? p : NULL;
}

bool csv_pass(const csv *c, csv_cursor *at, long *cells) {
  const char *p = at->at, *end = c->end;
  char delimiter = c->rules.delimiter;
  if (delimiter == ' ' || c->rules.inside) return false;
  for (*cells = 1;;) {
    p = pass_words(p, end, delimiter, cells);
    while (p < end && *p != '"' && !is_end_of_line(*p)) *cells += *p++ == delimiter;
    if (p == end || *p != '"') break;
    if (p > at->at && p[-1] != delimiter) return false;
    p = pass_quoted(p, end, delimiter);
    if (!p) return false;
  }
  at->at = p < end ? after_end_of_line(p, end) : end;
  at->line++;
  return true;
}

/* The number at p as a cell of its own: where the cell ends, or NULL. */
static const char *number_cell(const char *p, const char *end, char delimiter, double *x) {
  while (p < end && is_blank(*p) && *p != delimiter) p++;
  bool quoted = p < end && *p == '"';
  p += quoted;
  size_t n = decimal_read(p, (size_t)(end - p), x);
  p += n;
  if (!n || (quoted && (p == end || *p++ != '"'))) return NULL;
  while (p < end && is_blank(*p) && *p != delimiter) p++;
  return p == end || *p == delimiter || is_end_of_line(*p) ? p : NULL;
}

int csv_numbers(const csv *c, csv_cursor *at, int room, double *x, bool *last) {
  const char *p = at->at, *end = c->end;
  char delimiter = c->rules.delimiter;
  int n = 0;
  *last = false;
  if (delimiter == ' ' || c->rules.inside || c->rules.decimal != '.') return 0;
  while (n < room && !*last) {
    p = number_cell(p, end, delimiter, &x[n]);
    if (!p || csv_is_gap(&c->rules, x[n]) || !isfinite(x[n])) break; /* inf may be a marker */
    n++;
    *last = p == end || *p != delimiter;
    p = p == end ? end : *last ? after_end_of_line(p, end) : p + 1;
    at->at = p;
  }
  at->line += *last;
  return n;
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
  if ((unsigned char)*text == 0xef) return true; /* the byte order mark of a file begins so */
  for (size_t i = 0; i < size; i++)              /* some of these begin a comment */
    if (text[i] == delimiter || strchr("\"#%/!;", text[i]) || is_end_of_line(text[i])) return true;
  return false;
}
