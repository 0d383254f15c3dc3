#include "ingest/csv.h"

#include <csv.h>

#include <array>
#include <deque>
#include <fstream>
#include <utility>

namespace hitscope::ingest {
namespace {

constexpr std::size_t kChunkBytes = 1 << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Failure bad_file(const std::filesystem::path& path, const std::string& why) {
  return {Stage::kCatalogue, FailureKind::kBadFile, path.string() + ": " + why, Action::kStop};
}

}  // namespace

struct CsvReader::Impl {
  explicit Impl(std::filesystem::path p) : path(std::move(p)), file(path, std::ios::binary) {
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_space_func(&parser, [](unsigned char) { return 0; });  // spaces belong to the cell
  }
  ~Impl() { csv_free(&parser); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static void on_cell(void* data, std::size_t size, void* self) {
    static_cast<Impl*>(self)->cells.emplace_back(static_cast<const char*>(data), size);
  }
  /// Also called for blank lines, which count but are no rows, and for the second byte of CR LF, which does neither.
  static void on_row(int terminator, void* self) {
    auto* impl = static_cast<Impl*>(self);
    const int former = std::exchange(impl->last_terminator, terminator);
    if (impl->cells.empty()) {
      if (former != CSV_CR || terminator != CSV_LF) ++impl->n_rows;
      return;
    }
    impl->rows.push_back({++impl->n_rows, std::move(impl->cells)});
    impl->cells.clear();
  }

  /// Parses on until a row is waiting or the file has ended.
  void fill() {
    std::array<char, kChunkBytes> chunk{};
    while (rows.empty() && !ended) {
      file.read(chunk.data(), chunk.size());
      std::string_view bytes(chunk.data(), static_cast<std::size_t>(file.gcount()));
      if (at_start && bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
      at_start = false;
      if (csv_parse(&parser, bytes.data(), bytes.size(), on_cell, on_row, this) != bytes.size()) stop_at_error();
      if (!ended && !file) {
        if (csv_fini(&parser, on_cell, on_row, this) != 0) stop_at_error();
        ended = true;
      }
    }
  }

  void stop_at_error() {
    ended = true;
    error = Failure{Stage::kCatalogue, FailureKind::kBadRow,
                    path.string() + " row " + std::to_string(n_rows + 1) +
                        ": a quoted field is malformed or never closed; nothing after it was read"};
  }

  std::filesystem::path path;
  std::ifstream file;
  csv_parser parser{};
  std::vector<std::string> cells;  // of the row being parsed
  std::deque<CsvRow> rows;
  std::size_t n_rows = 0;
  std::size_t last_number = 1;
  int last_terminator = 0;
  bool at_start = true;
  bool ended = false;
  std::optional<Failure> error;
  std::vector<std::string> header;
};

CsvReader::CsvReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

tl::expected<CsvReader, Failure> CsvReader::open(const std::filesystem::path& path) {
  auto impl = std::make_unique<Impl>(path);
  std::error_code ignored;
  if (!impl->file || std::filesystem::is_directory(path, ignored)) {
    return tl::make_unexpected(bad_file(path, "cannot be opened; it must be a readable CSV file"));
  }
  impl->fill();
  if (impl->rows.empty()) {
    return tl::make_unexpected(
        bad_file(path, impl->error ? impl->error->detail : "is empty; its first row must name the columns"));
  }
  impl->header = std::move(impl->rows.front().cells);
  impl->rows.pop_front();
  return CsvReader(std::move(impl));
}

const std::vector<std::string>& CsvReader::header() const {
  return impl_->header;
}

std::optional<tl::expected<CsvRow, Failure>> CsvReader::next() {
  impl_->fill();
  if (impl_->rows.empty()) {
    if (!impl_->error) return std::nullopt;
    impl_->last_number = impl_->n_rows + 1;
    const Failure failure = *std::exchange(impl_->error, std::nullopt);
    return tl::make_unexpected(failure);
  }
  CsvRow row = std::move(impl_->rows.front());
  impl_->rows.pop_front();
  impl_->last_number = row.number;
  if (row.cells.size() == impl_->header.size()) return row;
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadRow,
                                     impl_->path.string() + " row " + std::to_string(row.number) + ": " +
                                         std::to_string(row.cells.size()) + " cells; the header has " +
                                         std::to_string(impl_->header.size())});
}

std::size_t CsvReader::row_number() const {
  return impl_->last_number;
}

std::string csv_line(std::span<const std::string> cells) {
  if (cells.size() == 1 && cells.front().empty()) return "\"\"\n";  // a blank line would be no row
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) line += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    std::string quoted(2 * cell.size() + 2, '\0');
    quoted.resize(csv_write(quoted.data(), quoted.size(), cell.data(), cell.size()));
    line += quoted;
  }
  return line + '\n';
}

std::string csv_line(std::initializer_list<std::string_view> cells) {
  return csv_line(std::vector<std::string>(cells.begin(), cells.end()));
}

}  // namespace hitscope::ingest
