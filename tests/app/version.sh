. "$(dirname "$0")/lib.sh"
# The commit that the program states: of the checkout of its sources, whoever owns it, and of no other.
template=$DKO_SOURCE/src/base/version
checkout() {  # a source tree in the folder $1
  mkdir -p "$1/src/base"
  cp "$template.cmake" "$template.cpp.in" "$1/src/base"
}
# stated FOLDER: the commit that a build of these sources states.
stated() {
  cmake -DSOURCE="$PWD/$1" -DVERSION=1.2.3 -DOUTPUT="$PWD/version.cpp" -P "$1/src/base/version.cmake" >&2
  grep -q '"1.2.3"' version.cpp || fail "the version is not in version.cpp"
  sed -n 's/.*revision() { return "\(.*\)"; }/\1/p' version.cpp
}
commit() {
  git -c init.defaultBranch=main init -q "$1"
  git -C "$1" add -A
  git -C "$1" -c user.name=x -c user.email=x@localhost commit -q -m x
}
export GIT_CEILING_DIRECTORIES=$PWD

checkout plain
[ "$(stated plain)" = "commit unknown" ] || fail "sources without git state $(stated plain)"
commit plain
head=$(git -C plain rev-parse --short HEAD)
[ "$(stated plain)" = "$head" ] || fail "a checkout states $(stated plain), not $head"
echo >>plain/src/base/version.cpp.in
[ "$(stated plain)" = "$head-dirty" ] || fail "a changed checkout states $(stated plain)"

# Sources that somebody unpacked within a project of their own.
checkout outer/dko
commit outer
[ "$(stated outer/dko)" = "commit unknown" ] || fail "the commit of another project is stated: $(stated outer/dko)"

# A checkout of another owner, such as one on a shared file system.
[ "$(id -u)" = 0 ] || { echo "not root: a checkout of another owner was not tried"; exit 0; }
git -C plain checkout -q .
chown -R 12345 plain
[ "$(stated plain)" = "$head" ] || fail "a checkout of another owner states $(stated plain), not $head"
