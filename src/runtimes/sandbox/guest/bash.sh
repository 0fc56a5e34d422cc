# Runs one program. On fd 5 come eight digits, that many characters of shell text that sets the nonce, the size
# of the input and the descriptor of the result and, on a line of its own, the environment; then the input. From a pipe bash reads byte by
# byte unless it is told how many characters to take. fd 3 takes the result as JSON text by hand; `result` writes
# it to a descriptor of its own, so that a program may use fd 3 for something else. Frames carry the nonce.
printf '\n' >&3 # started, waiting
IFS= read -r -N 8 -u 5 __head
IFS= read -r -N "$__head" -u 5 __head
eval "${__head%%$'\n'*}"
if ((__characters)); then
  IFS= read -r -N "$__characters" -u 5 __input
else
  __input=$(/usr/bin/cat <&5)
fi
exec 5<&-
BASH_ARGV0=main.sh
IFS= read -r -d '' __code < main.sh
# The code is read and nothing of it executed: it comes after the line that says so, and nothing that it holds
# can undo that. A program that has errors never begins.
if ! (shopt -s extglob; eval "set -n
$__code") &> /dev/null; then
  printf '\n%s syntax 0\n' "$__nonce" >&3
  "$BASH" --norc --noprofile -O extglob -n main.sh
  exit 2
fi
eval "${__head#*$'\n'}" # only now: a preloaded library would run in each program that is started
eval "exec $__fd>&3"
eval 'result() {
  printf "\n" >&'$__fd' # a second result does not become part of the first
  if (($#)); then printf "%s" "$*" >&'$__fd'; else /usr/bin/cat >&'$__fd'; fi
}'
printf '\n%s running 0\n' "$__nonce" >&3
unset __head __nonce __characters __code __fd

source main.sh
__status=$?
if declare -F main > /dev/null; then
  main "$__input"
  __status=$?
fi
exit "$__status"
