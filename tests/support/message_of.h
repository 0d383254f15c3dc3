// What a function that must throw says.
#pragma once

#include <stdexcept>
#include <string>

namespace hitscope::tests {

/// The message of the std::invalid_argument that `function` throws.
template <typename Function>
std::string message_of(const Function& function) {
  try {
    function();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace hitscope::tests
