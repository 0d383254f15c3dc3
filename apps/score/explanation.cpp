#include "apps/score/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "dsp/picture.h"
#include "ingest/files.h"

namespace hitscope::apps::score {
namespace {

using models::data::Predictions;
using models::data::Probabilities;

/// The class that is answered; 0 of values.
int answered(const Predictions& prediction) {
  const auto* p = std::get_if<Probabilities>(&prediction);
  return p == nullptr ? 0 : p->predicted(0);
}

/// How much a prediction speaks for a class, or for a high value.
double support(const Predictions& prediction, int cls) {
  return std::visit([&](const auto& answer) { return answer.values.at(static_cast<std::size_t>(cls)); }, prediction);
}

}  // namespace

Explanations::Explanations(std::filesystem::path folder, RunScorer& scorer)
    : folder_(std::move(folder)), scorer_(scorer) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (!std::filesystem::is_directory(folder_)) {
    throw shell::UsageError(folder_.string() + ": the folder for `explain` cannot be created");
  }
}

std::filesystem::path Explanations::path_for(const std::string& name) {
  std::string file = name + ".png";
  for (int n = 2; !taken_.insert(file).second; ++n) file = fmt::format("{}-{}.png", name, n);
  return folder_ / file;
}

void Explanations::draw(const clips::ClipSource& clip, const std::vector<ScoredTrack>& tracks) {
  for (std::size_t head = 0; head < tracks.size(); ++head) {
    if (!tracks[head].failure) draw(clip, tracks[head], head);
  }
}

void Explanations::draw(const clips::ClipSource& clip, const ScoredTrack& track, std::size_t head) {
  const int cls = answered(track.score->prediction);
  const auto& windows = track.score->windows;
  const auto clearest = std::max_element(windows.begin(), windows.end(), [&](const auto& a, const auto& b) {
    return support(a.prediction, cls) < support(b.prediction, cls);
  });
  const auto found = scorer_.evidence(clip, head, *clearest, cls);
  if (!found) {
    shell::write_note("explain: " + shell::one_line(found.error().detail));
    return;
  }
  const double value = support(clearest->prediction, cls);
  const std::string said =
      scorer_.is_regression() ? fmt::format("a high value ({:.4g})", value)
                              : fmt::format("{} ({:.2f})", scorer_.class_names()[static_cast<std::size_t>(cls)], value);
  const bool is_found = std::any_of(found->weights.begin(), found->weights.end(), [](float w) { return w > 0.0F; });
  const std::string title =
      fmt::format("{}: {}{}, {:.1f} to {:.1f} s, {}", shell::one_line(clip.path.filename().string()), said,
                  is_found ? "" : " (no place speaks for it)", scorer_.seconds(clearest->first),
                  scorer_.seconds(clearest->end), track.head);
  const auto png = dsp::overlay_png(found->spectrogram, found->weights, scorer_.front_end_config(), title);
  const std::string id = ingest::safe_file_name(clip.id);
  const auto path = path_for(scorer_.heads().size() > 1 ? id + "." + track.head : id);
  ingest::write_file(path, std::as_bytes(std::span(png)));
}

}  // namespace hitscope::apps::score
