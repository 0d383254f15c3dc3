#include "models/classical/estimator.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hitscope::models::classical {

const std::vector<double>& doubles(const Arrays& arrays, std::string_view name,
                                   std::initializer_list<std::int64_t> shape) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) throw std::runtime_error(std::string(name) + " is missing");
  const Array& array = found->second;
  const auto* values = std::get_if<std::vector<double>>(&array.values);
  const bool fits = std::equal(shape.begin(), shape.end(), array.shape.begin(), array.shape.end(),
                               [](std::int64_t wanted, std::int64_t there) { return wanted < 0 || wanted == there; });
  if (values == nullptr || !fits) throw std::runtime_error(std::string(name) + " does not fit the features");
  if (std::all_of(values->begin(), values->end(), [](double v) { return std::isfinite(v); })) return *values;
  throw std::runtime_error(std::string(name) + " has a value that is not finite");
}

}  // namespace hitscope::models::classical
