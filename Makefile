# Makefile: the one build recipe of linnet; LuaRocks calls it too. `make help` lists the targets.
# Everything built lies under $(BUILD), so several builds (sanitizers, other compilers) live side
# by side. SPDX-License-Identifier: MIT

# Settings: on the command line or in the environment -------------------------------------------
BUILD   ?= build#        where everything built goes
CFLAGS  ?= -O2#          optimization and debugging; warnings and the standard are added below
LUA     ?= lua5.4#       the interpreter
PREFIX  ?= /usr/local#   where install puts bin/, share/lua/5.4 and lib/lua/5.4
DESTDIR ?=#              a staging root before PREFIX
SPECS   ?= spec#         spec files or folders for test and its sanitized variants
BUSTED  ?= busted
PYTHON  ?= python3
# Found by tools/probe when empty, e.g. BLAS_LIBS="-llapacke -llapack -lblas" and a folder.
BLAS_LIBS  ?=
LUA_INCDIR ?=

BUILD := $(strip $(BUILD))
LUA := $(strip $(LUA))
PREFIX := $(strip $(PREFIX))
BINDIR ?= $(PREFIX)/bin
LUADIR ?= $(PREFIX)/share/lua/5.4
LIBDIR ?= $(PREFIX)/lib/lua/5.4
ifeq ($(shell uname),Darwin)
LIBFLAG ?= -bundle -undefined dynamic_lookup
else
LIBFLAG ?= -shared
endif

VERSION := $(shell sed -n 's/^return "\(.*\)"$$/\1/p' lua/linnet/version.lua)

# What is compiled from what ----------------------------------------------------------------------
STANDARD := -std=c11 -pedantic -D_POSIX_C_SOURCE=200809L
WARNINGS := -Wall -Wextra -Wshadow -Wconversion
COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden -MMD -MP \
          -Icsrc @$(BUILD)/probe/blas.cflags

objects = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(wildcard csrc/$(1)/*.c))
ROOMS   := $(call objects,num) $(call objects,net)
CORE    := $(BUILD)/lib/linnet/core.so
PROBED  := $(BUILD)/probe/done
# SPECS may name C programs too; `spec` means all of both kinds.
CHECKS  := $(patsubst spec/c/%.c,$(BUILD)/spec/%,$(filter spec/c/%.c,$(SPECS)) \
             $(if $(filter spec,$(SPECS)),$(wildcard spec/c/*.c)))
LUA_SPECS := $(filter-out spec/c/%,$(SPECS))

# The working tree in front of whatever the user's paths are.
TREE = LUA_PATH_5_4="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;$${LUA_PATH_5_4:-$${LUA_PATH:-;}}" \
       LUA_CPATH_5_4="$(abspath $(BUILD))/lib/?.so;$${LUA_CPATH_5_4:-$${LUA_CPATH:-;}}"

.PHONY: help build test clean
.DELETE_ON_ERROR:

help: ## this list
	@awk -F '## ' '/^[a-z-]+:.*## / { split($$1, t, ":"); printf "  %-14s %s\n", t[1], $$2 }' Makefile

build: $(CORE) ## compile the core into BUILD/lib/linnet/core.so

$(CORE): $(ROOMS) $(call objects,bind) $(PROBED)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LIBFLAG) -o $@ $(filter %.o,$^) $(LDFLAGS) @$(BUILD)/probe/blas.libs -lpthread -lm

# num and net are compiled without Lua's headers in reach.
$(BUILD)/obj/bind/%.o: csrc/bind/%.c $(BUILD)/settings $(PROBED)
	@mkdir -p $(@D)
	$(COMPILE) @$(BUILD)/probe/lua.flags -c -o $@ $<

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/settings $(PROBED)
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(BUILD)/spec/%: spec/c/%.c $(ROOMS)
	@mkdir -p $(@D)
	$(COMPILE) -Ispec/c -o $@ $< $(ROOMS) $(LDFLAGS) @$(BUILD)/probe/blas.libs -lpthread -lm

# Other settings than last time: everything is compiled again.
SETTINGS = $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(BLAS_LIBS) $(LUA_INCDIR)
$(BUILD)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@
FORCE:

$(PROBED): $(BUILD)/settings tools/probe
	@CC='$(CC)' LDFLAGS='$(LDFLAGS)' LUA_INCDIR='$(LUA_INCDIR)' BLAS_LIBS='$(BLAS_LIBS)' \
	 tools/probe $(BUILD)/probe && touch $@

test: build $(CHECKS) ## run the C programs of spec/c and the specs; SPECS="files or folders"
	@failed=0; for c in $(CHECKS); do $$c || { echo "failed: $$c"; failed=1; }; done; \
	 $(if $(LUA_SPECS),$(TREE) $(BUSTED) --lua=$(LUA) $(LUA_SPECS) || failed=1;) exit $$failed

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/spec/*.d)

clean: ## remove everything built
	rm -rf $(addprefix $(BUILD)/,lib obj spec probe settings)
