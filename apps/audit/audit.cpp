// hitscope audit TABLE | hitscope audit --predictions FILE
#include <CLI/CLI.hpp>
#include <map>

#include "apps/audit/audit_run.h"
#include "apps/audit/predictions_audit.h"
#include "apps/examples/train_data_options.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  using namespace hitscope::apps::audit;
  using ingest::tables::PredictionKind;
  AuditRunConfig config;
  PredictionsAuditConfig predictions;
  CLI::App app(
      "Names what would make scores on a table say more than they mean: features that give the target away, artists, "
      "songs or clips on both sides of a split, resampled rows, labels sorted by row. Nothing is trained.",
      "hitscope audit");
  examples::add_data_options(app, config.data);
  examples::add_split_options(app, config.data, config.split);
  const char* more = "Audit";
  app.add_option("--run", config.run, "a folder of train: its split, and what its scalers have seen")->group(more);
  app.add_option("--predictions", predictions.table.file,
                 "instead of a table: somebody's predictions (id, y_true, y_pred[, group]), and what they are worth")
      ->group(more);
  app.add_option("--true-column", predictions.table.true_column, "of --predictions (default: y_true, target, …)")
      ->group(more);
  app.add_option("--predicted-column", predictions.table.predicted_column, "of --predictions (default: y_pred, …)")
      ->group(more);
  const std::map<std::string, PredictionKind> kinds{{"classes", PredictionKind::kClasses},
                                                    {"values", PredictionKind::kValues},
                                                    {"probabilities", PredictionKind::kProbabilities}};
  app.add_option_function<std::string>(
         "--kind", [&](const std::string& name) { predictions.table.kind = kinds.at(name); },
         "of --predictions: classes, values, or probabilities of 1 (default: by content, and the output says why)")
      ->check(CLI::IsMember(kinds))
      ->group(more);
  app.add_flag("--json", config.json, "findings as JSON")->group(more);
  app.footer(
      "--features all takes every column, the target's own too, as a notebook that forgot to drop it.\n\n"
      "Examples:\n"
      "  hitscope audit songs.csv\n"
      "  hitscope audit songs.csv --target 'Track Score' --labels median --features all\n"
      "  hitscope audit tracks.csv --join artists.csv --on artist_id=id --split duplicates\n"
      "  hitscope audit --predictions theirs.csv\n"
      "  hitscope audit --predictions theirs.csv --kind values --group-column artist\n"
      "\nExit codes: 0 clean (of predictions: better than always giving one answer), 1 a leak was found or rows "
      "could not be used (of predictions: not better), 2 wrong usage or unusable input, 3 stopped before the end.\n");
  return shell::run_verb(app, argc, argv, [&] {
    if (config.data.table.path.empty() == predictions.table.file.empty()) {
      throw shell::UsageError("give a table to audit, or --predictions FILE (see hitscope audit --help)");
    }
    if (predictions.table.file.empty()) return run_audit(config);
    predictions.table.id_column = config.data.roles.id;
    predictions.table.group_column = config.data.roles.group;
    predictions.seed = config.split.config.seed;
    predictions.json = config.json;
    return run_predictions_audit(predictions);
  });
}
