#include "dko/parallel/at_root.hpp"

#include <stdexcept>

namespace dko {

void refuse_value_of_root() {
  throw std::logic_error("a value that is significant only at root was used on another rank");
}

}  // namespace dko
