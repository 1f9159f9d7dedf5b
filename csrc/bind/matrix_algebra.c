/* csrc/bind/matrix_algebra.c: operators, elementwise work and the methods that write in place.
 * SPDX-License-Identifier: MIT */
#include "bind/matrix.h"

const luaL_Reg matrix_algebra_methods[] = {{NULL, NULL}};
const luaL_Reg matrix_algebra_meta[] = {{NULL, NULL}};
