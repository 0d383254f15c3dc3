// Leaves out rows by named rules, which are counted and shown with examples.
//
// Nothing is learned from the data: a rule looks at a row, or at the rows before it (of duplicates the first one
// stays). Rules are applied in the order of CleaningRules' fields, each to the rows that the earlier ones have left. A
// row without the value that a rule looks at stays, except for drop_missing.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {

/// The criterion by which two rows are duplicates.
enum class DuplicateRule {
  kExact,  ///< all cells are equal as stripped text, except for an id that is not an ISRC
  kSong,   ///< artist and title are equal: see song_key()
  kIsrc,   ///< the same recording code, without regard to case and hyphens
  kClip    ///< the same clip hash
};
constexpr auto names_of(DuplicateRule) {
  return std::to_array<dsp::Name<DuplicateRule>>({{DuplicateRule::kExact, "exact", "same cells"},
                                                  {DuplicateRule::kSong, "song", "same artist and title"},
                                                  {DuplicateRule::kIsrc, "isrc", "same ISRC"},
                                                  {DuplicateRule::kClip, "clip", "same clip"}});
}
using dsp::to_string;

struct CleaningRules {
  /// Columns in which a row must have a value; {"all"}: all columns that are not completely empty.
  std::vector<std::string> drop_missing;
  double min_duration_s = 0.0;         ///< leave out shorter tracks; > 0 needs a duration column
  std::vector<std::string> drop_zero;  ///< leave out rows with 0 in these columns, e.g. tempo
  std::vector<DuplicateRule> drop_duplicates;
  std::string artist_column;  ///< artist column for kSong; empty: found by its usual names
  std::string title_column;   ///< title column for kSong; empty: found by its usual names

  bool empty() const {
    return drop_missing.empty() && min_duration_s <= 0.0 && drop_zero.empty() && drop_duplicates.empty();
  }

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = CleaningRules;
    visit(&C::drop_missing, {.name = "drop_missing",
                             .help = "leave out rows without a value in one of these columns, several with commas; "
                                     "all: in any column that has values",
                             .value = "COLUMNS"});
    visit(&C::min_duration_s, {.name = "min_duration",
                               .help = "leave out tracks shorter than this, by the duration column (default: none)",
                               .value = "SECONDS",
                               .rule = dsp::at_least(0)});
    visit(&C::drop_zero, {.name = "drop_zero",
                          .help = "leave out rows with 0 in one of these columns, several with commas, "
                                  "e.g. tempo,time_signature",
                          .value = "COLUMNS"});
    visit(&C::drop_duplicates,
          {.name = "drop_duplicates",
           .help = "leave out rows that repeat an earlier row by one of these rules, several with commas",
           .value = "RULES"});
  }
};

struct CleaningCount {
  std::string rule;                   ///< the rule in words: "tempo is 0", "same artist and title"
  std::size_t n_rows = 0;             ///< rows left out by this rule and by no earlier one
  std::vector<std::size_t> examples;  ///< row numbers of the first three
};

struct Cleaned {
  std::vector<std::size_t> kept;      ///< indices of the rows that stay, rising
  std::vector<RefusedRow> left_out;   ///< the others, as failures of kind kLeftOut that name row and rule
  std::vector<CleaningCount> counts;  ///< one per rule of the request, also those with no rows
};

/// Failures (kBadFile): a column that the table lacks, or a rule whose column (duration, artist and title, ISRC, clip
/// hash) is missing, not numeric or completely empty; the field is named. Throws std::invalid_argument if
/// min_duration_s is not finite.
tl::expected<Cleaned, Failure> clean(const TypedTable& table, const CleaningRules& rules);

/// Artist and title as a key, "artist - title": in lower case, without accents (Unicode decomposition and case folding
/// by utf8proc; combining marks of other scripts stay) and punctuation, with one space between words (dashes, '/', '&'
/// and '_' separate words), with only the first artist of a list by ';' or ','. What is in brackets or after " - " in
/// the title (remaster, live, feat.) is dropped unless nothing else is left. The key is empty if nothing is left of
/// artist or title. In text that is not UTF-8 only ASCII letters change.
std::string song_key(std::string_view artist, std::string_view title);
/// The first credited artist in the form of song_key(), so that "Beyoncé;Jay-Z" and "BEYONCE" are equal; a name without
/// letters and digits ("!!!") is not changed.
std::string artist_key(std::string_view artist);
/// The ISRC in upper case without hyphens and spaces; empty if it does not have 12 letters and digits.
std::string isrc_key(std::string_view isrc);

}  // namespace hitscope::ingest::tables
