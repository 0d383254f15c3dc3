// Finds ids of one table in another where they are spelled differently: without the folder, the extension of an audio
// file or leading zeros. "2", "000002", "000/000002" and "fma\000\000002.mp3" are one id.
//
// Equal ids are taken first. Others match by as many parts of the path as the shorter one has, and only where that
// tells all known ids apart: "11" is not "B/11" where there are "A/01" and "B/01". Thread safety: free functions
// without shared state.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hitscope::ingest::tables {

struct IdMatches {
  std::unordered_map<std::string, std::string> other_names;  ///< by wanted id: the known id that is spelled otherwise
  std::size_t n_equal = 0;                                   ///< wanted ids that are known as they are
  std::size_t n_ambiguous = 0;                               ///< wanted ids that would match, but not only one
  std::string example;                                       ///< "'2' with '000/000002'"; empty without a match

  /// The known id that `wanted` stands for; `wanted` itself where there is none.
  const std::string& known(const std::string& wanted) const;
};

/// Matches the ids `wanted`, in any number of rows each, with `known` ones, which are all different.
IdMatches match_ids(const std::vector<std::string>& wanted, const std::vector<std::string>& known);

}  // namespace hitscope::ingest::tables
