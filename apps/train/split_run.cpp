#include "apps/train/split_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/examples/findings.h"
#include "apps/examples/labelling.h"
#include "apps/runs/leaderboard_text.h"
#include "apps/runs/run_tables.h"
#include "apps/shell/progress.h"
#include "apps/shell/text_table.h"
#include "apps/shell/verb.h"
#include "apps/train/head_fitting.h"
#include "apps/train/limits.h"
#include "apps/train/run_settings.h"
#include "apps/train/warm_start.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/sha256.h"
#include "models/evaluation/alike_columns.h"
#include "models/evaluation/carrying_column.h"
#include "models/evaluation/judging.h"
#include "models/heads/calibrated_head.h"
#include "models/heads/heads.h"

namespace hitscope::apps::train {

using models::data::Part;
using nlohmann::ordered_json;

namespace {

std::unique_ptr<models::Head> head_to_fit(const std::string& name, const HeadRequest& request) {
  auto head = models::heads::make_head(name);
  const models::evaluation::CalibrationOptions& wanted = request.calibration;
  const bool plain = wanted.calibration == models::evaluation::Calibration::kNone &&
                     wanted.threshold == models::evaluation::ThresholdMetric::kNone;
  return plain ? std::move(head)
               : models::heads::make_calibrated_head(std::move(head), wanted.calibration, wanted.threshold);
}

constexpr int kRepeats = 5;  // of each shuffling

/// The same, naming the clip.
std::string named_error(const examples::TrainData& data, const models::SpectrogramError& error) {
  const auto row = std::find_if(data.rows.begin(), data.rows.end(),
                                [&](const examples::TrainRow& r) { return r.example == error.row; });
  return fmt::format(
      "{}: the spectrogram of '{}' has values that are not finite (NaN or infinite); render that clip again",
      data.store->folder().string(), row == data.rows.end() ? "?" : row->id);
}

}  // namespace

struct SplitRun::Impl {
  const examples::TrainData& data;
  const HeadRequest& request;
  std::uint64_t seed;
  std::filesystem::path folder;
  ingest::FolderLock lock;
  runs::SplitResult result;
  std::vector<std::string> heads;
  std::map<std::string, std::unique_ptr<models::Head>> fitted;
  std::optional<WarmStart> warm_start{};
  bool is_main = false;           // the run's own split, whose networks other limits can continue
  bool has_other_limits = false;  // than the command that left the folder

  models::evaluation::Bench bench() const {
    return {result.targets, data.raw_targets, data.groups, result.split, result.labels.is_ordered(), result.test, seed};
  }

  models::FitOptions fit_options() const {
    models::FitOptions options = request.fit;
    options.seed = seed;
    options.settings_hash = ingest::sha256_hex(without_limits(result.settings_json, limits_of(options)));
    options.keeps_checkpoint = is_main;
    return options;
  }

  /// The column, or the columns that tell one another, that carry the score of the heads that read the table.
  std::vector<std::string> carrying();
  /// Fits the heads that read the table again without the columns that carry their score, if any do. False where it was
  /// stopped.
  bool fit_without();

  bool fit(const std::string& name) try {
    models::FitOptions options = fit_options();
    if (warm_start && models::heads::head_named(name).input != models::HeadInput::kTable) {
      options.warm_start = warm_start->files_of(name);
    }
    FittedHead head = fit_in_folder(head_to_fit(name, request), data.examples, result.targets,
                                    result.split.training_fold(), std::move(options), folder, request.tensorboard);
    if (!head.head) return false;
    const auto start = std::chrono::steady_clock::now();
    result.predictions[name] = predictions_of(*head.head, data.examples, result.test);
    if (head.predict_s < 0.0) {
      head.predict_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      remember_prediction(head, folder);
    }
    models::evaluation::LeaderboardRow row = judged(bench(), name, result.predictions[name]);
    row.note = head.summary.note;
    row.cost = {head.fit_s, head.predict_s, head.n_bytes, head.summary.n_parameters};
    result.board.rows.push_back(std::move(row));
    result.histories[name] = std::move(head.summary);
    result.files[name] = std::move(head.files);
    fitted[name] = std::move(head.head);
    return true;
  } catch (const models::SpectrogramError& e) {
    throw shell::UsageError(named_error(data, e));
  }

  /// Adds the findings about heads that always predict the same class.
  void add_head_findings() {
    const auto* classes = std::get_if<models::data::Classes>(&result.targets);
    if (classes == nullptr) return;
    const std::vector<int> targets = models::data::of_rows(classes->labels, result.test);
    for (const auto& [name, predicted] : result.predictions) {
      const auto answers = std::get<models::data::Probabilities>(predicted).predicted_classes();
      const auto found = models::evaluation::audit_predictions(targets, answers, best_constant(bench()),
                                                               result.labels.class_names(), name);
      result.findings.insert(result.findings.end(), found.begin(), found.end());
    }
  }

  /// Compares every two heads; of many, each with the best one only.
  void add_pairs() {
    constexpr std::size_t kMany = 8;
    std::vector<std::string> names;
    for (const models::evaluation::LeaderboardRow& row : result.board.rows) {
      if (!row.is_baseline) names.push_back(row.name);
    }
    const std::size_t n_first = names.size() > kMany ? 1 : names.size();
    for (std::size_t a = 0; a < n_first; ++a) {
      for (std::size_t b = a + 1; b < names.size(); ++b) {
        result.board.pairs.push_back(
            compared(bench(), names[a], result.predictions.at(names[a]), names[b], result.predictions.at(names[b])));
      }
    }
  }
};

SplitRun::SplitRun(const examples::TrainData& data, const HeadRequest& heads, models::data::Split split,
                   models::data::SplitKind kind, std::uint64_t seed, std::filesystem::path folder,
                   std::string settings_json) {
  const auto labels = learned_labels(data, split);
  runs::SplitResult result{kind, labels, targets_of(data, labels, split), std::move(split), {}, {}, {}, {}, {}, {},
                           {},   {},     std::move(settings_json)};
  result.test = result.split.rows(Part::kTest);
  impl_.reset(new Impl{
      data, heads, seed, folder, ingest::FolderLock(folder), std::move(result), chosen_heads(heads, data), {}});
  runs::SplitResult& r = impl_->result;
  if (heads.calibration.threshold != models::evaluation::ThresholdMetric::kNone && n_classes_of(r.targets) != 2) {
    throw shell::UsageError(fmt::format("`threshold` needs two classes, and `labels` {} makes {}",
                                        to_string(r.labels.config()), n_classes_of(r.targets)));
  }
  check_class_options(heads, r.labels);
  if (!heads.warm_start.empty()) {
    impl_->warm_start.emplace(heads.warm_start, data);
    impl_->warm_start->require_unseen(data, r.split);
    for (const std::string& name : impl_->heads) {
      if (models::heads::head_named(name).input != models::HeadInput::kTable) impl_->warm_start->files_of(name);
    }
  }
  impl_->has_other_limits = claim_folder(folder, r.settings_json, limits_of(heads.fit));
  r.facts = describe(data, r.split, kind, r.labels, r.targets, seed);
  if (impl_->warm_start) {
    r.facts.push_back("warm start: networks with spectrogram input begin with their weights in " +
                      heads.warm_start.string());
  }
  r.findings = findings_of(data, r.targets, r.labels, r.split, kind, seed);
  r.board.class_names = r.labels.class_names();
  r.board.is_ordered = r.labels.is_ordered() && !r.labels.is_regression();
  r.board.has_leak = models::evaluation::has_leak(r.findings);
  r.board.is_clean = models::evaluation::is_clean(r.findings);
}

SplitRun::~SplitRun() = default;

const runs::SplitResult& SplitRun::result() const {
  return impl_->result;
}

bool SplitRun::has_other_limits() const {
  return impl_->has_other_limits;
}

models::Head& SplitRun::head(const std::string& name) {
  return *impl_->fitted.at(name);
}

bool SplitRun::run(bool is_main) {
  runs::SplitResult& result = impl_->result;
  impl_->is_main = is_main;
  result.board.rows = baseline_rows(impl_->bench());
  for (const std::string& name : impl_->heads) {  // before any is changed
    check_continuation(*head_to_fit(name, impl_->request), impl_->fit_options(), impl_->folder);
  }
  for (const std::string& name : impl_->heads) {
    if (!impl_->fit(name)) return false;
  }
  impl_->add_head_findings();
  models::evaluation::sort_leaderboard(result.board);
  impl_->add_pairs();
  for (const auto& [name, head] : impl_->fitted) {
    if (!is_main || head->input() != models::HeadInput::kTable) continue;
    result.importances[name] = models::evaluation::permutation_importance(*head, impl_->data.examples, result.targets,
                                                                          result.test, kRepeats, impl_->seed);
  }
  return impl_->fit_without();
}

std::vector<std::string> SplitRun::Impl::carrying() {
  if (result.importances.empty()) return {};
  const std::vector<std::string> one = models::evaluation::carrying_columns(result.board, result.importances);
  const auto groups = models::evaluation::alike_columns(data.examples.table, result.split.training_fold().train_rows());
  for (const std::vector<std::string>& group : groups) {  // without it alone, the others would stand in
    if (!one.empty() && std::find(group.begin(), group.end(), one.front()) != group.end()) return group;
  }
  if (!one.empty() || groups.empty()) return one;
  std::map<std::string, std::vector<models::evaluation::Importance>> of_groups;
  for (const auto& [name, importances] : result.importances) {
    of_groups[name] = models::evaluation::group_importance(*fitted.at(name), data.examples, result.targets, result.test,
                                                           kRepeats, seed, groups);
  }
  return models::evaluation::carrying_columns(result.board, of_groups);
}

bool SplitRun::Impl::fit_without() {
  result.board.carrying = carrying();
  if (result.board.carrying.empty()) return true;
  models::data::Examples examples = models::evaluation::without_columns(data.examples, result.board.carrying);
  if (examples.table.empty() && result.board.carrying.size() > 1) {  // one of them, where they are all that there is
    result.board.carrying = models::evaluation::carrying_columns(result.board, result.importances);
    examples = models::evaluation::without_columns(data.examples, result.board.carrying);
  }
  if (examples.table.empty()) result.board.carrying.clear();
  if (result.board.carrying.empty()) return true;
  shell::write_note(fmt::format("train: heads that read the table are fitted again without {}",
                                fmt::join(result.board.carrying, ", ")));
  // Heads that were fitted without other columns are others.
  const std::string left_out = fmt::format("{}", fmt::join(result.board.carrying, "\n"));
  const std::filesystem::path place = folder / "without" / ingest::sha256_hex(left_out).substr(0, 8);
  std::filesystem::create_directories(place);
  for (const models::evaluation::LeaderboardRow& row : result.board.rows) {
    const auto head = fitted.find(row.name);
    if (head == fitted.end() || head->second->input() != models::HeadInput::kTable) continue;
    FittedHead again = fit_in_folder(head_to_fit(row.name, request), examples, result.targets,
                                     result.split.training_fold(), fit_options(), place, false);
    if (!again.head) return false;
    result.board.without.push_back(judged(bench(), row.name, predictions_of(*again.head, examples, result.test)));
  }
  return true;
}

void SplitRun::write_numbers() const {
  const runs::SplitResult& result = impl_->result;
  const auto write = [&](const char* name, const std::string& text) {
    const std::filesystem::path path = impl_->folder / name;
    std::error_code error;
    const bool is_as_long = std::filesystem::file_size(path, error) == text.size() && !error;
    if (is_as_long && ingest::read_beneath(impl_->folder, name, text.size()) == text) return;
    ingest::write_file(path, text);
  };
  write("run.json", result.settings_json);  // another one only by its limits, see claim_folder
  write("split.csv", runs::split_csv(impl_->data, result.split));
  write("predictions.csv", predictions_csv(impl_->data, result));
  write("metrics.json", runs::metrics_json(result.board));
  write("audit.json", examples::findings_json(result.findings));
  write("leaderboard.txt", shell::text_table(runs::leaderboard_cells(result.board)));
  write("leaderboard.csv", runs::leaderboard_csv(result.board));
  write("leaderboard.json", runs::leaderboard_json(result.board));
}

}  // namespace hitscope::apps::train
