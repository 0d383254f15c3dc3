#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "models/neural/graphs/graph_check.h"

namespace hitscope::models::neural::graphs {
namespace {

onnx::ModelProto parsed(const std::string& bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw std::runtime_error("ONNX: the file is not a model");
  return model;
}

/// Zeros as the first state of every GRU, which ONNX leaves out for any batch, but OpenCV 4.6 wants.
void spell_out_first_states(onnx::ModelProto& model) {
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) {
    if (node.op_type() != "GRU" || node.input_size() != 4) continue;
    const auto& values = model.graph().value_info();
    const auto x = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.name() == node.input(0); });
    const auto weights = std::find_if(model.graph().initializer().begin(), model.graph().initializer().end(),
                                      [&](const auto& t) { return t.name() == node.input(2); });
    if (x == values.end() || weights == model.graph().initializer().end()) continue;  // OpenCV will complain
    onnx::TensorProto zeros;
    zeros.set_name(node.name() + "_first_state");
    zeros.set_data_type(onnx::TensorProto::FLOAT);
    zeros.add_dims(weights->dims(0));                                    // [directions, 3 * hidden, hidden]
    zeros.add_dims(x->type().tensor_type().shape().dim(1).dim_value());  // [time, batch, channels]
    zeros.add_dims(weights->dims(2));
    zeros.set_raw_data(std::string(sizeof(float) * zeros.dims(0) * zeros.dims(1) * zeros.dims(2), '\0'));
    node.add_input("");
    node.add_input(zeros.name());
    *model.mutable_graph()->add_initializer() = zeros;
  }
}

/// The model for one example at a time: OpenCV 4.6 guesses shapes where the batch is free.
std::string for_one_example(const std::string& bytes) {
  onnx::ModelProto model = parsed(bytes);
  for (auto* infos : {model.mutable_graph()->mutable_input(), model.mutable_graph()->mutable_output()}) {
    for (onnx::ValueInfoProto& info : *infos) {
      info.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(1);
    }
  }
  onnx::shape_inference::InferShapes(model);
  spell_out_first_states(model);
  return model.SerializeAsString();
}

}  // namespace

void check_onnx_form(const std::string& bytes) try {
  onnx::checker::check_model(parsed(bytes));
} catch (const onnx::checker::ValidationError& e) {
  throw std::runtime_error(std::string("ONNX: ") + e.what());
}

torch::Tensor run_onnx(const std::string& bytes, const torch::Tensor& inputs) try {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // it throws, too, and we report that
  const std::string readable = for_one_example(bytes);
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

}  // namespace hitscope::models::neural::graphs
