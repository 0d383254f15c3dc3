#include "apps/export/export_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/runs/run_folder.h"
#include "ingest/files.h"
#include "models/heads/runtime.h"
#include "models/neural/graphs/graph_export.h"

namespace hitscope::apps::exporting {
namespace {

using models::neural::graphs::Agreement;
using models::neural::graphs::GraphExport;
using models::neural::graphs::GraphNotes;
using models::neural::graphs::GraphShape;
using nlohmann::ordered_json;

bool is_exportable(const runs::BundleHead& head) {
  const auto names = models::neural::graphs::exportable_head_names();
  return std::find(names.begin(), names.end(), head.name) != names.end();
}

/// Throws UsageError that names what can be exported.
const runs::BundleHead& chosen_head(const ExportRunConfig& config, const runs::Bundle& bundle) {
  std::vector<std::string> held;
  std::vector<std::string> exportable;
  for (const runs::BundleHead& head : bundle.heads) {
    held.push_back(head.name);
    if (is_exportable(head)) exportable.push_back(head.name);
    if (head.name == config.head || (config.head.empty() && is_exportable(head))) {
      if (is_exportable(head)) return head;
      throw shell::UsageError(
          fmt::format("--head {}: it needs table columns and cannot be exported; the heads that can be are {}",
                      head.name, fmt::join(models::neural::graphs::exportable_head_names(), ", ")));
    }
  }
  if (exportable.empty()) {
    throw shell::UsageError(fmt::format("{}: holds no head that can be exported (it holds {}); train one of {}",
                                        config.run.string(), fmt::join(held, ", "),
                                        fmt::join(models::neural::graphs::exportable_head_names(), ", ")));
  }
  throw shell::UsageError(fmt::format("--head {}: {} holds no such head; it holds these that can be exported: {}",
                                      config.head, config.run.string(), fmt::join(exportable, ", ")));
}

std::string calibration_of(const models::HeadFiles& files) {
  for (const auto& [name, text] : files) {
    if (name.ends_with(".calibration.json")) return text;
  }
  return {};
}

std::string clip_words(const GraphShape& shape) {
  if (shape.part == models::neural::graphs::ClipPart::kPooled) return "average-pooled over time to window_width frames";
  if (shape.part == models::neural::graphs::ClipPart::kWhole) return "as it is";
  return "n_windows windows spread evenly over it; the output is the mean of their logits";
}

/// What a reader of the file must know to use it.
GraphNotes notes_of(const runs::Bundle& bundle, const runs::BundleHead& head, const models::HeadFiles& files,
                    const GraphShape& shape) {
  const std::string names =
      ordered_json(bundle.labels.class_names()).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  GraphNotes notes{{"hitscope_version", HITSCOPE_VERSION},
                   {"head", head.name},
                   {"target", bundle.target_column},
                   {"class_names", names},
                   {"front_end_hash", front_end_hash(*bundle.front_end)},
                   {"front_end", to_json(*bundle.front_end)}};
  if (shape.input_name == "spectrogram") {
    notes.emplace_back("window_width", std::to_string(shape.input_size.back()));
    notes.emplace_back("n_windows", std::to_string(shape.n_windows));
    notes.emplace_back("clip", clip_words(shape));
  }
  const std::string calibration = calibration_of(files);
  if (!calibration.empty()) notes.emplace_back("calibration", calibration);
  return notes;
}

std::string input_line(const GraphShape& shape, const spectrograms::RenderSettings& settings) {
  const std::string size = fmt::format("{} [batch, {}]: ", shape.input_name, fmt::join(shape.input_size, ", "));
  if (shape.input_name == "waveform") {
    return size + fmt::format("{:g} s of mono sound at {} Hz", settings.duration_s, settings.front_end.sample_rate);
  }
  if (shape.part == models::neural::graphs::ClipPart::kWhole) return size + "a whole clip";
  const std::string clip = fmt::format("a clip's {} frames", settings.n_frames());
  if (shape.part == models::neural::graphs::ClipPart::kPooled) return size + clip + ", average-pooled";
  return size + fmt::format("a window of {}; score averages the logits of {} windows", clip, shape.n_windows);
}

std::string agreement_words(const Agreement& agreement) {
  if (agreement.n_inputs == 0) return fmt::format("checked by {}: {}", agreement.reader, agreement.unreadable);
  return fmt::format("checked by {} on {} inputs: largest difference {:.1e} of the outputs' spread (at most {:g})",
                     agreement.reader, agreement.n_inputs, agreement.largest, models::neural::graphs::kExportTolerance);
}

void write_checked(const std::filesystem::path& path, const std::string& bytes, const Agreement& agreement) {
  const bool near = agreement.largest <= models::neural::graphs::kExportTolerance;  // false for a NaN
  if (!near) {
    throw std::runtime_error(fmt::format("{}: not written, because its outputs differ from those of the network; {}",
                                         path.string(), agreement_words(agreement)));
  }
  ingest::write_file(path, bytes);
  std::cout << fmt::format("{}: {:.1f} MB, {}\n", path.string(), static_cast<double>(bytes.size()) / 1e6,
                           agreement_words(agreement));
}

/// The chosen head's network as a graph. Throws UsageError for a run that does not hold what it names.
class ChosenNetwork {
 public:
  explicit ChosenNetwork(const ExportRunConfig& config)
      : bundle_(runs::read_bundle(config.run)), head_(chosen_head(config, bundle_)) {
    if (!bundle_.front_end)
      throw shell::UsageError(config.run.string() + ": bundle.json names no front end; train again");
    files_ = runs::read_files(config.run, head_);
    std::optional<models::neural::graphs::WaveformInput> waveform;
    if (config.with_front_end) waveform = {bundle_.front_end->front_end, bundle_.front_end->n_samples()};
    try {
      graph_.emplace(head_.name, files_, waveform);
    } catch (const std::exception& e) {
      throw shell::UsageError(config.run.string() + ": " + e.what());
    }
    if (graph_->shape().n_outputs != std::max(1, bundle_.labels.n_classes())) {
      throw shell::UsageError(fmt::format("{}: {} has {} outputs, {} names {} classes", config.run.string(), head_.name,
                                          graph_->shape().n_outputs, runs::kBundleFile, bundle_.labels.n_classes()));
    }
  }

  const GraphExport& graph() const { return *graph_; }
  GraphNotes notes() const { return notes_of(bundle_, head_, files_, graph_->shape()); }
  std::string words() const {
    const GraphShape& shape = graph_->shape();
    return fmt::format("  input  {}\n  output {} [batch, {}]{}\n", input_line(shape, *bundle_.front_end),
                       shape.output_name, shape.n_outputs,
                       calibration_of(files_).empty() ? "" : ", before the head's calibration");
  }
  const std::string& head() const { return head_.name; }

 private:
  runs::Bundle bundle_;
  const runs::BundleHead& head_;
  models::HeadFiles files_;
  std::optional<GraphExport> graph_;
};

}  // namespace

shell::ExitCode run_export(const ExportRunConfig& config) {
  if (config.onnx.empty() && config.torchscript.empty()) {
    throw shell::UsageError("nothing to write; give --onnx FILE, --torchscript FILE or both");
  }
  models::heads::prepare_runtime(config.n_threads);
  const ChosenNetwork network(config);
  const GraphExport& graph = network.graph();
  std::cout << network.head() << " of " << config.run.string() << '\n' << network.words();
  if (!config.onnx.empty()) {
    const std::string bytes = graph.onnx(network.notes());
    write_checked(config.onnx, bytes, graph.check_onnx(bytes));
  }
  if (!config.torchscript.empty()) {
    const std::string bytes = graph.torchscript(network.notes());
    write_checked(config.torchscript, bytes, graph.check_torchscript(bytes));
  }
  return shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::exporting
