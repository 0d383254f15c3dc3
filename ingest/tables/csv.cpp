#include "ingest/tables/csv.h"

#include <csv.h>

#include <cstdint>
#include <utility>

namespace hitscope::ingest {
namespace {

constexpr std::size_t kCellGrowth = 1 << 12;  // libcsv's own, 128 bytes, copies a large cell a hundred thousand times

Failure bad_file(const std::string& detail) {
  return {Stage::kCatalogue, FailureKind::kBadFile, detail, Action::kStop};
}

/// Rows that were parsed but not yet handed out, end to end in one text: no allocation per cell.
struct Batch {
  struct Row {
    std::size_t number;
    std::size_t first_cell;
    std::size_t n_cells;
  };

  std::string text;
  std::vector<std::uint32_t> cell_ends;  // in text
  std::vector<Row> rows;
  std::size_t next_row = 0;
  std::size_t unfinished = 0;  // first cell of the row being parsed

  std::size_t begin_of(std::size_t cell) const { return cell == 0 ? 0 : cell_ends[cell - 1]; }
  /// Bytes of the row being parsed; its cells count too, as their delimiters do in the file.
  std::size_t unfinished_bytes() const { return text.size() - begin_of(unfinished) + cell_ends.size() - unfinished; }

  std::vector<std::string> cells_of(const Row& row) const {
    std::vector<std::string> cells;
    cells.reserve(row.n_cells);
    std::size_t begin = begin_of(row.first_cell);
    for (std::size_t i = row.first_cell; i < row.first_cell + row.n_cells; ++i) {
      cells.emplace_back(text, begin, cell_ends[i] - begin);
      begin = cell_ends[i];
    }
    return cells;
  }

  /// Forgets the rows that were handed out.
  void drop_rows() {
    if (rows.empty()) return;
    const std::size_t begin = begin_of(unfinished);
    text.erase(0, begin);
    cell_ends.erase(cell_ends.begin(), cell_ends.begin() + static_cast<std::ptrdiff_t>(unfinished));
    for (std::uint32_t& end : cell_ends) end -= static_cast<std::uint32_t>(begin);
    rows.clear();
    next_row = unfinished = 0;
  }
};

}  // namespace

struct CsvReader::Impl {
  Impl(ByteSource bytes, char delimiter) : source(std::move(bytes)) {
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_space_func(&parser, [](unsigned char) { return 0; });  // spaces belong to the cell
    csv_set_delim(&parser, static_cast<unsigned char>(delimiter));
    csv_set_blk_size(&parser, kCellGrowth);
  }
  ~Impl() { csv_free(&parser); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static void on_cell(void* data, std::size_t size, void* self) {
    Batch& batch = static_cast<Impl*>(self)->batch;
    batch.text.append(static_cast<const char*>(data), size);
    batch.cell_ends.push_back(static_cast<std::uint32_t>(batch.text.size()));
  }
  /// Also called for blank lines, which count but are no rows, and for the second byte of CR LF, which does neither.
  static void on_row(int terminator, void* self) {
    auto* impl = static_cast<Impl*>(self);
    Batch& batch = impl->batch;
    if (impl->is_too_large) return;
    const int former = std::exchange(impl->last_terminator, terminator);
    const std::size_t n_cells = batch.cell_ends.size() - batch.unfinished;
    if (n_cells == 0) {
      if (former != CSV_CR || terminator != CSV_LF) ++impl->n_rows;
      return;
    }
    impl->is_too_large = batch.unfinished_bytes() > kMostRowBytes;
    if (impl->is_too_large) return;
    batch.rows.push_back({++impl->n_rows, batch.unfinished, n_cells});
    batch.unfinished = batch.cell_ends.size();
  }

  /// Parses on until a row is waiting or the file has ended.
  void fill() {
    while (batch.next_row == batch.rows.size() && !ended) {
      batch.drop_rows();
      const auto block = source.read();
      if (!block) {
        stop(block.error().detail);
      } else if (block->empty()) {
        ended = true;
        check(csv_fini(&parser, on_cell, on_row, this) == 0);
      } else {
        parse(*block);
      }
    }
  }

  void parse(std::string_view bytes) {
    if (std::exchange(at_start, false) && bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    check(csv_parse(&parser, bytes.data(), bytes.size(), on_cell, on_row, this) == bytes.size());
  }

  void check(bool is_well_formed) {
    is_too_large = is_too_large || batch.unfinished_bytes() + parser.entry_pos > kMostRowBytes;
    if (is_too_large) stop("is larger than 16 MiB (a quote that is never closed?)");
    if (!is_well_formed) stop("a quoted field is malformed or never closed");
  }

  void stop(const std::string& why) {
    ended = true;
    error = Failure{Stage::kCatalogue, FailureKind::kBadRow,
                    source.name() + " row " + std::to_string(n_rows + 1) + ": " + why + "; nothing after it was read"};
  }

  ByteSource source;
  csv_parser parser{};
  Batch batch;
  std::size_t n_rows = 0;
  std::size_t last_number = 1;
  int last_terminator = 0;
  bool at_start = true;
  bool ended = false;
  bool is_too_large = false;
  std::optional<Failure> error;
  std::vector<std::string> header;
};

CsvReader::CsvReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

tl::expected<CsvReader, Failure> CsvReader::open(const std::filesystem::path& path) {
  auto source = ByteSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  return open(std::move(*source), ',');
}

tl::expected<CsvReader, Failure> CsvReader::open(ByteSource source, char delimiter) {
  auto impl = std::make_unique<Impl>(std::move(source), delimiter);
  const std::string& name = impl->source.name();
  impl->fill();
  Batch& batch = impl->batch;
  if (batch.rows.empty()) {
    if (!impl->error) return tl::make_unexpected(bad_file(name + ": is empty; its first row must name the columns"));
    return tl::make_unexpected(bad_file(impl->error->detail));
  }
  const Batch::Row& first = batch.rows[batch.next_row++];
  if (first.n_cells > kMostColumns) {
    return tl::make_unexpected(bad_file(name + ": has " + std::to_string(first.n_cells) + " columns; at most " +
                                        std::to_string(kMostColumns) + " are read"));
  }
  impl->header = batch.cells_of(first);
  return CsvReader(std::move(impl));
}

const std::vector<std::string>& CsvReader::header() const {
  return impl_->header;
}

std::optional<tl::expected<TableRow, Failure>> CsvReader::next() {
  impl_->fill();
  Batch& batch = impl_->batch;
  if (batch.next_row == batch.rows.size()) {
    if (!impl_->error) return std::nullopt;
    impl_->last_number = impl_->n_rows + 1;
    const Failure failure = *std::exchange(impl_->error, std::nullopt);
    return tl::make_unexpected(failure);
  }
  const Batch::Row& row = batch.rows[batch.next_row++];
  impl_->last_number = row.number;
  if (row.n_cells == impl_->header.size()) return TableRow{row.number, batch.cells_of(row)};
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadRow,
                                     impl_->source.name() + " row " + std::to_string(row.number) + ": " +
                                         std::to_string(row.n_cells) + " cells; the header has " +
                                         std::to_string(impl_->header.size())});
}

std::size_t CsvReader::row_number() const {
  return impl_->last_number;
}

double CsvReader::fraction_read() const {
  return impl_->source.fraction_read();
}

void append_csv_cell(std::string& line, std::string_view cell) {
  const bool plain =
      std::none_of(cell.begin(), cell.end(), [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; });
  if (plain) {
    line += cell;
    return;
  }
  const std::size_t size = line.size();
  line.resize(size + 2 * cell.size() + 2);
  line.resize(size + csv_write(line.data() + size, line.size() - size, cell.data(), cell.size()));
}

std::string csv_line(std::span<const std::string> cells) {
  const std::vector<std::string_view> views(cells.begin(), cells.end());
  return csv_line(std::span(views));
}

std::string csv_line(std::span<const std::string_view> cells) {
  if (cells.size() == 1 && cells.front().empty()) return "\"\"\n";  // a blank line would be no row
  std::string line;
  for (const std::string_view& cell : cells) {
    if (&cell != cells.data()) line += ',';
    append_csv_cell(line, cell);
  }
  line += '\n';
  return line;
}

std::string csv_line(std::initializer_list<std::string_view> cells) {
  return csv_line(std::span(cells.begin(), cells.size()));
}

}  // namespace hitscope::ingest
