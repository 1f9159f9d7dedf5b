/* csrc/bind/matrix_factor.c: factorizations, solves and functions of a matrix.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix.h"

const luaL_Reg matrix_factor_methods[] = {{NULL, NULL}};
