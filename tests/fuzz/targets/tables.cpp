// Tables of every format, through all that reads them: first byte, bits 0-1: format; bit 2: as a catalogue with an id
// and a URL.
#include <sys/mman.h>
#include <unistd.h>

#include "ingest/tables/catalogue.h"
#include "ingest/tables/predictions_table.h"
#include "ingest/tables/schema.h"
#include "ingest/tables/spreadsheet.h"
#include "ingest/tables/text_table.h"
#include "ingest/tables/typed_table.h"
#include "tests/fuzz/target.h"

namespace hitscope::tests {
namespace tables {

using namespace ingest::tables;

/// A file without a folder.
class MemoryPath {
 public:
  explicit MemoryPath(std::string_view bytes) : fd_(::memfd_create("table", MFD_CLOEXEC)) {
    if (::write(fd_, bytes.data(), bytes.size()) < 0) std::abort();
  }
  ~MemoryPath() { ::close(fd_); }
  MemoryPath(const MemoryPath&) = delete;
  MemoryPath& operator=(const MemoryPath&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

void read_catalogue(const std::string& path, TableFormat format, bool needs_columns, std::size_t n_bytes) {
  CatalogueOptions options;
  options.writing.format = format;
  options.need_id = options.need_url = needs_columns;
  auto catalogue = Catalogue::open(path, options);
  if (!catalogue) return;
  std::size_t n_rows = 0;
  while (const auto row = catalogue->next()) {
    if (row->track) promise(row->track->cells.size() == catalogue->header().size(), "a cell for every column");
    promise(++n_rows <= n_bytes + 1, "no more rows than bytes");
  }
}

void read_table(const std::string& path, TableFormat format) {
  TextTableOptions options;
  options.writing.format = format;
  options.max_cells = 1e6;
  auto table = read_text_table(path, options);
  if (!table) return;
  for (const TextColumn& column : table->columns) promise(column.size() == table->n_rows(), "a cell for every row");
  for (std::size_t row = 0; row < table->n_rows() && !table->columns.empty(); ++row)
    spreadsheet_cell(table->columns[0].at(row));
  const TableSchema schema = infer_schema(*table);
  const auto again = schema_from_json(to_json(schema), "schema");
  promise(again && to_json(*again) == to_json(schema), "a schema is read as it was written");
  (void)described(typed(std::move(*table), schema));
}

}  // namespace tables
}  // namespace hitscope::tests

FUZZ_TARGET(tables) {
  using namespace hitscope::tests;
  const Choice choice(data, size);
  const tables::MemoryPath file(choice.text);
  const auto format = static_cast<tables::TableFormat>(choice.first & 3U);
  tables::read_catalogue(file.path(), format, (choice.first & 4U) != 0, size);
  tables::read_table(file.path(), format);
  try {
    (void)hitscope::ingest::tables::read_predictions({.file = file.path()});
  } catch (const std::exception&) {
  }
  return 0;
}
