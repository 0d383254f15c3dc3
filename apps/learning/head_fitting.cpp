#include "apps/learning/head_fitting.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "apps/learning/run_folder.h"
#include "apps/learning/text_file.h"
#include "apps/pipeline/verb.h"
#include "ingest/files.h"

namespace hitscope::apps {
namespace {

using nlohmann::ordered_json;

/// One line per epoch: redrawn on a terminal, JSON otherwise.
void show_epoch(const std::string& head, const models::Epoch& epoch, int max_epochs) {
  if (::isatty(STDERR_FILENO) == 1) {
    fmt::print(stderr, "\r{}: epoch {} of at most {}, training loss {:.4f}, validation loss {:.4f}{}\x1b[K", head,
               epoch.number, max_epochs, epoch.train_loss, epoch.validation_loss, epoch.is_best ? " (best)" : "");
    return;
  }
  const ordered_json line{{"event", "epoch"},
                          {"head", head},
                          {"epoch", epoch.number},
                          {"train_loss", epoch.train_loss},
                          {"validation_loss", epoch.validation_loss},
                          {"best", epoch.is_best},
                          {"samples_per_s", epoch.samples_per_s},
                          {"waited_for_data", epoch.waited_share}};
  fmt::print(stderr, "{}\n", line.dump());
}

std::string marker_json(const FittedHead& fitted) {
  ordered_json epochs = ordered_json::array();
  for (const models::Epoch& e : fitted.summary.history) {
    epochs.push_back({{"epoch", e.number},
                      {"train_loss", e.train_loss},
                      {"validation_loss", e.validation_loss},
                      {"best", e.is_best}});
  }
  return ordered_json{{"n_parameters", fitted.summary.n_parameters},
                      {"fit_s", fitted.fit_s},
                      {"predict_s", fitted.predict_s},
                      {"files", fitted.files},
                      {"epochs", epochs}}
             .dump(2) +
         "\n";
}

void read_marker(const std::filesystem::path& path, FittedHead& fitted) try {
  const auto j = ordered_json::parse(read_text(path));
  fitted.summary.n_parameters = j.at("n_parameters");
  fitted.fit_s = j.at("fit_s");
  fitted.predict_s = j.at("predict_s");
  fitted.files = j.at("files").get<std::vector<std::string>>();
  for (const auto& e : j.at("epochs")) {
    fitted.summary.history.push_back({e.at("epoch"), e.at("train_loss"), e.at("validation_loss"), e.at("best")});
  }
} catch (const ordered_json::exception& e) {
  throw UsageError(path.string() + ": " + e.what());
}

}  // namespace

FittedHead fit_in_folder(std::unique_ptr<models::Head> head, const models::Dataset& data,
                         const models::TrainingFold& fold, models::FitOptions options,
                         const std::filesystem::path& folder) {
  const std::string name(head->name());
  const std::filesystem::path marker = folder / (name + ".history.json");
  const std::filesystem::path checkpoint = folder / (name + ".checkpoint");
  FittedHead fitted;
  if (std::filesystem::exists(marker)) {
    read_marker(marker, fitted);
    fitted.head = load_head(folder, {name, fitted.files}, data.n_classes);
  } else {
    if (std::filesystem::exists(checkpoint)) options.checkpoint = read_text(checkpoint);
    options.save_checkpoint = [&](const std::string& bytes) { ingest::write_file(checkpoint, bytes); };
    options.on_epoch = [&](const models::Epoch& epoch) { show_epoch(name, epoch, options.max_epochs); };
    options.stop = &stop_flag();
    const auto start = std::chrono::steady_clock::now();
    fitted.summary = head->fit(data, fold, options);
    fitted.fit_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!fitted.summary.history.empty() && ::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\n");
    if (fitted.summary.stopped || stop_flag()) return {};
    for (const auto& [file, bytes] : head->save()) {
      ingest::write_file(folder / file, bytes);
      fitted.files.push_back(file);
    }
    ingest::write_file(marker, marker_json(fitted));  // last: its presence means the head is fitted
    std::filesystem::remove(checkpoint);
    fitted.head = std::move(head);
  }
  for (const std::string& file : fitted.files) fitted.n_bytes += std::filesystem::file_size(folder / file);
  return fitted;
}

void remember_prediction(const FittedHead& fitted, const std::filesystem::path& folder) {
  ingest::write_file(folder / (std::string(fitted.head->name()) + ".history.json"), marker_json(fitted));
}

}  // namespace hitscope::apps
