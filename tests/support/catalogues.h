// Catalogues as a split sees them, drawn at random: artists, recordings, times and classes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "models/data/split.h"

namespace hitscope::tests {

struct Catalogue {
  std::vector<int> strata;
  std::vector<std::string> groups;
  std::vector<std::string> recordings;  // a second key: some recordings have two artists
  std::vector<double> times;

  models::data::SplitRows view() const {
    return {.strata = strata, .groups = groups, .identities = {groups, recordings}, .times = times};
  }
};

/// Artists with few songs each, but some with many; a class in ten has a tenth of the rows of the next.
inline Catalogue drawn_catalogue(std::uint64_t seed, std::size_t n_rows, std::size_t n_groups, int n_classes) {
  std::mt19937_64 random(seed);
  Catalogue catalogue;
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::size_t artist = std::min(random() % n_groups, random() % n_groups);
    int stratum = static_cast<int>((artist + random() % 3) % static_cast<std::size_t>(n_classes)) - 1;
    if (random() % 4 == 0) stratum = -1;
    catalogue.strata.push_back(stratum);
    catalogue.groups.push_back(random() % 20 == 0 ? "" : "artist " + std::to_string(artist));
    catalogue.recordings.push_back(random() % 3 == 0 ? "" : "recording " + std::to_string(random() % (40 * n_rows)));
    catalogue.times.push_back(static_cast<double>(random() % (n_rows / 3 + 5)));
  }
  return catalogue;
}

}  // namespace hitscope::tests
