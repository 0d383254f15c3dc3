// hitscope audit TABLE | hitscope audit --predictions FILE
#include "apps/audit/audit_run.h"
#include "apps/audit/predictions_audit.h"
#include "apps/examples/train_data_options.h"
#include "apps/shell/command.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  audit::AuditRunConfig config;
  audit::PredictionsAuditConfig predictions;
  shell::Command command("hitscope audit", "TABLE [options] | hitscope audit --predictions FILE [options]",
                         "Finds what would make scores on a table too good to be true: features that give the target "
                         "away, artists, songs or clips on both sides of a split, resampled rows, labels sorted by "
                         "row. Nothing is trained.");
  examples::add_data_options(command, config.data, false);
  examples::add_split_options(command, config.data, config.split);
  command.add("Audit", config);
  command.add("Audit of predictions", predictions.table);
  command.set_footer(
      "--features all takes every column, the target's own too, like a notebook that forgot to drop it.\n"
      "\n"
      "Examples:\n"
      "  hitscope audit songs.csv\n"
      "  hitscope audit songs.csv --target 'Track Score' --labels median --features all\n"
      "  hitscope audit tracks.csv --join artists.csv --on artist_id=id --split duplicates\n"
      "  hitscope audit --predictions theirs.csv\n"
      "  hitscope audit --predictions theirs.csv --kind values --group-column artist\n"
      "\n"
      "Exit codes:\n"
      "  0  clean; of predictions: better than always giving one answer\n"
      "  1  a leak was found, or rows could not be used; of predictions: not better\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end\n");
  return command.run(argc, argv, [&] {
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
