#include "ingest/tables/csv.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "ingest/tables/csv_parser.h"
#include "ingest/words.h"

namespace hitscope::ingest::tables {
namespace {

Failure bad_file(const std::string& detail) {
  return {Stage::kCatalogue, FailureKind::kBadFile, detail, Action::kStop};
}

}  // namespace

struct CsvReader::Impl {
  Impl(ByteSource bytes, const Dialect& how)
      : source(std::move(bytes)), dialect(how), parser(how.delimiter, how.quoting) {}

  /// Parses on until a row is waiting or the file has ended.
  void fill() {
    while (batch.next_row == batch.rows.size() && !ended) {
      batch.drop_rows();
      const auto block = source.read();
      if (!block) {
        stop(block.error().detail);
        if (block.error().kind == FailureKind::kTooLarge)
          error->action = Action::kStop;  // damage spares what was before
      } else if (block->empty()) {
        ended = true;
        if (!parser.finish(batch)) stop("the quote of a cell is not closed");
        check_size();
      } else {
        parse(*block);
      }
    }
  }

  void parse(std::string_view bytes) {
    if (std::exchange(at_start, false) && bytes.starts_with(kByteOrderMark)) {
      bytes.remove_prefix(kByteOrderMark.size());
      has_mark = true;
    }
    parser.parse(bytes, batch);
    check_size();
  }

  void check_size() {
    if (parser.is_too_large()) stop("is larger than 16 MiB; perhaps a quote is not closed");
  }

  void stop(const std::string& why) {
    ended = true;
    error = Failure{
        Stage::kCatalogue, FailureKind::kBadRow,
        source.name() + " row " + std::to_string(parser.n_rows() + 1) + ": " + why + "; nothing after it was read"};
  }

  /// Takes the rows of the header; false where the file ends before them.
  bool read_header() {
    for (std::size_t i = 0; i < dialect.n_skipped + dialect.n_header_lines; ++i) {
      fill();
      if (batch.next_row == batch.rows.size()) return false;
      batch.views_of(batch.rows[batch.next_row++], cells);
      if (i >= dialect.n_skipped) lines.emplace_back(cells.begin(), cells.end());
    }
    std::vector<std::vector<std::string>> first;  // those that are at hand
    constexpr std::size_t kMostJudged = 200;
    for (std::size_t i = batch.next_row; i < batch.rows.size() && first.size() < kMostJudged; ++i) {
      batch.views_of(batch.rows[i], cells);
      first.emplace_back(cells.begin(), cells.end());
    }
    header = column_names(dialect, lines, first);
    return true;
  }

  /// Makes `cells` as many as the header's; false where that would lose one that is not empty, or one is missing.
  bool fit_cells() {
    const std::size_t n_own = header.size() - (dialect.has_lists ? 1 : 0);
    if (cells.size() < n_own) return false;
    others.clear();
    for (std::size_t i = n_own; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      if (!dialect.has_lists) return false;
      others.append(others.empty() ? "" : ";").append(cells[i]);
    }
    cells.resize(n_own);
    if (dialect.has_lists) cells.emplace_back(others);
    return true;
  }

  ByteSource source;
  Dialect dialect;
  CsvParser parser;
  CsvBatch batch;
  std::size_t last_number = 1;
  bool at_start = true;
  bool has_mark = false;
  bool ended = false;
  std::optional<Failure> error;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> lines;  // cells of the header's lines
  std::string others;                           // the list at the end of the row returned last
  std::vector<std::string_view> cells;          // cells of the row returned last
};

CsvReader::CsvReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

tl::expected<CsvReader, Failure> CsvReader::open(const std::filesystem::path& path) {
  auto source = ByteSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  return open(std::move(*source), Dialect());
}

tl::expected<CsvReader, Failure> CsvReader::open_beneath(const std::filesystem::path& folder,
                                                         const std::filesystem::path& name) {
  const std::filesystem::path path = folder / name;
  if (!has_entry(folder, name)) return tl::make_unexpected(bad_file(path.string() + ": is missing"));
  return open(ByteSource(Folder(folder).open_regular(name), path.string()), Dialect());
}

tl::expected<CsvReader, Failure> CsvReader::open(ByteSource source, const Dialect& dialect) {
  auto impl = std::make_unique<Impl>(std::move(source), dialect);
  const std::string& name = impl->source.name();
  if (!impl->read_header()) {
    if (!impl->error) return tl::make_unexpected(bad_file(name + ": is empty; its first row must name the columns"));
    return tl::make_unexpected(bad_file(impl->error->detail));
  }
  if (const std::size_t n = impl->lines.front().size(); n > kMostColumns) {
    return tl::make_unexpected(bad_file(name + ": has " + std::to_string(n) + " columns; at most " +
                                        std::to_string(kMostColumns) + " are read"));
  }
  return CsvReader(std::move(impl));
}

const std::vector<std::string>& CsvReader::header() const {
  return impl_->header;
}

std::optional<tl::expected<TableRow, Failure>> CsvReader::next() {
  const auto row = next_view();
  if (!row) return std::nullopt;
  if (!*row) return tl::make_unexpected(row->error());
  return TableRow{(*row)->number, {(*row)->cells.begin(), (*row)->cells.end()}};
}

std::optional<tl::expected<TableRowView, Failure>> CsvReader::next_view() {
  impl_->fill();
  CsvBatch& batch = impl_->batch;
  if (batch.next_row == batch.rows.size()) {
    if (!impl_->error) return std::nullopt;
    impl_->last_number = impl_->parser.n_rows() + 1;
    const Failure failure = *std::exchange(impl_->error, std::nullopt);
    return tl::make_unexpected(failure);
  }
  const CsvBatch::Row& row = batch.rows[batch.next_row++];
  impl_->last_number = row.number;
  batch.views_of(row, impl_->cells);
  if (row.n_cells == impl_->header.size() && !impl_->dialect.has_lists) return TableRowView{row.number, impl_->cells};
  if (impl_->fit_cells()) return TableRowView{row.number, impl_->cells};
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadRow,
                                     impl_->source.name() + " row " + std::to_string(row.number) + ": " +
                                         std::to_string(row.n_cells) + " cells; the header has " +
                                         std::to_string(impl_->header.size())});
}

std::size_t CsvReader::row_number() const {
  return impl_->last_number;
}

bool CsvReader::has_byte_order_mark() const {
  return impl_->has_mark;
}

std::string CsvReader::doubts_about_quotes() const {
  const CsvParser& parser = impl_->parser;
  if (parser.n_malformed() == 0) return "";
  return count_of(parser.n_malformed(), "cell") + (parser.n_malformed() == 1 ? " goes" : " go") +
         " on behind the closing quote, the first in row " + std::to_string(parser.first_malformed());
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

}  // namespace hitscope::ingest::tables
