/* csrc/bind/random.c: generators as userdata. A draw takes what it needs from the stream in order,
 * column by column; an interrupted one gives it all back.
 * SPDX-License-Identifier: MIT */
#include <limits.h>
#include <math.h>

#include "bind/matrix/matrix.h"
#include "bind/object.h"
#include "num/lapack.h"

enum { MOST_WORDS = 10000000, ASK_EVERY = 1 << 16 /* draws, about a millisecond */ };

philox *bind_random_check(lua_State *L, int arg) { return bind_arg_object(L, arg, RANDOM_NAME); }

/* core.random.new(seed, stream) -> generator; the numbers were checked in lua/linnet/random.lua */
static int l_random_new(lua_State *L) {
  uint64_t seed = (uint64_t)bind_arg_integer(L, 1), stream = (uint64_t)bind_arg_integer(L, 2);
  philox *g = lua_newuserdatauv(L, sizeof *g, 0);
  *g = philox_make(seed, stream + STREAM_USER);
  luaL_setmetatable(L, RANDOM_NAME);
  return 1;
}

/* core.random.place(g) -> seed, stream, words drawn; core.random.move(g, seed, stream, drawn) */
static int l_random_place(lua_State *L) {
  const philox *g = bind_random_check(L, 1);
  lua_pushinteger(L, (lua_Integer)g->key[0]);
  lua_pushinteger(L, (lua_Integer)(g->key[1] - STREAM_USER));
  lua_pushinteger(L, (lua_Integer)philox_drawn(g));
  return 3;
}

static int l_random_move(lua_State *L) {
  philox *g = bind_random_check(L, 1);
  uint64_t seed = (uint64_t)bind_arg_integer(L, 2), stream = (uint64_t)bind_arg_integer(L, 3);
  uint64_t drawn = (uint64_t)bind_arg_integer(L, 4);
  *g = philox_make(seed, stream + STREAM_USER);
  philox_seek(g, drawn);
  return 0;
}

/* ---- draws ---- */

typedef double (*draw)(philox *g, double parameter);

static double draw_uniform(philox *g, double parameter) {
  (void)parameter;
  return random_uniform(g);
}

static double draw_normal(philox *g, double parameter) {
  (void)parameter;
  return random_normal(g);
}

static void draw_matrix(lua_State *L, philox *g, draw one, double parameter, mat m) {
  philox before = *g;
  tick t = bind_tick(L);
  long drawn = 0;
  for (int j = 0; j < m.cols; j++)
    for (int i = 0; i < m.rows; i++) {
      *mat_at(m, i, j) = one(g, parameter);
      if (++drawn % ASK_EVERY == 0 && tick_asks(&t)) {
        *g = before;
        bind_answer_interrupt(L);
      }
    }
}

/* One number when no size stands at arg, else a matrix; rows alone make a column. */
static int draw_sized(lua_State *L, int arg, draw one, double parameter) {
  philox *g = bind_random_check(L, 1);
  if (lua_isnoneornil(L, arg) && lua_isnoneornil(L, arg + 1)) {
    lua_pushnumber(L, one(g, parameter));
    return 1;
  }
  if (!lua_isnoneornil(L, arg + 2))
    bind_argument(L, arg + 2, "a matrix has rows and columns, no third size");
  int rows = matrix_check_int(L, arg, "rows", 0, INT_MAX);
  int cols = lua_isnoneornil(L, arg + 1) ? 1 : matrix_check_int(L, arg + 1, "columns", 0, INT_MAX);
  draw_matrix(L, g, one, parameter, bind_matrix_raw(L, rows, cols));
  return 1;
}

/*** Uniform on [0, 1): multiples of 2^-53, one word of the stream each.
@function random:uniform
@tparam[opt] int rows absent: one number is returned
@tparam[opt=1] int cols
@treturn Matrix|number filled column by column
@usage local u = linnet.random(1):uniform(3, 2); assert(u:min() >= 0 and u:max() < 1)
*/
static int l_random_uniform(lua_State *L) {
  if (lua_type(L, 2) == LUA_TNUMBER && lua_type(L, 3) == LUA_TNUMBER && lua_tonumber(L, 2) == 0.0)
    bind_argument(L, 2, "0 rows: sizes stand here, not ends; on [a, b) it is a + (b - a) * u");
  return draw_sized(L, 2, draw_uniform, 0.0);
}

/*** Standard normal, by inversion: one word of the stream each, |x| up to 9.1.
@function random:normal
@tparam[opt] int rows absent: one number is returned
@tparam[opt=1] int cols
@treturn Matrix|number filled column by column
@usage local z = linnet.random(1):normal(100, 3); print(z:mean("rows"), z:std("rows"))
*/
static int l_random_normal(lua_State *L) { return draw_sized(L, 2, draw_normal, 0.0); }

/*** Chi-square with any number of degrees of freedom; one of 1e15 still spreads by sqrt(2e15).
@function random:chi2
@tparam number dof degrees of freedom, > 0 and finite, fractions too
@tparam[opt] int rows absent: one number is returned
@tparam[opt=1] int cols
@treturn Matrix|number filled column by column
@usage local h = 1e15; print((linnet.random(1):chi2(h) - h) / math.sqrt(2 * h))
*/
static int l_random_chi2(lua_State *L) {
  bind_random_check(L, 1);
  double dof = matrix_check_number(L, 2, "dof");
  if (!(dof > 0.0 && dof <= 1e300))
    bind_argument(L, 2, "dof must be in (0, 1e300], got %f", (LUAI_UACNUMBER)dof);
  return draw_sized(L, 3, random_chi2, dof);
}

/*** A Haar-distributed matrix: orthonormal columns, or rows if there are fewer of them, with the
same law after any rotation. The Q of a Gaussian matrix, R's diagonal made positive.
@function random:orthogonal
@tparam int rows
@tparam[opt=rows] int cols
@treturn Matrix
@usage local q = linnet.random(1):orthogonal(5, 3)
assert((q:t() * q):allclose(linnet.eye(3), 0, 1e-14))
*/
static int l_random_orthogonal(lua_State *L) {
  philox *g = bind_random_check(L, 1), before = *g;
  int rows = matrix_check_int(L, 2, "rows", 0, INT_MAX);
  int cols = lua_isnoneornil(L, 3) ? rows : matrix_check_int(L, 3, "columns", 0, INT_MAX);
  int tall = rows > cols ? rows : cols, few = rows > cols ? cols : rows;
  tick t = bind_tick(L);
  lapack_work w = {.ask = &t};
  double *tau = NULL;
  mat r = {0};
  lapack_want_qr(&w, tall, few);
  for (placing at = bind_scratch(L); placing_next(&at);) {
    lapack_layout(&at.room, &w);
    tau = arena_doubles(&at.room, (size_t)few);
    r = arena_mat(&at.room, few, few);
  }
  mat q = bind_matrix_raw(L, tall, few);
  draw_matrix(L, g, draw_normal, 0.0, q);
  status s;
  ALONE(s = lapack_qr(&w, q, tau, r));
  if (s != STATUS_OK) *g = before;
  if (s == STATUS_PAUSED) bind_answer_interrupt(L);
  bind_raise(L, "orthogonal", s);
  if (rows < cols) mat_transpose(bind_matrix_raw(L, rows, cols), q);
  return 1;
}

/*** An integer between a and b, both included, all equally likely.
@function random:integer
@tparam int a
@tparam int b at least a
@treturn int
@usage local die = linnet.random(1):integer(1, 6); assert(die >= 1 and die <= 6)
*/
static int l_random_integer(lua_State *L) {
  philox *g = bind_random_check(L, 1);
  lua_Integer bound[2];
  if (!lua_isnoneornil(L, 4))
    bind_argument(L, 4,
                  "integer takes two ends and gives one number; for a matrix fill one by "
                  "linnet.matrix(rows, cols, function() return g:integer(a, b) end)");
  for (int i = 0; i < 2; i++) {
    int exact;
    bound[i] = lua_tointegerx(L, 2 + i, &exact);
    if (!exact || lua_type(L, 2 + i) != LUA_TNUMBER)
      return bind_argument(L, 2 + i, "must be an integer, got %s", luaL_tolstring(L, 2 + i, NULL));
  }
  if (bound[0] > bound[1])
    bind_argument(L, 3, "the upper end %I lies below the lower end %I", (LUAI_UACINT)bound[1],
                  (LUAI_UACINT)bound[0]);
  lua_pushinteger(L, random_integer(g, bound[0], bound[1]));
  return 1;
}

/*** The next words of the stream as they are: those of NumPy's Philox, key [seed, stream + 2**32].
@function random:words
@tparam int n from 0 to 10000000
@treturn {int,...} 64 bits each, two's complement: `("%016x"):format(w)` shows them
@usage print(("%016x"):format(linnet.random(1):words(1)[1]))
*/
static int l_random_words(lua_State *L) {
  philox *g = bind_random_check(L, 1);
  int n = matrix_check_int(L, 2, "the number of words", 0, MOST_WORDS);
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushinteger(L, (lua_Integer)philox_word(g));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

void bind_random(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"new", l_random_new}, {"place", l_random_place}, {"move", l_random_move}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"uniform", l_random_uniform},
                                     {"normal", l_random_normal},
                                     {"chi2", l_random_chi2},
                                     {"orthogonal", l_random_orthogonal},
                                     {"integer", l_random_integer},
                                     {"words", l_random_words},
                                     {NULL, NULL}};
  static const struct {
    const char *name;
    int stream;
  } streams[] = {{"X", STREAM_X},         {"Theta", STREAM_THETA}, {"noise", STREAM_NOISE},
                 {"split", STREAM_SPLIT}, {"frame", STREAM_FRAME}, {"start", STREAM_START},
                 {"task", STREAM_TASK}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, RANDOM_NAME, methods, NULL, NULL);
  lua_newtable(L); /* streams by purpose that Lua draws from */
  for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
    lua_pushinteger(L, streams[i].stream);
    lua_setfield(L, -2, streams[i].name);
  }
  lua_setfield(L, -2, "streams");
}
