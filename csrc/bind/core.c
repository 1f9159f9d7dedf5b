/* csrc/bind/core.c: luaopen_linnet_core, the one exported symbol: a table with every C function.
 * Each bind_<type> adds its own; lua/linnet arranges them for scripts.
 * SPDX-License-Identifier: MIT */
#include "bind/bind.h"

__attribute__((visibility("default"))) int luaopen_linnet_core(lua_State *L);

int luaopen_linnet_core(lua_State *L) {
  luaL_checkversion(L);
  lua_newtable(L);
  bind_matrix(L);
  bind_random(L);
  bind_files(L);
  bind_appender(L);
  bind_system(L);
  bind_problem(L);
  bind_start(L);
  bind_state(L);
  bind_flow(L);
  bind_descent(L);
  bind_theory(L);
  bind_exact(L);
  bind_ensemble(L);
  return 1;
}
