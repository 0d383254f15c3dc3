// Made-up songs to audit: artists with several songs, columns shaped as audio features are, a popularity that depends
// moderately on them. Same seed, same table.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "models/data/shuffle.h"
#include "models/evaluation/audit.h"

namespace hitscope::tests {

using namespace models;

struct SongTable {
  data::FeatureTable table;
  std::vector<std::string> artists;
  std::vector<double> values;  ///< popularity, continuous
  std::vector<int> targets;    ///< thirds of it
  std::vector<std::string> class_names{"low", "medium", "high"};

  evaluation::AuditInput input(const data::Split* split) const {
    return {.table = table,
            .targets = targets,
            .n_classes = 3,
            .target_values = values,
            .split = split,
            .group_name = "artist",
            .groups = artists,
            .identities = {},
            .column_names = {},
            .class_names = class_names,
            .seed = 1};
  }
};

inline void set_classes(SongTable& songs) {
  auto sorted = songs.values;
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[sorted.size() / 3];
  const double high = sorted[2 * sorted.size() / 3];
  songs.targets.clear();
  for (const double value : songs.values) songs.targets.push_back(value < low ? 0 : value < high ? 1 : 2);
}

inline SongTable song_table(std::size_t n_rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const auto rounded = [](double value, double unit) { return std::round(value / unit) * unit; };
  SongTable songs;
  for (const char* name : {"danceability", "loudness", "tempo", "acousticness", "instrumentalness", "duration_ms",
                           "key", "mode", "time_signature"}) {
    songs.table.numeric.push_back({name, {}});
  }
  songs.table.categorical.push_back({"genre", {}});
  const char* genres[] = {"pop", "rock", "jazz", "folk", "dance", "metal"};
  for (std::size_t row = 0; row < n_rows; ++row) {
    const double x = normal(random);
    const std::vector<double> values{rounded(1.0 / (1.0 + std::exp(-normal(random))), 0.001),
                                     rounded(-8.0 + 4.0 * x, 0.001),
                                     rounded(120.0 + 30.0 * normal(random), 0.001),
                                     rounded(std::pow(uniform(random), 3.0), 1e-5),
                                     uniform(random) < 0.4 ? 0.0 : std::exp(-12.0 * uniform(random)),
                                     std::round(std::exp(12.2 + 0.5 * normal(random))),
                                     static_cast<double>(random() % 12),
                                     static_cast<double>(random() % 2),
                                     random() % 10 == 0 ? 3.0 : 4.0};
    for (std::size_t c = 0; c < values.size(); ++c) songs.table.numeric[c].values.push_back(values[c]);
    const std::size_t genre = random() % 6;
    songs.table.categorical[0].values.push_back(genres[genre]);
    songs.artists.push_back("artist " + std::to_string(random() % (n_rows / 5 + 1)));
    songs.values.push_back(50.0 + 8.0 * x + 20.0 * values[0] + 2.0 * static_cast<double>(genre) +
                           10.0 * normal(random));
  }
  set_classes(songs);
  return songs;
}

inline data::Split in_parts(const std::vector<std::string>& parts) {
  return data::Split::by_column(parts, "", data::SplitRows{}, data::SplitConfig{});
}

/// Artists to parts: three fifths, one fifth, one fifth.
inline data::Split by_artist(const SongTable& songs, std::uint64_t seed) {
  std::map<std::string, std::size_t> artists;
  for (const auto& artist : songs.artists) artists.emplace(artist, 0);
  std::vector<std::string> order;
  for (const auto& [artist, unused] : artists) order.push_back(artist);
  std::mt19937_64 random(seed);
  data::shuffle(order, random);
  for (std::size_t i = 0; i < order.size(); ++i) artists[order[i]] = i % 5;
  std::vector<std::string> parts;
  for (const auto& artist : songs.artists) {
    const std::size_t i = artists[artist];
    parts.emplace_back(i == 0 ? "test" : i == 1 ? "validation" : "train");
  }
  return in_parts(parts);
}

/// Rows to parts, every fifth of a random order each.
inline data::Split at_random(const SongTable& songs, std::uint64_t seed) {
  std::vector<std::string> parts;
  for (std::size_t row = 0; row < songs.values.size(); ++row) {
    parts.emplace_back(row % 5 == 0 ? "test" : row % 5 == 1 ? "validation" : "train");
  }
  std::mt19937_64 random(seed);
  data::shuffle(parts, random);
  return in_parts(parts);
}

inline const evaluation::Finding* find(const std::vector<evaluation::Finding>& findings, evaluation::AuditRule rule,
                                       const std::string& subject = {}) {
  for (const evaluation::Finding& finding : findings) {
    if (finding.rule == rule && (subject.empty() || finding.subject == subject)) return &finding;
  }
  return nullptr;
}

inline std::string text_of(const std::vector<evaluation::Finding>& findings) {
  std::string text;
  for (const evaluation::Finding& f : findings) {
    text += "\n" + std::string(to_string(f.severity)) + " " + std::string(to_string(f.rule)) + " [" + f.subject + "] " +
            f.detail;
  }
  return text;
}

}  // namespace hitscope::tests
