/* csrc/bind/matrix/print.c: a matrix as text: for people (aligned, within the terminal's width,
 * only edges of a large one) and, with a format, for reading back. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bind/matrix/matrix.h"
#include "io/format.h"

enum {
  SHOW_ALL = 1000, /* entries; beyond, only edges */
  EDGE_ROWS = 10,  /* half of them from each end */
  GAP = 5          /* width of "  ..." */
};

static int positive_env(const char *name) {
  const char *text = getenv(name);
  long n = text ? strtol(text, NULL, 10) : 0;
  return n > 0 && n <= 10000 ? (int)n : 0;
}

/* What COLUMNS and LINES say, else the terminal behind standard output, else 80 x 24. */
static void terminal_size(int *cols, int *rows) {
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = (struct winsize){0};
  *cols = positive_env("COLUMNS");
  *rows = positive_env("LINES");
  if (!*cols) *cols = size.ws_col ? size.ws_col : 80;
  if (!*rows) *rows = size.ws_row ? size.ws_row : 24;
}

/* Fills `to` with entries from both ends of a's rows and columns. */
static void copy_edges(mat to, mat a) {
  int above = (to.rows + 1) / 2, left = (to.cols + 1) / 2;
  for (int j = 0; j < to.cols; j++)
    for (int i = 0; i < to.rows; i++)
      *mat_at(to, i, j) =
          mat_get(a, i < above ? i : a.rows - to.rows + i, j < left ? j : a.cols - to.cols + j);
}

static int line_width(mat a, format_style style) {
  int width = 0;
  for (int j = 0; j < a.cols; j++) width += 2 + format_width(mat_cols(a, j, 1), style);
  return width;
}

/* The rows of a, columns aligned; "..." after row and column gap_row, gap_col (-1: no gap). */
static void add_rows(luaL_Buffer *b, mat a, format_style style, int gap_row, int gap_col) {
  char text[FORMAT_SIZE];
  for (int i = 0; i < a.rows; i++) {
    luaL_addchar(b, '\n');
    for (int j = 0; j < a.cols; j++) {
      int width = format_width(mat_cols(a, j, 1), style);
      int n = format_number(text, style, mat_get(a, i, j));
      for (int k = n - 2; k < width; k++) luaL_addchar(b, ' ');
      luaL_addlstring(b, text, (size_t)n);
      if (j + 1 == gap_col) luaL_addstring(b, "  ...");
    }
    if (i + 1 == gap_row) luaL_addstring(b, "\n  ...");
  }
}

static void add_edges(luaL_Buffer *b, mat a, mat edges, int width) {
  int rows = edges.rows, cols = edges.cols;
  format_style style;
  for (;; cols--) { /* as many columns as fit, in the style that just these call for */
    edges = mat_of(edges.p, rows, cols);
    copy_edges(edges, a);
    style = format_choose(edges);
    if (cols <= 1 || line_width(edges, style) + (cols < a.cols ? GAP : 0) <= width) break;
  }
  add_rows(b, edges, style, rows < a.rows ? (rows + 1) / 2 : -1,
           cols < a.cols ? (cols + 1) / 2 : -1);
}

/* All entries, in blocks of columns that fit. */
static void add_all(lua_State *L, luaL_Buffer *b, mat a, int width) {
  format_style style = format_choose(a);
  for (int from = 0; from < a.cols;) {
    int n = 1;
    while (from + n < a.cols && line_width(mat_cols(a, from, n + 1), style) <= width) n++;
    if (n < a.cols) {
      lua_pushfstring(L, "\n columns %d to %d", from + 1, from + n);
      luaL_addvalue(b);
    }
    add_rows(b, mat_cols(a, from, n), style, -1, -1);
    from += n;
  }
}

static int meta_tostring(lua_State *L) {
  mat a = bind_matrix_check(L, 1), edges = {0};
  int width, height;
  terminal_size(&width, &height);
  bool all = mat_count(a) <= SHOW_ALL;
  if (!all) {
    int cols = width / 3 + 1; /* no column is narrower than 3 */
    edges =
        bind_matrix_raw(L, a.rows < EDGE_ROWS ? a.rows : EDGE_ROWS, a.cols < cols ? a.cols : cols);
  }
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  lua_pushfstring(L, "%dx%d matrix", a.rows, a.cols);
  luaL_addvalue(&b);
  if (all) add_all(L, &b, a, width);
  else add_edges(&b, a, edges, width);
  luaL_pushresult(&b);
  return 1;
}

/* A format for one float, such as %.17g: flags, width, precision, one of aefg. */
static const char *check_format(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TSTRING) bind_mistyped(L, arg, "format string such as \"%.17g\"");
  const char *text = lua_tostring(L, arg), *p = text;
  bool good = *p++ == '%';
  if (good) p += strspn(p, "-+ #0");
  for (int n = 0; good && n < 2 && isdigit((unsigned char)*p); n++) p++;
  if (good && *p == '.') {
    p++;
    for (int n = 0; n < 2 && isdigit((unsigned char)*p); n++) p++;
  }
  good = good && *p && strchr("aAeEfFgG", *p) && strlen(text) == lua_rawlen(L, arg) && !p[1] &&
         p - text < 16;
  if (!good) bind_argument(L, arg, "must be a format for one float, such as \"%%.17g\"");
  return text;
}

enum { ANY_FLOAT = 512 }; /* 309 digits before the point, 99 after it */

static void add_literal(luaL_Buffer *b, const char *format, double x) {
  char text[ANY_FLOAT];
  if (isnan(x)) luaL_addstring(b, "0/0");
  else if (isinf(x)) luaL_addstring(b, x > 0.0 ? "math.huge" : "-math.huge");
  else if (x == 0.0 && signbit(x)) luaL_addstring(b, "-0.0"); /* -0 would be the integer 0 */
  else {
    int n = snprintf(text, sizeof text, format, x);
    char *comma = strchr(text, ',');
    if (comma) *comma = '.';
    luaL_addlstring(b, text, (size_t)n);
  }
}

/*** The matrix as text: with a format as Lua source, all entries; without, as `tostring` shows it.
The text is a Lua table of rows: `linnet.matrix` of it, written into a script, is the same matrix,
bit for bit with "%.17g" and "%a" (nan is written 0/0, and of a matrix without rows only `{}` is
left). `tostring` chooses one format for what it shows, never shows a small number as 0, keeps to
the width of the terminal (COLUMNS, if set), and shows only the edges beyond 1000 entries.
@function matrix:tostring
@tparam[opt] string format for one float: "%.17g", "%.3f", "%a" ...
@treturn string
@raise a format that is not for one float
@usage local m = linnet.matrix{{0.1, 2}}; assert(m:tostring("%.17g") == "{{0.10000000000000001,2}}")
*/
static int l_matrix_tostring(lua_State *L) {
  if (lua_isnoneornil(L, 2)) return meta_tostring(L);
  mat a = bind_matrix_check(L, 1);
  const char *format = check_format(L, 2);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, '{');
  for (int i = 0; i < a.rows; i++) {
    luaL_addstring(&b, i ? ",{" : "{");
    for (int j = 0; j < a.cols; j++) {
      if (j) luaL_addchar(&b, ',');
      add_literal(&b, format, mat_get(a, i, j));
    }
    luaL_addchar(&b, '}');
  }
  luaL_addchar(&b, '}');
  luaL_pushresult(&b);
  return 1;
}

const luaL_Reg matrix_print_methods[] = {{"tostring", l_matrix_tostring}, {NULL, NULL}};
const luaL_Reg matrix_print_meta[] = {{"__tostring", meta_tostring}, {NULL, NULL}};
