std = "lua54"
max_line_length = 100
ignore = { "581" } -- not (x <= y): true for NaN, which is what is meant
files["spec"] = { std = "+busted" }
files["bench"] = { globals = {} }
files["examples"] = { globals = {} }
exclude_files = { "build", "out", "dist", "spec/reference" }
