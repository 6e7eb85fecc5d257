#pragma once

#include <vector>

namespace dko {

/// Empties a vector and gives its memory back, which to assign {} would keep.
template <class Value>
void give_back(std::vector<Value>& values) {
  std::vector<Value>().swap(values);
}

}  // namespace dko
