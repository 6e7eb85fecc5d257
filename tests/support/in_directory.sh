#!/usr/bin/env bash
# in_directory.sh DIRECTORY COMMAND...: runs the command in an empty directory of its own.
set -eu
rm -rf "$1"
mkdir -p "$1"
cd "$1"
exec "${@:2}"
