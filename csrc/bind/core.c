/* csrc/bind/core.c: luaopen_linnet_core, the one exported symbol: a table of one table per file,
 * core.<file>.<name>, and of the metatables, core.types; lua/linnet arranges them for scripts.
 * SPDX-License-Identifier: MIT */
#include "bind/bind.h"

enum { CORE = 1, TYPES }; /* places on the stack while the files are opened */

void bind_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction index,
               const luaL_Reg *meta) {
  luaL_newmetatable(L, name);
  if (meta) luaL_setfuncs(L, meta, 0);
  lua_newtable(L);
  if (methods) luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "methods");
  if (index) lua_pushcclosure(L, index, 1);
  lua_setfield(L, -2, "__index");
  lua_setfield(L, TYPES, name + sizeof "linnet." - 1);
}

__attribute__((visibility("default"))) int luaopen_linnet_core(lua_State *L);

int luaopen_linnet_core(lua_State *L) {
  static const struct {
    const char *name;
    void (*fill)(lua_State *L);
  } files[] = {{"matrix", bind_matrix},     {"random", bind_random}, {"files", bind_files},
               {"appender", bind_appender}, {"system", bind_system}, {"problem", bind_problem},
               {"start", bind_start},       {"state", bind_state},   {"flow", bind_flow},
               {"descent", bind_descent},   {"theory", bind_theory}, {"exact", bind_exact},
               {"ensemble", bind_ensemble}, {"whole", bind_whole},   {"process", bind_process},
               {"prompt", bind_prompt},     {"table", bind_table},   {"columns", bind_columns},
               {"hessian", bind_hessian}};
  luaL_checkversion(L);
  lua_settop(L, 0);
  lua_newtable(L);
  lua_newtable(L);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    lua_newtable(L);
    files[i].fill(L);
    lua_setfield(L, CORE, files[i].name);
  }
  lua_setfield(L, CORE, "types");
  return 1;
}
