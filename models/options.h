// The options of all families of heads in one container, by type, so that the code which carries them need not know the
// families.
// Thread safety: a plain value; any number of threads may call get() on a const one.
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
  /// The options of type T, or their defaults if none were set.
  template <typename T>
  const T& get() const {
    static const T defaults;
    const auto found = options_.find(typeid(T));
    return found == options_.end() ? defaults : *std::any_cast<T>(&found->second);
  }
  /// The options of type T for changing. The reference stays valid until this object is moved or assigned to.
  template <typename T>
  T& get() {
    const auto [found, is_new] = options_.try_emplace(typeid(T));
    if (is_new) found->second = T();
    return *std::any_cast<T>(&found->second);
  }

 private:
  std::map<std::type_index, std::any> options_;
};

/// Settings that are listed under one heading.
struct OptionGroup {
  std::string_view heading;
  std::vector<dsp::Setting> settings;
};

}  // namespace hitscope::models
