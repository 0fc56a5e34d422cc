# Runs one program. On fd 5 come eight digits, that many characters of shell text that sets the nonce, the size of
# the input and what is put around the code to check it, and defines what sets the environment; then the input.
# From a pipe bash reads byte by byte unless the number of characters is given. fd 3 takes the result as JSON
# text by hand; `result` writes it to a descriptor of its own, so that a program may use fd 3 for something else, or to
# its copy where the program has replaced that: of the three, two that are the same count.
if { exec 253>&3 252>&3; } 2> /dev/null; then __fd=253; else exec 14>&3; __fd=14; fi # at most 16 files are open, or more
# The first try keeps what it replaces, for which a program may have left no descriptor (`ulimit -n`); a subshell keeps
# nothing. Nothing here opens a file, which `set -r` forbids, or goes by a function of the program.
eval 'result() {
  unset -f builtin
  builtin enable set printf
  if [[ -e /dev/fd/'$__fd' && (/dev/fd/'$__fd' -ef /dev/fd/252 || /dev/fd/'$__fd' -ef /dev/fd/3 || ! -e /dev/fd/252) ]]; then
    builtin set -- '$__fd' "$@"
  elif [[ -e /dev/fd/252 && (/dev/fd/252 -ef /dev/fd/3 || ! -e /dev/fd/'$__fd') ]]; then
    builtin set -- 252 "$@"
  else
    builtin set -- - "$@"
  fi
  # A line of its own, so that a second result does not become part of the first.
  if (($# > 1)); then
    { builtin printf "\n%s" "${*:2}" >&"$1"; } 2>&- && return
    (builtin printf "\n%s" "${*:2}" >&1) 2>&- >&"$1" && return
  else
    { builtin printf "\n" >&"$1"; } 2>&- && { /usr/bin/cat >&"$1"; return; }
  fi
  builtin printf "result: the program closed or replaced the descriptor of its result, '$__fd'\n" >&2
  return 1
}'
printf '\n' >&3 # started, waiting
IFS= read -r -N 8 -u 5 __head
IFS= read -r -N "$__head" -u 5 __head
eval "$__head"
if ((__characters)); then
  IFS= read -r -N "$__characters" -u 5 __input
else
  __input=$(/usr/bin/cat <&5)
fi
exec 5<&-
IFS= read -r -d '' __code < main.sh
shopt -s extglob
# Whether the code has errors is known before it begins. Inside brackets that it cannot close, for which they are is
# chance and a secret, it is only read; twice, so that none passes which closes one bracket and opens it again. What
# does not fit there is read by a shell that executes nothing (`set -n`), on the line before the code.
if ! eval "__check() {
$__open { :
$__code
}
$__close
}
__check() {
$__open ( :
$__code
)
$__close
}" 2> /dev/null && ! (eval "set -n
$__code") &> /dev/null; then
  printf '\n%s syntax 0\n' "$__nonce" >&3
  "$BASH" --norc --noprofile -O extglob -n main.sh
  exit 2
fi
shopt -u extglob
__path=$PATH
__at=w${EPOCHREALTIME/[.,]/}
printf '\n%s running %d\n%s' "$__nonce" ${#__at} "$__at" >&3
unset __at __head __nonce __characters __open __close __fd
__environment # only now: a preloaded library would run in each program that is started, and a value may be code
unset -f __check __environment
source ../../../guests/bash/program.sh
