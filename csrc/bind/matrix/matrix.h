/* csrc/bind/matrix/matrix.h: what the matrix_*.c files share. Each exports its methods (for m:name)
 * and functions (for the core table) as luaL_Reg arrays, which matrix.c registers.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_MATRIX_MATRIX_H
#define LINNET_BIND_MATRIX_MATRIX_H

#include "bind/bind.h"

/* The userdata: a view of its own data or of its owner's. */
typedef struct matrix_object {
  mat m;
  bool is_row; /* made by m[i]: an integer index means an element, # counts columns */
} matrix_object;

extern const luaL_Reg matrix_access_methods[], matrix_make_methods[], matrix_algebra_methods[],
    matrix_reduce_methods[], matrix_factor_methods[], matrix_print_methods[];
extern const luaL_Reg matrix_access_meta[], matrix_algebra_meta[], matrix_print_meta[];
extern const luaL_Reg matrix_make_functions[];
/* __index; upvalue: the methods. */
int matrix_access_index(lua_State *L);

matrix_object *matrix_check_object(lua_State *L, int arg);
/* Pushes the row view m[i] of the matrix at arg. */
void matrix_push_row(lua_State *L, int arg, mat row);

/* m:inv(), for the matrix at 1. */
int l_matrix_inv(lua_State *L);

/* Argument checks; every message says what stands there and what is allowed. */
double matrix_check_number(lua_State *L, int arg, const char *what);
/* An integer lo..hi (hi INT_MAX: unbounded in the message). */
int matrix_check_int(lua_State *L, int arg, const char *what, int lo, int hi);
/* "%dx%d" pushed on the stack; the string stays there. */
const char *matrix_shape_text(lua_State *L, mat a);
/* One of names (NULL-terminated), or fallback when absent (-1: required). */
int matrix_check_name(lua_State *L, int arg, const char *const names[], int fallback);
/* Two matrices of one shape, or an error that names the operation and both shapes. */
void matrix_check_same(lua_State *L, const char *op, mat a, mat b);
/* BLAS threads for work of so many multiplications. */
int matrix_threads(lua_State *L, double work);

#endif
