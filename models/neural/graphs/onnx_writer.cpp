#include "models/neural/graphs/onnx_writer.h"

#include <algorithm>
#include <stdexcept>

namespace hitscope::models::neural::graphs {
namespace {

constexpr int kOpset = 13;
constexpr int kIrVersion = 7;  // the first that holds opset 13: more readers know it

void set_value(onnx::AttributeProto& to, std::int64_t value) {
  to.set_type(onnx::AttributeProto::INT);
  to.set_i(value);
}
void set_value(onnx::AttributeProto& to, float value) {
  to.set_type(onnx::AttributeProto::FLOAT);
  to.set_f(value);
}
void set_value(onnx::AttributeProto& to, const std::string& value) {
  to.set_type(onnx::AttributeProto::STRING);
  to.set_s(value);
}
void set_value(onnx::AttributeProto& to, const std::vector<std::int64_t>& values) {
  to.set_type(onnx::AttributeProto::INTS);
  to.mutable_ints()->Assign(values.begin(), values.end());
}

void describe(onnx::ValueInfoProto& info, const std::string& name, const std::vector<std::int64_t>& size) {
  info.set_name(name);
  auto* type = info.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  type->mutable_shape()->add_dim()->set_dim_param("batch");
  for (const std::int64_t n : size) type->mutable_shape()->add_dim()->set_dim_value(n);
}

}  // namespace

OnnxWriter::OnnxWriter() {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("hitscope");
  auto* opset = model_.add_opset_import();
  opset->set_domain("");
  opset->set_version(kOpset);
  graph().set_name("hitscope");
}

std::string OnnxWriter::node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::vector<OnnxAttribute>& attributes) {
  onnx::NodeProto& added = *graph().add_node();
  added.set_op_type(op);
  std::string lower = op;
  std::transform(op.begin(), op.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string name = fresh(lower);
  added.set_name(name);
  added.add_output(name);
  for (const std::string& input : inputs) added.add_input(input);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *added.add_attribute();
    attribute.set_name(key);
    std::visit([&](const auto& v) { set_value(attribute, v); }, value);
  }
  return name;
}

std::string OnnxWriter::initialiser(const std::string& key, const torch::Tensor& values) {
  for (const Written& w : written_) {
    if (w.key == key && w.values.dtype() == values.dtype() && w.values.sizes() == values.sizes() &&
        torch::equal(w.values, values)) {
      return w.name;
    }
  }
  const torch::Tensor plain = values.detach().contiguous();
  onnx::TensorProto& added = *graph().add_initializer();
  const std::string name = fresh(key);
  added.set_name(name);
  if (plain.dtype() != torch::kFloat32 && plain.dtype() != torch::kInt64) {
    throw std::logic_error("an ONNX initialiser of this type is not written");
  }
  added.set_data_type(plain.dtype() == torch::kInt64 ? onnx::TensorProto::INT64 : onnx::TensorProto::FLOAT);
  for (const std::int64_t n : plain.sizes()) added.add_dims(n);
  added.set_raw_data(plain.data_ptr(), plain.nbytes());
  written_.push_back({key, name, plain});
  return name;
}

std::string OnnxWriter::integers(const std::vector<std::int64_t>& values) {
  return initialiser("sizes", torch::tensor(values, torch::kInt64));
}

std::string OnnxWriter::number(double value) {
  return initialiser("number", torch::scalar_tensor(value, torch::kFloat32));
}

void OnnxWriter::input(const std::string& name, const std::vector<std::int64_t>& size) {
  names_.insert(name);
  describe(*graph().add_input(), name, size);
}

void OnnxWriter::output(const std::string& value, const std::string& name, std::int64_t n) {
  for (onnx::NodeProto& node : *graph().mutable_node()) {
    if (node.output(0) == value) node.set_output(0, name);
    for (std::string& input : *node.mutable_input()) {
      if (input == value) input = name;
    }
  }
  describe(*graph().add_output(), name, {n});
}

std::string OnnxWriter::fresh(const std::string& like) {
  std::string name = like;
  for (int i = 1; !names_.insert(name).second; ++i) name = like + "_" + std::to_string(i);
  return name;
}

}  // namespace hitscope::models::neural::graphs
