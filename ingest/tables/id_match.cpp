#include "ingest/tables/id_match.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "ingest/audio_type.h"

namespace hitscope::ingest::tables {
namespace {

/// An id with its last part as it is compared: "fma/000/000002.mp3" is "fma/000/2".
std::string simplified(std::string_view id) {
  const std::size_t slash = id.rfind('/');
  const std::string_view folder = id.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
  std::string_view file = id.substr(folder.size());
  if (has_audio_extension(file)) file = file.substr(0, file.rfind('.'));
  const bool is_number = !file.empty() && file.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_number) file.remove_prefix(std::min(file.find_first_not_of('0'), file.size() - 1));
  return std::string(folder).append(file);
}

/// The ends of a path that begin at a folder, the longest first, without the path itself: "000/2" and "2". Bounded, so
/// that an id of nothing but slashes costs no more than another.
std::vector<std::string_view> ends_of(std::string_view path) {
  constexpr std::size_t kMostFolders = 16;
  std::vector<std::string_view> ends;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos && ends.size() < kMostFolders;
       slash = path.find('/', slash + 1)) {
    ends.push_back(path.substr(slash + 1));
  }
  return ends;
}

/// Known ids by what they are compared by; nullptr where several are equal so.
class KnownIds {
 public:
  explicit KnownIds(const std::vector<const std::string*>& ids) {
    for (const std::string* id : ids) {
      const std::string whole = simplified(*id);
      add(whole_, whole, id);
      add(ends_, whole, id);
      for (const std::string_view end : ends_of(whole)) add(ends_, std::string(end), id);
    }
  }

  /// The one id that matches; nullptr if several do, nullopt if none does.
  std::optional<const std::string*> find(const std::string& wanted) const {
    const std::string whole = simplified(wanted);
    std::optional<const std::string*> found = at(ends_, whole);  // wanted is the end of a known one, or equal
    for (const std::string_view end : ends_of(whole)) {          // a known one is the end of wanted
      const auto shorter = at(whole_, std::string(end));
      if (shorter && found && *shorter != *found) return nullptr;
      if (shorter) found = shorter;
    }
    return found;
  }

 private:
  using Index = std::unordered_map<std::string, const std::string*>;

  static void add(Index& index, const std::string& key, const std::string* id) {
    const auto [place, is_new] = index.emplace(key, id);
    if (!is_new && place->second != id) place->second = nullptr;
  }
  static std::optional<const std::string*> at(const Index& index, const std::string& key) {
    const auto place = index.find(key);
    return place == index.end() ? std::nullopt : std::optional(place->second);
  }

  Index whole_;
  Index ends_;
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
  std::vector<const std::string*> free;
  for (const std::string& id : known) {
    if (!taken.contains(id)) free.push_back(&id);
  }
  const KnownIds index(free);
  std::unordered_map<const std::string*, std::vector<const std::string*>>
      claims;  // by known id, in the order of wanted
  for (const std::string* id : open) {
    const auto found = index.find(*id);
    if (found && *found != nullptr) claims[*found].push_back(id);
    if (found && *found == nullptr) ++matches.n_ambiguous;
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
