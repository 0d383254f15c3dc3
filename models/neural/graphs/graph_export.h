// A trained network on spectrograms as a file that others open: TorchScript (torch.jit.load) and ONNX, opset 13.
//
// The input is "spectrogram" [batch, 1, n_bins, width]: one window in decibels, or the whole clip pooled to that width
// for networks that see clips so; the caller then does what the head does around its network (windows and their mean).
// With a front end the input is "waveform" [batch, n_samples], mono at the front end's sample rate, and the graph does
// everything that the head does. The output is "logits" [batch, n_classes], before any calibration, or for a regression
// "value" [batch, 1] in the target's units. The batch size is free. Parameters keep PyTorch's keys, in ONNX too: there
// a GRU's are its weights with gates in ONNX's order and both directions one after the other, as gru.weight_ih,
// gru.weight_hh and gru.bias. Every file can be read back by a reader that did not write it and compared with the
// network as the head runs it. Sources: the TorchScript tracer of LibTorch; ONNX operators 13 and OpenCV 4.6, which
// reads them.
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

/// The input of a graph that begins with a waveform.
struct WaveformInput {
  dsp::FrontEndConfig front_end;
  /// length of a clip at the front end's sample rate; must give the number of frames that the network was trained on
  std::int64_t n_samples = 0;
};

enum class ClipPart { kWhole, kPooled, kWindows };

struct GraphShape {
  std::string input_name;
  std::vector<std::int64_t> input_size;  ///< size of one example, without the batch
  std::string output_name;
  std::int64_t n_outputs = 0;
  ClipPart part = ClipPart::kWhole;  ///< what of a clip one example holds
  int n_windows = 1;                 ///< windows that the head takes from each clip
};

/// How closely a file's outputs agree with the network's own.
struct Agreement {
  /// Largest difference relative to the range of the network's outputs over the inputs; for ordered classes with a
  /// cumulative link, of probabilities instead of logits.
  double largest = 0.0;
  int n_inputs = 0;        ///< inputs that were run; 0: only the file's form was checked
  std::string reader;      ///< library that read the file
  std::string unreadable;  ///< the reader's error message if it could not read the file; else empty
};

/// Upper limit for Agreement::largest: float32 rounding in another order stays far below it, a wrong operation exceeds
/// it by far.
inline constexpr double kExportTolerance = 1e-3;

/// Names of the heads whose network takes nothing but a spectrogram: "cnn", "four_block_cnn", "short_chunk_resnet",
/// "musicnn" and "crnn".
std::vector<std::string> exportable_head_names();

/// Pairs of key and value, written in this order.
using GraphNotes = std::vector<std::pair<std::string, std::string>>;

class GraphExport {
 public:
  /// Reads the head `name` from its files. Throws std::invalid_argument for a head that cannot be exported, or a front
  /// end whose spectrograms do not have the network's shape, and std::runtime_error for files that no head wrote.
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
  /// Checks the model with onnx's checker, which throws, and runs it with OpenCV, one input at a time.
  Agreement check_onnx(const std::string& bytes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::models::neural::graphs
