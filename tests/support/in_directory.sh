#!/usr/bin/env bash
# in_directory.sh DIRECTORY COMMAND...: runs the command in an empty directory of its own, and says what processor time it took.
set -eu
rm -rf "$1"
mkdir -p "$1"
cd "$1"
TIMEFORMAT='processor seconds: %U user, %S system'
time "${@:2}"
