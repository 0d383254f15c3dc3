// A traced network to ONNX, operation by operation.
//
// Operators and their forms are those that OpenCV 4.6 reads as the standard means them: reductions keep their axes and
// a Reshape takes them away, constants have no axis for the batch, a floor is subtraction, ReLU and addition.
// Internal to models (includes LibTorch and ONNX). Thread safety: a free function.
#pragma once

#include <onnx/onnx_pb.h>

#include "models/neural/graphs/graph_export.h"
#include "models/neural/graphs/traced_network.h"

namespace hitscope::models::neural::graphs {

/// Throws std::runtime_error naming an operation, or a form of one, that has no conversion.
onnx::ModelProto to_onnx(const TracedNetwork& traced, const GraphShape& shape);

}  // namespace hitscope::models::neural::graphs
