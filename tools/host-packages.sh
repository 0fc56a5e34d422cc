#!/bin/sh
# Brings the Debian packages the sandbox needs, where that is possible; elsewhere says how to get them.
set -u
missing=
command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
command -v python3 >/dev/null 2>&1 || missing="$missing python3-minimal"
# The tests of the dashboard need a browser: `host-packages.sh chromium`. That without windows is the smaller one.
if [ "${1:-}" = chromium ] && ! command -v chromium-headless-shell >/dev/null 2>&1; then
  command -v chromium >/dev/null 2>&1 || missing="$missing chromium-headless-shell"
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "exectrail: missing here:$missing. Without bubblewrap and python3-minimal code runs with weaker isolation; without a Chromium the dashboard is not tested, for example: sudo apt-get install$missing" >&2
  exit 0
fi
echo "exectrail: installing$missing with apt-get" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086 # a list of package names
if { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
  rm -f "$log"
else
  tail -n 5 "$log" >&2
  echo "exectrail: apt-get could not install$missing; the log is $log" >&2
fi
