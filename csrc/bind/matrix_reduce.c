/* csrc/bind/matrix_reduce.c: sums, means, extremes, sorting, trace.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix.h"

const luaL_Reg matrix_reduce_methods[] = {{NULL, NULL}};
