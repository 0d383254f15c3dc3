// Columns that, by their names, are measured after the outcome.
#include <array>
#include <cctype>
#include <string_view>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// The words of a name in lower case: tidal and popularity for "TIDALPopularity_2024".
std::vector<std::string> words_of(const std::string& name) {
  const auto is = [&](auto test, std::size_t i) {
    return i < name.size() && test(static_cast<unsigned char>(name[i]));
  };
  const auto upper = [](unsigned char c) { return std::isupper(c) != 0; };
  const auto lower = [](unsigned char c) { return std::islower(c) != 0; };
  const auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is(letter, i)) {
      inside = false;
      continue;
    }
    const bool hump = i > 0 && is(upper, i) && (is(lower, i - 1) || (is(upper, i - 1) && is(lower, i + 1)));
    if (!inside || hump) words.emplace_back();
    inside = true;
    words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return words;
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr auto kAlways = std::to_array<std::string_view>(
    {"airplay",    "award",     "awards",     "billboard", "certification", "certifications", "chart",
     "charted",    "charting",  "charts",     "comments",  "downloads",     "favorites",      "favourites",
     "followers",  "follower",  "grammy",     "hit",       "hits",          "likecount",      "likes",
     "listeners",  "playcount", "playcounts", "playlist",  "playlists",     "plays",          "popular",
     "popularity", "purchases", "revenue",    "royalties", "sales",         "saves",          "scrobbles",
     "shares",     "shazam",    "shazams",    "spins",     "streamcount",   "streams",        "subscribers",
     "trending",   "trendings", "viewcount",  "views",     "viral",         "virality",       "votes"});
constexpr auto kUnlessSound =
    std::to_array<std::string_view>({"peak", "rank", "ranking", "ranks", "reach", "score", "scores", "weeks", "posts"});
constexpr auto kSound = std::to_array<std::string_view>(
    {"amplitude", "autocorrelation", "beat",     "danceability", "db",       "dbfs",  "energy",   "frequency",
     "hz",        "level",           "loudness", "onset",        "pitch",    "power", "rms",      "spectral",
     "spectrum",  "tempo",           "mood",     "valence",      "language", "key",   "semitone", "speech"});
constexpr auto kCounted = std::to_array<std::string_view>(
    {"comment", "download", "like", "listen", "listener", "play", "share", "stream", "view"});
constexpr auto kCount = std::to_array<std::string_view>({"count", "counts", "number", "num", "total"});

/// The word that gives the column away, or none. The words of sound ("peak level", "sample rank") come first.
std::string telling_word(const std::vector<std::string>& words) {
  const bool sounds = std::any_of(words.begin(), words.end(), [](const auto& word) { return among(kSound, word); });
  const bool counts = std::any_of(words.begin(), words.end(), [](const auto& word) { return among(kCount, word); });
  for (const std::string& word : words) {
    if (among(kAlways, word) || (!sounds && among(kUnlessSound, word)) || (counts && among(kCounted, word))) {
      return word;
    }
  }
  return {};
}

}  // namespace

void check_names(const Rows& rows, std::vector<Finding>& findings) {
  std::vector<std::string> names = rows.input.column_names;
  if (names.empty()) {
    for (const auto& column : rows.input.table.numeric) names.push_back(column.name);
    for (const auto& column : rows.input.table.categorical) names.push_back(column.name);
  }
  for (const std::string& name : names) {
    const std::string word = telling_word(words_of(name));
    if (word.empty()) continue;
    findings.push_back({Severity::kWarning, AuditRule::kPostOutcome, name,
                        "'" + name + "' contains '" + word +
                            "': if it is measured after the release, a prediction before the release cannot use it; "
                            "leave it out"});
  }
}

}  // namespace hitscope::models::evaluation
