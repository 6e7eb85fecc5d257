#!/usr/bin/env bash
# in_directory.sh DIRECTORY SCRIPT: runs the script in an empty directory of its own.
set -eu
rm -rf "$1"
mkdir -p "$1"
cd "$1"
exec bash "$2"
