# Runs main.sh and then its main, which gets the input; ends with the status of the last. Not in a function, in which
# the program could tell. Another file of that name may lie where the environment has PATH lead, and POSIX looks
# nowhere else.
BASH_ARGV0=main.sh
if [[ -o posix || $PATH != "$__path" ]]; then
  unset __path
  source ./main.sh
else
  unset __path
  source main.sh
fi
__status=$?
if declare -F main > /dev/null; then
  main "$__input"
  __status=$?
fi
exit "$__status"
