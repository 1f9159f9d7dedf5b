/* csrc/bind/table.c: tables of text for Lua: a file is read into a buffer once; samples of its
 * records, its shape, its entries and the labels of a column are asked for under rules that Lua
 * has chosen (lua/linnet/csv). Failures are returned as nil and a reason.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bind/bind.h"
#include "io/table.h"

#define TEXT_NAME "linnet.text"

enum { CHUNK = 1 << 20, MARKERS = 64 };

/* The content of a file, given back when closed: it may be as large as all the rest. */
typedef struct text {
  char *p; /* NULL when closed */
  size_t size, room;
  FILE *stream; /* open while reading */
} text;

static void text_resize(lua_State *L, text *t, size_t room) {
  void *with;
  lua_Alloc alloc = lua_getallocf(L, &with);
  char *p = alloc(with, t->p, t->room, room);
  if (!p && room) bind_fail(L, "memory", "not enough memory");
  t->p = p;
  t->room = room;
}

static int l_table_close(lua_State *L) {
  text *t = bind_arg_object(L, 1, TEXT_NAME);
  if (t->stream) fclose(t->stream);
  t->stream = NULL;
  t->size = 0;
  if (t->p) text_resize(L, t, 0);
  return 0;
}

/* All of the stream; false with errno. */
static bool text_read(lua_State *L, text *t) {
  struct stat s;
  size_t room = CHUNK;
  if (fstat(fileno(t->stream), &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0)
    room = (size_t)s.st_size + 1; /* one more, so that the end is seen at once */
  text_resize(L, t, room);
  for (;;) {
    if (t->size == t->room) {
      if (t->room > SIZE_MAX / 4) bind_fail(L, "memory", "not enough memory");
      text_resize(L, t, 2 * t->room);
    }
    size_t want = t->room - t->size < CHUNK ? t->room - t->size : CHUNK;
    size_t got = fread(t->p + t->size, 1, want, t->stream);
    t->size += got;
    bind_answer_interrupt(L);
    if (got < want && ferror(t->stream)) {
      if (errno != EINTR) return false;
      clearerr(t->stream);
    } else if (got < want) {
      return true;
    }
  }
}

/* open(path) -> text, its head (at most 64 KB), its size; or nil and the reason */
static int l_table_open(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  text *t = lua_newuserdatauv(L, sizeof *t, 0);
  *t = (text){.p = NULL};
  luaL_setmetatable(L, TEXT_NAME);
  t->stream = fopen(path, "rb");
  bool ok = t->stream && text_read(L, t);
  if (!ok) {
    lua_pushnil(L);
    lua_pushstring(L, strerror(errno));
    return 2;
  }
  fclose(t->stream);
  t->stream = NULL;
  while (t->size && strchr("\r\n \x1a", t->p[t->size - 1]) && t->p[t->size - 1]) t->size--;
  lua_pushlstring(L, t->p, t->size < 65536 ? t->size : 65536);
  lua_pushinteger(L, (lua_Integer)t->size);
  return 3;
}

/* ---- rules ---- */

typedef struct rules_read {
  csv c;
  csv_word markers[MARKERS];
  double numbers[MARKERS];
  int ragged;
} rules_read;

static csv_word field_word(lua_State *L, int arg, const char *name) {
  csv_word word = {"", 0};
  if (lua_getfield(L, arg, name) == LUA_TSTRING) word.text = lua_tolstring(L, -1, &word.size);
  lua_pop(L, 1); /* the table keeps it */
  return word;
}

static lua_Integer field_integer(lua_State *L, int arg, const char *name) {
  lua_getfield(L, arg, name);
  lua_Integer n = bind_arg_integer_or(L, -1, 0);
  lua_pop(L, 1);
  return n;
}

/* Rules of Lua's table {delimiter, decimal, thousands, comment, names, markers, numbers, from
 * (byte, 0-based), line, cols, ragged} for the text at argument 1. */
static void rules_take(lua_State *L, int arg, rules_read *r) {
  text *t = bind_arg_object(L, 1, TEXT_NAME);
  bind_arg_type(L, arg, LUA_TTABLE);
  lua_Integer from = field_integer(L, arg, "from"), cols = field_integer(L, arg, "cols");
  if (!(t->p && from >= 0 && (size_t)from <= t->size)) bind_argument(L, arg, "not within the text");
  if (!(cols >= 0 && cols <= INT32_MAX)) bind_argument(L, arg, "not a number of columns");
  csv_word delimiter = field_word(L, arg, "delimiter"), decimal = field_word(L, arg, "decimal");
  r->c = (csv){.begin = t->p + from, .end = t->p + t->size, .cols = (int)cols};
  r->c.line = (long)field_integer(L, arg, "line");
  csv_rules *rules = &r->c.rules;
  *rules = (csv_rules){.delimiter = delimiter.size ? *delimiter.text : ',',
                       .decimal = decimal.size ? *decimal.text : '.',
                       .thousands = field_word(L, arg, "thousands"),
                       .comment = field_word(L, arg, "comment"),
                       .names = field_word(L, arg, "names"),
                       .inside = field_integer(L, arg, "inside") != 0,
                       .markers = r->markers,
                       .numbers = r->numbers};
  if (lua_getfield(L, arg, "markers") == LUA_TTABLE)
    for (int n = rules->marker_count; n < MARKERS; n = rules->marker_count) {
      bool more = lua_rawgeti(L, -1, n + 1) == LUA_TSTRING;
      if (more) r->markers[n].text = lua_tolstring(L, -1, &r->markers[n].size);
      lua_pop(L, 1);
      if (!more) break;
      rules->marker_count++;
    }
  if (lua_getfield(L, arg, "numbers") == LUA_TTABLE)
    for (int n = rules->number_count; n < MARKERS; n = rules->number_count) {
      bool more = lua_rawgeti(L, -1, n + 1) == LUA_TNUMBER;
      if (more) r->numbers[n] = lua_tonumber(L, -1);
      lua_pop(L, 1);
      if (!more) break;
      rules->number_count++;
    }
  lua_getfield(L, arg, "ragged");
  r->ragged = lua_toboolean(L, -1);
  lua_pop(L, 3);
}

static void push_cell(lua_State *L, const csv_cell *cell) {
  luaL_Buffer b;
  char *to = luaL_buffinitsize(L, &b, cell->size ? cell->size : 1);
  luaL_pushresultsize(&b, csv_unquote(cell, to));
}

static void set_integer(lua_State *L, const char *name, lua_Integer n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double x) {
  lua_pushnumber(L, x);
  lua_setfield(L, -2, name);
}

/* nil and {problem =, row =, line =, cells =} */
static int fault_result(lua_State *L, const csv_fault *fault) {
  static const char *const names[] = {[CSV_OPEN] = "open",
                                      [CSV_TRAILING] = "trailing",
                                      [CSV_RAGGED] = "ragged",
                                      [CSV_TOO_LARGE] = "large"};
  if (fault->problem == CSV_STOPPED) bind_answer_interrupt(L);
  lua_pushnil(L);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, names[fault->problem]);
  lua_setfield(L, -2, "problem");
  set_integer(L, "row", fault->row);
  set_integer(L, "line", fault->line);
  set_integer(L, "cells", fault->count);
  return 2;
}

/* sample(text, rules, records, cells) -> the first records, at most so many of them and about
 * so many cells: each a list of cells, of their kinds at -1, -2, ... ("n"umber, "g"ap, "t"ext), the
 * line, and the bytes from and to between which it stands; or nil and a fault */
static int l_table_sample(lua_State *L) {
  rules_read r;
  rules_take(L, 2, &r);
  lua_Integer records = bind_arg_integer(L, 3), cells = bind_arg_integer(L, 4);
  csv_cursor at = csv_start(&r.c);
  const char *origin = ((text *)lua_touserdata(L, 1))->p;
  csv_fault fault;
  lua_newtable(L);
  for (lua_Integer i = 1; i <= records && (cells > 0 || i <= 4) && csv_begin(&r.c, &at); i++) {
    bind_answer_interrupt(L);
    csv_cell cell = {.last = false};
    lua_newtable(L);
    set_integer(L, "line", at.line);
    set_integer(L, "from", at.at - origin);
    for (int j = 1; !cell.last; j++, cells--) {
      double x;
      csv_sign sign;
      if (!csv_next(&r.c, &at, &cell, &fault)) return fault_result(L, &fault);
      push_cell(L, &cell);
      lua_rawseti(L, -2, j);
      char kind = "ngt"[csv_value(&r.c.rules, &cell, &x, &sign)];
      lua_pushlstring(L, &kind, 1);
      lua_rawseti(L, -2, -j);
    }
    set_integer(L, "to", at.at - origin);
    lua_rawseti(L, -2, i);
  }
  return 1;
}

/* shape(text, rules) -> rows, {ragged, row, line, cells, comments, blanks, repeats}; or nil
 * and a fault */
static int l_table_shape(lua_State *L) {
  rules_read r;
  rules_take(L, 2, &r);
  table_shape shape;
  csv_fault fault;
  tick ask = bind_tick(L);
  if (!table_count(&r.c, r.ragged, &ask, &shape, &fault)) return fault_result(L, &fault);
  lua_pushinteger(L, shape.rows);
  lua_createtable(L, 0, 7);
  set_integer(L, "ragged", shape.ragged);
  set_integer(L, "row", shape.first.row);
  set_integer(L, "line", shape.first.line);
  set_integer(L, "cells", shape.first.count);
  set_integer(L, "comments", shape.comments);
  set_integer(L, "blanks", shape.blanks);
  set_integer(L, "repeats", shape.repeats);
  return 2;
}

static void set_place(lua_State *L, const char *name, const table_place *place) {
  if (!place->row) return;
  lua_createtable(L, 0, 3);
  set_integer(L, "row", place->row);
  set_integer(L, "line", place->cell.line);
  push_cell(L, &place->cell);
  lua_setfield(L, -2, "cell");
  lua_setfield(L, -2, name);
}

static void push_column(lua_State *L, const table_column *k) {
  lua_createtable(L, 0, 16);
  set_integer(L, "numbers", k->numbers);
  set_integer(L, "gaps", k->gaps);
  set_integer(L, "texts", k->texts);
  set_integer(L, "lows", k->lows);
  set_integer(L, "highs", k->highs);
  set_number(L, "low", k->low);
  set_number(L, "high", k->high);
  set_number(L, "next_low", k->next_low);
  set_number(L, "next_high", k->next_high);
  set_place(L, "gap", &k->gap);
  set_place(L, "text", &k->text);
  lua_pushboolean(L, k->counts && k->numbers > 0);
  lua_setfield(L, -2, "counts");
  if (k->sign == CSV_PLAIN) return;
  csv_word sign = k->sign == CSV_UNIT ? k->unit : csv_sign_text(k->sign);
  lua_pushlstring(L, sign.text, sign.size);
  lua_setfield(L, -2, k->sign == CSV_UNIT ? "unit" : "sign");
}

/* entries(text, rules, rows, list of columns, from 1) -> matrix of these, list of what is
 * known of each */
static int l_table_entries(lua_State *L) {
  rules_read r;
  rules_take(L, 2, &r);
  int rows = (int)bind_arg_integer(L, 3), count = (int)luaL_len(L, 4);
  int *slot = lua_newuserdatauv(L, sizeof *slot * ((size_t)r.c.cols + 1), 0);
  table_column *columns = lua_newuserdatauv(L, sizeof *columns * ((size_t)count + 1), 0);
  for (int j = 0; j < r.c.cols; j++) slot[j] = -1;
  for (int k = 0; k < count; k++) {
    lua_rawgeti(L, 4, k + 1);
    lua_Integer j = bind_arg_integer(L, -1);
    if (!(j >= 1 && j <= r.c.cols)) bind_argument(L, 4, "not a column");
    slot[j - 1] = k;
    lua_pop(L, 1);
  }
  mat m = bind_matrix_raw(L, rows, count);
  tick ask = bind_tick(L);
  while (!table_fill(&r.c, r.ragged, slot, m, columns, &ask)) bind_answer_interrupt(L);
  lua_createtable(L, count, 0);
  for (int k = 0; k < count; k++) {
    push_column(L, &columns[k]);
    lua_rawseti(L, -2, k + 1);
  }
  return 2;
}

/* ---- labels ---- */

/* The number of the label that is the cell, counted from 1; labels (a table at 5) maps both ways.
 */
static lua_Integer label_number(lua_State *L, const csv_cell *cell, lua_Integer *count) {
  push_cell(L, cell);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, 5) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 5, ++*count);
    lua_pushinteger(L, *count);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 5);
  }
  lua_Integer n = lua_tointeger(L, -1);
  lua_pop(L, 2);
  return n;
}

/* labels(text, rules, column of the file, column of the matrix as one, labels, limit) ->
 * number of labels: entries that are no gap become the numbers of their texts, which are put in
 * labels; stops once there are more than limit. */
static int l_table_labels(lua_State *L) {
  rules_read r;
  rules_take(L, 2, &r);
  lua_Integer column = bind_arg_integer(L, 3), limit = bind_arg_integer(L, 6), count = 0;
  mat m = bind_matrix_check(L, 4);
  bind_arg_type(L, 5, LUA_TTABLE);
  csv_cursor at = csv_start(&r.c);
  for (int i = 0; i < m.rows && count <= limit && csv_begin(&r.c, &at); i++) {
    csv_cell cell = {.last = false};
    csv_fault other;
    if (i % 256 == 0) bind_answer_interrupt(L);
    for (lua_Integer j = 1; !cell.last; j++) {
      csv_next(&r.c, &at, &cell, &other);
      if (j == column && !table_is_gap(mat_get(m, i, 0)))
        *mat_at(m, i, 0) = (double)label_number(L, &cell, &count);
    }
  }
  lua_pushinteger(L, count);
  return 1;
}

void bind_table(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", l_table_open},
                                       {"close", l_table_close},
                                       {"sample", l_table_sample},
                                       {"shape", l_table_shape},
                                       {"entries", l_table_entries},
                                       {"labels", l_table_labels},
                                       {NULL, NULL}};
  static const luaL_Reg meta[] = {
      {"__gc", l_table_close}, {"__close", l_table_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, TEXT_NAME, NULL, NULL, meta);
}
