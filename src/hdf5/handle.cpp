#include "dko/hdf5/handle.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <cerrno>
#include <exception>
#include <string_view>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "native.hpp"

namespace dko::hdf5 {

static_assert(sizeof(hid_t) == sizeof(Id));

namespace {

/// The operating system's words, where HDF5 quotes them among its own, else all of it.
std::string essence(const std::string& description) {
  constexpr std::string_view mark = "error message = '";
  const std::size_t quote = description.find(mark);
  if (quote == std::string::npos) return description;
  const std::size_t start = quote + mark.size();
  return description.substr(start, description.find('\'', start) - start);
}

/// The innermost entry of HDF5's error stack: the cause.
herr_t keep_first(unsigned position, const H5E_error2_t* entry, void* text) {
  if (position == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = essence(entry->desc);
  return 0;
}

std::string reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  H5Eclear2(H5E_DEFAULT);
  return with_cause(std::move(text));
}

}  // namespace

void prepare_library() {
  [[maybe_unused]] static const bool once = [] {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    register_lzf();
    refuse_external_links();
    return true;
  }();
}

Id check(Id id, const std::string& what) {
  if (id >= 0) return id;
  const int error = errno;
  std::string why = reason();
  // MPI-IO does not hand on why the disk failed.
  for (const int of_disk : {EFBIG, ENOSPC, EDQUOT, EROFS, EIO, ESTALE}) {
    const std::string words = why_writing_failed(of_disk);
    if (error == of_disk && why.find(words) == std::string::npos) why += ": " + words;
  }
  throw IoError(fmt::format("{} ({})", what, why));
}

Id check_input(Id id, const std::string& what) {
  if (id >= 0) return id;
  throw InputError(fmt::format("{} ({})", what, reason()));
}

Handle::Handle(Id id, Closer closer, bool collective_close)
    : id_(id),
      closer_(closer),
      collective_close_(collective_close),
      exceptions_(std::uncaught_exceptions()) {}

Handle::~Handle() {
  if (id_ < 0) return;
  if (collective_close_ && std::uncaught_exceptions() > exceptions_) return;
  closer_(id_);
}

Handle::Handle(Handle&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      closer_(other.closer_),
      collective_close_(other.collective_close_),
      exceptions_(other.exceptions_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(closer_, other.closer_);
  std::swap(collective_close_, other.collective_close_);
  std::swap(exceptions_, other.exceptions_);
  return *this;
}

void Handle::close(const std::string& what) {
  if (id_ >= 0) check(closer_(std::exchange(id_, -1)), what);
}

}  // namespace dko::hdf5
