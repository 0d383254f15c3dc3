// table_cells FILE: prints a table as one JSON object: header, and rows whose numbers are numbers and missing cells
// null; or {"refused": why}. Not a test: see tables_vs_peers.py.
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "ingest/tables/typed_table.h"

int main(int argc, char** argv) {
  using namespace hitscope::ingest::tables;
  using nlohmann::json;
  if (argc != 2) return 2;
  auto text = read_text_table(argv[1], {});
  if (!text) {
    std::cout << json{{"refused", text.error().detail}} << "\n";
    return 0;
  }
  const std::string description = text->description;
  const TableSchema schema = infer_schema(*text);
  const TypedTable table = typed(std::move(*text), schema);
  json rows = json::array();
  for (std::size_t r = 0; r < table.n_rows(); ++r) {
    json row = json::array();
    for (const TypedColumn& column : table.columns) {
      if (column.missing[r]) {
        row.push_back(nullptr);
      } else if (column.is_numeric()) {
        row.push_back(column.numbers[r]);
      } else {
        row.push_back(std::string(column.cell(r)));
      }
    }
    rows.push_back(std::move(row));
  }
  std::cout << json{{"header", table.header()}, {"rows", rows}, {"description", description}} << "\n";
  return 0;
}
