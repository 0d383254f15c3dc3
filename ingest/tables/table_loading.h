// Loads one typed, cleaned table from files: reads, joins, infers or reads a schema, and cleans. Facts describe what
// was lost, matched or left out.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dsp/fields.h"
#include "ingest/tables/cleaning.h"
#include "ingest/tables/join.h"
#include "ingest/tables/schema.h"
#include "ingest/tables/text_table.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {

struct TableRequest {
  std::vector<std::filesystem::path> paths;  ///< files of the table, whose rows follow each other; "-": standard input
  std::vector<std::string> label_files;      ///< "CLASS=FILE": instead of paths; the class becomes the column "label"
  TextTableOptions options;
  std::vector<std::filesystem::path> joins;  ///< tables to join, in this order
  std::vector<std::string> on;               ///< keys per join: "key", "left=right", several with ',', or "row"
  JoinDuplicates duplicates = JoinDuplicates::kFirst;
  bool inner = false;                 ///< leave out rows without a match
  std::filesystem::path schema;       ///< schema to use; empty: inferred
  std::filesystem::path save_schema;  ///< file to write the schema to; may be empty
  bool strict = false;                ///< refuse cells that are not of their column's type
  CleaningRules cleaning;

  /// The settings without those of `options` and `cleaning`, which describe themselves.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = TableRequest;
    visit(&C::paths,
          {.name = "table",
           .help = "table (CSV, TSV, JSON, …, also gzipped), or - for standard input; the rows of several are put "
                   "together by the names of their columns",
           .value = "TABLE",
           .is_identity = false,
           .flag = "table",
           .is_repeated = true});
    visit(&C::label_files, {.name = "label_files",
                            .help = "instead of TABLE: a table for each class, as in hit=hits.csv,miss=others.csv",
                            .value = "CLASS=FILE",
                            .is_identity = false});
    visit(&C::joins, {.name = "join",
                      .help = "another table whose columns are added by a join; each needs its own `on`",
                      .value = "TABLE",
                      .is_identity = false,
                      .is_repeated = true});
    visit(&C::on, {.name = "on",
                   .help = "key of the join: COLUMN, LEFT=RIGHT, several of these with commas, or row (row by row)",
                   .value = "KEY",
                   .is_repeated = true});
    visit(&C::duplicates,
          {.name = "join_duplicates", .help = "what to do where several rows of the joined table match"});
    visit(&C::inner, {.name = "inner", .help = "leave out rows without a match in the joined table"});
    visit(&C::schema, {.name = "schema",
                       .help = "file with the column types to use, written by `save_schema` and edited",
                       .value = "FILE",
                       .is_identity = false});
    visit(&C::save_schema, {.name = "save_schema",
                            .help = "write the inferred column types to this file",
                            .value = "FILE",
                            .is_identity = false,
                            .is_output = true});
    visit(&C::strict,
          {.name = "strict",
           .help = "stop at a row that cannot be read, or at a cell that is not of the type of its column"});
  }
};

struct LoadedTable {
  TypedTable table;  ///< all rows that could be read, also those that cleaning leaves out
  TableSchema schema;
  Cleaned cleaned;
  std::vector<std::string> facts;  ///< one sentence each: encoding, joins, lost cells, cleaning
};

/// Chooses the column of a typed table, if any, that must not lose a cell.
using ChooseColumn = std::function<std::optional<std::size_t>(const TypedTable&)>;

/// Loads the table. The column that `whole` chooses is read as text if its inferred type would lose cells: 34 "viral"
/// among thousands of yes and no are a class, not missing values. Throws InputError for a file, key, column or schema
/// that cannot be used.
/// `made`: the table itself, where it is not in a file; request.paths are then only hashed.
LoadedTable load_table(const TableRequest& request, const ChooseColumn& whole, std::optional<TextTable> made = {});

/// The files of `label_files`. Throws InputError for one that is not CLASS=FILE.
std::vector<std::filesystem::path> files_of_labels(const TableRequest& request);

/// The SHA-256 of the hashes of all files of the request, for run.json; "standard input" if the table is not a file.
std::string hash_of_files(const TableRequest& request);

}  // namespace hitscope::ingest::tables
