// Reads the artists that a cell credits: "Ingrid Michaelson;ZAYN", "Drake feat. Rihanna", "['Drake', 'Rihanna']".
//
// Commas, '&', "and", "x", "vs." and "with" part names only where the table knows one of the parts as an artist of its
// own: "Earth, Wind & Fire" is one, "Ada Vale, Dune Sisters" two where another row is by Dune Sisters alone.
// Thread safety: free functions without shared state; a Credits is read only once it is made.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

/// The names in a cell that are parted without doubt (by ';', "feat.", "ft." or as a list), stripped; at least one if
/// the cell is not blank.
std::vector<std::string> credited_names(std::string_view cell);

class Credits {
 public:
  /// Learns which names stand alone in a column of artists.
  explicit Credits(const std::vector<std::string>& cells);

  /// The names in a cell, stripped; at least one if the cell is not blank.
  std::vector<std::string> names_in(std::string_view cell) const;
  /// The names of every cell, [cells.size()]; empty if no cell has more than one.
  std::vector<std::vector<std::string>> names_of(const std::vector<std::string>& cells) const;

 private:
  std::set<std::string, std::less<>> alone_;  // in lower case
};

}  // namespace hitscope::ingest::tables
