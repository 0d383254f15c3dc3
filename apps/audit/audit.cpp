// hitscope audit TABLE | hitscope audit --predictions FILE
#include "apps/audit/audit_run.h"
#include "apps/audit/predictions_audit.h"
#include "apps/audit/predictions_pair.h"
#include "apps/examples/label_request.h"
#include "apps/examples/train_data_options.h"
#include "apps/shell/command.h"
#include "ingest/library_versions.h"

namespace {

constexpr const char* kFooter =
    "--features all uses every column as a feature, also the target itself, to show what the audit finds then.\n"
    "\n"
    "Examples:\n"
    "  hitscope audit songs.csv\n"
    "  hitscope audit songs.csv --target 'Track Score' --labels median --features all\n"
    "  hitscope audit tracks.csv --join artists.csv --on artist_id=id --split duplicates\n"
    "  hitscope audit --predictions theirs.csv\n"
    "  hitscope audit --predictions theirs.csv --kind values --group-column artist\n"
    "  hitscope audit --predictions theirs.csv --against run/predictions.csv --against-head cnn\n"
    "\n"
    "Exit codes:\n"
    "  0  clean; with --predictions: better than always giving the same answer (--against: than the other)\n"
    "  1  a leak was found, or rows could not be used; with --predictions: not better\n"
    "  2  wrong usage or unusable input\n"
    "  3  stopped before the end\n";

/// Throws UsageError unless there is exactly one thing to audit.
void check_inputs(const hitscope::apps::audit::AuditRunConfig& config,
                  const hitscope::apps::audit::PredictionsAuditConfig& predictions) {
  using namespace hitscope::apps;
  const bool has_table =
      !config.data.table.paths.empty() || !config.data.table.label_files.empty() || !config.data.spectrograms.empty();
  if (has_table != predictions.table.file.empty()) {
    throw shell::UsageError("give either TABLE (or --spectrograms) or --predictions FILE (see hitscope audit --help)");
  }
  if (predictions.table.file.empty() && !predictions.against.empty())
    throw shell::UsageError("`against` needs --predictions FILE");
  if (predictions.against.empty() && !predictions.against_head.empty()) {
    throw shell::UsageError("`against_head` needs --against FILE");
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  audit::AuditRunConfig config;
  audit::PredictionsAuditConfig predictions;
  shell::Command command(
      "hitscope audit", "TABLE... [options] | hitscope audit --predictions FILE [options]",
      "Finds leaks that would make scores on a table too good to be true: features that give the target away; artists, "
      "songs or clips in both training and test rows; over-sampled rows; a table sorted by the target. Nothing is "
      "trained. With --predictions, tells whether given predictions are better than a constant answer.");
  examples::add_data_options(command, config.data);
  examples::add_split_options(command, config.data, config.split);
  command.add("Audit", config);
  command.add("Audit of predictions", predictions.table);
  command.add("Audit of predictions", predictions);
  command.set_footer(kFooter);
  command.set_libraries({hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] {
    check_inputs(config, predictions);
    std::vector<std::filesystem::path> reads = examples::files_of_labels(config.data);
    const auto& file = predictions.table.file;
    for (const auto& one : {file, predictions.against}) {
      if (!one.empty()) reads.push_back(one.parent_path() / "split.csv");  // the groups of a run
    }
    command.confine({.reads = std::move(reads)});
    if (predictions.table.file.empty()) return run_audit(config);
    predictions.table.id_column = config.data.roles.id;
    predictions.table.group_column = config.data.roles.group;
    predictions.seed = config.split.config.seed;
    predictions.json = config.json;
    return predictions.against.empty() ? run_predictions_audit(predictions) : run_predictions_pair(predictions);
  });
}
