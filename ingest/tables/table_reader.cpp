#include "ingest/tables/table_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <variant>

#include "ingest/tables/byte_source.h"
#include "ingest/tables/csv.h"
#include "ingest/tables/dialect.h"
#include "ingest/tables/json_lines.h"
#include "ingest/words.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::array<std::pair<std::string_view, TableFormat>, 6> kExtensions{{{".csv", TableFormat::kCsv},
                                                                               {".tsv", TableFormat::kTsv},
                                                                               {".tab", TableFormat::kTsv},
                                                                               {".jsonl", TableFormat::kJsonLines},
                                                                               {".ndjson", TableFormat::kJsonLines},
                                                                               {".json", TableFormat::kJsonLines}}};

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

TableFormat format_of_name(const std::filesystem::path& path) {
  const std::string last = lower_extension(path);
  const std::string extension = last == ".gz" ? lower_extension(path.stem()) : last;
  for (const auto& [known, format] : kExtensions) {
    if (extension == known) return format;
  }
  return TableFormat::kAuto;
}

bool is_json(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  }
  return text.starts_with('{');
}

/// The delimiter of a format; nullopt for kAuto and kJsonLines.
std::optional<char> mark_of(TableFormat format) {
  for (const Delimiter& delimiter : kDelimiters) {
    if (format == delimiter.format) return delimiter.mark;
  }
  return std::nullopt;
}

using Reader = std::variant<CsvReader, JsonLinesReader>;

Failure bad_file(const std::string& detail) {
  return {Stage::kCatalogue, FailureKind::kBadFile, detail, Action::kStop};
}

/// Formats that are not text, by their first bytes, and what to do.
struct Foreign {
  std::string_view magic;
  std::string_view name;
  std::string_view advice;
};
constexpr std::string_view kByPandas =
    "convert it: python3 -c \"import pandas, sys; pandas.read_%(sys.argv[1]).to_csv(sys.argv[2], index=False)\" IN "
    "OUT.csv";
constexpr auto kForeign = std::to_array<Foreign>({
    {"PAR1", "Parquet", "parquet"},
    {"PK\x03\x04", "a zip archive, such as an Excel workbook (unpack others)", "excel"},
    {"\xD0\xCF\x11\xE0", "an Excel workbook of before 2007", "excel"},
    {"\x89HDF", "HDF5", "hdf"},
    {"ARROW1", "Arrow (Feather)", "feather"},
    {"ORC", "ORC", "orc"},
    {"SQLite format 3", "an SQLite database",
     "export a table: sqlite3 -header -csv IN 'SELECT * FROM TABLE' > OUT.csv"},
    {"\x28\xB5\x2F\xFD", "compressed by Zstandard", "decompress it: zstd -d IN"},
    {"BZh", "compressed by bzip2", "decompress it: bunzip2 IN"},
    {"\xFD"
     "7zXZ",
     "compressed by xz", "decompress it: unxz IN"},
    {"\x93NUMPY", "a NumPy array", "save it as text: numpy.savetxt, with the names of the columns in the first line"},
});

/// Whether bytes that no text has stand at the beginning: "PAR1" may be the name of a column, too.
bool is_binary(std::string_view begin) {
  const std::string_view head = begin.substr(0, 64);
  return std::any_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n';
  });
}

std::optional<Failure> foreign_format(const std::string& name, std::string_view begin) {
  for (const Foreign& row : kForeign) {
    if (!begin.starts_with(row.magic) || !is_binary(begin)) continue;
    std::string advice(row.advice);
    if (advice.find(' ') == std::string::npos) {
      advice = std::string(kByPandas).replace(kByPandas.find('%'), 1, advice);
    }
    return bad_file(name + ": is " + std::string(row.name) + ", which is not read; " + advice);
  }
  return std::nullopt;
}

/// The format and, of separated cells, the dialect of a file that begins with `begin`.
struct Written {
  TableFormat format;
  Dialect dialect;
};

tl::expected<Written, Failure> judged(const std::string& name, std::string_view begin, const TableWriting& writing,
                                      TableFormat likely) {
  const TableFormat given = writing.format;
  if (auto failure = foreign_format(name, begin)) return tl::make_unexpected(std::move(*failure));
  if (given == TableFormat::kJsonLines) return Written{given, {}};
  if (given == TableFormat::kAuto && (is_json(begin) || likely == TableFormat::kJsonLines)) {
    return Written{TableFormat::kJsonLines, {}};
  }
  // ".csv" says little: Excel writes semicolons there.
  const auto by_name = likely == TableFormat::kTsv ? mark_of(likely) : std::nullopt;
  const auto dialect = sniffed_dialect(begin, {mark_of(given), by_name, writing.quotes, writing.header_lines});
  if (!dialect) {
    return tl::make_unexpected(
        bad_file(name + ": " + dialect.error() + "; say which with `format` csv, tsv, semicolons or bars"));
  }
  return Written{delimiter_of(dialect->delimiter).format, *dialect};
}

tl::expected<Reader, Failure> reader_of(ByteSource source, const Written& written) {
  const auto as_reader = [](auto&& reader) { return Reader(std::forward<decltype(reader)>(reader)); };
  if (written.format == TableFormat::kJsonLines) return JsonLinesReader::open(std::move(source)).map(as_reader);
  return CsvReader::open(std::move(source), written.dialect).map(as_reader);
}

}  // namespace

bool has_table_extension(const std::filesystem::path& path) {
  return format_of_name(path) != TableFormat::kAuto;
}

struct TableReader::Impl {
  Written written;
  bool is_utf16;
  std::string name;
  Reader reader;
  TableRow row = {};  // what next_view() of JSON Lines shows
  std::vector<std::string_view> cells = {};
};

TableReader::TableReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TableReader::~TableReader() = default;
TableReader::TableReader(TableReader&&) noexcept = default;
TableReader& TableReader::operator=(TableReader&&) noexcept = default;

tl::expected<TableReader, Failure> TableReader::open(const std::filesystem::path& path, const TableWriting& writing) {
  auto source = ByteSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  // A source that cannot be read is reported by the format's reader.
  const std::string_view begin = source->peek().value_or(std::string_view());
  const std::string name = source->name();
  const auto written = judged(name, begin, writing, format_of_name(path));
  if (!written) return tl::make_unexpected(written.error());
  const bool is_utf16 = source->is_utf16();
  auto reader = reader_of(std::move(*source), *written);
  if (!reader) return tl::make_unexpected(reader.error());
  return TableReader(std::make_unique<Impl>(Impl{*written, is_utf16, name, std::move(*reader)}));
}

TableFormat TableReader::format() const {
  return impl_->written.format;
}

std::string TableReader::description() const {
  const Dialect& dialect = impl_->written.dialect;
  std::vector<std::string> parts;
  if (impl_->written.format == TableFormat::kJsonLines) {
    parts.emplace_back("JSON objects");
  } else if (dialect.delimiter != ',') {
    parts.push_back("separated by " + std::string(delimiter_of(dialect.delimiter).words));
  }
  if (dialect.quoting.quote != '"') parts.emplace_back("single quotes");
  if (dialect.quoting.has_escapes) parts.emplace_back("backslashes before quotes");
  if (dialect.n_titles > 0) parts.push_back(count_of(dialect.n_titles, "line") + " above the header left out");
  if (dialect.n_header_lines > 1) parts.push_back(std::to_string(dialect.n_header_lines) + " lines of header");
  if (dialect.has_lists)
    parts.push_back("lists at the ends of rows: their further values in '" + header().back() + "'");
  if (impl_->is_utf16) parts.emplace_back("UTF-16");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

const std::string& TableReader::name() const {
  return impl_->name;
}

const std::vector<std::string>& TableReader::header() const {
  return std::visit([](const auto& reader) -> const std::vector<std::string>& { return reader.header(); },
                    impl_->reader);
}

std::optional<tl::expected<TableRow, Failure>> TableReader::next() {
  return std::visit([](auto& reader) { return reader.next(); }, impl_->reader);
}

std::optional<tl::expected<TableRowView, Failure>> TableReader::next_view() {
  if (auto* csv = std::get_if<CsvReader>(&impl_->reader)) return csv->next_view();
  auto row = next();
  if (!row) return std::nullopt;
  if (!*row) return tl::make_unexpected(row->error());
  impl_->row = std::move(**row);
  impl_->cells.assign(impl_->row.cells.begin(), impl_->row.cells.end());
  return TableRowView{impl_->row.number, impl_->cells};
}

bool TableReader::is_utf8_by_its_own_word() const {
  const auto* csv = std::get_if<CsvReader>(&impl_->reader);
  return csv == nullptr || csv->has_byte_order_mark() || impl_->is_utf16;
}

bool TableReader::is_utf16() const {
  return impl_->is_utf16;
}

std::size_t TableReader::row_number() const {
  return std::visit([](const auto& reader) { return reader.row_number(); }, impl_->reader);
}

std::size_t TableReader::n_dropped_values() const {
  const auto* json_lines = std::get_if<JsonLinesReader>(&impl_->reader);
  return json_lines == nullptr ? 0 : json_lines->n_dropped_values();
}

std::string TableReader::doubts_about_quotes() const {
  const auto* csv = std::get_if<CsvReader>(&impl_->reader);
  return csv == nullptr ? "" : csv->doubts_about_quotes();
}

double TableReader::fraction_read() const {
  return std::visit([](const auto& reader) { return reader.fraction_read(); }, impl_->reader);
}

}  // namespace hitscope::ingest::tables
