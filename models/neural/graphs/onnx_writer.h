// Builds an ONNX graph (opset 13): nodes, initialisers and unique names. Internal to models (includes LibTorch and
// ONNX).
// Thread safety: one thread at a time per object.
#pragma once

#include <onnx/onnx_pb.h>
#include <torch/torch.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hitscope::models::neural::graphs {

using OnnxAttribute = std::pair<std::string, std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>>;

class OnnxWriter {
 public:
  OnnxWriter();

  /// Adds a node with one output; returns the output's name.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<OnnxAttribute>& attributes = {});
  /// Adds float32 or int64 values under `key`, or under a similar name if other values have that one; returns the name.
  std::string initialiser(const std::string& key, const torch::Tensor& values);
  std::string integers(const std::vector<std::int64_t>& values);
  std::string number(double value);

  /// Declares the graph's input `name`, float32 [batch, size...].
  void input(const std::string& name, const std::vector<std::int64_t>& size);
  /// Makes the value named `value` the graph's output `name`, [batch, n].
  void output(const std::string& value, const std::string& name, std::int64_t n);

  onnx::ModelProto& model() { return model_; }

 private:
  std::string fresh(const std::string& like);
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }

  onnx::ModelProto model_;
  std::set<std::string> names_;
  struct Written {
    std::string key;
    std::string name;
    torch::Tensor values;
  };
  std::vector<Written> written_;  // initialisers, so that equal values are written once
};

}  // namespace hitscope::models::neural::graphs
