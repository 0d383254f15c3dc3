#include "models/neural/graphs/onnx_operators.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace hitscope::models::neural::graphs {
namespace {

using Sizes = std::vector<std::int64_t>;

constexpr char kAdd[] = "Add";
constexpr char kSub[] = "Sub";
constexpr char kMul[] = "Mul";
constexpr char kDiv[] = "Div";
constexpr char kRelu[] = "Relu";
constexpr char kLog[] = "Log";
constexpr char kSqrt[] = "Sqrt";
constexpr char kSigmoid[] = "Sigmoid";
constexpr char kReduceMean[] = "ReduceMean";
constexpr char kReduceMax[] = "ReduceMax";

/// To the traced sizes, but for the batch.
std::string reshaped(const TracedNode& node, const std::string& value, Sizes to) {
  to.at(0) = -1;
  return node.onnx.node("Reshape", {value, node.onnx.integers(to)});
}

/// PyTorch writes one number where it holds for every axis.
Sizes per_axis(Sizes sizes, std::size_t n_axes) {
  if (sizes.size() == 1) sizes.resize(n_axes, sizes.front());
  return sizes;
}

Sizes both_sides(const Sizes& padding) {
  Sizes pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

template <const char* kOp>
void elementwise(const TracedNode& node) {
  const std::size_t rank = node.result_size().size();
  if (node.n_inputs() > 2 && node.integer(2) != 1) node.refuse("alpha other than 1");
  node.result(node.onnx.node(kOp, {node.broadcast_name(0, rank), node.broadcast_name(1, rank)}));
}

/// A row [1, m] less a column [n, 1], which OpenCV 4.6 does not broadcast, is a matrix product: -column * ones + row.
void difference(const TracedNode& node) {
  const OnnxOperand& row = node.operand(0);
  const Sizes column = node.size(1);
  if (!row.is_constant() || row.constant.dim() != 2 || column.size() != 2 || column.at(1) != 1) {
    return elementwise<kSub>(node);
  }
  const torch::Tensor minus = -torch::ones({row.constant.size(1), 1});
  node.result(node.onnx.node(
      "Gemm",
      {node.name(1), node.onnx.initialiser("number", minus), node.onnx.initialiser("number", row.constant.squeeze(0))},
      {{"transB", std::int64_t{1}}}));
}

/// Ones for any batch size, as 0 * x + 1.
void ones(const TracedNode& node) {
  const std::string zeros = node.onnx.node("Mul", {node.name(0), node.onnx.number(0.0)});
  node.result(node.onnx.node("Add", {zeros, node.onnx.number(1.0)}));
}

template <const char* kOp>
void of_one(const TracedNode& node) {
  node.result(node.onnx.node(kOp, {node.name(0)}));
}

void same(const TracedNode& node) {
  node.result(node.operand(0));
}

void dropout(const TracedNode& node) {
  if (node.flag(2)) node.refuse("training");
  same(node);
}

/// max(x, floor) as ReLU(x - floor) + floor: OpenCV 4.6 knows Clip only as it was before opset 11, and Max only of
/// equal shapes.
std::string at_least(const TracedNode& node, const std::string& floor) {
  const std::string over = node.onnx.node("Relu", {node.onnx.node("Sub", {node.name(0), floor})});
  return node.onnx.node("Add", {over, floor});
}

void clamp_min(const TracedNode& node) {
  node.result(at_least(node, node.onnx.number(node.number(1))));
}

void maximum(const TracedNode& node) {
  node.result(at_least(node, node.name(1)));
}

void power(const TracedNode& node) {
  const double exponent = node.number(1);
  node.result(exponent == 2.0 ? node.onnx.node("Mul", {node.name(0), node.name(0)})
                              : node.onnx.node("Pow", {node.name(0), node.onnx.number(exponent)}));
}

/// Inputs: x, weight, bias, stride, padding, dilation, transposed, output padding, groups.
void convolution(const TracedNode& node) {
  if (node.flag(6)) node.refuse("transposed convolutions");
  const Sizes size = node.size(1);
  const Sizes kernel(size.begin() + 2, size.end());
  std::vector<std::string> inputs{node.name(0), node.name(1)};
  if (!node.is_none(2)) inputs.push_back(node.name(2));
  node.result(node.onnx.node("Conv", inputs,
                             {{"kernel_shape", kernel},
                              {"strides", per_axis(node.integers(3), kernel.size())},
                              {"pads", both_sides(per_axis(node.integers(4), kernel.size()))},
                              {"dilations", per_axis(node.integers(5), kernel.size())},
                              {"group", node.integer(8)}}));
}

/// Inputs: x, weight, bias, mean, variance, training, momentum, epsilon.
void batch_norm(const TracedNode& node) {
  if (node.flag(5)) node.refuse("training");
  node.result(node.onnx.node("BatchNormalization",
                             {node.name(0), node.name(1), node.name(2), node.name(3), node.name(4)},
                             {{"epsilon", static_cast<float>(node.number(7))}}));
}

/// The attributes of a pooling, whose inputs are x, kernel, stride (none: the kernel) and padding.
std::vector<OnnxAttribute> pooling_attributes(const TracedNode& node) {
  const Sizes stride = node.integers(2);
  return {{"kernel_shape", per_axis(node.integers(1), 2)},
          {"strides", per_axis(stride.empty() ? node.integers(1) : stride, 2)},
          {"pads", both_sides(per_axis(node.integers(3), 2))}};
}

/// Inputs: x, kernel, stride, padding, dilation, ceil mode.
void max_pool(const TracedNode& node) {
  const Sizes dilation = node.integers(4);
  if (std::any_of(dilation.begin(), dilation.end(), [](auto d) { return d != 1; })) node.refuse("dilation");
  std::vector<OnnxAttribute> attributes = pooling_attributes(node);
  attributes.emplace_back("ceil_mode", node.integer(5));
  node.result(node.onnx.node("MaxPool", {node.name(0)}, attributes));
}

/// Inputs: x, kernel, stride, padding, ceil mode, whether padding counts, divisor.
void avg_pool(const TracedNode& node) {
  if (!node.is_none(6)) node.refuse("a divisor of its own");
  std::vector<OnnxAttribute> attributes = pooling_attributes(node);
  attributes.emplace_back("ceil_mode", node.integer(4));
  attributes.emplace_back("count_include_pad", node.integer(5));
  node.result(node.onnx.node("AveragePool", {node.name(0)}, attributes));
}

/// Its inputs are x, the axes, and whether they are kept.
template <const char* kOp>
void reduction(const TracedNode& node) {
  const auto rank = static_cast<std::int64_t>(node.size(0).size());
  Sizes axes = node.integers(1);
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;
  const bool of_the_batch = std::find(axes.begin(), axes.end(), 0) != axes.end();
  const bool keeps = node.flag(2);
  const std::string reduced = node.onnx.node(
      kOp, {node.name(0)}, {{"axes", axes}, {"keepdims", static_cast<std::int64_t>(keeps || !of_the_batch)}});
  node.result(keeps || of_the_batch ? reduced : reshaped(node, reduced, node.result_size()));
}

/// Inputs: bias, x, weight [in, out] (a known one, transposed), beta, alpha.
void dense(const TracedNode& node) {
  const OnnxOperand& weight = node.operand(2);
  if (!weight.is_constant() || node.number(3) != 1.0 || node.number(4) != 1.0)
    node.refuse("computed or scaled weights");
  node.result(node.onnx.node("Gemm",
                             {node.name(1), node.onnx.initialiser(weight.key, weight.constant.t()), node.name(0)},
                             {{"transB", std::int64_t{1}}}));
}

void matmul(const TracedNode& node) {
  node.result(node.onnx.node("MatMul", {node.name(0), node.name(1)}));
}

void concatenation(const TracedNode& node) {
  std::vector<std::string> inputs;
  for (const OnnxOperand& value : node.list(0)) {
    if (value.is_constant()) node.refuse("constants among computed values");
    if (!value.name.empty()) inputs.push_back(value.name);
  }
  if (inputs.size() == 1) return node.result(inputs.front());
  node.result(node.onnx.node("Concat", inputs, {{"axis", node.axis(1, node.result_size().size())}}));
}

void flatten(const TracedNode& node) {
  const std::size_t rank = node.size(0).size();
  if (node.axis(1, rank) != 1 || node.axis(2, rank) != static_cast<std::int64_t>(rank) - 1) {
    node.refuse("other axes than all after the first");
  }
  node.result(node.onnx.node("Flatten", {node.name(0)}, {{"axis", std::int64_t{1}}}));
}

void view(const TracedNode& node) {
  const Sizes to = node.integers(1);
  if (std::count(to.begin(), to.end(), -1) != 1) node.refuse("sizes that leave none free for the batch");
  node.result(node.onnx.node("Reshape", {node.name(0), node.onnx.integers(to)}));
}

void one_axis_more_or_less(const TracedNode& node) {
  if (node.axis(1, std::max(node.size(0).size(), node.result_size().size())) == 0) node.refuse("the axis of the batch");
  node.result(reshaped(node, node.name(0), node.result_size()));
}

void transpose(const TracedNode& node) {
  const std::size_t rank = node.size(0).size();
  Sizes order(rank);
  std::iota(order.begin(), order.end(), 0);
  std::swap(order.at(node.axis(1, rank)), order.at(node.axis(2, rank)));
  node.result(node.onnx.node("Transpose", {node.name(0)}, {{"perm", order}}));
}

/// Inputs: x, axis, start, end, step.
void slice(const TracedNode& node) {
  if (node.integer(4) != 1) node.refuse("steps other than 1");
  const Sizes size = node.result_size();
  if (std::count(size.begin(), size.end(), 0) > 0) return node.result(std::string());  // nothing: for cat to leave out
  if (size == node.size(0)) return same(node);
  const std::int64_t first = node.is_none(2) ? 0 : node.integer(2);
  const std::int64_t end = node.is_none(3) ? std::numeric_limits<std::int64_t>::max() : node.integer(3);
  const std::int64_t axis = node.axis(1, size.size());
  node.result(node.onnx.node(
      "Slice", {node.name(0), node.onnx.integers({first}), node.onnx.integers({end}), node.onnx.integers({axis})}));
}

/// Inputs: x [n, c, h, w]; left, right, top, bottom.
void reflection_pad(const TracedNode& node) {
  const Sizes by = node.integers(1);
  const Sizes pads{0, 0, by.at(2), by.at(0), 0, 0, by.at(3), by.at(1)};
  node.result(node.onnx.node("Pad", {node.name(0), node.onnx.integers(pads)}, {{"mode", std::string("reflect")}}));
}

}  // namespace

const std::function<void(const TracedNode&)>* onnx_operator(std::string_view kind) {
  static const std::map<std::string_view, std::function<void(const TracedNode&)>> kOperators{
      {"aten::add", elementwise<kAdd>},
      {"aten::sub", difference},
      {"aten::mul", elementwise<kMul>},
      {"aten::div", elementwise<kDiv>},
      {"aten::relu", of_one<kRelu>},
      {"aten::log", of_one<kLog>},
      {"aten::sqrt", of_one<kSqrt>},
      {"aten::dropout", dropout},
      {"aten::clamp_min", clamp_min},
      {"aten::maximum", maximum},
      {"aten::pow", power},
      {"aten::_convolution", convolution},
      {"aten::batch_norm", batch_norm},
      {"aten::max_pool2d", max_pool},
      {"aten::avg_pool2d", avg_pool},
      {"aten::mean", reduction<kReduceMean>},
      {"aten::amax", reduction<kReduceMax>},
      {"aten::addmm", dense},
      {"aten::sigmoid", of_one<kSigmoid>},
      {"aten::ones_like", ones},
      {"aten::to", same},
      {"aten::matmul", matmul},
      {"aten::cat", concatenation},
      {"aten::flatten", flatten},
      {"aten::view", view},
      {"aten::reshape", view},
      {"aten::unsqueeze", one_axis_more_or_less},
      {"aten::squeeze", one_axis_more_or_less},
      {"aten::transpose", transpose},
      {"aten::slice", slice},
      {"aten::reflection_pad2d", reflection_pad},
      {"aten::gru", convert_gru}};
  const auto found = kOperators.find(kind);
  return found == kOperators.end() ? nullptr : &found->second;
}

}  // namespace hitscope::models::neural::graphs
