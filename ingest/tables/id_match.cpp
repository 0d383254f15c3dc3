#include "ingest/tables/id_match.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "ingest/audio_type.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kLongest = 500;   // bytes; longer texts are no ids, see id_problem()
constexpr std::size_t kMostParts = 16;  // of a path: more are compared as they are

/// An id with its last part as it is compared: "fma\\000\\000002.mp3" is "fma/000/2".
std::string simplified(std::string_view id) {
  std::string path(id);
  std::replace(path.begin(), path.end(), '\\', '/');
  const std::size_t folder = path.rfind('/') + 1;  // 0 without one
  std::string_view file = std::string_view(path).substr(folder);
  if (const std::size_t dot = file.rfind('.'); has_audio_extension(file) && dot > 0) file = file.substr(0, dot);
  if (file.ends_with(".0")) file.remove_suffix(2);  // a whole number of a column with missing cells, by pandas
  const bool is_number = !file.empty() && file.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_number) file.remove_prefix(std::min(file.find_first_not_of('0'), file.size() - 1));
  return path.substr(0, folder).append(std::string(file));
}

/// The last 1, 2, … parts of a path, all of it at last.
std::vector<std::string_view> ends_of(std::string_view path) {
  std::vector<std::string_view> ends;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && ends.size() + 1 < kMostParts;
       slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1)) {
    ends.push_back(path.substr(slash + 1));
  }
  ends.push_back(path);
  return ends;
}

/// Known ids by the last parts of their paths.
class KnownIds {
 public:
  explicit KnownIds(const std::vector<std::string>& ids) {
    paths_.reserve(ids.size());
    for (const std::string& id : ids) {
      if (id.size() > kLongest) continue;
      paths_.push_back({simplified(id), &id});
    }
    for (const Path& path : paths_) {
      const auto ends = ends_of(path.text);
      for (std::size_t n = 0; n < ends.size(); ++n) {
        is_unique_[n] = by_end_[n].emplace(ends[n], &path).second && is_unique_[n];
      }
      is_whole_unique_ = whole_.emplace(path.text, &path).second && is_whole_unique_;
    }
  }

  struct Found {
    const std::string* id = nullptr;
    bool is_ambiguous = false;
  };
  /// The known id that `wanted` matches, or whether it would match, but by parts that do not tell all known ids apart.
  Found find(const std::string& wanted) const {
    if (wanted.size() > kLongest) return {};
    const std::string text = simplified(wanted);
    const auto ends = ends_of(text);
    const std::size_t n_parts = ends.size() - 1;  // place of the whole
    if (const auto longer = by_end_[n_parts].find(ends.back()); longer != by_end_[n_parts].end()) {
      if (is_unique_[n_parts]) return {longer->second->id, false};
      return {nullptr, true};
    }
    for (auto end = ends.rbegin() + 1; end != ends.rend(); ++end) {  // the longest known one that `wanted` ends in
      const auto shorter = whole_.find(*end);
      if (shorter == whole_.end()) continue;
      if (is_whole_unique_) return {shorter->second->id, false};
      return {nullptr, true};
    }
    return {};
  }

 private:
  struct Path {
    std::string text;
    const std::string* id;
  };
  using Index = std::unordered_map<std::string_view, const Path*>;

  std::vector<Path> paths_;
  std::array<Index, kMostParts> by_end_;  // by the number of parts less one
  std::array<bool, kMostParts> is_unique_ = [] {
    std::array<bool, kMostParts> all{};
    all.fill(true);
    return all;
  }();
  Index whole_;
  bool is_whole_unique_ = true;
};

}  // namespace

const std::string& IdMatches::known(const std::string& wanted) const {
  const auto found = other_names.find(wanted);
  return found == other_names.end() ? wanted : found->second;
}

IdMatches match_ids(const std::vector<std::string>& wanted, const std::vector<std::string>& known) {
  IdMatches matches;
  const std::unordered_set<std::string_view> as_they_are(known.begin(), known.end());
  std::unordered_set<std::string_view> taken;
  std::vector<const std::string*> open;  // wanted ids without an equal one, each once
  std::unordered_set<std::string_view> seen;
  for (const std::string& id : wanted) {
    if (!seen.insert(id).second) continue;
    if (as_they_are.contains(id)) {
      taken.insert(id);
      ++matches.n_equal;
    } else {
      open.push_back(&id);
    }
  }
  if (open.empty()) return matches;
  const KnownIds index(known);
  std::unordered_map<const std::string*, std::vector<const std::string*>>
      claims;  // by known id, in the order of wanted
  for (const std::string* id : open) {
    const KnownIds::Found found = index.find(*id);
    const bool is_free = found.id != nullptr && !taken.contains(*found.id);
    if (is_free) claims[found.id].push_back(id);
    if (!is_free && (found.id != nullptr || found.is_ambiguous)) ++matches.n_ambiguous;
  }
  const std::string* first = nullptr;
  for (const auto& [name, claimants] : claims) {
    if (claimants.size() > 1) {
      matches.n_ambiguous += claimants.size();
      continue;
    }
    matches.other_names.emplace(*claimants.front(), *name);
    if (first == nullptr || claimants.front() < first) first = claimants.front();  // in the order of `wanted`
  }
  if (first != nullptr) matches.example = "'" + *first + "' with '" + matches.known(*first) + "'";
  return matches;
}

}  // namespace hitscope::ingest::tables
