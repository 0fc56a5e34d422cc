# Runs main.sh and then its main, which gets the input, and ends with the status of the last; main is not run where
# the program has called it. Not in a function, which the program could notice. `__code` is the text of main.sh.
BASH_ARGV0=main.sh
[[ $__input == null ]] || set -- "$__input"
# Whether main begins, in this shell or in one below it, is seen by a DEBUG trap, which costs 10 us a command until
# then. Only where the code may call it; where it sets a RETURN trap, which functions would inherit like this one, only
# on its top level. A pipe carries what is seen, for a variable does not leave a subshell.
if [[ $__code == *main*main* && $__code =~ (^|[^[:alnum:]_.-])main([^[:alnum:]_.\(-]|$) ]] && { exec {__seen}<<< ''; } 2> /dev/null; then
  read -r -u "$__seen"
  __shallow=
  [[ $__code != *RETURN* ]] || __shallow=1
  __look() {
    if [[ $__shallow && $3 == *main.sh ]]; then set +T; fi
    if [[ $2 == main || $1 == main || $1 == 'main '* || $1 == *'$(main'[\ \)]* ||
      $1 == *sh\ -*c\ *main* && $(declare -Fx) == *' main'* ]]; then
      echo > "/dev/fd/$__seen"
      trap - DEBUG
      set +T
    fi
  }
  set -T
  trap '[[ ${FUNCNAME[0]-} != main && $BASH_COMMAND != *main* && ! $__shallow ]] ||
    __look "$BASH_COMMAND" "${FUNCNAME[0]-}" "${BASH_SOURCE[0]-}"' DEBUG
fi
unset __code
# Another file of that name may lie where the environment has PATH lead, and POSIX looks nowhere else.
if [[ -o posix || $PATH != "$__path" ]]; then
  unset __path
  source ./main.sh
else
  unset __path
  source main.sh
fi
__status=$?
# The program may have aliases, functions named as builtins, no descriptor to spare (`ulimit -n`) or no right to open
# files (`set -r`): main is looked for by taking an attribute from it that no function has, which prints nothing.
\unset -f builtin
\builtin enable builtin declare exit
if [[ ${__seen-} ]]; then
  \builtin trap - DEBUG
  \builtin set +T
  if \builtin read -r -u "$__seen"; then \builtin exit "$__status"; fi
fi
if \builtin declare -f +i main; then
  \main "$__input"
  \builtin exit
fi
\builtin exit "$__status"
