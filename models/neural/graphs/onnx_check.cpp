#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "models/neural/graphs/graph_check.h"

namespace hitscope::models {
namespace {

onnx::ModelProto parsed(const std::string& bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw std::runtime_error("ONNX: the file is not a model");
  return model;
}

/// OpenCV 4.6 wants a GRU's first state spelt out, which ONNX leaves at zeros for any batch.
std::string with_first_states(const std::string& bytes) {
  onnx::ModelProto model = parsed(bytes);
  bool changed = false;
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) {
    if (node.op_type() != "GRU" || node.input_size() != 4) continue;
    std::int64_t hidden = 0;
    std::int64_t directions = 1;
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.name() == "hidden_size") hidden = attribute.i();
      if (attribute.s() == "bidirectional") directions = 2;
    }
    onnx::TensorProto& zeros = *model.mutable_graph()->add_initializer();
    zeros.set_name(node.name() + "_first_state");
    zeros.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t n : {directions, std::int64_t{1}, hidden}) zeros.add_dims(n);
    zeros.set_raw_data(std::string(sizeof(float) * directions * hidden, '\0'));
    node.add_input("");
    node.add_input(zeros.name());
    changed = true;
  }
  return changed ? model.SerializeAsString() : bytes;
}

}  // namespace

void check_onnx_form(const std::string& bytes) try {
  onnx::checker::check_model(parsed(bytes));
} catch (const onnx::checker::ValidationError& e) {
  throw std::runtime_error(std::string("ONNX: ") + e.what());
}

torch::Tensor run_onnx(const std::string& bytes, const torch::Tensor& inputs) try {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // it throws, too, and we report that
  const std::string readable = with_first_states(bytes);
  cv::dnn::Net network = cv::dnn::readNetFromONNX(readable.data(), readable.size());
  std::vector<torch::Tensor> rows;
  for (std::int64_t i = 0; i < inputs.size(0); ++i) {
    torch::Tensor one = inputs.slice(0, i, i + 1).contiguous();
    const std::vector<int> size(one.sizes().begin(), one.sizes().end());
    network.setInput(cv::Mat(static_cast<int>(size.size()), size.data(), CV_32F, one.data_ptr<float>()));
    const cv::Mat output = network.forward().clone();
    rows.push_back(
        torch::from_blob(output.data, {1, static_cast<std::int64_t>(output.total())}, torch::kFloat32).clone());
  }
  return torch::cat(rows, 0);
} catch (const cv::Exception& e) {
  throw std::runtime_error("OpenCV " CV_VERSION ": " + e.err);
}

}  // namespace hitscope::models
