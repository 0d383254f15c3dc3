#include "ingest/tables/table_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <variant>

#include "ingest/tables/byte_source.h"
#include "ingest/tables/csv.h"
#include "ingest/tables/json_lines.h"

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

TableFormat format_of_content(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  std::string_view begin = text.substr(first);
  if (begin.starts_with('[')) {
    begin.remove_prefix(1);
    begin.remove_prefix(std::min(begin.find_first_not_of(kSpace), begin.size()));
  }
  if (begin.starts_with('{')) return TableFormat::kJsonLines;
  // The header of a table of tabs may begin with one: its line begins after the last newline before its first letter.
  text.remove_prefix(text.substr(0, first).find_last_of("\r\n") + 1);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const bool has_tab = line.find('\t') != std::string_view::npos;
  return has_tab && line.find(',') == std::string_view::npos ? TableFormat::kTsv : TableFormat::kCsv;
}

using Reader = std::variant<CsvReader, JsonLinesReader>;

tl::expected<Reader, Failure> reader_of(ByteSource source, TableFormat format) {
  const auto as_reader = [](auto&& reader) { return Reader(std::forward<decltype(reader)>(reader)); };
  if (format == TableFormat::kJsonLines) return JsonLinesReader::open(std::move(source)).map(as_reader);
  return CsvReader::open(std::move(source), format == TableFormat::kTsv ? '\t' : ',').map(as_reader);
}

std::optional<Failure> utf16_failure(const std::string& name, std::string_view begin) {
  if (!begin.starts_with("\xFF\xFE") && !begin.starts_with("\xFE\xFF")) return std::nullopt;
  return Failure{Stage::kCatalogue, FailureKind::kBadFile,
                 name + ": is UTF-16; UTF-8 is needed (convert it: iconv -f UTF-16 -t UTF-8 IN > OUT)", Action::kStop};
}

}  // namespace

struct TableReader::Impl {
  TableFormat format;
  std::string name;
  Reader reader;
  TableRow row = {};  // what next_view() of JSON Lines shows
  std::vector<std::string_view> cells = {};
};

TableReader::TableReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TableReader::~TableReader() = default;
TableReader::TableReader(TableReader&&) noexcept = default;
TableReader& TableReader::operator=(TableReader&&) noexcept = default;

tl::expected<TableReader, Failure> TableReader::open(const std::filesystem::path& path, TableFormat format) {
  auto source = ByteSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  if (format == TableFormat::kAuto) format = format_of_name(path);
  // A source that cannot be read is reported by the format's reader.
  const std::string_view begin = source->peek().value_or(std::string_view());
  const std::string name = source->name();
  if (const auto failure = utf16_failure(name, begin)) return tl::make_unexpected(*failure);
  if (format == TableFormat::kAuto) format = format_of_content(begin);
  auto reader = reader_of(std::move(*source), format);
  if (!reader) return tl::make_unexpected(reader.error());
  return TableReader(std::make_unique<Impl>(Impl{format, name, std::move(*reader)}));
}

TableFormat TableReader::format() const {
  return impl_->format;
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
  return csv == nullptr || csv->has_byte_order_mark();
}

std::size_t TableReader::row_number() const {
  return std::visit([](const auto& reader) { return reader.row_number(); }, impl_->reader);
}

std::size_t TableReader::n_dropped_values() const {
  const auto* json_lines = std::get_if<JsonLinesReader>(&impl_->reader);
  return json_lines == nullptr ? 0 : json_lines->n_dropped_values();
}

double TableReader::fraction_read() const {
  return std::visit([](const auto& reader) { return reader.fraction_read(); }, impl_->reader);
}

}  // namespace hitscope::ingest::tables
