"""Runs an ONNX model with Python PyTorch, operator by operator as the ONNX standard (opset 13) words them.

Debian 12 has no onnxruntime, and its onnx 1.12 has no reference evaluator. This knows only the operators that hitscope
writes, takes any batch, and fails on whatever it does not know.
"""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper


def split_pads(pads):
    """ONNX: all begins, then all ends. PyTorch's pad: (begin, end) of the last axis first."""
    half = len(pads) // 2
    return [p for axis in reversed(range(half)) for p in (pads[axis], pads[axis + half])]


def conv(x, weight, bias=None, *, kernel_shape, strides, pads, dilations, group):
    assert list(weight.shape[2:]) == kernel_shape, (weight.shape, kernel_shape)
    function = {1: F.conv1d, 2: F.conv2d}[len(kernel_shape)]
    return function(F.pad(x, split_pads(pads)), weight, bias, strides, 0, dilations, group)


def max_pool(x, *, kernel_shape, strides, pads, ceil_mode):
    assert not any(pads) and len(strides) == len(kernel_shape) == x.dim() - 2
    return F.max_pool2d(x, kernel_shape, strides, ceil_mode=bool(ceil_mode))


def average_pool(x, *, kernel_shape, strides, pads, ceil_mode, count_include_pad):
    assert not any(pads) and not count_include_pad and len(strides) == len(kernel_shape) == x.dim() - 2
    return F.avg_pool2d(x, kernel_shape, strides, ceil_mode=bool(ceil_mode), count_include_pad=False)


def batch_normalization(x, scale, bias, mean, variance, *, epsilon):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    scale, bias, mean, variance = (v.view(shape) for v in (scale, bias, mean, variance))
    return (x - mean) / torch.sqrt(variance + epsilon) * scale + bias


def gemm(a, b, c, *, transB):
    return a @ (b.T if transB else b) + c


def reshape(x, shape):
    sizes = [x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())]
    return x.reshape(sizes)


def slice_(x, starts, ends, axes):
    for start, end, axis in zip(starts.tolist(), ends.tolist(), axes.tolist()):
        x = x[(slice(None),) * (axis % x.dim()) + (slice(start, end),)]
    return x


def pad(x, pads, *, mode):
    assert mode == b"reflect"
    pads = pads.tolist()
    half = len(pads) // 2
    return torch.from_numpy(np.pad(x.numpy(), [(pads[i], pads[i + half]) for i in range(half)], mode="reflect"))


def gru(x, w, r, b, *, hidden_size, direction, linear_before_reset):
    """The standard's equations, one step after the other; x [time, batch, channels]; gates z, r, h."""
    assert linear_before_reset == 1
    n_directions = {b"forward": 1, b"bidirectional": 2}[direction]
    outputs = []
    for d in range(n_directions):
        state = torch.zeros(x.shape[1], hidden_size)
        wz, wr, wh = w[d].chunk(3)
        rz, rr, rh = r[d].chunk(3)
        wbz, wbr, wbh, rbz, rbr, rbh = b[d].chunk(6)
        steps = range(x.shape[0]) if d == 0 else reversed(range(x.shape[0]))
        states = [None] * x.shape[0]
        for t in steps:
            update = torch.sigmoid(x[t] @ wz.T + state @ rz.T + wbz + rbz)
            reset = torch.sigmoid(x[t] @ wr.T + state @ rr.T + wbr + rbr)
            hidden = torch.tanh(x[t] @ wh.T + reset * (state @ rh.T + rbh) + wbh)
            state = (1 - update) * hidden + update * state
            states[t] = state
        outputs.append(torch.stack(states))
    return torch.stack(outputs, dim=1)  # [time, directions, batch, hidden]


OPERATORS = {
    "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div, "Pow": torch.pow, "MatMul": torch.matmul,
    "Relu": torch.relu, "Log": torch.log, "Sqrt": torch.sqrt, "Sigmoid": torch.sigmoid, "Reshape": reshape, "Slice": slice_, "Pad": pad,
    "Concat": lambda *inputs, axis: torch.cat(inputs, axis),
    "Transpose": lambda x, *, perm: x.permute(perm),
    "Flatten": lambda x, *, axis: x.reshape(int(np.prod(x.shape[:axis])), -1),
    "ReduceMean": lambda x, *, axes, keepdims: x.mean(axes, keepdim=bool(keepdims)),
    "ReduceMax": lambda x, *, axes, keepdims: x.amax(axes, keepdim=bool(keepdims)),
    "Conv": conv, "MaxPool": max_pool, "AveragePool": average_pool, "BatchNormalization": batch_normalization,
    "Gemm": gemm, "GRU": gru,
}


def run_onnx(path, x):
    """The outputs of the model for the input array `x`, as an array."""
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.graph.initializer}
    values[model.graph.input[0].name] = torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32))
    with torch.no_grad():
        for node in model.graph.node:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            values[node.output[0]] = OPERATORS[node.op_type](*(values[name] for name in node.input), **attributes)
    return values[model.graph.output[0].name].numpy()
