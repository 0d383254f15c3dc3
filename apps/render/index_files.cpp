#include "apps/render/index_files.h"

#include <fmt/format.h>

#include "apps/render/shard_writer.h"
#include "apps/shell/command.h"
#include "ingest/files.h"
#include "ingest/quarantine.h"

namespace hitscope::apps::render {

void IndexFiles::add(const RenderRow& row) {
  if (row.shard != shard_) next_place_ = 0;
  shard_ = row.shard;
  const std::size_t place = row.clip ? next_place_++ : 0;
  if (row.superseded) return;
  row.clip ? add_clip(row, place) : add_failure(row);
}

void IndexFiles::add_clip(const RenderRow& row, std::size_t place) {
  ++n_ok_;
  const std::string number = std::to_string(row.ordinal);
  const std::string shard = shard_file_name(row.shard);
  const std::string offset = std::to_string(place);
  const std::string duration = fmt::format("{:.6f}", row.clip->duration_s);
  const std::string sample_rate = std::to_string(row.clip->sample_rate);
  const std::string n_channels = std::to_string(row.clip->n_channels);
  index_ += spectrograms::index_text({.row = number,
                                      .id = row.id,
                                      .clip = row.name,
                                      .status = "ok",
                                      .shard = shard,
                                      .offset = offset,
                                      .xxh128 = row.clip->xxh128,
                                      .duration_s = duration,
                                      .sample_rate = sample_rate,
                                      .channels = n_channels,
                                      .media_type = row.clip->media_type});
}

void IndexFiles::add_failure(const RenderRow& row) {
  const ingest::Failure& failure = row.clip.error();
  summary_.add(failure);
  if (const auto setting = ingest::accepting_setting(failure.kind); !setting.empty()) accepting_.insert(setting);
  const std::string number = std::to_string(row.ordinal);
  const spectrograms::IndexLine line{.row = number,
                                     .id = row.id,
                                     .clip = row.name,
                                     .status = "failed",
                                     .stage = to_string(failure.stage),
                                     .kind = to_string(failure.kind),
                                     .detail = failure.detail};
  index_ += spectrograms::index_text(line);
  failures_ += spectrograms::failures_text(line);
}

void IndexFiles::write(const std::filesystem::path& folder) const {
  ingest::write_file(folder / spectrograms::kIndexFile, index_);
  ingest::write_file(folder / kFailuresFile, failures_);
}

void IndexFiles::print_failures(std::ostream& out, const std::filesystem::path& folder) const {
  summary_.print(out);
  if (summary_.count() == 0) return;
  out << fmt::format("  all failures: {}\n", (folder / kFailuresFile).string());
  std::string flags;
  for (const std::string_view setting : accepting_) flags += (flags.empty() ? "" : ", ") + shell::flag_of(setting);
  if (!flags.empty()) out << fmt::format("  options that accept some of these clips: {}\n", flags);
}

}  // namespace hitscope::apps::render
