#include "apps/pipeline/train_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/pipeline/failure_summary.h"
#include "apps/pipeline/leaderboard.h"
#include "apps/pipeline/report.h"
#include "apps/pipeline/run_folder.h"
#include "apps/pipeline/run_tables.h"
#include "apps/pipeline/workers.h"
#include "ingest/files.h"
#include "ingest/sha256.h"
#include "ingest/tables/csv.h"

namespace hitscope::apps {
namespace {

using models::Part;
using models::Split;
using nlohmann::ordered_json;

std::vector<std::string> chosen_heads(const TrainRunConfig& config, const TrainData& data) {
  const bool table = !data.dataset.table.empty();
  const bool spectrograms = data.store != nullptr;
  std::vector<std::string> heads;
  for (const std::string& name : config.heads.empty() ? models::head_names() : config.heads) {
    const bool wants_table = models::make_head(name)->input() == models::HeadInput::kTable;
    if (wants_table ? table : spectrograms) {
      heads.push_back(name);
    } else if (!config.heads.empty()) {
      throw UsageError(
          "--heads " + name +
          (wants_table ? " needs table columns, and the catalogue has none to use" : " needs --spectrograms"));
    }
  }
  if (heads.empty()) throw UsageError("there is nothing to train on: no --spectrograms and no usable feature columns");
  return heads;
}

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
                          {"best", epoch.is_best}};
  fmt::print(stderr, "{}\n", line.dump());
}

std::string history_json(const models::FitSummary& summary) {
  ordered_json epochs = ordered_json::array();
  for (const models::Epoch& e : summary.history) {
    epochs.push_back({{"epoch", e.number},
                      {"train_loss", e.train_loss},
                      {"validation_loss", e.validation_loss},
                      {"best", e.is_best}});
  }
  return ordered_json{{"n_parameters", summary.n_parameters}, {"epochs", epochs}}.dump(2) + "\n";
}

models::FitSummary history_from(const std::string& text) {
  models::FitSummary summary;
  const auto j = ordered_json::parse(text);
  summary.n_parameters = j.at("n_parameters");
  for (const auto& e : j.at("epochs")) {
    summary.history.push_back({e.at("epoch"), e.at("train_loss"), e.at("validation_loss"), e.at("best")});
  }
  return summary;
}

/// One split's run in one folder.
class TrainRun {
 public:
  TrainRun(const TrainRunConfig& config, const TrainData& data, SplitKind kind, std::filesystem::path folder)
      : config_(config),
        data_(data),
        kind_(kind),
        folder_(std::move(folder)),
        lock_(folder_),
        split_(make_split(config.split, data, kind)),
        fold_(split_.training_fold()),
        test_(split_.rows(Part::kTest)),
        heads_(chosen_heads(config, data)) {}

  /// False where it was stopped.
  bool run() {
    claim_folder();
    facts_ = describe(data_, split_, kind_, config_.split.config.seed);
    for (const std::string& fact : facts_) std::cout << fact << '\n';
    std::cout.flush();
    for (const std::string& name : heads_) {
      if (!fit(name)) return false;
    }
    evaluate();
    if (!is_complete()) write_outputs();
    std::cout << text_table(leaderboard_cells(rows_)) << "run folder: " << folder_.string()
              << " (report.html, metrics.json, predictions.csv, …)\n";
    return true;
  }

  const std::vector<LeaderboardRow>& rows() const { return rows_; }

 private:
  std::string settings() const {
    const TrainDataConfig& d = config_.data;
    ordered_json j{{"catalogue_sha256", ingest::sha256_hex(read_text(d.catalogue))},
                   {"index_sha256", nullptr},
                   {"front_end_hash", nullptr},
                   {"target", data_.target_column},
                   {"thresholds", data_.labels->thresholds()},
                   {"class_names", data_.labels->class_names()},
                   {"features", d.features},
                   {"split", to_string(kind_)},
                   {"group_column", data_.group_column},
                   {"id_column", d.columns.id},
                   {"artist_column", d.columns.artist},
                   {"split_column", d.split_column},
                   {"test_fold", config_.split.test_fold},
                   {"test_fraction", config_.split.config.test_fraction},
                   {"validation_fraction", config_.split.config.validation_fraction},
                   {"seed", config_.split.config.seed},
                   {"heads", heads_},
                   {"max_epochs", config_.fit.max_epochs},
                   {"patience", config_.fit.patience},
                   {"batch_size", config_.fit.batch_size},
                   {"learning_rate", config_.fit.learning_rate},
                   {"threads", resolved_threads(config_.n_threads)}};
    if (data_.store) {
      std::string indices;
      for (const auto& index : data_.store->index_files()) indices += read_text(index);
      j["index_sha256"] = ingest::sha256_hex(indices);
      j["front_end_hash"] = front_end_hash(data_.store->settings());
    }
    return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }

  void claim_folder() {
    settings_ = settings();
    const std::filesystem::path path = folder_ / "run.json";
    if (!std::filesystem::exists(path)) {
      ingest::write_file(path, settings_);
      return;
    }
    const std::string found = read_text(path);
    if (found == settings_) return;
    std::string differences;
    const auto theirs = ordered_json::parse(found, nullptr, false);
    const auto ours = ordered_json::parse(settings_);
    for (const auto& [key, value] : ours.items()) {
      const std::string there = theirs.is_object() && theirs.contains(key) ? theirs[key].dump() : "missing";
      if (there != value.dump()) differences += fmt::format(" {} is {} there and {} now;", key, there, value.dump());
    }
    throw UsageError(path.string() + ": the folder holds another run:" + differences + " use another --out");
  }

  /// Fits a head or takes up what a former run left. False where it was stopped.
  bool fit(const std::string& name) {
    auto head = models::make_head(name);
    const std::filesystem::path marker = folder_ / (name + ".history.json");
    const std::filesystem::path checkpoint = folder_ / (name + ".checkpoint");
    if (std::filesystem::exists(marker)) {
      histories_[name] = history_from(read_text(marker));
      fitted_[name] = load_head(folder_, {name, files_of(name)}, data_.labels->class_names().size());
      return true;
    }
    models::FitOptions options = config_.fit;
    options.seed = config_.split.config.seed;
    if (std::filesystem::exists(checkpoint)) options.checkpoint = read_text(checkpoint);
    options.save_checkpoint = [&](const std::string& bytes) { ingest::write_file(checkpoint, bytes); };
    options.on_epoch = [&](const models::Epoch& epoch) { show_epoch(name, epoch, options.max_epochs); };
    options.stop = &stop_flag();
    models::FitSummary summary = head->fit(data_.dataset, fold_, options);
    if (!summary.history.empty() && ::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\n");
    if (summary.stopped || stop_flag()) return false;
    for (const auto& [file, bytes] : head->save()) ingest::write_file(folder_ / file, bytes);
    ingest::write_file(marker, history_json(summary));  // last: its presence means the head is fitted
    std::filesystem::remove(checkpoint);
    histories_[name] = std::move(summary);
    fitted_[name] = std::move(head);
    return true;
  }

  /// A head's files are NAME.safetensors and its JSON companions.
  std::vector<std::string> files_of(const std::string& name) const {
    std::vector<std::string> files;
    for (const char* suffix : {".safetensors", ".features.json", ".json"}) {
      if (std::filesystem::exists(folder_ / (name + suffix))) files.push_back(name + suffix);
    }
    return files;
  }

  void evaluate() {
    std::vector<int> targets;
    std::vector<std::string> groups;
    for (const std::size_t row : test_) {
      targets.push_back(data_.dataset.targets[row]);
      groups.push_back(data_.groups[row]);
    }
    std::vector<int> training_targets;
    for (const std::size_t row : fold_.train_rows()) training_targets.push_back(data_.dataset.targets[row]);
    const int n_classes = data_.labels->n_classes();
    const auto majority = models::majority_baseline(training_targets, n_classes, test_.size());
    const auto judge = [&](const std::string& name, bool is_baseline, const models::Probabilities& p) {
      rows_.push_back({name, is_baseline, score_predictions(targets, p, data_.labels->is_ordered()),
                       bootstrap(targets, p, majority.predicted(0), groups, config_.split.config.seed)});
    };
    judge("majority", true, majority);
    judge("prior", true, models::prior_baseline(training_targets, n_classes, test_.size()));
    for (const std::string& name : heads_) {
      predictions_[name] = fitted_[name]->predict(data_.dataset, test_);
      judge(name, false, predictions_[name]);
    }
    sort_leaderboard(rows_);
  }

  bool is_complete() const {
    const auto names = {kBundleFile,       "split.csv",   "predictions.csv", "metrics.json",
                        "leaderboard.txt", "report.html", "MODEL_CARD.md"};
    return std::all_of(names.begin(), names.end(),
                       [&](const char* name) { return std::filesystem::exists(folder_ / name); });
  }

  void write_outputs() {
    const auto& class_names = data_.labels->class_names();
    ingest::write_file(folder_ / "split.csv", split_csv(data_, split_));
    ingest::write_file(folder_ / "predictions.csv", predictions_csv(data_, split_, predictions_));
    ingest::write_file(folder_ / "metrics.json", metrics_json(rows_, class_names));
    ingest::write_file(folder_ / "leaderboard.txt", text_table(leaderboard_cells(rows_)));
    const RunReport report{"hitscope run: " + data_.target_column, facts_, settings_, class_names, rows_, histories_};
    ingest::write_file(folder_ / "report.html", report_html(report));
    ingest::write_file(folder_ / "MODEL_CARD.md", model_card(report));
    Bundle bundle{data_.target_column, class_names, data_.labels->thresholds(), std::nullopt, {}};
    if (data_.store) bundle.front_end = data_.store->settings();
    for (const LeaderboardRow& row : rows_) {
      if (!row.is_baseline) bundle.heads.push_back({row.name, files_of(row.name)});
    }
    write_bundle(folder_, bundle);
  }

  const TrainRunConfig& config_;
  const TrainData& data_;
  SplitKind kind_;
  std::filesystem::path folder_;
  ingest::FolderLock lock_;
  Split split_;
  models::TrainingFold fold_;
  std::vector<std::size_t> test_;
  std::vector<std::string> heads_;
  std::string settings_;
  std::vector<std::string> facts_;
  std::map<std::string, std::unique_ptr<models::Head>> fitted_;
  std::map<std::string, models::FitSummary> histories_;
  std::map<std::string, models::Probabilities> predictions_;
  std::vector<LeaderboardRow> rows_;
};

void print_comparison(const std::vector<LeaderboardRow>& chosen, SplitKind kind,
                      const std::vector<LeaderboardRow>& random) {
  const std::string name(to_string(kind));
  std::vector<std::vector<std::string>> cells{{"head", "accuracy, " + name + " split", "accuracy, random split",
                                               "difference", "macro-F1, " + name, "macro-F1, random"}};
  for (const LeaderboardRow& row : chosen) {
    const auto other = std::find_if(random.begin(), random.end(), [&](const auto& r) { return r.name == row.name; });
    cells.push_back({row.name, fmt::format("{:.3f}", row.scores.accuracy),
                     fmt::format("{:.3f}", other->scores.accuracy),
                     fmt::format("{:+.3f}", other->scores.accuracy - row.scores.accuracy),
                     fmt::format("{:.3f}", row.scores.macro_f1), fmt::format("{:.3f}", other->scores.macro_f1)});
  }
  std::cout << "\nthe same heads under both splits:\n"
            << text_table(cells)
            << "what a head gains on the random split over its baseline's change it owes to what stands on both sides "
               "of it\n";
}

}  // namespace

ExitCode run_train(const TrainRunConfig& config) {
  models::prepare_runtime(config.n_threads);
  const TrainData data = load_train_data(config.data);
  const SplitKind kind = resolved_split(config.split, data);
  TrainRun run(config, data, kind, config.folder);
  bool finished = run.run();
  if (finished && config.compare_splits && kind != SplitKind::kRandom) {
    std::cout << '\n';
    TrainRun random(config, data, SplitKind::kRandom, config.folder / "random-split");
    finished = random.run();
    if (finished) print_comparison(run.rows(), kind, random.rows());
  }
  if (!finished) {
    std::cout << "stopped: the same command again continues where this one ended\n";
    return ExitCode::kStopped;
  }
  FailureSummary summary;
  for (const TrainRow& row : data.rows) {
    if (row.failure) summary.add(*row.failure);
  }
  summary.print(std::cout);
  return summary.count() == 0 ? ExitCode::kAllFine : ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps
