#include "apps/audit/audit_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/examples/findings.h"
#include "apps/examples/labelling.h"
#include "apps/shell/printable.h"
#include "apps/shell/text_table.h"
#include "ingest/files.h"
#include "ingest/folder.h"

namespace hitscope::apps::audit {
namespace {

using models::evaluation::Finding;

/// The statistics that each table head of a run stored, against those of the run's training rows.
void add_statistics(std::vector<Finding>& findings, const std::filesystem::path& run,
                    const models::data::FeatureTable& table, const models::data::Split& split) {
  constexpr std::string_view kSuffix = ".features.json";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(run)) {
    if (entry.path().filename().string().ends_with(kSuffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    try {
      const auto encoder =
          models::data::TableEncoder::from_json(ingest::read_beneath(run, path.filename(), ingest::kMostJsonBytes));
      const auto found =
          models::evaluation::audit_statistics(table, split, encoder, name.substr(0, name.size() - kSuffix.size()));
      findings.insert(findings.end(), found.begin(), found.end());
    } catch (const std::exception& e) {
      throw shell::UsageError(path.string() + ": " + e.what());
    }
  }
}

/// The split of a run: its split.csv.
void take_split_of(AuditRunConfig& config) {
  if (config.run.empty()) return;
  config.data.split_file = config.run / "split.csv";
  if (!ingest::has_entry(config.run, "split.csv")) {
    throw shell::UsageError(config.data.split_file.string() +
                            ": is missing; `run` needs the folder of a finished run of train");
  }
  ingest::Folder(config.run).open_regular("split.csv");  // no link, no pipe
  config.split.kind = models::data::SplitKind::kColumn;
}

}  // namespace

shell::ExitCode run_audit(const AuditRunConfig& asked) {
  AuditRunConfig config = asked;
  take_split_of(config);
  config.data.features.any = true;
  config.data.need_dates = config.split.kind == models::data::SplitKind::kTemporal;
  const examples::TrainData data = load_train_data(config.data);
  const models::data::SplitKind kind = resolved_split(config.split, data);
  const models::data::Split split = make_split(config.split, data, kind);
  const auto labels = learned_labels(data, split);
  const models::data::Targets targets = targets_of(data, labels, split);
  std::vector<Finding> findings = findings_of(data, targets, labels, split, kind, config.split.config.seed);
  if (!config.run.empty()) add_statistics(findings, config.run, data.examples.table, split);
  if (config.json) {
    shell::write_result(examples::findings_json(findings));
  } else {
    for (const auto& fact : describe(data, split, kind, labels, targets, config.split.config.seed)) {
      std::cout << shell::one_line(fact) << '\n';
    }
    std::cout << '\n' << shell::text_table(data.columns) << '\n';
    for (const std::string& line : examples::lines_of(findings)) std::cout << line << '\n';
    std::cout << examples::verdict_of(findings) << '\n';
  }
  tell_failures(data, config.json ? std::cerr : std::cout);
  return models::evaluation::is_clean(findings) && all_rows_fine(data) ? shell::ExitCode::kAllFine
                                                                       : shell::ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps::audit
