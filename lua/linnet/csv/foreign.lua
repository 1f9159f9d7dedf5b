--- Files that are no tables of text, known by how they begin.
--
-- SPDX-License-Identifier: MIT
-- @module linnet.csv.foreign

local M = {}

local FORMATS = { -- how a file begins; what it is
  {"^\x1f\x8b", "gzip: unpack it first (gunzip)"},
  {"^BZh%d1AY", "bzip2: unpack it first (bunzip2)"},
  {"^\xfd7zXZ", "xz: unpack it first (unxz)"},
  {"^\x28\xb5\x2f\xfd", "zstd: unpack it first (unzstd)"},
  {"^PK\3\4.*%.npy", "an npz archive of NumPy: save its arrays as .npy or with numpy.savetxt"},
  {"^PK\3\4.*%[Content_Types%]", "an Excel workbook (xlsx): save it as CSV"},
  {"^PK\3\4.*xl/", "an Excel workbook (xlsx): save it as CSV"},
  {"^PK\3\4.*opendocument", "an OpenDocument table: save it as CSV"},
  {"^PK\3\4", "a zip archive: unpack it first (unzip)"},
  {"^PAR1", "parquet: save it as CSV"},
  {"^\xd0\xcf\x11\xe0", "an old Excel file (xls): save it as CSV"},
  {"^\x93NUMPY", "a matrix of NumPy: linnet.npy.load reads it"},
  {"^\x89HDF", "HDF5: save the table as CSV"},
  {"^%%PDF", "PDF: save the table as CSV"},
  {"^FEA1", "feather: save it as CSV"},
  {"^ARROW1", "Arrow: save it as CSV"},
  {"^RDX%d", "R data: write.csv saves a table"},
  {"^SQLite format", "an SQLite database: export a table"},
  {"^\x89PNG", "a picture (PNG)"},
  {"^\xff\xd8\xff", "a picture (JPEG)"},
  {"^version https://git%-lfs",
    "a pointer of Git LFS, not the file itself: git lfs pull fetches it"},
  {"^%s*<!%-*%s*[Dd][Oo][Cc][Tt]", "a web page (HTML): download the table itself"},
  {"^%s*<[Hh][Tt][Mm][Ll]", "a web page (HTML): download the table itself"},
  {"^%s*<%?xml", "XML: save the table as CSV"},
  {"^%s*<%a[%w]*[%s>/]", "HTML or XML: save the table as CSV"},
  {"^%%%%MatrixMarket", "MatrixMarket: save the matrix as CSV or .npy"},
  {"^[+-]?[%d.]+ %d+:[%d.eE+-]+[%s]", "svmlight, a list of places and numbers: save it as CSV"},
  {"@[Dd][Aa][Tt][Aa]%s*\n%s*{%s*%d+ ", "sparse ARFF: save it as CSV"},
  {"^%s*{%s*[\"}]", "JSON: save the table as CSV"},
  {"^%s*%[%s*[%[{]", "JSON: save the table as CSV"},
}

--- Why the file that begins so is no table of text, or nil.
function M.why(head)
  if head:find("^\xff\xfe\0\0") or head:find("^\0\0\xfe\xff") then
    return "the file is in UTF-32; save it as UTF-8"
  elseif head:find("^\xff\xfe") or head:find("^\xfe\xff") or head:find("^[^\0]\0[^\0]\0[^\0]\0")
    or head:find("^\0[^\0]\0[^\0]\0[^\0]") then
    return "the file is in UTF-16; save it as UTF-8"
  end
  for _, format in ipairs(FORMATS) do
    if head:find(format[1]) then return "the file is no table of text but " .. format[2] end
  end
  local _, zeros = head:sub(1, 4096):gsub("\0", "")
  if zeros > 2 and 20 * zeros > math.min(#head, 4096) then
    return "the file is no table of text: it is full of zero bytes"
  end
end

return M
