/* csrc/bind/files.c: matrices from and to .npy and .npz files, and to CSV (from it: table.c). A
 * load has the whole file in one buffer that is freed on return; a save writes beside the file and
 * renames, so that the old content stays until the new is complete. Failures are returned as nil
 * and a reason. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/whole.h"
#include "io/csv.h"
#include "io/decimal.h"
#include "io/npy.h"
#include "io/npz.h"

#define FILE_NAME "linnet.file"

enum { CHUNK = 1 << 16, UNASKED = 1 << 24 /* bytes read without asking the tick */ };

/* A file in use, to be closed whatever happens. */
typedef struct file {
  FILE *stream; /* NULL when closed */
} file;

static int file_close(lua_State *L) {
  file *f = bind_arg_object(L, 1, FILE_NAME);
  if (f->stream) fclose(f->stream);
  f->stream = NULL;
  return 0;
}

/* Pushes a closed file; closed again when the function returns. */
static file *file_new(lua_State *L) {
  file *f = lua_newuserdatauv(L, sizeof *f, 0);
  f->stream = NULL;
  luaL_setmetatable(L, FILE_NAME);
  lua_toclose(L, -1);
  return f;
}

static int failure(lua_State *L, const char *why) {
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}

/* ---- reading ---- */

/* The content of path into b, which must be initialized last; false with errno. */
static bool file_read(lua_State *L, const char *path, luaL_Buffer *b) {
  file *f = file_new(L);
  f->stream = fopen(path, "rb");
  luaL_buffinit(L, b);
  if (!f->stream) return false;
  struct stat s;
  if (fstat(fileno(f->stream), &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0)
    luaL_prepbuffsize(b, (size_t)s.st_size + 1); /* one more, so that the end is seen at once */
  for (;;) {
    size_t room = b->size - b->n;
    bind_answer_interrupt(L);
    char *to = luaL_prepbuffsize(b, room ? room : CHUNK);
    room = b->size - b->n;
    size_t got = fread(to, 1, room < UNASKED ? room : UNASKED, f->stream);
    luaL_addsize(b, got);
    if (got == 0) return !ferror(f->stream);
  }
}

/* npy_load(path) -> matrix, or nil and the reason */
static int l_files_npy_load(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  char why[NPY_MESSAGE];
  luaL_Buffer b;
  npy h;
  if (!file_read(L, path, &b)) return failure(L, strerror(errno));
  if (!npy_header_read(luaL_buffaddr(&b), luaL_bufflen(&b), &h, why)) return failure(L, why);
  mat m = bind_matrix_raw(L, h.rows, h.cols);
  tick t = bind_tick(L);
  bool read = npy_data_read(&h, m, why, &t);
  bind_answer_interrupt(L);
  return read ? 1 : failure(L, why);
}

/* The entry's name without ".npy", and its matrix, into the table below; false with the reason on
 * top. */
static bool entry_load(lua_State *L, const npz_entry *e) {
  static const char ending[] = ".npy";
  enum { ENDING = sizeof ending - 1 };
  char why[NPY_MESSAGE] = "it is no .npy file";
  npy h;
  bool named =
      e->name_size > ENDING && memcmp(e->name + e->name_size - ENDING, ending, ENDING) == 0;
  lua_pushlstring(L, e->name, e->name_size - (named ? ENDING : 0));
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) != LUA_TNIL) {
    strcpy(why, "it is there twice");
  } else if (named && npy_header_read(e->data, e->size, &h, why)) {
    lua_pop(L, 1);
    mat m = bind_matrix_raw(L, h.rows, h.cols);
    tick t = bind_tick(L);
    bool read = npy_data_read(&h, m, why, &t);
    bind_answer_interrupt(L);
    if (read) {
      lua_rawset(L, -3);
      return true;
    }
  }
  lua_pushfstring(L, "entry '%s': %s", lua_tostring(L, -2), why);
  return false;
}

/* npz_load(path) -> table name -> matrix, or nil and the reason */
static int l_files_npz_load(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  char why[NPY_MESSAGE];
  luaL_Buffer b;
  npz z;
  npz_entry e;
  if (!file_read(L, path, &b)) return failure(L, strerror(errno));
  if (!npz_open(luaL_buffaddr(&b), luaL_bufflen(&b), &z, why)) return failure(L, why);
  lua_newtable(L);
  while (z.left) {
    if (!npz_next(&z, &e, why)) return failure(L, why);
    if (!entry_load(L, &e)) {
      lua_pushnil(L);
      lua_insert(L, -2);
      return 2;
    }
  }
  return 1;
}

/* ---- writing ---- */

/* The bytes of m as an .npy file: to a stream, or into a checksum where that is NULL. */
static uint32_t npy_write(lua_State *L, FILE *to, mat m) {
  char header[NPY_HEADER], entry[8];
  uint32_t crc = 0;
  npy_header_write(header, m.rows, m.cols);
  if (to) fwrite(header, 1, NPY_HEADER, to);
  else crc = npz_crc(crc, header, NPY_HEADER);
  for (int j = 0; j < m.cols && !(to && ferror(to)); j++) {
    bind_answer_interrupt(L);
    for (int i = 0; i < m.rows; i++) {
      npy_entry_write(entry, mat_get(m, i, j));
      if (to) fwrite(entry, 1, sizeof entry, to);
      else crc = npz_crc(crc, entry, sizeof entry);
    }
  }
  return crc;
}

/* npy_save(path, matrix) -> true, or nil and the reason */
static int l_files_npy_save(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  mat m = bind_matrix_check(L, 2);
  whole *w;
  int refused = whole_open(L, path, &w);
  if (refused) return refused;
  npy_write(L, w->stream, m);
  return whole_commit(L, w);
}

/* Member i of the lists at 2 and 3, its name and matrix left on the stack. */
static mat member_push(lua_State *L, int i, const char **name, size_t *size) {
  lua_rawgeti(L, 2, i + 1);
  lua_rawgeti(L, 3, i + 1);
  *name = bind_arg_text(L, -2, size);
  return bind_matrix_check(L, -1);
}

/* Fills the members but for their checksums. Where the directory begins, SIZE_MAX beyond 4 GB. */
static size_t members_place(lua_State *L, npz_member *members, int count) {
  size_t offset = 0, directory = NPZ_END;
  for (int i = 0; i < count; i++) {
    const char *name;
    size_t size, data = NPY_HEADER + 8 * mat_count(member_push(L, i, &name, &size));
    lua_pop(L, 2);
    if (offset + data + directory >= UINT32_MAX) return SIZE_MAX;
    members[i] = (npz_member){0, (uint32_t)data, (uint32_t)offset, (uint32_t)size};
    offset += NPZ_LOCAL + size + data;
    directory += NPZ_CENTRAL + size;
  }
  return offset + directory < UINT32_MAX ? offset : SIZE_MAX;
}

/* npz_save(path, names, matrices) -> true, or nil and the reason; names end in .npy */
static int l_files_npz_save(lua_State *L) {
  const char *path = bind_arg_path(L, 1), *name;
  int count = (int)luaL_len(L, 2);
  size_t size, last = 0;
  npz_member *members = lua_newuserdatauv(L, sizeof *members * (size_t)(count + 1), 0);
  size_t begin = count < UINT16_MAX ? members_place(L, members, count) : SIZE_MAX;
  if (begin == SIZE_MAX)
    return failure(L, "more than 4 GB or 65534 matrices; .npy files hold them one by one");
  whole *w;
  int refused = whole_open(L, path, &w);
  if (refused) return refused;
  char local[NPZ_LOCAL], central[NPZ_CENTRAL], end[NPZ_END];
  for (int i = 0; i < count; i++, lua_pop(L, 2)) {
    mat m = member_push(L, i, &name, &size);
    members[i].crc = npy_write(L, NULL, m);
    npz_local_write(local, &members[i]);
    fwrite(local, 1, NPZ_LOCAL, w->stream);
    fwrite(name, 1, size, w->stream);
    npy_write(L, w->stream, m);
  }
  for (int i = 0; i < count; i++, lua_pop(L, 2)) {
    member_push(L, i, &name, &size);
    npz_central_write(central, &members[i]);
    fwrite(central, 1, NPZ_CENTRAL, w->stream);
    fwrite(name, 1, size, w->stream);
    last += NPZ_CENTRAL + size;
  }
  npz_end_write(end, (unsigned)count, (uint32_t)last, (uint32_t)begin);
  fwrite(end, 1, NPZ_END, w->stream);
  return whole_commit(L, w);
}

static void write_name(FILE *to, const char *name, size_t size, char delimiter) {
  bool quotes = csv_needs_quotes(name, size, delimiter);
  if (quotes) fputc('"', to);
  for (size_t i = 0; i < size; i++) {
    if (name[i] == '"') fputc('"', to);
    fputc(name[i], to);
  }
  if (quotes) fputc('"', to);
}

/* csv_save(path, matrix, delimiter, names or nil) -> true, or nil and the reason */
static int l_files_csv_save(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  mat m = bind_matrix_check(L, 2);
  char delimiter = *bind_arg_text(L, 3, NULL), number[DECIMAL_SIZE];
  bool names = lua_istable(L, 4);
  whole *w;
  int refused = whole_open(L, path, &w);
  if (refused) return refused;
  FILE *to = w->stream;
  for (int j = 0; names && j < m.cols; j++) {
    size_t size;
    lua_rawgeti(L, 4, j + 1);
    const char *name = bind_arg_text(L, -1, &size);
    write_name(to, name, size, delimiter);
    fputc(j + 1 < m.cols ? delimiter : '\n', to);
    lua_pop(L, 1);
  }
  for (int i = 0; i < m.rows && !ferror(to); i++) {
    bind_answer_interrupt(L);
    for (int j = 0; j < m.cols; j++) {
      fwrite(number, 1, decimal_write(number, mat_get(m, i, j)), to);
      fputc(j + 1 < m.cols ? delimiter : '\n', to);
    }
  }
  return whole_commit(L, w);
}

void bind_files(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"npy_load", l_files_npy_load}, {"npy_save", l_files_npy_save},
      {"npz_load", l_files_npz_load}, {"npz_save", l_files_npz_save},
      {"csv_save", l_files_csv_save}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__gc", file_close}, {"__close", file_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, FILE_NAME, NULL, NULL, meta);
}
