/* bench/direct.c: BLAS and LAPACK called from C on buffers that are ready: seconds of the copy of
 * what LAPACK would destroy, and of the calls: the yardstick of bench/matrix.lua, which compiles
 * it. SPDX-License-Identifier: MIT */
#include <cblas.h>
#include <lapacke.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <time.h>

typedef struct buffers {
  int n, lwork, *ints;
  double *a, *s, *b, *c, *d, *x, *work; /* a: any, s: symmetric positive; b, c, d: n x n scratch */
} buffers;

static double clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(lua_State *L, int arg, double *p, int n) {
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, arg, i + 1);
    for (int j = 0; j < n; j++) {
      lua_rawgeti(L, -1, j + 1);
      p[i + (size_t)j * (size_t)n] = lua_tonumber(L, -1);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
}

/* run(name): seconds of one call, with the copies of its inputs that LAPACK overwrites. */
static int run(lua_State *L) {
  buffers *k = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = luaL_checkstring(L, 1);
  int n = k->n;
  size_t bytes = sizeof(double) * (size_t)n * (size_t)n;
  double began = clock_seconds();
  if (strcmp(name, "product"))
    memcpy(k->b, strcmp(name, "chol") && strcmp(name, "eigh") ? k->a : k->s, bytes);
  if (!strcmp(name, "solve")) memcpy(k->c, k->a, bytes);
  if (!strcmp(name, "product"))
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, k->a, n, k->s, n, 0.0,
                k->d, n);
  else if (!strcmp(name, "solve")) { /* m:solve promises rcond too */ double rcond;
    LAPACKE_dgesv_work(LAPACK_COL_MAJOR, n, n, k->b, n, k->ints, k->c, n);
    LAPACKE_dgecon_work(LAPACK_COL_MAJOR, '1', n, k->b, n, 1.0, &rcond, k->work, k->ints + n);
  } else if (!strcmp(name, "lu")) LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, k->b, n, k->ints);
  else if (!strcmp(name, "chol")) LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, k->b, n);
  else if (!strcmp(name, "qr")) {
    LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, n, n, k->b, n, k->x, k->work, k->lwork);
    LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, n, n, n, k->b, n, k->x, k->work, k->lwork);
  } else if (!strcmp(name, "eigh"))
    LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', n, k->b, n, k->x, k->work, k->lwork, k->ints,
                        5 * n + 3);
  else if (!strcmp(name, "svd"))
    LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', n, n, k->b, n, k->x, k->c, n, k->d, n, k->work,
                        k->lwork, k->ints);
  else return luaL_error(L, "no %s", name);
  lua_pushnumber(L, clock_seconds() - began);
  return 1;
}

/* direct(n, a, s) -> run, for tables of rows a and s. */
__attribute__((visibility("default"))) int luaopen_direct(lua_State *L) {
  int n = (int)luaL_checkinteger(L, 1);
  size_t square = (size_t)n * (size_t)n;
  int lwork = 6 * n * n + 70 * n + 1;
  buffers *k =
      lua_newuserdatauv(L,
                        sizeof *k + sizeof(double) * (5 * square + (size_t)n + (size_t)lwork) +
                            sizeof(int) * (size_t)(8 * n + 3),
                        0);
  k->n = n;
  k->lwork = lwork;
  k->a = (double *)(k + 1);
  k->s = k->a + square;
  k->b = k->s + square;
  k->c = k->b + square;
  k->d = k->c + square;
  k->x = k->d + square;
  k->work = k->x + n;
  k->ints = (int *)(k->work + lwork);
  fill(L, 2, k->a, n);
  fill(L, 3, k->s, n);
  lua_pushcclosure(L, run, 1);
  return 1;
}
