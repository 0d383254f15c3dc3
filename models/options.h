// The options of all families of heads in one bag, by type, so that neither a fit nor who carries its options has to
// know the families. Thread safety: a plain value; get() of a const one is thread safe.
#pragma once

#include <any>
#include <map>
#include <string_view>
#include <typeindex>
#include <vector>

#include "dsp/settings.h"

namespace hitscope::models {

class FamilyOptions {
 public:
  /// The options of type T; its defaults where none were set.
  template <typename T>
  const T& get() const {
    static const T defaults;
    const auto found = options_.find(typeid(T));
    return found == options_.end() ? defaults : *std::any_cast<T>(&found->second);
  }
  /// The same to be changed. The reference stays valid as long as this object is neither moved nor assigned to.
  template <typename T>
  T& get() {
    const auto [found, is_new] = options_.try_emplace(typeid(T));
    if (is_new) found->second = T();
    return *std::any_cast<T>(&found->second);
  }

 private:
  std::map<std::type_index, std::any> options_;
};

/// Settings under one heading of --help.
struct OptionGroup {
  std::string_view heading;
  std::vector<dsp::Setting> settings;
};

}  // namespace hitscope::models
