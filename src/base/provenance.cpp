#include "dko/base/provenance.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "dko/base/text.hpp"
#include "dko/base/version.hpp"

namespace dko {

Provenance start_provenance(std::string command, std::int64_t ranks) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  Provenance provenance;
  provenance.version =
      revision().empty() ? std::string(version()) : fmt::format("{} ({})", version(), revision());
  provenance.command = std::move(command);
  provenance.host = host.data();
  provenance.started = utc_now();
  provenance.ranks = ranks;
  return provenance;
}

}  // namespace dko
