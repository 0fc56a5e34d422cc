# Runs one program. On fd 5 come eight digits, that many characters of shell text that sets the nonce, the size
# of the input and the environment, and the input. From a pipe bash reads byte by byte unless it is told how many
# characters to take. fd 3 takes the result as JSON text, from `result` or by hand; frames
# on it carry the nonce, which is gone before the program runs.
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
BASH_ARGV0=main.sh
IFS= read -r -d '' __code < main.sh
shopt -s extglob
if ! eval "__check() { :;${__code}
}" 2> /dev/null; then
  printf '\n%s syntax 0\n' "$__nonce" >&3
  "$BASH" --norc --noprofile -O extglob -n main.sh
  exit 2
fi
shopt -u extglob
unset -f __check
printf '\n%s running 0\n' "$__nonce" >&3
unset __head __nonce __characters __code

# result JSON, or JSON on standard input: what the execution gives back.
result() {
  printf '\n' >&3 # a second result does not become part of the first
  if (($#)); then printf '%s' "$*" >&3; else /usr/bin/cat >&3; fi
}

source main.sh
__status=$?
if declare -F main > /dev/null; then
  main "$__input"
  __status=$?
fi
exit "$__status"
