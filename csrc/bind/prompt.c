/* csrc/bind/prompt.c: what a prompt needs of the terminal: lines edited by the readline that is in
 * the process already (the stock interpreter's) or on the machine, TAB answered by a Lua function,
 * history, and a Ctrl-C that never ends the session.
 * SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"

enum { HISTORY_MOST = 2000, POLL_MS = 100 };

/* Functions and variables of readline(3). Nothing is linked: where it is missing, `edits` is false
 * and lines are read as they come. */
typedef struct editor {
  void (*install)(const char *prompt, void (*handler)(char *));
  void (*remove)(void);
  void (*read_char)(void);
  void (*check_signals)(void); /* hands on what its own handlers caught; since readline 6.3 */
  void (*cleanup)(void);       /* of a search or an argument begun; since readline 7 */
  void (*add_history)(const char *);
  int (*read_history)(const char *);
  int (*write_history)(const char *);
  void (*stifle_history)(int);
  char **(*matches)(const char *, char *(*)(const char *, int));
  char *(*filename)(const char *, int);
  char **(**completion)(const char *, int, int);
  int *no_default, *appended, *catches, *persistent;
  char **line;
  const char **breaks, **version;
} editor;

/* The one mutable static of the core: readline's handlers and a signal's take no argument that
 * could say whose line it is. A process has one terminal. */
static struct session {
  lua_State *L; /* main thread of the state that opened the prompt; NULL: none */
  editor edit;
  bool edits;
  char *line; /* malloc'ed by readline */
  bool done;
  volatile sig_atomic_t reading, heard; /* a line is read; Ctrl-C came meanwhile */
  volatile sig_atomic_t stopped;        /* Ctrl-C came to what the last line began */
  struct sigaction before;
} session;

static const char completer_key = 0;

/* ---------------------------------------------------------------- finding readline */

static bool find(void *library, const char *name, void *pointer) {
  void *found = dlsym(library, name);
  memcpy(pointer, &found, sizeof found); /* ISO C has no cast from an object to a function */
  return found != NULL;
}

static bool editor_find(editor *e, void *library) {
  if (!library) return false;
  find(library, "rl_check_signals", &e->check_signals);
  find(library, "rl_callback_sigcleanup", &e->cleanup);
  find(library, "rl_persistent_signal_handlers", &e->persistent);
  return find(library, "rl_callback_handler_install", &e->install) &&
         find(library, "rl_callback_handler_remove", &e->remove) &&
         find(library, "rl_callback_read_char", &e->read_char) &&
         find(library, "add_history", &e->add_history) &&
         find(library, "read_history", &e->read_history) &&
         find(library, "write_history", &e->write_history) &&
         find(library, "stifle_history", &e->stifle_history) &&
         find(library, "rl_completion_matches", &e->matches) &&
         find(library, "rl_filename_completion_function", &e->filename) &&
         find(library, "rl_attempted_completion_function", &e->completion) &&
         find(library, "rl_attempted_completion_over", &e->no_default) &&
         find(library, "rl_completion_append_character", &e->appended) &&
         find(library, "rl_catch_signals", &e->catches) &&
         find(library, "rl_line_buffer", &e->line) &&
         find(library, "rl_library_version", &e->version) &&
         find(library, "rl_completer_word_break_characters", &e->breaks);
}

/* In the process, or on the machine; a library once opened stays. */
static bool editor_any(editor *e) {
  static const char *const names[] = {NULL, "libreadline.so.8", "libreadline.so"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (editor_find(e, dlopen(names[i], RTLD_NOW))) return true;
  return false;
}

/* ---------------------------------------------------------------- completion */

static char *copied(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size); /* readline frees what it is given */
  return copy ? memcpy(copy, text, size) : NULL;
}

/* readline's list: what all have in common, then each, then NULL; from the table on top. */
static char **list_of(lua_State *L) {
  size_t n = lua_rawlen(L, -1);
  char **list = n ? calloc(n + 2, sizeof *list) : NULL;
  size_t common = 0;
  for (size_t i = 1; list && i <= n; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i);
    const char *text = lua_tostring(L, -1);
    list[i] = copied(text ? text : "");
    lua_pop(L, 1);
    if (!list[i]) break;
    size_t same = 0;
    while (list[i][same] && list[i][same] == list[1][same]) same++;
    common = i == 1 || same < common ? same : common;
  }
  if (list && list[1]) {
    list[0] = copied(list[1]);
    if (list[0]) list[0][common] = '\0';
  }
  return list;
}

/* Asks the Lua function (line, from, to): a list of whole words, or true for names of files. */
static char **complete(const char *text, int from, int to) {
  lua_State *L = session.L;
  char **list = NULL;
  *session.edit.no_default = 1;
  *session.edit.appended = '\0';
  if (!lua_checkstack(L, 8)) return NULL;
  int top = lua_gettop(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &completer_key);
  lua_pushstring(L, *session.edit.line);
  lua_pushinteger(L, from + 1);
  lua_pushinteger(L, to);
  if (lua_pcall(L, 3, 1, 0) == LUA_OK) {
    if (lua_istable(L, -1)) list = list_of(L);
    else if (lua_toboolean(L, -1)) list = session.edit.matches(text, session.edit.filename);
  }
  lua_settop(L, top);
  return list;
}

/* ---------------------------------------------------------------- Ctrl-C */

static void stop(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

/* As lua.c does it, words and all, so that everything that hears Ctrl-C there hears it here; but
 * unlike there, the next one is heard too. It may run in any thread (BLAS has some), so it only
 * leaves word. */
static void on_interrupt(int signal) {
  (void)signal;
  int mask = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
  if (session.reading) session.heard = 1;
  else if (session.L) lua_sethook(session.L, stop, mask, 1);
  session.stopped = !session.reading;
}

bool prompt_interrupted(void) { return session.stopped != 0; }

/* ---------------------------------------------------------------- lines */

static void on_line(char *line) {
  session.line = line;
  session.done = true;
  session.edit.remove();
}

/* read(prompt) -> line; nil at the end of the input; false after Ctrl-C, the line being dropped.
 * readline's own handlers (a suspended or resized terminal) leave word until they are asked. */
static int l_prompt_read(lua_State *L) {
  const char *text = bind_arg_text(L, 1, NULL);
  if (!session.L || !session.edits) return bind_fail(L, "misuse", "prompt: no line editing here");
  session.done = false;
  session.line = NULL;
  session.heard = session.stopped = 0;
  session.reading = 1;
  session.edit.install(text, on_line);
  while (!session.done && !session.heard) {
    struct pollfd in = {STDIN_FILENO, POLLIN, 0};
    int ready = poll(&in, 1, POLL_MS);
    if (session.edit.check_signals) session.edit.check_signals();
    if (!session.heard && ready > 0) session.edit.read_char();
  }
  session.reading = 0;
  bool dropped = !session.done;
  if (dropped) {
    if (session.edit.cleanup) session.edit.cleanup();
    session.edit.remove();
    if (write(STDOUT_FILENO, "\n", 1) < 0) errno = 0; /* a lost terminal ends the next read */
    lua_pushboolean(L, 0);
  } else if (session.line) {
    lua_pushstring(L, session.line);
  } else {
    lua_pushnil(L);
  }
  free(session.line);
  session.line = NULL;
  return 1;
}

/* editor() -> the version of the readline that would be used, or nil. */
static int l_prompt_editor(lua_State *L) {
  editor e = {0};
  if (editor_any(&e)) lua_pushfstring(L, "%s", *e.version);
  else lua_pushnil(L);
  return 1;
}

/* remember(line): into the history. */
static int l_prompt_remember(lua_State *L) {
  const char *line = bind_arg_text(L, 1, NULL);
  if (session.edits) session.edit.add_history(line);
  return 0;
}

/* ---------------------------------------------------------------- the session */

/* open(completer, history) -> whether lines are edited. From here on Ctrl-C interrupts, any number
 * of times. history: a file's name. */
static int l_prompt_open(lua_State *L) {
  bind_arg_type(L, 1, LUA_TFUNCTION);
  const char *history = bind_arg_text(L, 2, NULL);
  if (session.L) return bind_fail(L, "misuse", "prompt: one is open already");
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &completer_key);
  session.edits = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && editor_any(&session.edit);
  if (session.edits) {
    *session.edit.completion = complete;
    *session.edit.breaks = " \t\n\"'`=<>+*%^~#{}()[];,|&!?@";
    *session.edit.catches = session.edit.check_signals != NULL;
    if (session.edit.persistent) *session.edit.persistent = 1;
    session.edit.stifle_history(HISTORY_MOST);
    session.edit.read_history(history); /* none yet: none is read */
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  session.L = lua_tothread(L, -1);
  struct sigaction heard;
  memset(&heard, 0, sizeof heard);
  heard.sa_handler = on_interrupt;
  sigemptyset(&heard.sa_mask);
  sigaction(SIGINT, &heard, &session.before);
  lua_pushboolean(L, session.edits);
  return 1;
}

/* close(history) -> whether it was kept. */
static int l_prompt_close(lua_State *L) {
  const char *history = bind_arg_text(L, 1, NULL);
  if (!session.L) return 0;
  sigaction(SIGINT, &session.before, NULL);
  session.L = NULL;
  lua_pushboolean(L, session.edits && session.edit.write_history(history) == 0);
  return 1;
}

void bind_prompt(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", l_prompt_open},   {"editor", l_prompt_editor},
                                       {"read", l_prompt_read},   {"remember", l_prompt_remember},
                                       {"close", l_prompt_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
