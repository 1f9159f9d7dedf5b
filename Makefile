# Makefile: the one build recipe of linnet; LuaRocks calls it too. `make help` lists the targets.
# Everything built lies under $(BUILD), so several builds (sanitizers, other compilers) live side
# by side. SPDX-License-Identifier: MIT

# Settings: on the command line or in the environment -------------------------------------------
# BUILD: where everything built goes; LUA: the interpreter; PREFIX: where install puts bin/,
# share/lua/5.4 and lib/lua/5.4, DESTDIR a staging root before it; SPECS: what test runs.
BUILD   ?= build
CFLAGS  ?= -O2
LUA     ?= lua5.4
PREFIX  ?= /usr/local
DESTDIR ?=
SPECS   ?= spec
BUSTED  ?= busted
# UNDER: what runs the interpreter of the specs, such as valgrind.
UNDER   ?=
# Found by tools/probe when empty, e.g. BLAS_LIBS="-llapacke -llapack -lblas" and a folder.
BLAS_LIBS  ?=
LUA_INCDIR ?=

BINDIR ?= $(PREFIX)/bin
LUADIR ?= $(PREFIX)/share/lua/5.4
LIBDIR ?= $(PREFIX)/lib/lua/5.4
# What people read, and what shells complete from.
DOCDIR  ?= $(PREFIX)/share/doc/linnet
MANDIR  ?= $(PREFIX)/share/man/man1
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
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

# A line for each folder that is compiled into; V=1 shows whole commands instead.
SAY = $(if $(V),,@$(if $(said_$(@D)),,$(info $()  cc $(@D))$(eval said_$(@D) := yes)))

objects = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(shell find $(addprefix csrc/,$(1)) -name '*.c' | sort))
ROOMS   := $(call objects,num io loss model flow descent ensemble theory)
CORE    := $(BUILD)/lib/linnet/core.so
MANUAL  := $(BUILD)/lua/linnet/manual.lua
PROBED  := $(BUILD)/probe/done
# SPECS may name C programs too; `spec` means all of both kinds, `spec/c` all programs.
CHECKS  := $(patsubst spec/c/%.c,$(BUILD)/spec/%,$(filter spec/c/%.c,$(SPECS)) \
             $(if $(filter spec spec/c,$(SPECS)),$(wildcard spec/c/*.c)))
LUA_SPECS := $(filter-out spec/c spec/c/%,$(SPECS))

# The working tree, and what is built for it, in front of whatever the user's paths are.
TREE = LUA_PATH_5_4="$(abspath $(BUILD))/lua/?.lua;$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;$${LUA_PATH_5_4:-$${LUA_PATH:-;}}" \
       LUA_CPATH_5_4="$(abspath $(BUILD))/lib/?.so;$${LUA_CPATH_5_4:-$${LUA_CPATH:-;}}"

# Debian packages; a|b is satisfied by either and installs the first.
DEPS_RUN  := gcc libc6-dev lua5.4 liblua5.4-dev libopenblas-dev liblapacke-dev \
             lua-argparse lua-filesystem gnuplot-nox|gnuplot-qt|gnuplot-x11
DEPS_TEST := lua-busted lua-dkjson locales strace python3-minimal python3-numpy python3-yaml
DEPS_CI   := lua-check luarocks clang-format git zsh bsdextrautils
DEPS_RELEASE := clang valgrind libc6-dbg libopenblas0-serial libopenblas-serial-dev \
                liblapack-dev libblas-dev

.PHONY: help deps deps-ci deps-release build test demo examples gallery repl lint format bench docs manual install \
        uninstall dist asan tsan valgrind coverage fuzz fuzz-replay fuzz-programs programs faults cells test-slurm \
        check-release clean FORCE
.DELETE_ON_ERROR:

# These goals install what is missing before anything is compiled; the others leave the system be.
ifneq ($(filter test demo examples gallery bench repl,$(MAKECMDGOALS)),)
$(PROBED): | deps
endif

help: ## this list
	@awk -F '## ' '/^[a-z-]+:.*## / { split($$1, t, ":"); printf "  %-14s %s\n", t[1], $$2 }' Makefile

build: $(CORE) $(MANUAL) ## compile the core into BUILD/lib/linnet, write the manual into BUILD/lua

$(CORE): $(ROOMS) $(call objects,bind) $(PROBED)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS) $(LIBFLAG) -o $@ $(filter %.o,$^) $(LDFLAGS) @$(BUILD)/probe/blas.libs -lpthread -lm

# The text behind help(), from the doc comments.
$(MANUAL): $(CORE) tools/manual.lua $(shell find lua csrc/bind -name '*.lua' -o -name '*.c')
	@mkdir -p $(@D)
	@$(TREE) $(UNDER) $(LUA) tools/manual.lua >$@.new && mv $@.new $@

# All but bind is compiled without Lua's headers in reach.
$(BUILD)/obj/bind/%.o: csrc/bind/%.c $(BUILD)/settings $(PROBED)
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) @$(BUILD)/probe/lua.flags -c -o $@ $<

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/settings $(PROBED)
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) -c -o $@ $<

$(BUILD)/spec/%: spec/c/%.c $(ROOMS)
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) -Ispec/c -o $@ $< $(ROOMS) $(LDFLAGS) @$(BUILD)/probe/blas.libs -lpthread -lm

# Other settings than last time: everything is compiled again.
SETTINGS = $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(BLAS_LIBS) $(LUA_INCDIR)
$(BUILD)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@
FORCE:

$(PROBED): $(BUILD)/settings tools/probe
	@CC='$(CC)' LDFLAGS='$(LDFLAGS)' LUA_INCDIR='$(LUA_INCDIR)' BLAS_LIBS='$(BLAS_LIBS)' \
	 tools/probe $(BUILD)/probe && touch $@

# busted starts the interpreter it is told; under something else it is that interpreter's script.
RUN_SPECS = $(if $(UNDER),$(UNDER) $(LUA) $$(command -v $(BUSTED)),$(BUSTED) --lua=$(LUA))

test: deps build $(CHECKS) ## C programs of spec/c and specs; SPECS="files or folders" for some
	@failed=0; for c in $(CHECKS); do \
	   if $$c; then echo "passed: $$c"; else echo "failed: $$c"; failed=1; fi; done; \
	 $(if $(LUA_SPECS),$(TREE) $(RUN_SPECS) $(LUA_SPECS) || failed=1;) exit $$failed

deps: ## install what is missing (Debian, Ubuntu: apt as root or sudo), or say what is needed
	@tools/deps $(foreach p,$(DEPS_RUN) $(DEPS_TEST),'$(p)')

deps-ci: deps ## the same for the linters, LuaRocks and what else .ci/run uses
	@tools/deps $(DEPS_CI)

deps-release: deps-ci ## and for make check-release: clang, valgrind, other BLAS libraries
	@tools/deps $(DEPS_RELEASE)

# To use -----------------------------------------------------------------------------------------
demo: deps build ## the paper's three claims with plots, out/report.html; or DATA=file.csv TARGET=column
	@$(TREE) $(LUA) examples/demo.lua

examples: deps build ## run every numbered example; QUICK=1 for small sizes
	@failed=0; for e in examples/[0-9]*.lua; do echo "== $$e"; \
	 $(TREE) QUICK='$(QUICK)' $(LUA) $$e </dev/null || { echo "failed: $$e"; failed=1; }; done; exit $$failed

gallery: deps build ## draw the pictures of docs/gallery.md, each by its example; README's numbers anew
	@mkdir -p docs/gallery
	@sed -n 's/.*](gallery\/\([^)]*\)).*/\1/p' docs/gallery.md | while read -r f; do echo "== $$f"; \
	 $(TREE) FIGURES=$${f##*.} $(LUA) examples/$${f%%_*}_*.lua >/dev/null </dev/null && \
	 cp out/$$f docs/gallery/ || exit 1; done
	@$(TREE) $(LUA) tools/readme.lua

repl: deps build ## Lua's prompt with linnet loaded and help() at hand
	@$(TREE) $(LUA) bin/linnet repl

bench: deps build ## the measurements of bench/, raw timings into bench/results
	@for b in $(filter-out bench/support.lua,$(wildcard bench/*.lua)); do echo "== $$b"; $(TREE) OPENBLAS_NUM_THREADS=1 $(LUA) $$b || exit 1; done

# To work on it ----------------------------------------------------------------------------------
LUA_SOURCES = bin/linnet $(shell find lua spec examples bench tools -name '*.lua')
C_SOURCES   = $(shell find csrc -name '*.[ch]') $(wildcard spec/c/*.[ch] spec/fault/*.[ch] fuzz/*.[ch] fuzz/*/*.[ch])

lint: ## luacheck and clang-format over everything
	@luacheck -q $(LUA_SOURCES) linnet-scm-1.rockspec rockspecs/*.rockspec
	@if command -v clang-format >/dev/null; then clang-format --dry-run --Werror $(C_SOURCES); \
	 else echo "clang-format is not there: C sources not checked"; fi

format: ## let clang-format rewrite the C sources
	@clang-format -i $(C_SOURCES)

manual: $(MANUAL) ## write BUILD/lua/linnet/manual.lua, the text behind help(), from the doc comments

docs: build ## the manual in HTML, guides and mathematics included, into docs/html
	@rm -rf docs/html && mkdir -p docs/html
	@$(TREE) $(LUA) tools/html.lua docs/html

# The stock interpreter with a sanitizer's runtime loaded before everything else.
SANITIZE = $(MAKE) --no-print-directory test OPENBLAS_NUM_THREADS=1
RUNTIME  = tools/sanitized $(BUILD)/$(1) $(shell $(CC) -print-file-name=lib$(1).so) $(LUA)

ASAN_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
asan: export ASAN_OPTIONS = detect_leaks=1:allocator_may_return_null=1:quarantine_size_mb=8
asan: export LSAN_OPTIONS = suppressions=$(CURDIR)/.ci/lsan.supp:print_suppressions=0
asan: ## the whole suite under AddressSanitizer and UndefinedBehaviorSanitizer
	@SANITIZER=asan $(SANITIZE) BUILD=$(BUILD)/asan UNDER='$(call RUNTIME,asan)' \
	 CFLAGS='$(ASAN_FLAGS)'

tsan: export TSAN_OPTIONS = halt_on_error=1
tsan: SPECS = spec/flow/ensemble_spec.lua spec/flow/descents_spec.lua spec/flow/threads_spec.lua \
                  spec/sweep/sweep_spec.lua spec/c/ensemble.c spec/c/crew.c \
                  spec/c/bidiagonal.c
tsan: ## the specs of threads under ThreadSanitizer
	@SANITIZER=tsan $(SANITIZE) BUILD=$(BUILD)/tsan UNDER='$(call RUNTIME,tsan)' \
	 CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=thread' SPECS='$(SPECS)'

VALGRIND_SPECS ?= spec/matrix/matrix_spec.lua spec/num/random_spec.lua spec/model/problem_spec.lua
valgrind: ## a quick subset under valgrind: no invalid access, no definite leak
	@SANITIZER=valgrind $(SANITIZE) BUILD=$(BUILD)/valgrind CFLAGS='-O1 -g' \
	 SPECS='$(wildcard $(VALGRIND_SPECS))' \
	 UNDER='valgrind -q --trace-children=yes --trace-children-skip=/bin/*,/usr/bin/env \
	        --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	        --suppressions=$(CURDIR)/.ci/valgrind.supp'

coverage: ## lines of csrc that the suite reaches (gcov); at least 90 % or it fails
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@mkdir -p $(BUILD); $(SANITIZE) BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' \
	   >$(BUILD)/coverage.log 2>&1; specs=$$?; tools/coverage $(BUILD)/coverage 90 && \
	 if [ $$specs -ne 0 ]; then echo "specs failed: $(BUILD)/coverage.log"; exit 1; fi

LUA_LIBS ?= -llua5.4
faults: build ## make every allocation fail once over the public entries; several states (spec/fault)
	@for f in host states; do $(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) @$(BUILD)/probe/lua.flags \
	   -o $(BUILD)/$$f spec/fault/$$f.c $(LDFLAGS) $(LUA_LIBS) -lpthread || exit 1; done
	@$(TREE) $(UNDER) $(BUILD)/states
	@$(TREE) $(UNDER) $(BUILD)/host spec/fault/scenarios.lua

# Targets fuzz/NAME.c over the parsers of csrc/io, inputs kept in fuzz/corpus/NAME: under libFuzzer,
# and once through the kept inputs with any compiler.
FUZZ_SECONDS ?= 600
PARSERS = $(wildcard csrc/io/*.c) csrc/num/dense.c
FUZZERS = $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/*.c))
REPLAYS = $(patsubst fuzz/%.c,$(BUILD)/fuzz/replay-%,$(wildcard fuzz/*.c))
CHECKED = $(STANDARD) -O1 -g -fno-sanitize-recover=all -Icsrc
$(BUILD)/fuzz/replay-%: fuzz/%.c fuzz/replay/main.c $(PARSERS)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CHECKED) -fsanitize=address,undefined -o $@ $^ -lm

$(BUILD)/fuzz/%: fuzz/%.c $(PARSERS)
	@mkdir -p $(@D)
	$(SAY)clang $(CHECKED) -fsanitize=fuzzer,address,undefined -o $@ $^ -lm

fuzz: deps-release $(FUZZERS) ## each parser FUZZ_SECONDS (600) under libFuzzer; finds go to BUILD/fuzz
	@for f in $(FUZZERS); do name=$$(basename $$f); mkdir -p $(BUILD)/fuzz/found/$$name; \
	 $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	   -artifact_prefix=$(BUILD)/fuzz/$$name- $(BUILD)/fuzz/found/$$name fuzz/corpus/$$name || exit 1; done

fuzz-replay: $(REPLAYS) build ## the kept inputs of fuzz/corpus once through the parsers; some random programs
	@for f in $(REPLAYS); do $$f fuzz/corpus/$${f##*replay-}/* || exit 1; done
	@ulimit -v 6000000; $(TREE) $(LUA) fuzz/programs.lua 400 1

# Random programs over the public interface, from the seed SEED on.
PROGRAMS ?= 20000
SEED ?= 1
fuzz-programs: export ASAN_OPTIONS = detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2000:quarantine_size_mb=8
fuzz-programs: ## PROGRAMS (20000) random programs under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory programs BUILD=$(BUILD)/asan CFLAGS='$(ASAN_FLAGS)' \
	 UNDER='$(call RUNTIME,asan)'

programs: build
	@$(TREE) $(UNDER) $(LUA) fuzz/programs.lua $(PROGRAMS) $(SEED)

test-slurm: deps build ## arrays, kills and resumption on a real Slurm, started here (spec/slurm)
	@tools/deps slurmctld slurmd slurm-client
	@$(TREE) LUA=$(LUA) spec/slurm/run

check-release: ## everything: .ci/run, valgrind, coverage, faults, cells, ten minutes of fuzzing
	@.ci/release

cells: deps-release ## the suite with gcc, clang, the reference BLAS, serial OpenBLAS; results compared
	@tools/cells

# To install -------------------------------------------------------------------------------------
install: build ## into PREFIX (default /usr/local), below DESTDIR if set: library, command, docs
	@mkdir -p "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LUADIR)" "$(DESTDIR)$(LIBDIR)/linnet"
	@cd lua && find linnet -name '*.lua' | while read -r f; do \
	   mkdir -p "$(DESTDIR)$(LUADIR)/$$(dirname $$f)" && cp $$f "$(DESTDIR)$(LUADIR)/$$f" || exit 1; done
	@cp $(MANUAL) "$(DESTDIR)$(LUADIR)/linnet/manual.lua"
	@cp $(CORE) "$(DESTDIR)$(LIBDIR)/linnet/core.so"
	@interpreter=$$(command -v $(LUA)) && \
	 sed "1s|.*|#!$$interpreter|" bin/linnet >"$(DESTDIR)$(BINDIR)/linnet" && \
	 chmod 755 "$(DESTDIR)$(BINDIR)/linnet"
	@mkdir -p "$(DESTDIR)$(DOCDIR)" && rm -rf "$(DESTDIR)$(DOCDIR)/examples" && \
	 cp -R CHANGELOG.md LICENSE docs/. examples "$(DESTDIR)$(DOCDIR)/"
	@if $(LUA) -e 'require "argparse"' 2>/dev/null; then \
	   write() { mkdir -p "$(DESTDIR)$$2" && $(TREE) $(LUA) bin/linnet completion $$1 >"$(DESTDIR)$$2/$$3"; }; \
	   write bash "$(BASHDIR)" linnet && write zsh "$(ZSHDIR)" _linnet && write man "$(MANDIR)" linnet.1; \
	 else echo "argparse is not there: no completion and no man page"; fi
	@echo "Installed linnet $(VERSION): $(BINDIR)/linnet, documents in $(DOCDIR)."
	@echo "$(BINDIR)/linnet runs files and the prompt as it is. For plain $(LUA), put into your shell's start file:"
	@echo "  export LUA_PATH=\"$(LUADIR)/?.lua;$(LUADIR)/?/init.lua;\$${LUA_PATH:-;}\""
	@echo "  export LUA_CPATH=\"$(LIBDIR)/?.so;\$${LUA_CPATH:-;}\""

uninstall: ## remove what install put there
	@rm -rf "$(DESTDIR)$(LUADIR)/linnet" "$(DESTDIR)$(LIBDIR)/linnet" "$(DESTDIR)$(BINDIR)/linnet" \
	  "$(DESTDIR)$(DOCDIR)" "$(DESTDIR)$(BASHDIR)/linnet" "$(DESTDIR)$(ZSHDIR)/_linnet" \
	  "$(DESTDIR)$(MANDIR)/linnet.1"

dist: ## dist/linnet-VERSION.tar.gz from the committed tree
	@mkdir -p dist
	git archive --prefix=linnet-$(VERSION)/ -o dist/linnet-$(VERSION).tar.gz HEAD

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d $(BUILD)/spec/*.d)

clean: ## remove everything built
	@rm -rf $(addprefix $(BUILD)/,lib lua obj spec probe settings manual rock valgrind asan tsan coverage cells fuzz) \
	        docs/html dist
