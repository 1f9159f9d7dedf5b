--- tools/manual.lua: the reference manual from the doc comments of C and Lua.
--
-- `lua tools/manual.lua` writes build/lua/linnet/manual.lua, the text behind `help()` and the HTML
-- manual (tools/html.lua), to standard output.
-- A comment belongs to the manual when its name (`@function`, or module and function name) is
-- something a user can reach: `linnet.x`, `linnet.x.y`, or `type:method`, type in lower case.
-- A chapter is what stands before the last dot or colon.
-- Modules (`@module`) that users see as a table and types (`@type`, with `@field`) have pages too.
--
-- SPDX-License-Identifier: MIT

-- It runs at `make build`, where what only a running linnet needs may not be there.
if not pcall(require, "lfs") then package.preload.lfs = function() return {} end end

local words = require "linnet.words"
local help = require "linnet.shell.help"
local options = require "linnet.options"
local types = require "linnet.types"

types.everything() -- all schemas

-- ---------------------------------------------------------------- reading

local function lines_of(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

--- The schema that the function beginning at a line checks, nil when it names none.
local function schema_checked(lines, i)
  while lines[i] and lines[i] ~= "end" and not lines[i]:match("^%-%-%-") do
    local name = lines[i]:match('options%.check%("([%w_.]+)"')
    if name then return name end
    i = i + 1
  end
end

--- Doc comments of a file: lists of lines without the comment signs, each with the code line after.
local function comments_of(path)
  local open, strip, close
  if path:match("%.c$") then
    open, strip, close = "^/%*%*%*%s?(.*)$", "^ ?%*? ?(.*)$", "%*/%s*$"
  else
    open, strip = "^%-%-%-%s?(.*)$", "^%-%-%s?(.*)$"
  end
  local found, lines, i = {}, lines_of(path), 1
  while i <= #lines do
    local first = lines[i]:match(open)
    if first then
      local block = {first}
      if close then
        while not lines[i]:find(close) do
          i = i + 1
          block[#block + 1] = path:match("%.c$") and lines[i]:gsub("^ %*%f[^/%*] ?", "") or lines[i]
        end
        block[#block] = block[#block]:gsub("%s*" .. close, "")
      else
        while (lines[i + 1] or ""):match(strip) do
          i = i + 1
          block[#block + 1] = lines[i]:match(strip)
        end
      end
      found[#found + 1] = {lines = block, code = lines[i + 1] or "", path = path,
        schema = schema_checked(lines, i + 1)}
    end
    i = i + 1
  end
  return found
end

--- Text and tags of a comment; a tag is {tag, text}, text with its line breaks.
local function parse(comment)
  local entry = {text = {}, tags = {}, path = comment.path, code = comment.code,
    schema = comment.schema}
  local into = entry.text
  for _, line in ipairs(comment.lines) do
    local tag, rest = line:match("^%s*@(%S+)%s?(.*)$")
    if tag then
      into = {rest}
      entry.tags[#entry.tags + 1] = {tag = tag, lines = into}
    elseif not line:match("^SPDX") then
      into[#into + 1] = line
    end
  end
  return entry
end

local function tag_text(entry, name)
  for _, tag in ipairs(entry.tags) do
    if tag.tag:match("^[^%[]+") == name then return table.concat(tag.lines, "\n") end
  end
end

-- ---------------------------------------------------------------- names

--- The name under which users find a module: folders below linnet sort our rooms, not theirs.
local function public_module(module)
  local public = module:gsub("^linnet%.shell%.", "linnet.")
  public = public:gsub("^linnet%.plot%.heatmap$", "linnet.heatmap")
  return public
end

local function public_name(entry, module)
  local name = tag_text(entry, "function")
  if name then
    if name:find(":") then return name:sub(1, 1):lower() .. name:sub(2) end
    local short = "linnet." .. name:gsub("^linnet%.", "")
    local long = module and module .. "." .. name
    return long and help.reach(long) and not help.reach(short) and long or short
  end
  name = entry.code:match("^function M[.:]([%w_]+)") or entry.code:match("^M%.([%w_]+)%s*=")
  if not (name and module) then return nil end
  -- The function that a module is named for is what calling the module does.
  return module == "linnet." .. name and module or module .. "." .. name
end

-- ---------------------------------------------------------------- writing

local PARAM = "^(%S+)%s+(%S+)%s*(.*)$" -- type, name, description

local function squeeze(lines)
  return (table.concat(lines, " "):gsub("%s+", " "):gsub("^%s", ""):gsub("%s$", ""))
end

--- Signature and argument lines of an entry.
local function arguments(entry)
  local names, rows = {}, {}
  for _, tag in ipairs(entry.tags) do
    local base, mark = tag.tag:match("^([^%[]+)(.*)$")
    local text = squeeze(tag.lines)
    if base == "param" or base == "tparam" then
      local kind, name, what
      if base == "tparam" then kind, name, what = text:match(PARAM)
      else name, what = text:match("^(%S+)%s*(.*)$") end
      assert(name, entry.path .. ": cannot read @" .. tag.tag .. " " .. text)
      local optional = mark ~= "" or kind and kind:sub(1, 1) == "?"
      local default = mark:match("=(.-)%]")
      names[#names + 1] = optional and "[" .. name .. "]" or name
      local said = {}
      if kind then said[1] = kind:gsub("^%?", "") end
      if what ~= "" then said[#said + 1] = what end
      if default then said[#said + 1] = "default " .. default end
      rows[#rows + 1] = words.wrap(("  %-10s "):format(name), table.concat(said, ", "))
    elseif base == "return" then
      rows[#rows + 1] = words.wrap("  returns    ", text)
    elseif base == "treturn" then
      local what = text:gsub("^%?", ""):gsub("^(%S+)%s+", "%1, ")
      rows[#rows + 1] = words.wrap("  returns    ", what)
    elseif base == "raise" then
      rows[#rows + 1] = words.wrap("  raises     ", text)
    end
  end
  return table.concat(names, ", "), rows
end

local function trim(lines)
  while lines[1] and lines[1]:match("^%s*$") do table.remove(lines, 1) end
  while lines[#lines] and lines[#lines]:match("^%s*$") do table.remove(lines) end
  return lines
end

--- The options of a schema without the line that says what they are for.
local function options_of(schema)
  local summary = words.wrap("", schema .. ": " .. (options.schemas[schema].summary or ""))
  return options.describe(schema):sub(#summary + 2)
end

--- What the manual keeps of an entry: name, signature, text, usage.
local function finished(name, entry)
  local args, rows = arguments(entry)
  local text = trim(entry.text)
  local page = {words.reflow(table.concat(text, "\n"))}
  if #rows > 0 then page[#page + 1] = table.concat(rows, "\n") end
  local schema = entry.schema or name:gsub("^linnet%.", "")
  if not options.schemas[schema] then schema = nil end
  local described = schema and "Options\n" .. options_of(schema)
  page[#page + 1] = described or nil
  local usage = tag_text(entry, "usage")
  return {
    name = name, kind = "function", signature = name .. "(" .. args .. ")",
    text = table.concat(page, "\n\n"),
    usage = usage and table.concat(trim{usage}, "\n"):gsub("^%s*\n", ""):gsub("%s+$", ""),
    schema = schema,
  }
end

--- A page without a signature: a module, or a type with its fields.
local function outlined(name, kind, entry)
  local fields = {}
  for _, tag in ipairs(entry.tags) do
    local field, what = squeeze(tag.lines):match("^(%S+)%s+(.*)$")
    if tag.tag == "field" then fields[#fields + 1] = {field, what} end
  end
  local text = words.reflow((table.concat(trim(entry.text), "\n"):gsub("^lua/%S+: ", "")))
  return {name = name, kind = kind, signature = name, fields = fields, text = text}
end

local function sources()
  local list = {}
  local pipe <close> = assert(io.popen("find lua/linnet csrc -name '*.lua' -o -name '*.c'"))
  for path in pipe:lines() do
    if not path:find("manual.lua", 1, true) then list[#list + 1] = path end
  end
  table.sort(list)
  return list
end

local function collect()
  local pages, seen, modules = {}, {}, {}
  for _, path in ipairs(sources()) do
    local module
    for _, comment in ipairs(comments_of(path)) do
      local entry = parse(comment)
      module = tag_text(entry, "module") or tag_text(entry, "classmod") or module
      module = module and public_module(module)
      local name, type_name = public_name(entry, module), tag_text(entry, "type")
      local value = name and help.reach(name)
      if type_name then
        pages[#pages + 1] = outlined(type_name, "type", entry)
      elseif tag_text(entry, "module") then
        modules[module] = entry
      elseif value then
        assert(not seen[name], path .. ": documented twice: " .. name)
        seen[name] = true
        pages[#pages + 1] = finished(name, entry)
      elseif tag_text(entry, "function") then
        io.stderr:write(path, ": no user can reach ", name, "\n")
      end
    end
  end
  for _, schema in ipairs(options.schemas) do
    if schema.name:find("%.") and not seen["linnet." .. schema.name] then
      local described = "Options\n" .. options_of(schema.name)
      pages[#pages + 1] = {name = schema.name, signature = schema.name, kind = "options",
        text = words.wrap("", schema.summary) .. "\n\n" .. described}
    end
  end
  for name, entry in pairs(modules) do -- those whose functions users can reach
    local public = name ~= "linnet" and not seen[name] and type(help.value(name)) == "table"
    for function_name in pairs(public and seen or {}) do
      if function_name:match("^(.*)%.[%w_]+$") == name then
        pages[#pages + 1] = outlined(name, "module", entry)
        break
      end
    end
  end
  table.sort(pages, function(a, b) return a.name < b.name end)
  return pages
end

local function quoted(text)
  local level = ""
  while text:find("]" .. level .. "]", 1, true) do level = level .. "=" end
  return ("[%s[\n%s]%s]"):format(level, text, level)
end

local function list_of(fields)
  local rows = {}
  for i, field in ipairs(fields) do rows[i] = ("{%q, %q}"):format(field[1], field[2]) end
  return "{\n" .. table.concat(rows, ",\n") .. "}"
end

local function write_manual(pages)
  print("--- The reference manual as text: what `help` shows. Written by `make manual`.")
  print("-- SPDX-License-Identifier: MIT\nreturn {")
  for _, page in ipairs(pages) do
    print(("{name = %q, kind = %q, signature = %q, schema = %s, text = %s%s%s},"):format(page.name,
      page.kind, page.signature, page.schema and ("%q"):format(page.schema) or "nil",
      quoted(page.text), page.usage and ",\nusage = " .. quoted(page.usage) or "",
      page.fields and page.fields[1] and ",\nfields = " .. list_of(page.fields) or ""))
  end
  print("}")
end

write_manual(collect())
