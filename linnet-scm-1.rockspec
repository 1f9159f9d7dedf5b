rockspec_format = "3.0"
package = "linnet"
version = "scm-1"
source = { url = "git+https://example.org/linnet.git" } -- the public address once there is one
description = {
  summary = "A laboratory for overparametrized linear networks",
  detailed = [[
Gradient flow and gradient descent of two-layer linear networks at any width, from ten units to
1e15, in the same time: exact reductions, integrators that conserve the imbalance, the bounds and
laws of the theory beside what is measured, matrices with operators, seeded random numbers, plots,
sweeps and reports.]],
  license = "MIT",
  labels = { "math", "neural-networks", "linear-algebra", "science" },
}
supported_platforms = { "unix" }
dependencies = { "lua >= 5.4, < 5.5", "argparse >= 0.7.1", "luafilesystem >= 1.8.0" }
test_dependencies = { "busted >= 2.1.1", "dkjson >= 2.5" }
external_dependencies = { LAPACKE = { header = "lapacke.h" } }
build = {
  type = "make", -- the Makefile is the one recipe; tools/probe finds BLAS and LAPACKE
  build_target = "build",
  variables = {
    BUILD = "build/rock",
    CC = "$(CC)",
    CFLAGS = "$(CFLAGS)",
    LIBFLAG = "$(LIBFLAG)",
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    LUA_LIBDIR = "$(LUA_LIBDIR)",
    LAPACKE_INCDIR = "$(LAPACKE_INCDIR)",
    LAPACKE_LIBDIR = "$(LAPACKE_LIBDIR)",
  },
  install_variables = {
    PREFIX = "$(PREFIX)", -- documents stay with the rock
    BINDIR = "$(BINDIR)",
    LUADIR = "$(LUADIR)",
    LIBDIR = "$(LIBDIR)",
  },
}
deploy = { wrap_bin_scripts = false } -- bin/linnet finds the library by its own path
test = { type = "command", command = "make test" }
