#include "apps/train/train_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/examples/findings.h"
#include "apps/examples/labelling.h"
#include "apps/runs/leaderboard_text.h"
#include "apps/runs/pair_text.h"
#include "apps/runs/report.h"
#include "apps/runs/run_folder.h"
#include "apps/runs/split_tables.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/text_table.h"
#include "apps/shell/workers.h"
#include "apps/train/head_fitting.h"
#include "apps/train/run_settings.h"
#include "ingest/files.h"
#include "models/evaluation/pooled_folds.h"
#include "models/evaluation/verdict.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"

namespace hitscope::apps::train {
namespace {

using models::data::Split;
using nlohmann::ordered_json;

std::unique_ptr<SplitRun> make_run(const TrainRunConfig& config, const examples::TrainData& data, Split split,
                                   models::data::SplitKind kind, const std::string& name,
                                   const std::filesystem::path& folder) {
  return std::make_unique<SplitRun>(data, config.heads, std::move(split), kind, config.split.config.seed, folder,
                                    run_settings(config, data, name));
}

class Training {
 public:
  explicit Training(const TrainRunConfig& config)
      : config_(config), data_(load_train_data(config.data)), kind_(resolved_split(config.split, data_)) {
    if (config_.n_folds == 0) return;
    const bool are_given = fold_kind() == models::data::SplitKind::kColumn;
    if (are_given && config_.split.test_fold.empty()) {
      config_.split.test_fold = given_folds(data_).front();
      data_.facts.push_back("split: rows of fold '" + config_.split.test_fold +
                            "' are the test rows of the first scores; --test-fold names another");
    }
    folds_ = make_folds(config_.split, data_, fold_kind(), config_.n_folds);
  }

  /// False where it was stopped.
  bool run() {
    main_ = make_run(config_, data_, make_split(config_.split, data_, kind_), kind_, std::string(to_string(kind_)),
                     config_.folder);
    shell::narrow_sandbox();
    for (const std::string& fact : main_->result().facts) std::cout << shell::one_line(fact) << '\n';
    for (const std::string& line : examples::lines_of(main_->result().findings)) std::cout << line << '\n';
    std::cout << std::flush;
    if (!main_->run(true)) return false;
    main_->write_numbers();
    const runs::SplitResult& result = main_->result();
    std::cout << '\n'
              << models::evaluation::best_in_words(result.board) << "\n\n"
              << shell::text_table(runs::leaderboard_cells(result.board, width())) << runs::legend_of(result.board);
    if (const auto pairs = runs::pair_cells(result.board, width()); !pairs.empty())
      std::cout << '\n' << shell::text_table(pairs);
    if (config_.compare_splits && !compare_splits()) return false;
    if (config_.n_folds > 0 && !cross_validate()) return false;
    if (config_.n_folds == 0 && main_->has_other_limits() && std::filesystem::exists(config_.folder / "folds.csv")) {
      std::cout
          << "\nnote: folds.csv is of an earlier command with other limits; give --cv again to bring it up to date\n";
    }
    write_report();
    std::cout << '\n'
              << examples::verdict_of(result.findings) << '\n'
              << "run folder: " << config_.folder.string() << " (report.html, metrics.json, predictions.csv, …)\n";
    return true;
  }

  /// The part of a process that is not the first: the same splits in the same order.
  bool assist() {
    if (!assist_split(make_split(config_.split, data_, kind_))) return false;
    if (config_.compare_splits) {
      for (const models::data::SplitKind kind : other_splits(data_, kind_)) {
        if (!assist_split(make_split(config_.split, data_, kind))) return false;
      }
    }
    return std::all_of(folds_.begin(), folds_.end(), [this](const Split& fold) { return assist_split(fold); });
  }

  shell::ExitCode exit_code() const {
    tell_failures(data_, std::cout);
    return all_rows_fine(data_) ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
  }

 private:
  runs::Width width() const { return config_.wide ? runs::Width::kAll : runs::Width::kTerminal; }

  bool assist_split(const Split& split) const {
    models::FitOptions options = config_.heads.fit;
    options.seed = config_.split.config.seed;
    return train::assist(chosen_heads(config_.heads, data_), data_.examples,
                         targets_of(data_, learned_labels(data_, split), split), split.training_fold(), options);
  }

  bool compare_splits() {
    std::vector<runs::NamedBoard> boards{{std::string(to_string(kind_)), main_->result().board}};
    for (const models::data::SplitKind kind : other_splits(data_, kind_)) {
      const std::string name(to_string(kind));
      auto run = make_run(config_, data_, make_split(config_.split, data_, kind), kind, name,
                          config_.folder / (name + "-split"));
      if (!run->run(false)) return false;
      run->write_numbers();
      boards.push_back({name, run->result().board});
    }
    split_cells_ = runs::split_comparison(boards);
    std::cout << "\nthe same heads under each split:\n"
              << shell::text_table(runs::split_comparison(boards, width()))
              << "where a head gains more on the random split than its baseline, the gain comes from artists, songs or "
                 "clips in both training and test\n";
    return true;
  }

  /// A column of parts says one split; folds need a kind that makes many.
  models::data::SplitKind fold_kind() const {
    const bool are_parts = kind_ == models::data::SplitKind::kColumn && models::data::are_parts(data_.split_values);
    return are_parts && !data_.group_column.empty() ? models::data::SplitKind::kGroup : kind_;
  }

  bool cross_validate() {
    const models::data::SplitKind kind = fold_kind();
    std::vector<runs::NamedBoard> boards;
    models::evaluation::PooledFolds pooled;
    std::vector<std::vector<models::evaluation::Finding>> findings;
    int number = 0;
    for (Split& fold : folds_) {
      const std::string name = fmt::format("{}, fold {} of {}", to_string(kind), ++number, folds_.size());
      auto run = make_run(config_, data_, std::move(fold), kind, name,
                          config_.folder / "folds" / fmt::format("{}-of-{}", number, folds_.size()));
      if (!run->run(false)) return false;
      run->write_numbers();
      boards.push_back({std::to_string(number), run->result().board});
      findings.push_back(run->result().findings);
      const runs::SplitResult& result = run->result();
      pool(pooled, of_rows(result.targets, result.test), models::data::of_rows(data_.groups, result.test),
           result.predictions);
    }
    const std::vector<models::evaluation::LeaderboardRow> rows = pooled_rows(pooled, config_.split.config.seed);
    fold_cells_ = runs::fold_table(boards, rows);
    ingest::write_file(config_.folder / "folds.csv", runs::fold_csv(boards));
    ingest::write_file(config_.folder / "folds.json", runs::folds_json(boards, rows));
    std::cout << fmt::format(
                     "\n{} folds, {} split{}: mean ± standard deviation over folds; pooled: all test rows together\n",
                     folds_.size(), to_string(kind), kind == kind_ ? "" : " (folds cannot follow the split column)")
              << shell::text_table(runs::fold_table(boards, rows, width()));
    for (const std::string& line : examples::lines_of_folds(findings)) std::cout << line << '\n';
    return true;
  }

  void write_report() {
    const runs::SplitResult& result = main_->result();
    ingest::write_file(config_.folder / "schema.json", ingest::tables::to_json(data_.schema));
    const runs::RunReport report{data_,           result,
                                 split_cells_,    fold_cells_,
                                 config_.command, [&](const auto& name) -> models::Head& { return main_->head(name); }};
    ingest::write_file(config_.folder / "report.html", report_html(report));
    ingest::write_file(config_.folder / "MODEL_CARD.md", model_card(report));
    runs::Bundle bundle{data_.target_column, result.labels, std::nullopt, {}};
    if (data_.store) bundle.front_end = data_.store->settings();
    for (const models::evaluation::LeaderboardRow& row : result.board.rows) {
      if (!row.is_baseline) {
        bundle.heads.push_back(runs::bundle_head(config_.folder, row.name, result.files.at(row.name)));
        bundle.heads.back().is_as_good = models::evaluation::is_as_good(result.board, row);
      }
    }
    write_bundle(config_.folder, bundle);
  }

  TrainRunConfig config_;
  examples::TrainData data_;
  models::data::SplitKind kind_;
  std::vector<Split> folds_;  // made first: what they lack is said before anything is fitted
  std::unique_ptr<SplitRun> main_;
  std::vector<std::vector<std::string>> split_cells_;
  std::vector<std::vector<std::string>> fold_cells_;
};

/// Throws UsageError for options that cannot be used together.
void check_together(const TrainRunConfig& config, const models::neural::recipes::NetworkOptions& networks) {
  if (config.place && networks.augmentation.mixup_alpha > 0.0) {
    throw shell::UsageError(
        "--mixup cannot be used with several processes, because it mixes clips within one process only");
  }
  if (!config.heads.warm_start.empty() && (config.n_folds > 0 || config.compare_splits)) {
    throw shell::UsageError(
        "`warm_start` cannot be used with `cv` or `compare_splits`: the run has learned rows that would test there");
  }
}

}  // namespace

shell::ExitCode run_train(const TrainRunConfig& config) {
  TrainRunConfig asked = config;
  if (config.place && config.n_threads == 0) {
    asked.n_threads = std::max(1, shell::resolved_threads(0) / config.place->local_size);
  }
  models::heads::prepare_runtime(asked.n_threads);
  auto& networks = asked.heads.fit.of<models::neural::recipes::NetworkOptions>();
  asked.data.need_dates = config.split.kind == models::data::SplitKind::kTemporal;
  if (config.place && networks.device == "cuda") {
    networks.device = fmt::format("cuda:{}", config.place->local_rank);
  }
  models::heads::check_device(networks.device);
  // Resolved only where there is a head that uses it: an option that no head uses is refused.
  if (!networks.precision) networks.usual_precision = models::heads::usual_precision(networks.device);
  check_together(config, networks);
  // Ranks join first, so that the others learn of any later error. Rank 0 may fit other heads for hours while the
  // others wait; lost ranks are found without this limit.
  models::neural::ranks::RankTimeouts timeouts;
  timeouts.step = std::chrono::hours(24 * 7);
  timeouts.stop = &shell::stop_flag();
  const auto ranks = config.place ? models::neural::ranks::join_ranks(*config.place, timeouts) : nullptr;
  asked.heads.fit.ranks = ranks.get();
  try {
    Training training(asked);
    if (config.place && config.place->rank > 0)
      return training.assist() ? shell::ExitCode::kAllFine : shell::ExitCode::kStopped;
    if (!training.run()) {
      if (ranks) models::neural::ranks::stop_other_ranks(*ranks, "it was told to stop");
      std::cout << "stopped: run the same command again to continue\n";
      return shell::ExitCode::kStopped;
    }
    return training.exit_code();
  } catch (const std::exception& e) {
    if (ranks) models::neural::ranks::stop_other_ranks(*ranks, e.what());
    throw;
  }
}

}  // namespace hitscope::apps::train
