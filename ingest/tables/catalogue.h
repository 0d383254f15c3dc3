// A catalogue of tracks: a table of any format that ingest/tables/table_reader.h reads, with any columns, of which a
// few have a role.
//
// The columns that hold id, preview URL, artist and popularity are found by the usual names ("track_id", "preview_url",
// "artist_name", "song_popularity", … whatever their case and separators) or given. Several URL columns are mirrors, in
// the order given. All cells are kept. Streams: of the rows read, only 16 bytes a slot for each id are held in memory
// (ingest/tables/id_set.h). Thread safety: one thread per Catalogue.
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
  std::string id;                  ///< unique in the catalogue; "row-17" where there is no id column
  std::vector<std::string> urls;   ///< preview URL and its mirrors, in order: not empty, none twice
  std::string artist;              ///< empty where there is no such column
  std::vector<std::string> cells;  ///< every column, in the header's order
};

/// Column names by role. Empty means: find it by its usual names.
struct ColumnNames {
  std::string id;
  std::vector<std::string> urls;  ///< several are mirrors, the first to be tried first
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

/// Where the roles were found; nullopt (or empty) for a role the file has no column for.
struct ColumnRoles {
  std::optional<std::size_t> id;
  std::vector<std::size_t> urls;
  std::optional<std::size_t> artist;
  std::optional<std::size_t> popularity;
};

struct CatalogueOptions {
  ColumnNames columns;
  bool need_id = false;   ///< opening fails without an id column
  bool need_url = false;  ///< opening fails without a URL column; every row needs an http(s) URL, others are left out
  TableFormat format = TableFormat::kAuto;
};

/// A catalogue row with its number and id (as far as it can be read) and what became of it.
struct CatalogueRow {
  std::size_t row = 0;
  std::string id;
  tl::expected<Track, Failure> track;
  std::vector<std::string> cells;  ///< of a row that was refused for what it says: they went to no Track
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
  const std::filesystem::path& path() const;  ///< as it was opened
  /// The next row, nullopt at the end. Failures of a row: kBadRow, kBadId, kDuplicateId, kBadUrl.
  std::optional<CatalogueRow> next();
  /// As TableReader's.
  double fraction_read() const;
  std::size_t n_dropped_values() const;

 private:
  struct Impl;
  explicit Catalogue(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Why `id` cannot be a track id (path segments '.' or '..', a leading '/', control characters, over 500 bytes), or
/// nullopt where it can.
std::optional<std::string> id_problem(std::string_view id);

}  // namespace hitscope::ingest::tables
