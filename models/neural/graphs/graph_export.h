// A trained network on spectrograms as a file that others open: TorchScript (torch.jit.load) and ONNX, opset 13.
//
// Input "spectrogram" [batch, 1, n_bins, width]: one window in decibels, or the whole clip pooled to that width where
// the network sees clips so; what a head does around its network (windows, their mean) is then the caller's. Or, with a
// front end, input "waveform" [batch, n_samples]: mono at the front end's sample rate; then the graph does all that a
// head does. Output "logits" [batch, n_classes], before any calibration; of a regression "value" [batch, 1] in the
// target's units. The batch is free. Parameters keep PyTorch's keys, in ONNX too: there a GRU's are its weights with
// gates in ONNX's order and both directions one after the other, as gru.weight_ih, gru.weight_hh and gru.bias.
// Every file can be read back by a reader that did not write it and be held against the network as a head runs it.
// Sources: the TorchScript tracer of LibTorch; ONNX operators 13 and OpenCV 4.6, which reads them.
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsp/front_end.h"
#include "models/head.h"

namespace hitscope::models::neural::graphs {

/// What a graph that begins with a waveform is given.
struct WaveformInput {
  dsp::FrontEndConfig front_end;
  std::int64_t n_samples = 0;  ///< of a clip at the front end's sample rate; the spectrograms that were learnt had them
};

enum class ClipPart { kWhole, kPooled, kWindows };

struct GraphShape {
  std::string input_name;
  std::vector<std::int64_t> input_size;  ///< of one example
  std::string output_name;
  std::int64_t n_outputs = 0;
  ClipPart part = ClipPart::kWhole;  ///< of a clip, that a graph without a front end is given at a time
  int n_windows = 1;                 ///< that a head takes of a clip
};

/// How near a file's answers come to the network's own.
struct Agreement {
  /// Difference, relative to how far the network's answers to the inputs lie apart; of ordered classes by a cumulative
  /// link that of their probabilities.
  double largest = 0.0;
  int n_inputs = 0;        ///< that were tried; 0: the file's form was checked, its answers were not
  std::string reader;      ///< what read it
  std::string unreadable;  ///< what the reader said where it could not
};

/// What Agreement::largest may be: float32's rounding in another order is far below, a wrong operation far above.
inline constexpr double kExportTolerance = 1e-3;

/// Heads whose network is one function of a spectrogram: "cnn", "four_block_cnn", "short_chunk_resnet", "musicnn",
/// "crnn".
std::vector<std::string> exportable_head_names();

/// Key and value, in their order.
using GraphNotes = std::vector<std::pair<std::string, std::string>>;

class GraphExport {
 public:
  /// Of the head `name`, from its files. Throws std::invalid_argument for a name that is not exportable or a front end
  /// that does not make the spectrograms that the network learnt, std::runtime_error for files that are not a head's.
  GraphExport(std::string_view name, const HeadFiles& files, const std::optional<WaveformInput>& waveform);
  ~GraphExport();
  GraphExport(const GraphExport&) = delete;
  GraphExport& operator=(const GraphExport&) = delete;

  const GraphShape& shape() const;
  /// Bytes that torch.jit.load reads; `notes` as extra files.
  std::string torchscript(const GraphNotes& notes) const;
  /// Bytes of a ModelProto; `notes` as metadata_props. Throws std::runtime_error naming an operation that has no
  /// conversion.
  std::string onnx(const GraphNotes& notes) const;

  /// Loads the bytes again and runs them on fixed inputs, several at once and one at a time.
  Agreement check_torchscript(const std::string& bytes) const;
  /// By onnx's checker, which throws, and by OpenCV one input at a time.
  Agreement check_onnx(const std::string& bytes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::models::neural::graphs
