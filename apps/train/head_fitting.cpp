#include "apps/train/head_fitting.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "apps/runs/run_folder.h"
#include "apps/shell/verb.h"
#include "apps/train/epoch_watch.h"
#include "apps/train/limits.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "models/head_files.h"
#include "models/heads/heads.h"
#include "models/neural/ranks/rank_place.h"
#include "models/neural/recipes/network_options.h"

namespace hitscope::apps::train {
namespace {

using nlohmann::ordered_json;

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
                      {"limits", fitted.limits},
                      {"note", fitted.summary.note},
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
  fitted.limits = j.value("limits", ordered_json::object());
  fitted.summary.note = j.value("note", "");
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
    throw shell::UsageError(checkpoint.string() + ": " + e.what() +
                            "; remove it to begin this head anew, or use another `out`, where `warm_start` begins with "
                            "the weights of a finished run");
  }
}

/// Whether a fitted head is what these limits give: heads without epochs have none.
bool is_within(const FittedHead& fitted, const ordered_json& limits) {
  return fitted.summary.history.empty() || fitted.limits == limits;
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

/// Where a head's files are in a folder.
struct HeadPlaces {
  HeadPlaces(const std::filesystem::path& in, std::string head)
      : name(std::move(head)),
        stem(models::file_stem(name)),
        folder(in),
        marker(in / (stem + ".history.json")),
        checkpoint(in / (stem + ".checkpoint")),
        last(in / (stem + ".training.safetensors")) {}

  /// The checkpoint to go on from: that of an interrupted fit, or the end of a finished one.
  std::filesystem::path begun() const { return ingest::has_entry(folder, checkpoint.filename()) ? checkpoint : last; }
  /// Keeps the last checkpoint of a fit that is over, or removes it.
  void settle(bool keeps) const {
    if (keeps && ingest::has_entry(folder, checkpoint.filename())) {
      std::filesystem::rename(checkpoint, last);
    } else {
      std::filesystem::remove(checkpoint);
    }
  }

  std::string name;
  std::string stem;
  std::filesystem::path folder;
  std::filesystem::path marker;
  std::filesystem::path checkpoint;
  std::filesystem::path last;
};

/// Fits from the checkpoint that is there, or from the start. False where it was stopped.
bool fit_anew(models::Head& head, const models::data::Examples& examples, const models::data::Targets& targets,
              const models::data::TrainingFold& fold, models::FitOptions& options, const HeadPlaces& places,
              bool tensorboard, FittedHead& fitted) {
  const std::filesystem::path from = places.begun();
  options.checkpoint = text_if_there(places.folder, from.filename());
  options.save_checkpoint = [&](const std::string& bytes) { ingest::write_file(places.checkpoint, bytes); };
  options.save_batch = [path = places.folder / (places.stem + ".bad_batch.safetensors")](const std::string& bytes) {
    ingest::write_file(path, bytes);
    return path.string();
  };
  EpochWatch watch(places.name, options, n_classes_of(targets) > 0,
                   tensorboard ? places.folder / "tensorboard" / places.stem : std::filesystem::path());
  options.on_epoch = [&](const models::Epoch& epoch) { watch(epoch); };
  options.on_continue = [&](int epoch, int at_most) { watch.continues(epoch, at_most); };
  options.stop = &shell::stop_flag();
  const auto start = std::chrono::steady_clock::now();
  fitted.summary = fit_from(from, [&] { return head.fit(examples, targets, fold, options); });
  fitted.fit_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!fitted.summary.history.empty() && ::isatty(STDERR_FILENO) == 1) shell::write_stderr("\n");
  return !fitted.summary.stopped && !shell::stop_flag();
}

}  // namespace

FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::data::Examples& examples,
                         const models::data::Targets& targets, const models::data::TrainingFold& fold,
                         models::FitOptions options, const std::filesystem::path& folder, bool tensorboard) {
  const HeadPlaces places(folder, head->name());
  const std::string& name = places.name;
  FittedHead fitted;
  fitted.limits = limits_of(options);
  const ordered_json limits = fitted.limits;
  bool is_done = ingest::has_entry(folder, places.marker.filename());
  if (is_done) {
    read_marker(places.marker, fitted);
    if (fitted.limits.empty()) fitted.limits = limits_in(folder, limits);  // of an earlier version
    is_done = is_within(fitted, limits);
  }
  if (options.ranks != nullptr && head->input() != models::HeadInput::kTable) {
    models::neural::ranks::any_rank(*options.ranks, !is_done);  // see assist()
  }
  if (is_done) {
    const auto files = runs::read_files(folder, name, fitted.files, places.marker.filename());
    fitted.head = runs::load_head(folder, name, files, n_classes_of(targets));
  } else {
    const double earlier_s = fitted.fit_s;
    fitted = {};
    fitted.limits = limits;
    if (!fit_anew(*head, examples, targets, fold, options, places, tensorboard, fitted)) return {};
    if (!options.checkpoint.empty()) fitted.fit_s += earlier_s;
    std::filesystem::remove(places.marker);  // of other limits: it must not stand for these weights
    fitted.files = write_files(*head, folder);
    ingest::write_file(places.marker, marker_json(fitted));  // last: its presence means the head is fitted
    places.settle(options.keeps_checkpoint);
    fitted.head = std::move(head);
  }
  for (const std::string& file : fitted.files) fitted.n_bytes += std::filesystem::file_size(folder / file);
  return fitted;
}

void check_continuation(const models::Head& head, models::FitOptions options, const std::filesystem::path& folder) {
  const HeadPlaces places(folder, head.name());
  if (!ingest::has_entry(folder, places.marker.filename())) return;
  FittedHead fitted;
  read_marker(places.marker, fitted);
  const ordered_json limits = limits_of(options);
  if (fitted.limits.empty()) fitted.limits = limits_in(folder, limits);
  const std::filesystem::path from = places.begun();
  options.checkpoint = text_if_there(folder, from.filename());
  if (is_within(fitted, limits) || options.checkpoint.empty()) return;
  fit_from(from, [&] {
    head.check_checkpoint(options);
    return models::FitSummary{};
  });
}

bool assist(const std::vector<std::string>& heads, const models::data::Examples& examples,
            const models::data::Targets& targets, const models::data::TrainingFold& fold, models::FitOptions options) {
  options.stop = &shell::stop_flag();
  for (const std::string& name : heads) {
    const models::HeadInfo& info = models::heads::head_named(name);
    if (info.input == models::HeadInput::kTable || !models::neural::ranks::any_rank(*options.ranks, false)) continue;
    if (models::heads::make_head(name)->fit(examples, targets, fold, options).stopped) return false;
  }
  return true;
}

void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder) {
  ingest::write_file(HeadPlaces(folder, fitted.head->name()).marker, marker_json(fitted));
}

}  // namespace hitscope::apps::train
