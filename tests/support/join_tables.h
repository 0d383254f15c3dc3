// Small tables to join, and short ways to join them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ingest/tables/join.h"
#include "ingest/tables/table_reader.h"

namespace hitscope::tests {

using namespace ingest;
using namespace ingest::tables;

using Rows = std::vector<std::vector<std::string>>;

inline TextTable table_of(const std::string& name, const std::vector<std::string>& header, const Rows& rows) {
  TextTable table;
  table.name = name;
  table.header = header;
  table.columns.resize(header.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) table.columns[i].append(row[i]);
    table.numbers.push_back(table.numbers.size() + 2);
  }
  return table;
}

inline Rows rows_of(const TextTable& table) {
  Rows rows(table.n_rows());
  for (const TextColumn& column : table.columns) {
    EXPECT_EQ(column.size(), table.n_rows());
    for (std::size_t row = 0; row < table.n_rows(); ++row) rows[row].emplace_back(column.at(row));
  }
  return rows;
}

inline JoinRequest on(std::vector<JoinKey> keys, JoinDuplicates duplicates = JoinDuplicates::kFirst, bool keep = true) {
  return {std::move(keys), duplicates, keep};
}

inline Joined joined(const TextTable& left, const TextTable& right, const JoinRequest& request) {
  auto result = join(left, right, request);
  if (!result) {
    ADD_FAILURE() << result.error().detail;
    return {};
  }
  return *std::move(result);
}

/// Why it fails; empty where it does not.
inline std::string refusal(const TextTable& left, const TextTable& right, const JoinRequest& request) {
  const auto result = join(left, right, request);
  if (result) return "";
  EXPECT_EQ(result.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(result.error().action, Action::kStop);
  return result.error().detail;
}

inline TextTable songs() {
  return table_of("data/songs.csv", {"id", "artist"}, {{"1", "x"}, {"2", "y"}, {"3", "x"}, {"4", ""}, {"5", "q"}});
}
inline TextTable artists() {
  return table_of(
      "data/artists.csv.gz", {"artist", "id", "fans"},
      {{"x", "a", "10"}, {"x", "a", "10"}, {"y", "b", "20"}, {"", "n", "0"}, {"x", "c", "30"}, {"z", "d", ""}});
}

}  // namespace hitscope::tests
