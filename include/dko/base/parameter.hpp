#pragma once
// How messages name the parameters of this library.

#include <string>
#include <string_view>

namespace dko {

/// A parameter, as messages name it: "steps"; or, in a program that takes it as an option of its command line
/// and said so, "--steps".
std::string parameter(std::string_view name);

/// The same with a value: "steps 5", "--steps 5".
std::string parameter(std::string_view name, std::string_view value);

/// From now on parameters are options in this process. To be called once, before anything else. Local.
void name_parameters_as_options();

}  // namespace dko
