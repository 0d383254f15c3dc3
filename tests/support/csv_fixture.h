// A folder for the files of a test of CSV, and a short way to read one.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ingest/tables/csv.h"

namespace hitscope::tests {

using namespace ingest;
using namespace ingest::tables;

using Cells = std::vector<std::string>;
using testing::TempDir;

class CsvTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) {
    const auto path = folder_ / "table.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  /// The rows of a file that must have no failure.
  std::vector<TableRow> rows(const std::string& text) {
    auto reader = CsvReader::open(write(text));
    std::vector<TableRow> result;
    if (!reader) {
      ADD_FAILURE() << reader.error().detail;
      return result;
    }
    header_ = reader->header();
    while (auto row = reader->next()) {
      if (*row) {
        result.push_back(**row);
      } else {
        ADD_FAILURE() << row->error().detail;
      }
    }
    return result;
  }

  const std::filesystem::path folder_ = [] {
    const auto path =
        std::filesystem::path(TempDir()) / ("hitscope_csv_" + std::to_string(::getpid()) + "_" +
                                            testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(path);
    return path;
  }();
  Cells header_;
};

}  // namespace hitscope::tests
