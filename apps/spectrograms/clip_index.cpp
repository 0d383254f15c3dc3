#include "apps/spectrograms/clip_index.h"

#include <array>
#include <span>

#include "apps/shell/verb.h"
#include "ingest/folder.h"
#include "ingest/tables/csv_columns.h"

namespace hitscope::apps::spectrograms {
namespace {

using Column = ingest::tables::CsvColumn<IndexLine>;

constexpr std::array<Column, 14> kColumns{{{"row", &IndexLine::row},
                                           {"id", &IndexLine::id},
                                           {"clip", &IndexLine::clip},
                                           {"status", &IndexLine::status},
                                           {"shard", &IndexLine::shard},
                                           {"offset", &IndexLine::offset},
                                           {"xxh128", &IndexLine::xxh128},
                                           {"duration_s", &IndexLine::duration_s},
                                           {"sample_rate", &IndexLine::sample_rate},
                                           {"channels", &IndexLine::channels},
                                           {"media_type", &IndexLine::media_type},
                                           {"stage", &IndexLine::stage},
                                           {"kind", &IndexLine::kind},
                                           {"detail", &IndexLine::detail}}};
constexpr std::array<Column, 6> kFailureColumns{{{"row", &IndexLine::row},
                                                 {"id", &IndexLine::id},
                                                 {"clip", &IndexLine::clip},
                                                 {"stage", &IndexLine::stage},
                                                 {"kind", &IndexLine::kind},
                                                 {"detail", &IndexLine::detail}}};

std::string header_of(std::span<const Column> columns) {
  std::string text;
  for (const Column& column : columns) (text += text.empty() ? "" : ",") += column.name;
  return text + '\n';
}

std::string text_of(const IndexLine& line, std::span<const Column> columns) {
  return ingest::tables::csv_cells<IndexLine>(line, columns) + '\n';
}

}  // namespace

ingest::Failure IndexLine::failure() const {
  return {dsp::value_named<ingest::Stage>(stage).value_or(ingest::Stage::kRender),
          dsp::value_named<ingest::FailureKind>(kind).value_or(ingest::FailureKind::kMissing), std::string(detail)};
}

std::string index_header() {
  return header_of(kColumns);
}
std::string index_text(const IndexLine& line) {
  return text_of(line, kColumns);
}
std::string failures_header() {
  return header_of(kFailureColumns);
}
std::string failures_text(const IndexLine& line) {
  return text_of(line, kFailureColumns);
}

void read_index(const std::filesystem::path& path, const std::function<void(const IndexLine&, std::size_t)>& take) {
  auto reader = ingest::tables::CsvReader::open_beneath(path.parent_path(), path.filename());
  if (!reader) throw shell::UsageError(reader.error().detail + " (the render did not finish; run it again)");
  if (reader->header().size() != kColumns.size() ||
      !ingest::tables::begins_with<IndexLine>(reader->header(), kColumns)) {
    throw shell::UsageError(path.string() + ": its columns are not those of an index.csv made by render; render again");
  }
  while (auto row = reader->next()) {
    if (!*row) throw shell::UsageError(row->error().detail);
    take(ingest::tables::line_of<IndexLine>((*row)->cells, kColumns), (*row)->number);
  }
}

}  // namespace hitscope::apps::spectrograms
