// Rows to split, and short ways to split them and to look at the parts.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "tests/support/message_of.h"

namespace hitscope::tests {

using namespace models;
using namespace models::data;

inline constexpr Part kParts[] = {Part::kTrain, Part::kValidation, Part::kTest};

struct Rows {
  std::vector<std::string> groups;
  std::vector<int> targets;
};

/// 120 artists of 1 to 9 songs; an artist's songs lean towards one of three classes.
inline Rows songs() {
  Rows rows;
  for (int artist = 0; artist < 120; ++artist) {
    for (int song = 0; song < 1 + artist * 7 % 9; ++song) {
      rows.groups.push_back("artist " + std::to_string(artist));
      rows.targets.push_back(song % 3 == 2 ? 0 : artist % 3);
    }
  }
  return rows;
}

inline Split by_group(const std::vector<std::string>& groups, const std::vector<int>& targets,
                      const SplitConfig& config) {
  return Split::holdout(SplitKind::kGroup, {.strata = targets, .groups = groups}, config);
}

inline Split at_random(const std::vector<int>& targets, const SplitConfig& config) {
  return Split::holdout(SplitKind::kRandom, {.strata = targets}, config);
}

inline Split by_column(const std::vector<std::string>& values, const std::string& test_value,
                       const std::vector<int>& targets, const std::vector<std::string>& groups,
                       const SplitConfig& config) {
  return Split::by_column(values, test_value, {.strata = targets, .groups = groups}, config);
}

inline std::vector<Part> parts_of(const Split& split) {
  std::vector<Part> parts;
  for (std::size_t row = 0; row < split.n_rows(); ++row) parts.push_back(split.part(row));
  return parts;
}

inline double share(const Split& split, Part part) {
  return static_cast<double>(split.rows(part).size()) / static_cast<double>(split.n_rows());
}

inline double class_share(const std::vector<int>& targets, const std::vector<std::size_t>& rows, int target) {
  const auto n = std::count_if(rows.begin(), rows.end(), [&](std::size_t row) { return targets[row] == target; });
  return static_cast<double>(n) / static_cast<double>(rows.size());
}

inline std::map<std::string, std::set<Part>> parts_by_group(const Split& split,
                                                            const std::vector<std::string>& groups) {
  std::map<std::string, std::set<Part>> parts;
  for (std::size_t row = 0; row < groups.size(); ++row) parts[groups[row]].insert(split.part(row));
  return parts;
}

}  // namespace hitscope::tests
