#include "ingest/tables/json_lines.h"

#include <deque>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ingest/tables/json_flatten.h"
#include "ingest/tables/line_reader.h"

namespace hitscope::ingest::tables {
namespace {

Failure bad_file(const std::string& detail) {
  return {Stage::kCatalogue, FailureKind::kBadFile, detail, Action::kStop};
}

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
};

/// A value of one of the first objects; their rows get their width when all are read.
struct Placed {
  std::size_t column;
  std::string text;
};

constexpr std::uint64_t kFreeCells = 4'000'000;  // up to this many cells any share may be empty
constexpr std::uint64_t kMostCellsPerByte = 16;  // of the file

/// One of the first lines, that is no longer in the source.
struct OpeningRow {
  std::size_t number;
  tl::expected<std::vector<Placed>, Failure> values;
};

}  // namespace

struct JsonLinesReader::Impl {
  explicit Impl(ByteSource source) : lines(std::move(source)) {}

  const std::string& name() const { return lines.source().name(); }

  /// Column of `name`, which is nearly always the one after the last.
  std::optional<std::size_t> column_of(std::string_view name, std::size_t likely) const {
    if (likely < header.size() && header[likely] == name) return likely;
    const auto found = columns.find(name);
    if (found == columns.end()) return std::nullopt;
    return found->second;
  }

  std::size_t column_made_of(const std::string& name) {
    const auto [found, is_new] = columns.emplace(name, header.size());
    if (is_new) header.push_back(name);
    return found->second;
  }

  /// A bad line must not name columns: its keys become columns when all of it is read.
  tl::expected<std::vector<Placed>, Failure> place(std::string_view line) {
    std::vector<std::pair<std::string, std::string>> named;
    const auto problem = flatten_json(
        line, [&](JsonValue&& value) { named.emplace_back(std::string(value.name), std::move(value.text)); });
    if (problem) return tl::make_unexpected(lines.bad_row(*problem));
    std::vector<Placed> values;
    values.reserve(named.size());
    for (auto& [name, text] : named) values.push_back({column_made_of(name), std::move(text)});
    return values;
  }

  void read_opening() {
    std::size_t n_bytes = 0;
    while (opening.size() < kOpeningLines && n_bytes < kMostOpeningBytes && header.size() <= kMostColumns) {
      const auto line = lines.next();
      if (!line) return;
      opening.push_back({lines.number(), line->and_then([&](std::string_view text) { return place(text); })});
      if (const auto& values = opening.back().values) {
        for (const Placed& value : *values) n_bytes += sizeof(Placed) + value.text.size();
      }
    }
  }

  /// Why the first lines make no table.
  std::optional<Failure> problem() const {
    if (opening.empty() && lines.is_json_document()) {
      return bad_file(name() + ": is JSON without an array of objects; each object makes a row");
    }
    if (opening.empty()) return bad_file(name() + ": is empty; its first line must be a JSON object");
    if (header.size() > kMostColumns) {
      return bad_file(name() + ": has over " + std::to_string(kMostColumns) + " different keys; each names a column");
    }
    if (!header.empty()) return std::nullopt;
    const auto& first = opening.front().values;
    if (first) return bad_file(name() + ": its first objects have no keys; keys name the columns");
    if (opening.size() == 1) return bad_file(first.error().detail);
    return bad_file(name() + ": none of its first " + std::to_string(opening.size()) +
                    " lines is a JSON object, whole on its line; the first: " + first.error().detail);
  }

  /// Whether one row more would make cells that no byte of the file stands for: absent keys are cells, too.
  bool is_too_sparse() {
    n_cells += header.size();
    return n_cells > kFreeCells && n_cells / kMostCellsPerByte > lines.source().n_bytes();
  }

  TableRow widened(std::size_t number, std::vector<Placed>&& values) const {
    TableRow row{number, std::vector<std::string>(header.size())};
    for (Placed& value : values) row.cells[value.column] = std::move(value.text);
    return row;
  }

  tl::expected<TableRow, Failure> row_of(std::string_view line) {
    TableRow row{lines.number(), std::vector<std::string>(header.size())};
    std::size_t likely = 0;
    std::size_t n_dropped_here = 0;
    const auto problem = flatten_json(line, [&](JsonValue&& value) {
      if (const auto column = column_of(value.name, likely)) {
        row.cells[*column] = std::move(value.text);
        likely = *column + 1;
      } else if (!value.is_null) {
        ++n_dropped_here;
      }
    });
    if (problem) return tl::make_unexpected(lines.bad_row(*problem));
    n_dropped += n_dropped_here;
    return row;
  }

  LineReader lines;
  std::deque<OpeningRow> opening;
  std::vector<std::string> header;
  std::unordered_map<std::string, std::size_t, NameHash, std::equal_to<>> columns;
  std::size_t last_number = 0;
  std::size_t n_dropped = 0;
  std::uint64_t n_cells = 0;
  bool is_over = false;
};

JsonLinesReader::JsonLinesReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonLinesReader::~JsonLinesReader() = default;
JsonLinesReader::JsonLinesReader(JsonLinesReader&&) noexcept = default;
JsonLinesReader& JsonLinesReader::operator=(JsonLinesReader&&) noexcept = default;

tl::expected<JsonLinesReader, Failure> JsonLinesReader::open(ByteSource source) {
  auto impl = std::make_unique<Impl>(std::move(source));
  if (is_json_document(impl->lines.source().peek().value_or(std::string_view()))) impl->lines.read_json_document();
  impl->read_opening();
  if (auto problem = impl->problem()) return tl::make_unexpected(std::move(*problem));
  return JsonLinesReader(std::move(impl));
}

const std::vector<std::string>& JsonLinesReader::header() const {
  return impl_->header;
}

std::optional<tl::expected<TableRow, Failure>> JsonLinesReader::next() {
  if (impl_->is_over) return std::nullopt;
  if (impl_->is_too_sparse()) {
    impl_->is_over = true;
    ++impl_->last_number;
    return tl::make_unexpected(Failure{
        Stage::kCatalogue, FailureKind::kBadRow,
        impl_->name() + " row " + std::to_string(impl_->last_number) + ": the keys make " +
            std::to_string(impl_->header.size()) +
            " columns, nearly all of them empty in nearly all rows; nothing after it was read (write the table with "
            "fewer keys)",
        Action::kStop});
  }
  if (!impl_->opening.empty()) {
    OpeningRow row = std::move(impl_->opening.front());
    impl_->opening.pop_front();
    impl_->last_number = row.number;
    if (!row.values) return tl::make_unexpected(row.values.error());
    return impl_->widened(row.number, std::move(*row.values));
  }
  const auto line = impl_->lines.next();
  if (!line) return std::nullopt;
  impl_->last_number = impl_->lines.number();
  if (!*line) return tl::make_unexpected(line->error());
  return impl_->row_of(**line);
}

std::size_t JsonLinesReader::row_number() const {
  return impl_->last_number;
}

std::size_t JsonLinesReader::n_dropped_values() const {
  return impl_->n_dropped;
}

double JsonLinesReader::fraction_read() const {
  return impl_->lines.source().fraction_read();
}

}  // namespace hitscope::ingest::tables
