#include <stdexcept>

#include "models/neural/graphs/onnx_operators.h"

namespace hitscope::models::neural::graphs {
namespace {

using torch::jit::Value;

c10::IValue constant_of(const Value* value) {
  const auto constant = torch::jit::toIValue(value);
  if (!constant) throw std::runtime_error("ONNX: an operation's option is not known before it runs");
  return *constant;
}

std::vector<std::int64_t> size_of(const Value* value) {
  const auto type = value->type()->cast<c10::TensorType>();
  const auto sizes = type ? type->sizes().concrete_sizes() : c10::nullopt;
  if (!sizes) throw std::runtime_error("ONNX: a value of the traced graph has no shape");
  return *sizes;
}

}  // namespace

const OnnxOperand& TracedNode::operand_of(const Value* value) const {
  const auto found = operands_.find(value);
  if (found == operands_.end()) refuse("one of its inputs, " + std::string(value->node()->kind().toQualString()));
  return found->second;
}

std::vector<OnnxOperand> TracedNode::list(std::size_t input) const {
  std::vector<OnnxOperand> result;
  for (const Value* value : node_.input(input)->node()->inputs()) result.push_back(operand_of(value));
  return result;
}

std::string TracedNode::name(std::size_t input) const {
  const OnnxOperand& value = operand(input);
  if (!value.is_constant()) return value.name;
  return onnx.initialiser(value.key.empty() ? "number" : value.key, value.constant);
}

std::string TracedNode::broadcast_name(std::size_t input, std::size_t rank) const {
  const OnnxOperand& value = operand(input);
  if (!value.is_constant() || value.constant.dim() != static_cast<std::int64_t>(rank)) return name(input);
  if (value.constant.size(0) != 1) refuse("a constant with an axis for the batch");
  return onnx.initialiser(value.key.empty() ? "number" : value.key, value.constant.squeeze(0));
}

bool TracedNode::is_none(std::size_t input) const {
  const auto constant = torch::jit::toIValue(node_.input(input));
  return constant && constant->isNone();
}

std::int64_t TracedNode::integer(std::size_t input) const {
  const c10::IValue value = constant_of(node_.input(input));
  return value.isBool() ? static_cast<std::int64_t>(value.toBool()) : value.toInt();
}

double TracedNode::number(std::size_t input) const {
  const c10::IValue value = constant_of(node_.input(input));
  return value.isTensor() ? value.toTensor().item<double>() : value.toScalar().toDouble();
}

std::vector<std::int64_t> TracedNode::integers(std::size_t input) const {
  const Value* value = node_.input(input);
  if (const auto constant = torch::jit::toIValue(value)) return constant->toIntVector();
  std::vector<std::int64_t> result;
  for (const Value* item : value->node()->inputs()) result.push_back(constant_of(item).toInt());
  return result;
}

std::vector<std::int64_t> TracedNode::size(std::size_t input) const {
  return operand(input).is_constant() ? operand(input).constant.sizes().vec() : size_of(node_.input(input));
}

std::vector<std::int64_t> TracedNode::result_size() const {
  return size_of(node_.output(0));
}

std::int64_t TracedNode::axis(std::size_t input, std::size_t rank) const {
  const std::int64_t given = integer(input);
  return given < 0 ? given + static_cast<std::int64_t>(rank) : given;
}

bool TracedNode::uses_only_first_result() const {
  for (std::size_t i = 1; i < node_.outputs().size(); ++i) {
    if (node_.output(i)->hasUses()) return false;
  }
  return true;
}

void TracedNode::refuse(const std::string& what) const {
  throw std::runtime_error("ONNX: " + std::string(node_.kind().toQualString()) + " has no conversion for " + what);
}

}  // namespace hitscope::models::neural::graphs
