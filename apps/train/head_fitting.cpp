#include "apps/train/head_fitting.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/runs/run_folder.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "apps/train/event_file.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "models/heads/heads.h"
#include "models/neural/ranks/rank_place.h"
#include "models/neural/recipes/network_options.h"

namespace hitscope::apps::train {
namespace {

using nlohmann::ordered_json;

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Estimates the remaining time of a fit from the epochs of this process.
class Pace {
 public:
  /// The remaining seconds if later epochs take as long as those so far; early stopping may end the fit before.
  double seconds_left(int number, int at_most) {
    const double now = since(start_);
    if (n_epochs_++ == 0) first_ = now;
    // The first epoch's time includes preparations, and after a checkpoint within the epoch only its rest.
    const double mean = n_epochs_ == 1 ? now : (now - first_) / (n_epochs_ - 1);
    return mean * (at_most - number);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double first_ = 0.0;
  int n_epochs_ = 0;
};

/// One line per epoch: redrawn on a terminal, JSON otherwise.
void show_epoch(const std::string& head, const std::string& metric, const models::Epoch& epoch, int at_most,
                double seconds_left) {
  if (::isatty(STDERR_FILENO) == 1) {
    std::string seen = fmt::format("validation loss {:.4f}", epoch.validation_loss);
    if (!std::isnan(epoch.metric)) seen += fmt::format(", {} {:.3f}", metric, epoch.metric);
    if (epoch.is_best) seen += " (best)";
    if (epoch.samples_per_s > 0.0) seen += fmt::format(", {:.0f} clips/s", epoch.samples_per_s);
    shell::write_stderr(fmt::format("\r{}: epoch {} of at most {}, training loss {:.4f}, {}, at most {} left\x1b[K",
                                    head, epoch.number, at_most, epoch.train_loss, seen,
                                    shell::duration_text(seconds_left)));
    return;
  }
  const ordered_json line{{"event", "epoch"},
                          {"head", head},
                          {"epoch", epoch.number},
                          {"train_loss", epoch.train_loss},
                          {"validation_loss", epoch.validation_loss},
                          {"metric", epoch.metric},
                          {"metric_name", metric},
                          {"best", epoch.is_best},
                          {"samples_per_s", epoch.samples_per_s},
                          {"waited_for_data", epoch.waited_share},
                          {"eta_s", std::round(seconds_left * 1000.0) / 1000.0}};
  shell::write_stderr(line.dump() + "\n");
}

/// The name of the score in Epoch::metric.
std::string metric_name(const models::neural::recipes::NetworkOptions& options, bool has_classes) {
  using models::neural::recipes::ObjectiveKind;
  using models::neural::recipes::StopMetric;
  const StopMetric metric = options.recipe.stop_metric;
  if (metric != StopMetric::kLoss) return std::string(to_string(metric));
  if (has_classes) return std::string(to_string(StopMetric::kMacroF1));
  return std::string(to_string(options.objective == ObjectiveKind::kRanking ? StopMetric::kSpearman : StopMetric::kR2));
}

/// Shows every epoch of a fit, and writes it for TensorBoard where `tensorboard` is not empty.
class Watch {
 public:
  Watch(std::string head, std::string metric, int max_epochs, std::filesystem::path tensorboard)
      : head_(std::move(head)),
        metric_(std::move(metric)),
        max_epochs_(max_epochs),
        tensorboard_(std::move(tensorboard)) {}

  void operator()(const models::Epoch& epoch) {
    const int at_most = epoch.at_most > 0 ? epoch.at_most : max_epochs_;
    if (!shell::is_quiet()) show_epoch(head_, metric_, epoch, at_most, pace_.seconds_left(epoch.number, at_most));
    if (tensorboard_.empty()) return;
    std::vector<Scalar> scalars{{"loss/train", epoch.train_loss}, {"loss/validation", epoch.validation_loss}};
    if (!std::isnan(epoch.metric)) scalars.push_back({metric_ + "/validation", epoch.metric});
    if (epoch.samples_per_s > 0.0) {  // trees count none
      scalars.push_back({"samples_per_s", epoch.samples_per_s});
      scalars.push_back({"waited_share", epoch.waited_share});
    }
    if (!events_) events_.emplace(tensorboard_, epoch.number);
    events_->add(epoch.number, scalars);
  }

 private:
  std::string head_;
  std::string metric_;
  int max_epochs_;
  std::filesystem::path tensorboard_;
  Pace pace_;
  std::optional<EventFile> events_;  // from the first epoch on
};

std::string marker_json(const FittedHead& fitted) {
  ordered_json epochs = ordered_json::array();
  for (const models::Epoch& e : fitted.summary.history) {
    epochs.push_back({{"epoch", e.number},
                      {"train_loss", e.train_loss},
                      {"validation_loss", e.validation_loss},
                      {"metric", e.metric},
                      {"best", e.is_best}});
  }
  ordered_json trials = ordered_json::array();
  for (const models::LearningRateTrial& t : fitted.summary.learning_rate_trials) {
    trials.push_back({{"learning_rate", t.learning_rate}, {"loss", t.loss}});
  }
  return ordered_json{{"n_parameters", fitted.summary.n_parameters},
                      {"learning_rate", fitted.summary.learning_rate},
                      {"learning_rate_trials", trials},
                      {"fit_s", fitted.fit_s},
                      {"predict_s", fitted.predict_s},
                      {"files", fitted.files},
                      {"epochs", epochs}}
             .dump(2) +
         "\n";
}

void read_marker(const std::filesystem::path& path, FittedHead& fitted) try {
  const auto j =
      dsp::parse_json<ordered_json>(ingest::read_beneath(path.parent_path(), path.filename(), ingest::kMostJsonBytes));
  fitted.summary.n_parameters = j.at("n_parameters");
  fitted.summary.learning_rate = j.at("learning_rate");
  for (const auto& t : j.at("learning_rate_trials")) {
    fitted.summary.learning_rate_trials.push_back({t.at("learning_rate"), t.at("loss")});
  }
  fitted.fit_s = j.at("fit_s");
  fitted.predict_s = j.at("predict_s");
  fitted.files = j.at("files").get<std::vector<std::string>>();
  for (const auto& e : j.at("epochs")) {
    models::Epoch epoch;
    epoch.number = e.at("epoch");
    epoch.train_loss = e.at("train_loss");
    epoch.validation_loss = e.at("validation_loss");
    if (!e.at("metric").is_null()) epoch.metric = e.at("metric");
    epoch.is_best = e.at("best");
    fitted.summary.history.push_back(epoch);
  }
} catch (const dsp::JsonError& e) {
  throw shell::UsageError(path.string() + ": " + e.what());
} catch (const ordered_json::exception& e) {
  throw shell::UsageError(path.string() + ": " + e.what());
}

/// fit(), its errors about the checkpoint with the file and what to do.
template <typename Fit>
models::FitSummary fit_from(const std::filesystem::path& checkpoint, const Fit& fit) {
  try {
    return fit();
  } catch (const models::CheckpointError& e) {
    throw shell::UsageError(checkpoint.string() + ": " + e.what() + "; remove it to begin this head anew");
  }
}

/// A file of the folder; empty if there is none.
std::string text_if_there(const std::filesystem::path& folder, const std::filesystem::path& name) {
  return ingest::has_entry(folder, name) ? ingest::read_beneath(folder, name, ingest::kMostWeightBytes) : "";
}

/// Names of the files that were written.
std::vector<std::string> write_files(const models::Head& head, const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const auto& [file, bytes] : head.save()) {
    ingest::write_file(folder / file, bytes);
    files.push_back(file);
  }
  return files;
}

}  // namespace

FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::data::Examples& examples,
                         const models::data::Targets& targets, const models::data::TrainingFold& fold,
                         models::FitOptions options, const std::filesystem::path& folder, bool tensorboard) {
  const std::string name(head->name());
  const std::filesystem::path marker = folder / (name + ".history.json");
  const std::filesystem::path checkpoint = folder / (name + ".checkpoint");
  FittedHead fitted;
  const bool is_done = ingest::has_entry(folder, marker.filename());
  if (options.ranks != nullptr && head->input() != models::HeadInput::kTable) {
    models::neural::ranks::any_rank(*options.ranks, !is_done);  // see assist()
  }
  if (is_done) {
    read_marker(marker, fitted);
    const auto files = runs::read_files(folder, name, fitted.files, marker.filename());
    fitted.head = runs::load_head(folder, name, files, n_classes_of(targets));
  } else {
    options.checkpoint = text_if_there(folder, checkpoint.filename());
    options.save_checkpoint = [&](const std::string& bytes) { ingest::write_file(checkpoint, bytes); };
    options.save_batch = [path = folder / (name + ".bad_batch.safetensors")](const std::string& bytes) {
      ingest::write_file(path, bytes);
      return path.string();
    };
    const auto& networks = options.of<models::neural::recipes::NetworkOptions>();
    Watch watch(name, metric_name(networks, n_classes_of(targets) > 0), networks.max_epochs,
                tensorboard ? folder / "tensorboard" / name : std::filesystem::path());
    options.on_epoch = [&](const models::Epoch& epoch) { watch(epoch); };
    options.stop = &shell::stop_flag();
    const auto start = std::chrono::steady_clock::now();
    fitted.summary = fit_from(checkpoint, [&] { return head->fit(examples, targets, fold, options); });
    fitted.fit_s = since(start);
    if (!fitted.summary.history.empty() && ::isatty(STDERR_FILENO) == 1) shell::write_stderr("\n");
    if (fitted.summary.stopped || shell::stop_flag()) return {};
    fitted.files = write_files(*head, folder);
    ingest::write_file(marker, marker_json(fitted));  // last: its presence means the head is fitted
    std::filesystem::remove(checkpoint);
    fitted.head = std::move(head);
  }
  for (const std::string& file : fitted.files) fitted.n_bytes += std::filesystem::file_size(folder / file);
  return fitted;
}

bool assist(const std::vector<std::string>& heads, const models::data::Examples& examples,
            const models::data::Targets& targets, const models::data::TrainingFold& fold, models::FitOptions options) {
  options.stop = &shell::stop_flag();
  for (const std::string& name : heads) {
    const models::HeadInfo& info = models::heads::head_named(name);
    if (info.input == models::HeadInput::kTable || !models::neural::ranks::any_rank(*options.ranks, false)) continue;
    if (info.make()->fit(examples, targets, fold, options).stopped) return false;
  }
  return true;
}

void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder) {
  ingest::write_file(folder / (std::string(fitted.head->name()) + ".history.json"), marker_json(fitted));
}

}  // namespace hitscope::apps::train
