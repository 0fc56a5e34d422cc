# Runs one program in a container: the job lies beside this file. What the program prints goes out as it is; the
# result, and what became of it, as frames, each marked with a word from the arguments.
__marker=$1
__job=${BASH_SOURCE[0]%/guest/*}
set --
__frame() { printf '\n%s %s %s\n' "$__marker" "$1" "$(base64 | tr -d '\n')"; }
__end() {
  local seconds=$((${EPOCHREALTIME//[!0-9]/} - __begun))
  printf '{"exitCode":%d,"syntax":%s,"error":null,"limit":null,"note":null,"durationMs":%d,"stdoutBytes":null,"stderrBytes":null}' \
    "$1" "$2" "$((seconds / 1000))" | __frame z
}

# result JSON, or JSON on standard input: what the execution gives back.
result() { if (($#)); then printf '%s' "$*"; else cat; fi | __frame r; }

cd "$__job/work" || exit 125
__begun=${EPOCHREALTIME//[!0-9]/}
if ! "$BASH" --norc --noprofile -O extglob -n main.sh; then
  __end 2 true
  exit 2
fi
for __name in $(compgen -e); do
  case $__name in PATH | HOME | LANG | PWD | SHLVL | _) ;; *) unset "$__name" ;; esac
done
IFS= read -r -d '' __code < main.sh
__path=$PATH
source "$__job/head.sh"
__input=$(< "$__job/input.json")
printf '' | __frame b
__begun=${EPOCHREALTIME//[!0-9]/}
(
source ../../../guests/bash/program.sh
)
__status=$?
if [[ -d /out ]]; then
  while IFS= read -r -d '' __file; do
    printf '%s' "${__file#/out/}" | __frame f
    while IFS= read -r __line; do printf '\n%s d %s\n' "$__marker" "$__line"; done < <(base64 < "$__file")
  done < <(find /out -type f -print0)
fi
__end "$__status" false
exit "$__status"
