#include "apps/audit/predictions_audit.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/audit/predictions_judgement.h"
#include "apps/examples/findings.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"

namespace hitscope::apps::audit {
namespace {

using ingest::tables::PredictionKind;
using ingest::tables::Predictions;
using nlohmann::ordered_json;

std::string_view name_of(PredictionKind kind) {
  if (kind == PredictionKind::kClasses) return "classes";
  return kind == PredictionKind::kValues ? "values" : "probabilities";
}

/// The verdict; a leak comes before what the scores say.
std::string verdict(const Judgement& judgement) {
  if (models::evaluation::is_clean(judgement.findings)) return judgement.verdict;
  return "NOT CLEAN, see above; " + judgement.verdict;
}

std::string json_of(const Predictions& p, const Judgement& judgement) {
  ordered_json j{
      {"rows", p.n_rows}, {"kind", name_of(p.kind)}, {"read_as", p.read_as}, {"intervals_over", p.intervals_over}};
  for (const Figure& figure : judgement.figures) {
    j[figure.key] = figure.value;
    if (figure.interval) j[figure.key + "_95"] = {figure.interval->low, figure.interval->high};
  }
  j.update(judgement.details);
  j["verdict"] = verdict(judgement);
  j["beside_accuracy"] = judgement.beside_accuracy;
  j["audit"] = ordered_json::parse(examples::findings_json(judgement.findings));
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string text_of(const Predictions& p, const Judgement& judgement) {
  std::string text = fmt::format("predictions: {}, read as {}\n", ingest::tables::rows_of(p.n_rows), p.read_as);
  if (!judgement.table.empty()) text += "\n" + judgement.table + "\n";
  std::string figures;
  for (const Figure& figure : judgement.figures) figures += (figures.empty() ? "" : ", ") + shown(figure);
  text += figures + "\nintervals by bootstrap over " + p.intervals_over + "\n" + judgement.constant + "\n";
  for (const std::string& line : examples::lines_of(judgement.findings)) text += line + "\n";
  text += "verdict: " + verdict(judgement) + "\n";
  if (!judgement.beside_accuracy.empty()) text += judgement.beside_accuracy + "\n";
  return text;
}

}  // namespace

shell::ExitCode run_predictions_audit(const PredictionsAuditConfig& config) {
  Predictions predictions = read_predictions(config.table);
  predictions.read_as = shell::with_flags(predictions.read_as);
  const Judgement judgement = judge(predictions, config.seed);
  if (config.json) {
    shell::write_result(json_of(predictions, judgement));
  } else {
    std::cout << text_of(predictions, judgement);
  }
  const bool fine = judgement.better && models::evaluation::is_clean(judgement.findings);
  return fine ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps::audit
