#include "apps/train/warm_start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/sha256.h"
#include "ingest/tables/csv.h"
#include "ingest/tables/id_match.h"

namespace hitscope::apps::train {
namespace {

constexpr const char* kSplitFile = "split.csv";

/// What the run learned from or stopped by.
struct Seen {
  std::vector<std::string> ids;
  std::unordered_set<std::string> groups;
  std::unordered_set<std::string> clips;  ///< hashes
};

Seen seen_by(const std::filesystem::path& run) {
  const std::filesystem::path path = run / kSplitFile;
  auto reader = ingest::tables::CsvReader::open_beneath(run, kSplitFile);
  if (!reader) throw shell::UsageError(reader.error().detail);
  const auto& header = reader->header();
  const auto place = [&](const char* name) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
      throw shell::UsageError(
          fmt::format("{}: has no column {}, so that nobody knows what the run learned from; train it "
                      "again",
                      path.string(), name));
    }
    return static_cast<std::size_t>(found - header.begin());
  };
  const std::size_t id = place("id");
  const std::size_t part = place("part");
  const std::size_t group = place("group");
  const std::size_t clip = place("clip");
  Seen seen;
  while (const auto row = reader->next()) {
    if (!*row) throw shell::UsageError(row->error().detail);
    const auto& cells = (*row)->cells;
    if (cells.at(part) != "train" && cells.at(part) != "validation") continue;
    seen.ids.push_back(cells.at(id));
    if (!cells.at(group).empty()) seen.groups.insert(cells.at(group));
    if (!cells.at(clip).empty()) seen.clips.insert(cells.at(clip));
  }
  return seen;
}

/// A run that began with the weights of another has learned from rows that its own split.csv does not name.
void refuse_chain(const std::filesystem::path& run) {
  const auto settings = dsp::parse_json<nlohmann::json>(ingest::read_beneath(run, "run.json", ingest::kMostJsonBytes));
  if (!settings.is_object() || !settings.contains("warm_start_sha256")) return;
  throw shell::UsageError(fmt::format(
      "`warm_start` {}: that run began with the weights of another, whose rows it does not name; use the first one",
      run.string()));
}

}  // namespace

WarmStart::WarmStart(std::filesystem::path run, const examples::TrainData& data)
    : run_(std::move(run)),
      bundle_(runs::read_bundle(run_)),
      sha256_(ingest::sha256_hex(ingest::read_beneath(run_, runs::kBundleFile, ingest::kMostJsonBytes))) {
  if (!data.store) throw shell::UsageError("`warm_start` has no effect: it needs `spectrograms`");
  const auto& ours = data.store->settings();
  if (bundle_.front_end && front_end_hash(*bundle_.front_end) == front_end_hash(ours)) return;
  throw shell::UsageError(fmt::format("`warm_start` {}: its networks learned spectrograms of another front end than {}",
                                      run_.string(), data.store->folder().string()));
}

models::HeadFiles WarmStart::files_of(const std::string& head) const {
  std::vector<std::string> held;
  for (const runs::BundleHead& one : bundle_.heads) {
    if (one.name == head) return runs::read_files(run_, one);
    held.push_back(one.name);
  }
  throw shell::UsageError(fmt::format("`warm_start` {}: holds no {} (it holds {}); choose `heads` that it holds",
                                      run_.string(), head, fmt::join(held, ", ")));
}

void WarmStart::require_unseen(const examples::TrainData& data, const models::data::Split& split) const {
  refuse_chain(run_);
  const Seen seen = seen_by(run_);
  const std::vector<std::string>* clips = examples::clip_hashes(data);
  std::vector<const examples::TrainRow*> tests;
  std::vector<std::string> ids;
  for (const examples::TrainRow& row : data.rows) {
    if (!row.example || split.part(*row.example) != models::data::Part::kTest) continue;
    tests.push_back(&row);
    ids.push_back(row.id);
  }
  const ingest::tables::IdMatches matches = ingest::tables::match_ids(ids, seen.ids);
  const std::unordered_set<std::string> seen_ids(seen.ids.begin(), seen.ids.end());
  std::vector<std::string> both;
  for (const examples::TrainRow* row : tests) {
    const std::size_t i = *row->example;
    if (seen_ids.contains(matches.known(row->id)) || seen.groups.contains(data.groups[i]) ||
        (clips != nullptr && seen.clips.contains((*clips)[i]))) {
      both.push_back(row->id);
    }
  }
  if (both.empty()) return;
  throw shell::UsageError(fmt::format(
      "`warm_start` {}: {} of the {} are training or validation rows of that run, or of the same {} or clips, such as "
      "'{}', and scores on them would be too good; use the run's split (`split_file` {}) or rows that it did not have",
      run_.string(), both.size(), shell::count_of(tests.size(), "test row"),
      data.group_column.empty() ? "groups" : "'" + data.group_column + "'", shell::one_line(both.front()),
      (run_ / kSplitFile).string()));
}

}  // namespace hitscope::apps::train
