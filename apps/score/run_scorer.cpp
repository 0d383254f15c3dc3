#include "apps/score/run_scorer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <iterator>
#include <span>
#include <utility>
#include <variant>

#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "models/heads/heads.h"

namespace hitscope::apps::score {
namespace {

using ingest::Failure;

bool hears_alone(const runs::BundleHead& head) {
  return models::heads::head_named(head.name).input == models::HeadInput::kSpectrogram;
}

/// The heads that `config` asks for, best first: those with spectrogram input alone can answer.
std::vector<runs::BundleHead> chosen_heads(const ScoreRunConfig& config, const runs::Bundle& bundle) {
  const std::string run = config.run.string();
  std::vector<runs::BundleHead> able;
  std::copy_if(bundle.heads.begin(), bundle.heads.end(), std::back_inserter(able), hears_alone);
  if (able.empty() || !bundle.front_end) {
    throw shell::UsageError(run +
                            ": holds no head with spectrogram input alone; score does not read table columns, so train "
                            "a network with --spectrograms");
  }
  if (config.head.empty()) able.resize(1);
  if (config.head.empty() || config.head == kAllHeads) return able;
  std::vector<std::string> names;
  for (const runs::BundleHead& head : able) {
    if (head.name == config.head) return {head};
    names.push_back(head.name);
  }
  const bool is_held = std::any_of(bundle.heads.begin(), bundle.heads.end(),
                                   [&](const runs::BundleHead& head) { return head.name == config.head; });
  const std::string why = is_held ? "it needs table columns, which score does not read" : run + " holds no such head";
  throw shell::UsageError(
      fmt::format("--head {}: {}; these of {} can answer: {}", config.head, why, run, fmt::join(names, ", ")));
}

bool is_finite(const models::data::Predictions& predictions) {
  return std::visit(
      [](const auto& answer) {
        return std::all_of(answer.values.begin(), answer.values.end(), [](double v) { return std::isfinite(v); });
      },
      predictions);
}

Failure score_failure(ingest::FailureKind kind, const std::string& file, const std::string& why) {
  return {ingest::Stage::kScore, kind, file + ": " + why};
}

/// Scores a sound as it is decoded. What goes wrong in that is kept until the file is known to be good: a reason not to
/// use the file at all comes first.
class ScoringSink final : public ingest::SampleSink {
 public:
  explicit ScoringSink(models::heads::Scorer& scorer) : scorer_(scorer) { scorer_.clear(); }

  void begin(int /*sample_rate*/, std::size_t /*n_expected*/) override {
    scorer_.clear();
    error_ = nullptr;
  }
  bool take(std::span<const float> samples) override {
    was_stopped_ = was_stopped_ || shell::stop_flag();
    if (was_stopped_) return false;
    if (error_) return true;
    try {
      scorer_.add(samples);
    } catch (...) {
      error_ = std::current_exception();
    }
    return true;
  }

  bool was_stopped() const { return was_stopped_; }
  /// The scores of the heads, or why there are none.
  tl::expected<std::vector<models::heads::Score>, Failure> scores(const std::string& file) {
    try {
      if (error_) std::rethrow_exception(error_);
      return scorer_.finish();
    } catch (const models::SpectrogramError&) {
      return tl::make_unexpected(score_failure(ingest::FailureKind::kNotFinite, file,
                                               "its spectrogram is not finite; its samples should lie within [-1, 1]"));
    } catch (const std::exception& e) {  // a file that cannot be scored is its row's failure
      return tl::make_unexpected(score_failure(ingest::FailureKind::kUndecodable, file, e.what()));
    }
  }

 private:
  models::heads::Scorer& scorer_;
  std::exception_ptr error_;
  bool was_stopped_ = false;
};

/// Keeps the samples of one window.
class WindowSink final : public ingest::SampleSink {
 public:
  explicit WindowSink(const models::heads::WindowScore& window) : first_(window.first), end_(window.end) {}

  void begin(int /*sample_rate*/, std::size_t /*n_expected*/) override {
    n_taken_ = 0;
    samples_.clear();
  }
  bool take(std::span<const float> samples) override {
    const std::size_t from = std::min(samples.size(), first_ > n_taken_ ? first_ - n_taken_ : 0);
    const std::size_t to = std::min(samples.size(), end_ - std::min(end_, n_taken_));
    if (from < to) {
      samples_.insert(samples_.end(), samples.begin() + static_cast<std::ptrdiff_t>(from),
                      samples.begin() + static_cast<std::ptrdiff_t>(to));
    }
    n_taken_ += samples.size();
    return n_taken_ < end_;
  }
  bool is_whole() const { return samples_.size() == end_ - first_; }
  const std::vector<float>& samples() const { return samples_; }

 private:
  std::size_t first_;
  std::size_t end_;
  std::size_t n_taken_ = 0;
  std::vector<float> samples_;
};

}  // namespace

RunScorer::RunScorer(const ScoreRunConfig& config) : bundle_(runs::read_bundle(config.run)) {
  std::vector<std::unique_ptr<models::Head>> loaded;
  for (const runs::BundleHead& head : chosen_heads(config, bundle_)) {
    heads_.push_back(head.name);
    loaded.push_back(
        runs::load_head(config.run, head.name, runs::read_files(config.run, head), bundle_.labels.n_classes()));
    loaded.back()->predict_in(config.precision);
  }
  const spectrograms::RenderSettings& settings = *bundle_.front_end;
  front_end_ = front_end_hash(settings);
  sample_rate_ = settings.front_end.sample_rate;
  reader_.emplace(settings.front_end, config.rules);
  scorer_.emplace(std::move(loaded), settings.front_end, static_cast<std::size_t>(settings.n_samples()));
  if (config.windows || !config.explain.empty()) scorer_->keep_windows();
}

std::vector<ScoredTrack> RunScorer::score(const clips::ClipSource& clip) {
  std::vector<ScoredTrack> tracks;
  const std::string file = clip.path.empty() ? clip.name : shell::name_text(clip.path.string());
  for (const std::string& head : heads_) tracks.push_back({file, head, 0.0, 0.0, std::nullopt, clip.failure});
  if (clip.failure) return tracks;
  const auto failed = [&](Failure failure) {
    failure.stage = failure.stage == ingest::Stage::kDecode ? failure.stage : ingest::Stage::kScore;
    for (ScoredTrack& track : tracks) track.failure = failure;
    return tracks;
  };
  ScoringSink sink(*scorer_);
  const auto sound = reader_->stream(clip.path, file, sink);
  if (sink.was_stopped()) return {};
  if (!sound) return failed(sound.error());
  auto scores = sink.scores(file);
  if (!scores) return failed(std::move(scores.error()));
  for (std::size_t h = 0; h < tracks.size(); ++h) {
    models::heads::Score& score = (*scores)[h];
    tracks[h].duration_s = sound->length_s(sound->duration_s(), sound->sample_rate);
    tracks[h].heard_s = std::min(sound->duration_s(), static_cast<double>(score.n_heard) / sample_rate_);
    if (is_finite(score.prediction)) {
      tracks[h].score = std::move(score);
    } else {
      tracks[h].failure = score_failure(ingest::FailureKind::kNotFinite, file, "the prediction is not finite");
    }
  }
  return tracks;
}

tl::expected<models::heads::Evidence, Failure> RunScorer::evidence(const clips::ClipSource& clip, std::size_t head,
                                                                   const models::heads::WindowScore& window, int cls) {
  WindowSink sink(window);
  const auto sound = reader_->stream(clip.path, clip.name, sink);
  if (!sink.is_whole()) {
    return tl::make_unexpected(
        sound ? score_failure(ingest::FailureKind::kUnreadable, clip.name, "is shorter than when it was scored")
              : sound.error());
  }
  return scorer_->evidence(head, sink.samples(), cls);
}

}  // namespace hitscope::apps::score
