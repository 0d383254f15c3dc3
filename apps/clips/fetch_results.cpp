#include "apps/clips/fetch_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <unordered_set>

#include "apps/shell/verb.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/tables/csv_columns.h"

namespace hitscope::apps::clips {
namespace {

namespace fs = std::filesystem;
using ingest::FetchRecord;

constexpr const char* kKept = ".results.tmp";

fs::path temporary(const fs::path& store, const char* name) {
  return store / (std::string(name) + ".tmp");
}

/// Throws where the last writes to `file` failed.
void check(const std::ios& file, const fs::path& path) {
  if (!file) throw std::runtime_error("cannot write " + path.string() + ": the disk is full, or permission is denied");
}

ingest::Failure not_fetched() {
  return {ingest::Stage::kFetch, ingest::FailureKind::kNotFetched,
          "none of the merged stores has requested this row; run fetch for it"};
}

using Column = ingest::tables::CsvColumn<FetchResultLine>;

constexpr std::array<Column, 13> kColumns{{{"row", &FetchResultLine::row},
                                           {"id", &FetchResultLine::id},
                                           {"url", &FetchResultLine::url},
                                           {"status", &FetchResultLine::status},
                                           {"file", &FetchResultLine::file},
                                           {"bytes", &FetchResultLine::bytes},
                                           {"sha256", &FetchResultLine::sha256},
                                           {"media_type", &FetchResultLine::media_type},
                                           {"http_status", &FetchResultLine::http_status},
                                           {"attempts", &FetchResultLine::attempts},
                                           {"stage", &FetchResultLine::stage},
                                           {"kind", &FetchResultLine::kind},
                                           {"detail", &FetchResultLine::detail}}};

/// The cells as the beginning of a line: no newline, the catalogue's columns follow.
std::string text_of(const FetchResultLine& line) {
  return ingest::tables::csv_cells<FetchResultLine>(line, kColumns);
}

}  // namespace

ingest::Failure FetchResultLine::failure() const {
  return {dsp::value_named<ingest::Stage>(stage).value_or(ingest::Stage::kFetch),
          dsp::value_named<ingest::FailureKind>(kind).value_or(ingest::FailureKind::kBadRow), std::string(detail)};
}

void read_fetch_results(const fs::path& store, const std::function<void(const FetchResultLine&)>& take) {
  const fs::path path = store / kFetchResults;
  auto reader = ingest::tables::CsvReader::open_beneath(store, kFetchResults);
  if (!reader) throw shell::UsageError(reader.error().detail + " (the fetch did not finish; run it again)");
  if (!ingest::tables::begins_with<FetchResultLine>(reader->header(), kColumns)) {
    throw shell::UsageError(path.string() +
                            ": its columns are not those of a results.csv made by fetch; run fetch again");
  }
  while (auto row = reader->next()) {
    if (!*row) throw shell::UsageError(row->error().detail);
    take(ingest::tables::line_of<FetchResultLine>((*row)->cells, kColumns));
  }
}

FetchResults::FetchResults(const fs::path& store, const ingest::tables::Catalogue& catalogue)
    : store_(store), catalogue_name_(catalogue.path() == "-" ? "standard input" : catalogue.path().string()) {
  const ingest::tables::ColumnRoles& roles = catalogue.roles();
  std::vector<std::string> names;
  for (const Column& column : kColumns) names.emplace_back(column.name);
  std::unordered_set<std::string> taken(names.begin(), names.end());
  for (std::size_t i = 0; i < catalogue.header().size(); ++i) {
    const bool is_ours = roles.id == i || std::find(roles.urls.begin(), roles.urls.end(), i) != roles.urls.end();
    if (is_ours) continue;
    std::string name = catalogue.header()[i];
    while (!taken.insert(name).second) name.insert(0, "catalogue_");
    names.push_back(name);
    other_columns_.push_back(i);
  }
  header_ = ingest::tables::csv_line(names);
  ingest::create_file(store_ / kKept);
  kept_.rdbuf()->pubsetbuf(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  kept_.open(store_ / kKept, std::ios::binary | std::ios::in | std::ios::out | std::ios::trunc);
  check(kept_, store_ / kKept);
}

FetchResults::~FetchResults() {
  std::error_code ignored;
  fs::remove(store_ / kKept, ignored);
}

std::string FetchResults::others_of(const std::vector<std::string>& cells) const {
  std::string text;
  for (const std::size_t column : other_columns_) {
    text += ',';
    if (column < cells.size()) ingest::tables::append_csv_cell(text, cells[column]);  // a broken row may have fewer
  }
  return text;
}

void FetchResults::keep(Kind kind, std::size_t row, const std::string& id, const std::string& text) {
  const std::uint64_t numbers[] = {row, id.size(), text.size()};
  kept_.put(static_cast<char>(kind));
  kept_.write(reinterpret_cast<const char*>(numbers), sizeof numbers);
  kept_.write(id.data(), static_cast<std::streamsize>(id.size()));
  kept_.write(text.data(), static_cast<std::streamsize>(text.size()));
  check(kept_, store_ / kKept);
  ++n_rows_;
}

void FetchResults::add_refused(const ingest::tables::CatalogueRow& row) {
  const ingest::Failure& failure = row.track.error();
  failures_.add(failure);
  const std::string number = std::to_string(row.row);
  const FetchResultLine line{.row = number,
                             .id = row.id,
                             .status = "failed",
                             .stage = to_string(failure.stage),
                             .kind = to_string(failure.kind),
                             .detail = failure.detail};
  keep(Kind::kFailure, row.row, row.id, text_of(line) + others_of(row.cells));
}

void FetchResults::add_known(const ingest::tables::Track& track, const FetchRecord& record) {
  keep(record.clip ? Kind::kClip : Kind::kFailure, track.row, track.id,
       line_for(track.row, record, others_of(track.cells)));
}

void FetchResults::add_pending(const ingest::tables::Track& track) {
  keep(Kind::kPending, track.row, track.id, others_of(track.cells));
}

std::string FetchResults::line_for(std::size_t row, const FetchRecord& record, const std::string& others) {
  const std::string number = std::to_string(row);
  const std::string status = std::to_string(record.http_status);
  const std::string attempts = std::to_string(record.n_attempts);
  FetchResultLine line{.row = number, .id = record.id, .url = record.url, .status = record.clip ? "ok" : "failed"};
  line.http_status = status;
  line.attempts = attempts;
  if (record.clip) {
    ++n_clips_;
    const ingest::Clip& clip = *record.clip;
    const std::string n_bytes = std::to_string(clip.n_bytes);
    line.file = clip.file;
    line.bytes = n_bytes;
    line.sha256 = clip.sha256;
    line.media_type = clip.media_type;
    return text_of(line) + others;
  }
  ingest::Failure failure = record.clip.error();
  failure.detail = fmt::format("{} row {}: {}", catalogue_name_, row, failure.detail);
  failures_.add(failure);
  line.stage = to_string(failure.stage);
  line.kind = to_string(failure.kind);
  line.detail = failure.detail;
  return text_of(line) + others;
}

namespace {

/// The number of a row, its id and its text, as FetchResults::keep wrote them after its kind.
std::uint64_t read_back(std::istream& kept, std::string& id, std::string& text) {
  std::uint64_t numbers[3] = {};
  kept.read(reinterpret_cast<char*>(numbers), sizeof numbers);
  id.resize(numbers[1]);
  text.resize(numbers[2]);
  kept.read(id.data(), static_cast<std::streamsize>(id.size()));
  kept.read(text.data(), static_cast<std::streamsize>(text.size()));
  return numbers[0];
}

}  // namespace

void FetchResults::publish(const Find& find, bool says_missing) {
  const fs::path results_path = temporary(store_, kFetchResults);
  const fs::path failures_path = temporary(store_, kFetchFailures);
  ingest::create_file(results_path);
  ingest::create_file(failures_path);
  std::ofstream results(results_path, std::ios::binary | std::ios::trunc);
  std::ofstream failed(failures_path, std::ios::binary | std::ios::trunc);
  results << header_;
  failed << header_;
  kept_.flush();
  check(kept_, store_ / kKept);
  kept_.seekg(0);
  std::string id;
  std::string text;
  for (std::size_t i = 0; i < n_rows_; ++i) {
    const int kind_byte = kept_.get();
    const std::uint64_t row = read_back(kept_, id, text);
    if (!kept_) throw std::runtime_error((store_ / kKept).string() + ": cannot be read back");
    auto kind = static_cast<Kind>(kind_byte);
    if (kind == Kind::kPending) {
      auto record = find(id);
      if (!record && !says_missing) continue;
      if (!record) {
        record = FetchRecord{id, row, "", 0, 0, "", "", tl::make_unexpected(not_fetched())};
      }
      kind = record->clip ? Kind::kClip : Kind::kFailure;
      text = line_for(row, *record, text);
    }
    text += '\n';
    results << text;
    if (kind == Kind::kFailure) failed << text;
  }
  // No sync: both can be made again from the journal, and a sync here would wait for all that was fetched.
  results.close();
  failed.close();
  check(results, results_path);
  check(failed, failures_path);
  fs::rename(results_path, store_ / kFetchResults);
  fs::rename(failures_path, store_ / kFetchFailures);
}

}  // namespace hitscope::apps::clips
