# Sums up a log: lines by level, and the messages that come most often, with numbers and ids taken out.
# Needs only bash and awk, whichever awk it is; bytes are counted, so that text of any script passes as it is.

main() {
  printf '%s' "$1" | LC_ALL=C awk "$program" | result
}

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

# The level a line names: in brackets, as level=…, or as a word of its own in capitals.
function level_of(line,    lower) {
  lower = tolower(substr(line, 1, 400))
  if (lower ~ /"(level|severity)" *: *"/) sub(/^.*"(level|severity)" *: *"/, "level=", lower)
  if (lower ~ /(^|[^a-z])(level|severity)=/) sub(/^.*(level|severity)="?/, "[", lower)
  if (lower ~ /^[^[]*\[(fatal|critical|crit|alert|emerg|panic)/ || line ~ WORD["FATAL|CRITICAL|EMERG|PANIC"]) return "fatal"
  if (lower ~ /\[(error|err|severe)[^a-z]/ || lower ~ /\[(error|err|severe)$/ || line ~ WORD["ERROR|ERR|SEVERE"]) return "error"
  if (lower ~ /\[(warning|warn)/ || line ~ WORD["WARNING|WARN"]) return "warn"
  if (lower ~ /\[(notice|info)/ || line ~ WORD["NOTICE|INFO"]) return "info"
  if (lower ~ /\[(debug|trace)/ || line ~ WORD["DEBUG|TRACE"]) return "debug"
  return "none"
}

function word(names) {
  WORD[names] = "(^|[^A-Za-z])(" names ")([^A-Za-z]|$)"
}

# Goes on with the message above it: an indented line, a frame of a stack.
function continues(line) {
  return line ~ /^[ \t]/ || line ~ /^(Caused by:|Traceback |\.\.\. [0-9]+ more|[A-Za-z_.]+(Error|Exception)(:|$))/
}

function pattern_of(line) {
  gsub(/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9][0-9]:[0-9][0-9](:[0-9][0-9]([.,][0-9]+)?)?(Z|[+-][0-9][0-9]:?[0-9][0-9])?/, "<time>", line)
  gsub(/[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+/, "<id>", line)
  gsub(/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(:[0-9]+)?/, "<address>", line)
  gsub(/0x[0-9a-fA-F]+/, "<hex>", line)
  gsub(/[0-9]+([.,:][0-9]+)*/, "<n>", line)
  # What is left of long ids in hex.
  gsub(/[a-f]*<n>([a-f]+<n>)+[a-f]*/, "<id>", line)
  gsub(/[ \t]+/, " ", line)
  return line
}

function time_of(line) {
  if (match(line, /[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9][0-9]:[0-9][0-9](:[0-9][0-9]([.,][0-9]+)?)?(Z|[+-][0-9][0-9]:?[0-9][0-9])?/) && RSTART < 200)
    return substr(line, RSTART, RLENGTH)
  return ""
}

function text_or_null(text) {
  return text == "" ? "null" : "\"" encode(text) "\""
}

BEGIN {
  split("fatal error warn info debug none", LEVELS, " ")
  for (at = 1; at <= 6; at++) RANK[LEVELS[at]] = at
  word("FATAL|CRITICAL|EMERG|PANIC"); word("ERROR|ERR|SEVERE"); word("WARNING|WARN"); word("NOTICE|INFO"); word("DEBUG|TRACE")
}

{ json = json (NR > 1 ? "\n" : "") $0 }

END {
  read_members(json)
  top = "top" in given ? given["top"] + 0 : 10
  least = "level" in given ? RANK[given["level"]] : 6
  count = split_lines(given["log"], lines)
  if (count > 0 && lines[count] == "") count--
  kinds = empty = 0
  current = ""
  for (at = 1; at <= count; at++) {
    line = decode(lines[at])
    sub(/\r$/, "", line)
    if (line ~ /^[ \t]*$/) { empty++; continue }
    if (current != "" && continues(line)) { more[current]++; continue }
    level = level_of(line)
    total[level]++
    time = time_of(line)
    if (time != "") {
      if (first == "") first = time
      last = time
    }
    current = level SUBSEP pattern_of(line)
    if (!(current in seen)) {
      kind[++kinds] = current
      levelOf[current] = level
      began[current] = at
      sample[current] = line
    }
    seen[current]++
    ended[current] = at
  }
  printf "{\"lines\":%d,\"empty\":%d,\"levels\":{", count, empty
  for (at = 1; at <= 6; at++) printf "%s\"%s\":%d", (at > 1 ? "," : ""), LEVELS[at], total[LEVELS[at]] + 0
  printf "},\"first\":%s,\"last\":%s,\"kinds\":%d,\"messages\":[", text_or_null(first), text_or_null(last), kinds
  # The worst level first, then the most frequent, then the earliest.
  for (shown = 0; shown < top; shown++) {
    best = ""
    for (at = 1; at <= kinds; at++) {
      one = kind[at]
      if ((one in done) || RANK[levelOf[one]] > least) continue
      if (best == "" || RANK[levelOf[one]] < RANK[levelOf[best]] || \
        (RANK[levelOf[one]] == RANK[levelOf[best]] && seen[one] > seen[best])) best = one
    }
    if (best == "") break
    done[best] = 1
    printf "%s{\"level\":\"%s\",\"count\":%d,\"pattern\":\"%s\",\"sample\":\"%s\",\"firstLine\":%d,\"lastLine\":%d,\"detailLines\":%d}", \
      (shown > 0 ? "," : ""), levelOf[best], seen[best], encode(substr(best, length(levelOf[best]) + 2)), \
      encode(sample[best]), began[best], ended[best], more[best] + 0
  }
  printf "]}"
}'
