/* csrc/bind/problem.c: core.problem.new(X, Y, rank_tol) and the problem's fields and methods.
 * Shapes and values are checked by lua/linnet/problem.lua before they come here.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "bind/net.h"
#include "bind/object.h"
#include "loss/margin.h"

enum { PROBLEM_CLASSES = 1 }; /* uservalue: the list of classes, or nil */

const problem *bind_problem_check(lua_State *L, int arg) {
  return (const problem *)bind_arg_object(L, arg, PROBLEM_NAME);
}

/* Pushes the problem's block, without its metatable, and above it what w stands in. */
static problem *problem_place(lua_State *L, problem_work *w, int n, int D, int m, problem_loss of) {
  problem shape;
  for (placing at = bind_place(L, &shape, sizeof shape, PROBLEM_CLASSES); placing_next(&at);)
    problem_layout(&at.room, &shape, n, D, m, of);
  problem *self = lua_touserdata(L, -1);
  for (placing at = bind_scratch(L); placing_next(&at);)
    problem_work_layout(&at.room, w, n, D, m, of, blas_reentrant() ? bind_threads(L) : 1);
  return self;
}

/* The loss named at arg, with its delta behind it; the targets must be such as it takes: else what
 * they must be goes into why. */
static problem_loss loss_check(lua_State *L, int arg, mat Y, const char **why) {
  const loss *l = loss_named(bind_arg_text(L, arg, NULL));
  *why = NULL;
  if (!l) bind_argument(L, arg, "there is no such loss");
  if (l->outputs && Y.cols != l->outputs) *why = "one column";
  else if (l->refuse) *why = l->refuse(Y);
  if (l == &loss_squared) return (problem_loss){0};
  return (problem_loss){l, bind_arg_number(L, arg + 1)};
}

/* core.problem.new(X, Y, rank_tol, loss, delta) -> the problem; or nil and why there is none */
static int l_problem_new(lua_State *L) {
  mat X = bind_matrix_check(L, 1), Y = bind_matrix_check(L, 2);
  double rank_tol = bind_arg_number(L, 3);
  const char *why;
  problem_loss of = loss_check(L, 4, Y, &why);
  if (why) {
    lua_pushnil(L);
    lua_pushfstring(L, "problem: Y must have %s for the %s loss", why, of.loss->name);
    return 2;
  }
  problem_work w;
  problem *self = problem_place(L, &w, X.rows, X.cols, Y.cols, of);
  status s;
  tick t = bind_tick(L);
  w.ask = &t;
  ALONE(s = problem_solve(self, &w, X, Y, rank_tol));
  if (s == STATUS_PAUSED) bind_answer_interrupt(L);
  if (s == STATUS_SINGULAR) {
    lua_pushnil(L);
    lua_pushliteral(L, "problem: X is zero: there is nothing to learn from");
    return 2;
  }
  bind_raise(L, "problem", s);
  lua_pop(L, 1);
  luaL_setmetatable(L, PROBLEM_NAME);
  return 1;
}

/* core.problem.restore(W, sigma, Pt, Y, loss, delta), of fitting shapes; nil: the loss is not of
 * such targets */
static int l_problem_restore(lua_State *L) {
  mat W = bind_matrix_check(L, 1), sigma = bind_matrix_check(L, 2);
  mat Pt = bind_matrix_check(L, 3), Y = bind_matrix_check(L, 4);
  problem_work w;
  const char *why;
  problem_loss of = loss_check(L, 5, Y, &why);
  if (why) return 0;
  problem *self = problem_place(L, &w, W.rows, Pt.cols, Y.cols, of);
  tick t = bind_tick(L);
  w.ask = &t;
  status s;
  ALONE(s = problem_restore(self, &w, W, sigma, Pt, Y));
  if (s == STATUS_PAUSED) bind_answer_interrupt(L);
  bind_raise(L, "load", s);
  lua_pop(L, 1);
  luaL_setmetatable(L, PROBLEM_NAME);
  return 1;
}

/* Two that are the same to the bit are equal: one loaded from a file, one computed again. */
static int meta_eq(lua_State *L) {
  const problem *p = luaL_testudata(L, 1, PROBLEM_NAME), *q = luaL_testudata(L, 2, PROBLEM_NAME);
  lua_pushboolean(L, p && q && problem_same(p, q));
  return 1;
}

/*** Singular values of X, those that count.
@function problem:singular_values
@treturn matrix rank x 1, decreasing
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 1))
print(p:singular_values()) */
static int l_problem_singular_values(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  bind_matrix_push(L, mat_of(p->sigma, p->r, 1));
  return 1;
}

/*** The map of least loss, of several the one of least norm: pinv(X) Y of the squared loss. The
losses of classes have none where the data are separable, nor where a map decides some samples
rightly and is undecided on all others: then no map is the best one, and this raises.
@function problem:min_norm
@treturn matrix D x m
@raise no map has the least loss
@usage
local X, Y = linnet.data.gaussian{n = 5, D = 8, seed = 1}
print(linnet.problem(X, Y):min_norm()) */
static int l_problem_min_norm(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  if (p->of.loss && p->optimum.kind == OPTIMUM_SEPARABLE)
    return bind_fail(
        L, "data",
        "min_norm: the data are separable: the %s loss falls towards 0 along every map "
        "without a mistake, and no map has the least; p:separable() gives one",
        p->of.loss->name);
  if (p->of.loss && p->optimum.kind == OPTIMUM_UNATTAINED)
    return bind_fail(L, "data",
                     "min_norm: some samples can be decided ever more clearly, at no other's cost: "
                     "the %s loss falls towards %f, and no map has the least",
                     p->of.loss->name, p->optimal_loss);
  problem_min_norm(p, bind_matrix_new(L, p->D, p->m));
  return 1;
}

static const problem *classes_check(lua_State *L, const char *what) {
  const problem *p = bind_problem_check(L, 1);
  if (!p->of.loss || !p->of.loss->classes)
    bind_fail(L, "misuse", "%s: the %s loss has no classes", what,
              p->of.loss ? p->of.loss->name : "squared");
  return p;
}

/*** Can the classes be separated: does some linear map give every sample its own class? Then the
infimum of the loss is 0, and training never ends: Theta grows like log t. A margin is y f of the
logistic loss, and what the right output is above the largest other one of softmax. Margins below
1e-12 of the outputs are round-off and do not count.
@function problem:separable
@treturn boolean
@treturn ?matrix D x m, where it is true: a map without a mistake, of least margin 1
@raise the loss is not one of classes
@usage
local X = linnet.matrix{{1, 1}, {1, 2}, {1, 3}, {1, 4}}
local yes, Theta = linnet.problem(X, linnet.matrix{-1, -1, 1, 1}, {loss = "logistic"}):separable()
assert(yes and math.abs((X * Theta)(3) - 1) < 1e-9)
assert(not linnet.problem(X, linnet.matrix{-1, 1, -1, 1}, {loss = "logistic"}):separable()) */
static int l_problem_separable(lua_State *L) {
  const problem *p = classes_check(L, "separable");
  bool separable = p->optimum.kind == OPTIMUM_SEPARABLE;
  lua_pushboolean(L, separable);
  if (separable) problem_map(p, p->optimum.P, bind_matrix_new(L, p->D, p->m));
  return separable ? 2 : 1;
}

/* Unknowns of max_margin, rank x outputs: their square is what it holds of numbers, twice. */
enum { MARGIN_UNKNOWNS = 6000 };

/*** The map of largest margin: of those that give every sample its class with a margin of at least
1, the one of least norm, in the span of the data; the margin over the norm is then 1/||Theta||. It
is the hard-margin support vector machine without a constant term, of two classes (logistic) or of
all at once (softmax), and the direction that training on separable data tends to. By the dual
active-set method: exact, in about as many steps as there are support vectors.
@function problem:max_margin
@treturn matrix D x m, of least margin 1
@raise the data are not separable, or the loss is not one of classes; more than 6,000 unknowns
@usage
local X = linnet.matrix{{1, 1}, {1, 2}, {1, 3}, {1, 4}}
local p = linnet.problem(X, linnet.matrix{-1, -1, 1, 1}, {loss = "logistic"})
assert((p:max_margin() - linnet.matrix{-5, 2}):norm() < 1e-12) -- f = 2 x - 5 */
static int l_problem_max_margin(lua_State *L) {
  const problem *p = classes_check(L, "max_margin");
  if (p->optimum.kind != OPTIMUM_SEPARABLE)
    return bind_fail(L, "data",
                     "max_margin: the data are not separable: every map makes a mistake");
  if ((double)p->r * p->m > MARGIN_UNKNOWNS)
    return bind_fail(L, "data", "max_margin: rank x outputs = %d x %d are more than %d unknowns",
                     p->r, p->m, MARGIN_UNKNOWNS);
  margin w;
  for (placing at = bind_scratch(L); placing_next(&at);)
    margin_layout(&at.room, &w, p->n, p->r, p->m);
  mat P = bind_matrix_new(L, p->r, p->m);
  tick t = bind_tick(L);
  status s;
  ALONE(s = margin_find(&w, p->W, p->sigma, p->Y, P, &t));
  if (s == STATUS_PAUSED) bind_answer_interrupt(L);
  bind_raise(L, "max_margin", s);
  problem_map(p, P, bind_matrix_new(L, p->D, p->m));
  return 1;
}

/* The parts of the reduction, for specs and for those who want to look inside:
 * W (n x r), Phi1^T (r x D), Yt (r x m), Y (n x m). */
static int l_problem_reduced(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  bind_matrix_push(L, p->W);
  bind_matrix_push(L, p->Pt);
  bind_matrix_push(L, p->Yt);
  bind_matrix_push(L, p->Y);
  return 4;
}

/* core.problem.attained(problem): there is a minimum */
static int l_problem_attained(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  lua_pushboolean(L, !p->of.loss || p->attained);
  return 1;
}

/* core.problem.note(problem, list): problem.classes */
static int l_problem_note(lua_State *L) {
  bind_problem_check(L, 1);
  bind_arg_type(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_setiuservalue(L, 1, PROBLEM_CLASSES);
  return 0;
}

/* A copy: problems never change; false where there are none. */
static void push_classes(lua_State *L) {
  if (lua_getiuservalue(L, 1, PROBLEM_CLASSES) != LUA_TTABLE) {
    lua_pushboolean(L, 0);
    return;
  }
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, -2, i);
    lua_rawseti(L, -2, i);
  }
}

static int problem_index(lua_State *L) {
  const problem *p = bind_problem_check(L, 1);
  const char *key = lua_tostring(L, 2);
  if (!key) return 0;
  if (!strcmp(key, "n")) lua_pushinteger(L, p->n);
  else if (!strcmp(key, "D")) lua_pushinteger(L, p->D);
  else if (!strcmp(key, "m")) lua_pushinteger(L, p->m);
  else if (!strcmp(key, "rank")) lua_pushinteger(L, p->r);
  else if (!strcmp(key, "kappa")) lua_pushnumber(L, p->kappa);
  else if (!strcmp(key, "loss")) lua_pushstring(L, p->of.loss ? p->of.loss->name : "squared");
  else if (!strcmp(key, "delta")) lua_pushnumber(L, p->of.delta);
  else if (!strcmp(key, "classes")) push_classes(L);
  else if (!strcmp(key, "optimal_loss")) lua_pushnumber(L, p->optimal_loss);
  else {
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1)); /* what Lua adds, and refuses */
  }
  return 1;
}

static const luaL_Reg methods[] = {{"singular_values", l_problem_singular_values},
                                   {"min_norm", l_problem_min_norm},
                                   {"separable", l_problem_separable},
                                   {"max_margin", l_problem_max_margin},
                                   {"reduced", l_problem_reduced},
                                   {NULL, NULL}};

void bind_problem(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", l_problem_new},
                                       {"restore", l_problem_restore},
                                       {"attained", l_problem_attained},
                                       {"note", l_problem_note},
                                       {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__eq", meta_eq}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, PROBLEM_NAME, methods, problem_index, meta);
  lua_newtable(L); /* losses: their names in the order of the documentation */
  for (int i = 0; losses[i]; i++) {
    lua_pushstring(L, losses[i]->name);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "losses");
}
