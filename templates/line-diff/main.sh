# Compares two texts line by line with diff, and counts what was added and removed.

main() {
  local input=$1 folder
  folder=$(mktemp -d)
  # A text may end without a line break, which a substitution would not show.
  printf '%s' "$input" | LC_ALL=C awk -v folder="$folder" "$program$reader"
  local context ignore
  read -r context ignore < "$folder/options"
  local -a flags=(--text "--unified=$context" --label before --label after)
  if [[ $ignore == true ]]; then flags+=(--ignore-space-change --ignore-blank-lines); fi
  diff "${flags[@]}" "$folder/before" "$folder/after" > "$folder/diff"
  local status=$?
  if ((status > 1)); then return "$status"; fi
  LC_ALL=C awk "$program$writer" "$folder/diff" | result
}

reader='
{ json = json (NR > 1 ? "\n" : "") $0 }
END {
  read_members(json)
  write(given["before"], folder "/before")
  write(given["after"], folder "/after")
  print ("context" in given ? given["context"] : 3), ("ignoreWhitespace" in given ? given["ignoreWhitespace"] : "false") > (folder "/options")
}
# The last line without a line break where the text has none.
function write(text, file,    count, at, lines) {
  printf "" > file
  count = split_lines(text, lines)
  for (at = 1; at < count; at++) printf "%s\n", decode(lines[at]) > file
  if (count > 0) printf "%s", decode(lines[count]) > file
  close(file)
}'

writer='
BEGIN { added = removed = hunks = 0; printf "{\"diff\":\"" }
NR > 2 && /^@@/ { hunks++ }
NR > 2 && /^[+]/ { added++ }
NR > 2 && /^-/ { removed++ }
{ printf "%s\\n", encode($0) }
END {
  printf "\",\"identical\":%s,\"added\":%d,\"removed\":%d,\"hunks\":%d}", (NR == 0 ? "true" : "false"), added, removed, hunks
}'

program='
# The members of a flat JSON object as they are written, in `given`, with \001 for each escaped backslash. The schema has
# checked what they are.
function read_members(text,    name, value, isName) {
  gsub(/\\\\/, "\001", text)
  isName = 1
  while (text != "") {
    if (substr(text, 1, 1) == "\"") {
      match(text, /^"([^"\\]|\\.)*"/)
      value = substr(text, 2, RLENGTH - 2)
      text = substr(text, RLENGTH + 1)
      if (isName) name = decode(value)
      else given[name] = value
    } else if (match(text, /^[-+.0-9a-zA-Z]+/)) {
      given[name] = substr(text, 1, RLENGTH)
      text = substr(text, RLENGTH + 1)
    } else {
      if (substr(text, 1, 1) == ":") isName = 0
      if (substr(text, 1, 1) == ",") isName = 1
      text = substr(text, 2)
    }
  }
}

# Splits before it decodes, since a line is short and a text is not.
function split_lines(text, lines) {
  gsub(/\\u000[aA]/, "\\n", text)
  return split(text, lines, /\\n/)
}

function decode(text,    out, at, count, parts, code, high) {
  gsub(/\\n/, "\n", text)
  gsub(/\\r/, "\r", text)
  gsub(/\\t/, "\t", text)
  gsub(/\\b/, "\b", text)
  gsub(/\\f/, "\f", text)
  gsub(/\\\//, "/", text)
  gsub(/\\"/, "\"", text)
  if (index(text, "\\u") > 0) {
    count = split(text, parts, /\\u/)
    out = parts[1]
    high = 0
    for (at = 2; at <= count; at++) {
      code = hex(substr(parts[at], 1, 4))
      if (high && code >= 56320 && code < 57344) code = 65536 + (high - 55296) * 1024 + code - 56320
      else if (high) out = out utf8(high)
      high = code >= 55296 && code < 56320 && length(parts[at]) == 4 && at < count ? code : 0
      if (!high) out = out utf8(code) substr(parts[at], 5)
    }
    text = out
  }
  if (index(text, "\001") > 0) gsub("\001", BACKSLASH, text)
  return text
}

function hex(digits,    at, value) {
  value = 0
  for (at = 1; at <= 4; at++) value = value * 16 + index("0123456789abcdef", tolower(substr(digits, at, 1))) - 1
  return value
}

# What cannot be text, and \001, which stands for a backslash here, becomes the sign for an unknown character.
function utf8(code) {
  if (code < 2 || (code >= 55296 && code < 57344)) code = 65533
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
  if (code < 65536)
    return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
  return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, \
    128 + int(code / 64) % 64, 128 + code % 64)
}

# Without quotes around it.
function encode(text,    at) {
  gsub(/\\/, "&&", text)
  gsub(/"/, BACKSLASH "&", text)
  gsub(/\t/, "\\t", text)
  gsub(/\r/, "\\r", text)
  gsub(/\n/, "\\n", text)
  if (text ~ /[\001-\037]/)
    for (at = 1; at < 32; at++) gsub(sprintf("%c", at), sprintf("\\u%04x", at), text)
  return text
}

BEGIN { BACKSLASH = "\\\\" }
'
