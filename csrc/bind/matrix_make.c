/* csrc/bind/matrix_make.c: constructors and rearrangements: zeros, diag, linspace, t, reshape, hcat.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix.h"

const luaL_Reg matrix_make_methods[] = {{NULL, NULL}};
const luaL_Reg matrix_make_functions[] = {{NULL, NULL}};
