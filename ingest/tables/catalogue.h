// Reads a catalogue of tracks: a table of any format of ingest/tables/table_reader.h with any columns, some of which
// have a role.
//
// The columns that hold id, preview URL, artist and popularity are found by the usual names ("track_id", "preview_url",
// "artist_name", "song_popularity", … whatever their case and separators) or given. Several URL columns are mirrors, in
// the order given. All cells are kept. Rows are streamed: only 16 bytes per slot for each id stay in memory
// (ingest/tables/id_set.h).
// Thread safety: one thread per Catalogue.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/table_reader.h"

namespace hitscope::ingest::tables {

struct Track {
  std::size_t row = 0;             ///< as TableRow::number: the header is row 1; in JSON Lines, the line
  std::string id;                  ///< unique in the catalogue; "row-17" without an id column
  std::vector<std::string> urls;   ///< preview URL and its mirrors by browser_url(), in order, without repetitions
  std::string artist;              ///< empty without such a column
  std::vector<std::string> cells;  ///< every column, in the header's order
};

/// Column names by role. Empty means: find it by its usual names.
struct ColumnNames {
  std::string id;
  std::vector<std::string> urls;  ///< columns of URLs; the second and later ones are mirrors
  std::string artist;
  std::string popularity;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = ColumnNames;
    visit(&C::id,
          {.name = "id_column", .help = "column of the track id (default: found by its usual names)", .value = "NAME"});
    visit(&C::urls,
          {.name = "url_column",
           .help = "column of the preview URL (default: found by its usual names); if given several times, the "
                   "others are mirrors, in order",
           .value = "NAME",
           .is_repeated = true});
    visit(
        &C::artist,
        {.name = "artist_column", .help = "column of the artist (default: found by its usual names)", .value = "NAME"});
    visit(&C::popularity, {.name = "popularity_column",
                           .help = "column of the popularity (default: found by its usual names)",
                           .value = "NAME"});
  }
};

/// Indices of the columns by role; nullopt (or empty) for a role without a column.
struct ColumnRoles {
  std::optional<std::size_t> id;
  std::vector<std::size_t> urls;
  std::optional<std::size_t> artist;
  std::optional<std::size_t> popularity;
};

struct CatalogueOptions {
  ColumnNames columns;
  bool need_id = false;   ///< opening fails without an id column
  bool need_url = false;  ///< opening fails without a URL column, and rows without an http(s) URL
  TableWriting writing;
};

/// A row of the catalogue with its number, its id (as far as it can be read), and its track or failure.
struct CatalogueRow {
  std::size_t row = 0;
  std::string id;
  tl::expected<Track, Failure> track;
  std::vector<std::string> cells;  ///< cells of a refused row, which no Track holds
};

class Catalogue {
 public:
  /// Opens `path`; "-" is standard input. Failures (kBadFile): unreadable, empty, two columns of one name, a needed or
  /// given column is missing.
  static tl::expected<Catalogue, Failure> open(const std::filesystem::path& path, const CatalogueOptions& options);
  ~Catalogue();
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;

  const std::vector<std::string>& header() const;
  const ColumnRoles& roles() const;
  const std::filesystem::path& path() const;  ///< path given to open()
  std::string description() const;            ///< see TableReader
  /// The next row, nullopt at the end. Failures of a row: kBadRow, kBadId, kDuplicateId, kNoUrl,
  /// kBadUrl.
  std::optional<CatalogueRow> next();
  /// See TableReader.
  double fraction_read() const;
  std::size_t n_dropped_values() const;

 private:
  struct Impl;
  explicit Catalogue(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Why `id` cannot be a track id (path segments '.' or '..', a leading '/', control characters, more than 500 bytes),
/// or nullopt if it can.
std::optional<std::string> id_problem(std::string_view id);

}  // namespace hitscope::ingest::tables
