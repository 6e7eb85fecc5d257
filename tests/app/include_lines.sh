. "$(dirname "$0")/lib.sh"
# scripts/includes.py watches what precompiled headers and sources compiled together hide.
includes=$DKO_SOURCE/scripts/includes.py

mkdir -p tree/include/dko/base tree/src/base
cat >tree/include/dko/base/counter.hpp <<'HPP'
#include <vector>
struct Counter {
  std::vector<int> counts;
};
Counter counter_of(const std::vector<int>& counts);
HPP
cat >tree/src/base/counter.cpp <<'CPP'
#include "dko/base/counter.hpp"
Counter counter_of(const std::vector<int>& counts) { return {counts}; }  // and std::string is only spoken of
CPP
"$includes" tree || fail "something is named where nothing is missing"

cat >tree/src/base/use.cpp <<'CPP'
#include <vector>
int used() { return counter_of({1, 2}).counts.front() + Counter{}.counts.front(); }
std::string text() { return {}; }
CPP
expect 1 'src/base/use.cpp: std::string without #include <string>' "$includes" tree
for name in Counter counter_of; do
  grep -qx "src/base/use.cpp: $name without #include of include/dko/base/counter.hpp" said.txt || fail "$name is not named"
done
[ "$(wc -l <said.txt)" = 3 ] || fail "more is named than is missing: $(cat said.txt)"
