#include "apps/export/export_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "apps/runs/run_folder.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "models/head_files.h"
#include "models/heads/runtime.h"
#include "models/neural/graphs/graph_export.h"

namespace hitscope::apps::exporting {
namespace {

using models::neural::graphs::Agreement;
using models::neural::graphs::GraphExport;
using models::neural::graphs::GraphNotes;
using models::neural::graphs::GraphShape;
using nlohmann::ordered_json;

constexpr const char* kLabelsFile = "labels.json";

bool is_exportable(const runs::BundleHead& head) {
  const auto names = models::neural::graphs::exportable_head_names();
  return std::find(names.begin(), names.end(), head.name) != names.end();
}

std::uintmax_t n_bytes_of(const std::filesystem::path& run, const runs::BundleHead& head) {
  std::uintmax_t n = 0;
  for (const auto& [file, sha256] : head.files) {
    if (!models::is_file_of(head.name, file)) continue;  // a name leads nowhere else
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(run / file, error);
    n += error ? 0 : size;
  }
  return n;
}

/// `best`, or of the heads that are as good within chance the smallest, if that is a tenth of it or less.
const runs::BundleHead& lightest(const ExportRunConfig& config, const runs::Bundle& bundle,
                                 const runs::BundleHead& best) {
  constexpr std::uintmax_t kMuchSmaller = 10;
  const runs::BundleHead* chosen = &best;
  if (!best.is_as_good) return best;  // a head that cannot be exported is better
  for (const runs::BundleHead& head : bundle.heads) {
    const bool is_smaller = n_bytes_of(config.run, head) < n_bytes_of(config.run, *chosen);
    if (is_exportable(head) && head.is_as_good && is_smaller) chosen = &head;
  }
  if (n_bytes_of(config.run, *chosen) * kMuchSmaller > n_bytes_of(config.run, best)) return best;
  std::cout << fmt::format(
      "{} is as good within chance as {}, and a tenth of its size or less; --head {} exports that\n", chosen->name,
      best.name, best.name);
  return *chosen;
}

/// Throws UsageError that names what can be exported.
const runs::BundleHead& chosen_head(const ExportRunConfig& config, const runs::Bundle& bundle) {
  std::vector<std::string> held;
  std::vector<std::string> exportable;
  for (const runs::BundleHead& head : bundle.heads) {
    held.push_back(head.name);
    if (is_exportable(head)) exportable.push_back(head.name);
    if (head.name == config.head || (config.head.empty() && is_exportable(head))) {
      if (is_exportable(head)) return config.head.empty() ? lightest(config, bundle, head) : head;
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
                   {"front_end", to_json(*bundle.front_end)},
                   {"input", input_line(shape, *bundle.front_end) + "; other sizes are refused or answered wrongly"}};
  if (shape.input_name == "spectrogram") {
    notes.emplace_back("window_width", std::to_string(shape.input_size.back()));
    notes.emplace_back("n_windows", std::to_string(shape.n_windows));
    notes.emplace_back("clip", clip_words(shape));
  }
  const std::string calibration = calibration_of(files);
  if (!calibration.empty()) notes.emplace_back("calibration", calibration);
  return notes;
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
  /// What a program must know to use the graph, for labels.json.
  ordered_json about() const {
    const GraphShape& shape = graph_->shape();
    const spectrograms::RenderSettings& settings = *bundle_.front_end;
    const std::string calibration = calibration_of(files_);
    ordered_json j{{"format_version", 1},
                   {"head", head_.name},
                   {"target", bundle_.target_column},
                   {"classes", bundle_.labels.class_names()},
                   {"input", shape.input_name},
                   {"input_size", shape.input_size},
                   {"output", shape.output_name},
                   {"sample_rate", settings.front_end.sample_rate},
                   {"duration_s", settings.duration_s},
                   {"n_samples", settings.n_samples()},
                   {"n_frames", settings.n_frames()},
                   {"n_windows", shape.n_windows},
                   {"clip", clip_words(shape)},
                   {"shorter_clips", "are repeated to this length"},
                   {"front_end", ordered_json::parse(to_json(settings))},
                   {"calibration", nullptr}};
    if (!calibration.empty()) j["calibration"] = ordered_json::parse(calibration);
    return j;
  }

 private:
  runs::Bundle bundle_;
  const runs::BundleHead& head_;
  models::HeadFiles files_;
  std::optional<GraphExport> graph_;
};

/// What a labels.json in the folder says without "files", and those files that are there and will not be written again.
struct OtherLabels {
  ordered_json about;
  std::set<std::string> files;
};

OtherLabels other_labels(const std::filesystem::path& folder, const std::set<std::string>& written) {
  OtherLabels other;
  if (!ingest::has_entry(folder, kLabelsFile)) return other;
  const std::string path = (folder / kLabelsFile).lexically_normal().string();
  try {
    other.about = dsp::parse_json<ordered_json>(ingest::read_beneath(folder, kLabelsFile, ingest::kMostJsonBytes));
    for (const std::string file : other.about.at("files")) {
      if (!written.contains(file) && ingest::has_entry(folder, file)) other.files.insert(file);
    }
    other.about.erase("files");
  } catch (const std::exception&) {
    throw shell::UsageError(path + ": is no labels.json that export wrote; export into another folder");
  }
  return other;
}

/// Throws UsageError where the folder's labels.json is that of other graphs, which would lose it.
void check_labels(const std::filesystem::path& folder, const std::set<std::string>& written,
                  const ordered_json& about) {
  const OtherLabels other = other_labels(folder, written);
  if (other.files.empty() || other.about == about) return;
  throw shell::UsageError(fmt::format("{}: describes {}, which is another graph; export into another folder",
                                      (folder / kLabelsFile).lexically_normal().string(),
                                      fmt::join(other.files, ", ")));
}

void write_labels(const std::filesystem::path& folder, const std::set<std::string>& written, ordered_json about) {
  std::set<std::string> files = other_labels(folder, written).files;
  files.insert(written.begin(), written.end());
  about["files"] = files;
  ingest::write_file(folder / kLabelsFile, about.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
  std::cout << (folder / kLabelsFile).lexically_normal().string()
            << ": classes, front end, length and rate of the input\n";
}

}  // namespace

shell::ExitCode run_export(const ExportRunConfig& config) {
  if (config.onnx.empty() && config.torchscript.empty()) {
    throw shell::UsageError("nothing to write; give --onnx FILE, --torchscript FILE or both");
  }
  models::heads::prepare_runtime(config.n_threads);
  const ChosenNetwork network(config);
  const GraphExport& graph = network.graph();
  std::map<std::filesystem::path, std::set<std::string>> files;  // to write, by folder
  for (const auto& path : {config.onnx, config.torchscript}) {
    if (!path.empty()) files[path.has_parent_path() ? path.parent_path() : "."].insert(path.filename().string());
  }
  for (const auto& [folder, names] : files) check_labels(folder, names, network.about());
  std::cout << network.head() << " of " << config.run.string() << '\n' << network.words();
  if (!config.onnx.empty()) {
    const std::string bytes = graph.onnx(network.notes());
    write_checked(config.onnx, bytes, graph.check_onnx(bytes));
  }
  if (!config.torchscript.empty()) {
    const std::string bytes = graph.torchscript(network.notes());
    write_checked(config.torchscript, bytes, graph.check_torchscript(bytes));
  }
  for (const auto& [folder, names] : files) write_labels(folder, names, network.about());
  return shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::exporting
