// A traced network to ONNX, operation by operation.
//
// Only those operators and forms are used that OpenCV 4.6 reads as the standard defines them: reductions keep their
// axes and a Reshape removes them, constants have no batch axis, and a lower bound is a subtraction, a ReLU and an
// addition. Internal to models (includes LibTorch and ONNX).
// Thread safety: a free function.
#pragma once

#include <onnx/onnx_pb.h>

#include "models/neural/graphs/graph_export.h"
#include "models/neural/graphs/traced_network.h"

namespace hitscope::models::neural::graphs {

/// The model of `traced`, whose input and output are those of `shape`. Throws std::runtime_error naming an operation,
/// or a form of one, that has no conversion.
onnx::ModelProto to_onnx(const TracedNetwork& traced, const GraphShape& shape);

}  // namespace hitscope::models::neural::graphs
