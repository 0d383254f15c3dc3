// Rows that a study would leave out, by rules that are named, counted and shown with examples.
//
// Nothing is learned here: a rule looks at a row, or at the rows before it (duplicates: the first one stays). The rules
// come in the order of CleaningRules' fields, each for the rows that those before it have left. A row that misses the
// value a rule looks at stays, but for drop_missing.
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

/// What makes two rows the same.
enum class DuplicateRule {
  kExact,  ///< every cell is equal as text, without the blanks around it (an id aside that is no ISRC)
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
  std::vector<std::string> drop_missing;  ///< columns in which a row must have a value; {"all"}: every column that is
                                          ///< not empty throughout
  double min_duration_s = 0.0;            ///< shorter tracks are left out; needs a duration column where > 0
  std::vector<std::string> drop_zero;     ///< columns that must not be 0, e.g. tempo, time_signature
  std::vector<DuplicateRule> drop_duplicates;
  std::string artist_column;  ///< of kSong; empty: found by its usual names
  std::string title_column;   ///< as artist_column

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
  std::string rule;                   ///< e.g. "tempo is 0", "same artist and title"
  std::size_t n_rows = 0;             ///< that it took out; a row counts for the first rule that takes it
  std::vector<std::size_t> examples;  ///< row numbers of the first three
};

struct Cleaned {
  std::vector<std::size_t> kept;      ///< rows of the table that stay, in their order
  std::vector<RefusedRow> left_out;   ///< the others: stage kCatalogue, kind kLeftOut, `detail` names row and rule
  std::vector<CleaningCount> counts;  ///< one per rule asked for, zeros included
};

/// Failures (kBadFile): a column that the table lacks, or a rule whose column (duration, artist and title, ISRC, clip
/// hash) is not there, not numeric or empty throughout; the field is named. Throws std::invalid_argument where
/// min_duration_s is not finite.
tl::expected<Cleaned, Failure> clean(const TypedTable& table, const CleaningRules& rules);

/// Artist and title as a key, "artist - title": lower case, without accents (Unicode's decomposition and case folding,
/// by utf8proc; signs of other scripts that are more than accents stay) and punctuation, one blank between words
/// (dashes,
/// '/', '&' and '_' part words), only the first artist of a list by ';' or ','; of the title without what is in
/// brackets or after " - " (remaster, live, feat.) unless nothing else is left. Empty where either has nothing left. Of
/// what is no UTF-8 only ASCII letters change.
std::string song_key(std::string_view artist, std::string_view title);
/// The first credited artist as song_key() has it, so that "Beyoncé;Jay-Z" and "BEYONCE" are one; a name without a
/// letter or digit ("!!!") stays as it is.
std::string artist_key(std::string_view artist);
/// ISRC in upper case without hyphens and blanks; empty where it is not 12 letters and digits.
std::string isrc_key(std::string_view isrc);

}  // namespace hitscope::ingest::tables
