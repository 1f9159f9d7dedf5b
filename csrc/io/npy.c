/* csrc/io/npy.c: magic, version, length, a Python dictionary {'descr', 'fortran_order', 'shape'},
 * then the entries. Bytes are assembled by shifts: the same on hosts of either byte order.
 * SPDX-License-Identifier: MIT */
#include "io/npy.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 6, DTYPE = 16, DIMENSIONS = 2, KEYS = 3 };

bool npy_refuse(char why[NPY_MESSAGE], const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(why, NPY_MESSAGE, format, args);
  va_end(args);
  return false;
}

static uint64_t little_endian(const char *p, int bytes) {
  uint64_t x = 0;
  for (int i = bytes - 1; i >= 0; i--) x = x << 8 | (unsigned char)p[i];
  return x;
}

/* ---- the dictionary ---- */

typedef struct reader {
  const char *at, *end;
  char *why;
} reader;

static void skip_space(reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n')) r->at++;
}

static bool take_char(reader *r, char c) {
  skip_space(r);
  if (r->at >= r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool take_word(reader *r, const char *word) {
  size_t n = strlen(word);
  skip_space(r);
  if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
  r->at += n;
  return true;
}

static bool malformed(reader *r, const char *wanted) {
  return npy_refuse(r->why, "malformed header: %s expected", wanted);
}

/* A quoted string without escapes, at most DTYPE - 1 characters kept, unprintable ones as '?'. */
static bool take_string(reader *r, char out[DTYPE]) {
  char quote = '\'';
  int n = 0;
  if (!take_char(r, quote)) {
    quote = '"';
    if (!take_char(r, quote)) return malformed(r, "a quoted string");
  }
  for (; r->at < r->end && *r->at != quote; r->at++)
    if (n < DTYPE - 1) out[n++] = *r->at >= ' ' && *r->at <= '~' ? *r->at : '?';
  out[n] = '\0';
  return take_char(r, quote) || malformed(r, "a closing quote");
}

static bool read_dtype(reader *r, npy *h) {
  static const char *const remedy = "; NumPy converts: a.astype('<f8')";
  char type[DTYPE];
  skip_space(r);
  if (r->at < r->end && *r->at == '[')
    return npy_refuse(r->why, "a structured dtype is not for a matrix of numbers; NumPy converts: "
                              "numpy.lib.recfunctions.structured_to_unstructured(a)");
  if (!take_string(r, type)) return false;
  bool known =
      strlen(type) == 3 && (type[1] == 'f' || type[1] == 'i') && (type[2] == '4' || type[2] == '8');
  if (known && type[0] == '>')
    return npy_refuse(r->why, "dtype '%s' is big-endian; '<f8', '<f4', '<i8', '<i4' can be read%s",
                      type, remedy);
  if (!known || type[0] != '<')
    return npy_refuse(r->why, "dtype '%s'; only '<f8', '<f4', '<i8', '<i4' can be read%s", type,
                      remedy);
  h->kind = type[1];
  h->item = type[2] - '0';
  return true;
}

static bool read_order(reader *r, npy *h) {
  h->fortran = take_word(r, "True");
  return h->fortran || take_word(r, "False") || malformed(r, "True or False for fortran_order");
}

/* (n,) or (rows, cols); each 0..INT_MAX, a Python 2 suffix L allowed. */
static bool read_shape(reader *r, npy *h) {
  int size[DIMENSIONS] = {0, 1}, count = 0;
  if (!take_char(r, '(')) return malformed(r, "a shape in parentheses");
  for (; !take_char(r, ')'); count++) {
    long long n = 0;
    const char *begin = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
      if (n <= INT_MAX) n = 10 * n + (*r->at - '0');
    if (r->at == begin) return malformed(r, "a count in the shape");
    if (n > INT_MAX) return npy_refuse(r->why, "a side of the shape exceeds %d", INT_MAX);
    if (count < DIMENSIONS) size[count] = (int)n;
    take_char(r, 'L');
    if (!take_char(r, ',') && (r->at >= r->end || *r->at != ')'))
      return malformed(r, "',' or ')' in the shape");
  }
  if (count < 1 || count > DIMENSIONS)
    return npy_refuse(r->why, "an array of %d dimensions; 1 or 2 can be read", count);
  h->rows = size[0];
  h->cols = size[1];
  return true;
}

static bool read_dictionary(reader *r, npy *h) {
  static const char *const names[KEYS] = {"descr", "fortran_order", "shape"};
  static bool (*const readers[KEYS])(reader *, npy *) = {read_dtype, read_order, read_shape};
  bool seen[KEYS] = {false, false, false};
  if (!take_char(r, '{')) return malformed(r, "'{'");
  while (!take_char(r, '}')) {
    char key[DTYPE];
    int k = 0;
    if (!take_string(r, key)) return false;
    while (k < KEYS && strcmp(key, names[k]) != 0) k++;
    if (k == KEYS || seen[k])
      return npy_refuse(r->why, "malformed header: key '%s' is %s", key,
                        k < KEYS ? "there twice" : "unknown");
    if (!take_char(r, ':')) return malformed(r, "':'");
    if (!readers[k](r, h)) return false;
    seen[k] = true;
    skip_space(r);
    if (!take_char(r, ',') && (r->at >= r->end || *r->at != '}')) return malformed(r, "',' or '}'");
  }
  for (int k = 0; k < KEYS; k++)
    if (!seen[k]) return npy_refuse(r->why, "malformed header: key '%s' is missing", names[k]);
  skip_space(r);
  return r->at == r->end || malformed(r, "nothing after '}'");
}

/* ---- the file ---- */

bool npy_header_read(const char *file, size_t size, npy *h, char why[NPY_MESSAGE]) {
  if (size < MAGIC + 2 || memcmp(file, "\x93NUMPY", MAGIC) != 0)
    return npy_refuse(why, "not an .npy file: it does not begin with \\x93NUMPY");
  int major = (unsigned char)file[MAGIC], minor = (unsigned char)file[MAGIC + 1];
  if ((major != 1 && major != 2) || minor != 0)
    return npy_refuse(why, "format version %d.%d; 1.0 and 2.0 can be read", major, minor);
  size_t field = major == 1 ? 2 : 4, begin = MAGIC + 2 + field;
  if (size < begin) return npy_refuse(why, "truncated: it ends inside the header");
  size_t length = (size_t)little_endian(file + MAGIC + 2, (int)field);
  if (length > size - begin)
    return npy_refuse(why, "truncated: a header of %zu bytes is announced, %zu follow", length,
                      size - begin);
  reader r = {file + begin, file + begin + length, why};
  if (!read_dictionary(&r, h)) return false;
  h->data = r.end;
  size_t there = size - begin - length, item = (size_t)h->item;
  size_t rows = (size_t)h->rows, cols = (size_t)h->cols; /* below 2^31: the product fits */
  if (rows * cols > SIZE_MAX / item || rows * cols * item > there)
    return npy_refuse(why, "truncated: %d x %d entries of %d bytes are announced, %zu bytes follow",
                      h->rows, h->cols, h->item, there);
  if (rows * cols * item < there)
    return npy_refuse(why, "%zu bytes follow the %d x %d array", there - rows * cols * item,
                      h->rows, h->cols);
  return true;
}

/* One entry; *exact becomes false if the double is not the integer that stands there. */
static double entry_read(const npy *h, const char *p, bool *exact) {
  uint64_t bits = little_endian(p, h->item);
  if (h->kind == 'f' && h->item == 8) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
  }
  uint32_t low = (uint32_t)bits;
  if (h->kind == 'f') {
    float x;
    memcpy(&x, &low, sizeof x);
    return (double)x;
  }
  if (h->item == 4) return (double)(int32_t)low;
  const int64_t limit = INT64_C(1) << 53;
  *exact = (int64_t)bits >= -limit && (int64_t)bits <= limit;
  return (double)(int64_t)bits;
}

enum { UNASKED = 1 << 16 }; /* entries that are read without asking the tick */

bool npy_data_read(const npy *h, mat out, char why[NPY_MESSAGE], const tick *t) {
  assert(out.rows == h->rows && out.cols == h->cols);
  const char *p = h->data;
  bool exact = true;
  unsigned done = 0;
  int slow = h->fortran ? h->cols : h->rows, fast = h->fortran ? h->rows : h->cols;
  for (int s = 0; s < slow; s++)
    for (int f = 0; f < fast; f++, p += h->item) {
      int i = h->fortran ? f : s, j = h->fortran ? s : f;
      *mat_at(out, i, j) = entry_read(h, p, &exact);
      if (++done % UNASKED == 0 && tick_asks(t)) return npy_refuse(why, "interrupted!");
      if (!exact)
        return npy_refuse(why, "entry (%d, %d) = %lld is not a double exactly (beyond 2^53)", i + 1,
                          j + 1, (long long)little_endian(p, 8));
    }
  return true;
}

/* ---- writing ---- */

void npy_header_write(char out[NPY_HEADER], int rows, int cols) {
  enum { PREFIX = MAGIC + 4 };
  char text[NPY_HEADER];
  int n = snprintf(text, sizeof text,
                   "{'descr': '<f8', 'fortran_order': True, 'shape': (%d, %d), }", rows, cols);
  memset(out, ' ', NPY_HEADER);
  memcpy(out, "\x93NUMPY\x01\x00", MAGIC + 2);
  out[MAGIC + 2] = NPY_HEADER - PREFIX;
  out[MAGIC + 3] = 0;
  memcpy(out + PREFIX, text, (size_t)n);
  out[NPY_HEADER - 1] = '\n';
}

void npy_entry_write(char out[8], double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  for (int i = 0; i < 8; i++, bits >>= 8) out[i] = (char)(bits & 0xff);
}
