// Finds the columns of a table for the id, the artist, the target and so on: given by settings, else by their usual
// names.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dsp/fields.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {

/// Names of columns by role; an empty one is found by its usual names.
struct RoleNames {
  std::string id{};
  std::string artist{};
  std::string title{};
  std::string popularity{};
  std::string date{};
  std::string target{};    ///< column to predict; empty: the popularity column
  std::string group{};     ///< column of groups; empty: the artist column
  std::string split{};     ///< column of parts; empty: none
  bool no_artist = false;  ///< the rows have no artists that a split could keep together

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = RoleNames;
    constexpr std::string_view kColumn = "COLUMN";
    visit(&C::target,
          {.name = "target", .help = "column to predict (default: the popularity column)", .value = kColumn});
    visit(
        &C::id,
        {.name = "id_column", .help = "column of the track id (default: found by its usual names)", .value = kColumn});
    visit(&C::artist, {.name = "artist_column",
                       .help = "column of the artist (default: found by its usual names)",
                       .value = kColumn});
    visit(
        &C::title,
        {.name = "title_column", .help = "column of the title (default: found by its usual names)", .value = kColumn});
    visit(&C::no_artist, {.name = "no_artist",
                          .help = "the rows have no artist: do not warn that a split cannot keep artists together",
                          .is_identity = false});
    visit(&C::date, {.name = "date_column",
                     .help = "column of the release date (default: found by its usual names)",
                     .value = kColumn});
    visit(&C::popularity, {.name = "popularity_column",
                           .help = "column of the popularity, 0 to 100 (default: found by its usual names)",
                           .value = kColumn});
    visit(&C::group, {.name = "group_column",
                      .help = "column of the groups that a split keeps together (default: the artist column)",
                      .value = kColumn});
    visit(
        &C::split,
        {.name = "split_column", .help = "column that says train, validation or test for each row", .value = kColumn});
  }
};

/// Indices of the table's columns by role.
struct TableRoles {
  std::optional<std::size_t> id, artist, title, popularity, isrc, date, clip_hash, group, split, url, file, fold;
  std::size_t target = 0;

  /// The role because of which a column cannot be a feature ("the id"), or nullptr.
  const char* why_no_feature(std::size_t column) const;
};

/// The column of texts whose name speaks of an artist (performer, singer, band, …) and that has no role; nullopt
/// without one.
std::optional<std::size_t> likely_artist(const TypedTable& table, const TableRoles& roles);

/// The columns by role. Throws InputError for a named column that is missing, without a target, and if the column
/// `names.date` does not hold dates.
TableRoles find_roles(const TypedTable& table, const RoleNames& names);

/// The index of the column `name`, which the setting `field` names. Throws InputError if the table does not have it.
std::size_t require_column(const TypedTable& table, const std::string& name, const char* field);

}  // namespace hitscope::ingest::tables
