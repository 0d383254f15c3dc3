#include "apps/train/epoch_watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/words.h"
#include "models/neural/recipes/network_options.h"

namespace hitscope::apps::train {
namespace {

using nlohmann::ordered_json;

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

}  // namespace

double Pace::seconds_left(int number, int at_most) {
  const double now = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (n_epochs_++ == 0) first_ = now;
  // The first epoch's time includes preparations, and after a checkpoint within the epoch only its rest.
  const double mean = n_epochs_ == 1 ? now : (now - first_) / (n_epochs_ - 1);
  return mean * (at_most - number);
}

EpochWatch::EpochWatch(std::string head, const models::FitOptions& options, bool has_classes,
                       std::filesystem::path tensorboard)
    : head_(std::move(head)),
      metric_(metric_name(options.of<models::neural::recipes::NetworkOptions>(), has_classes)),
      max_epochs_(options.of<models::neural::recipes::NetworkOptions>().max_epochs),
      tensorboard_(std::move(tensorboard)) {}

void EpochWatch::operator()(const models::Epoch& epoch) {
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

void EpochWatch::continues(int epoch, int at_most) const {
  if (shell::is_quiet()) return;
  if (::isatty(STDERR_FILENO) == 1) {
    shell::write_stderr(fmt::format("{}: continuing at epoch {} of {}\n", head_, epoch, at_most));
  } else {
    shell::write_stderr(
        ordered_json{{"event", "continue"}, {"head", head_}, {"epoch", epoch}, {"at_most", at_most}}.dump() + "\n");
  }
}

}  // namespace hitscope::apps::train
