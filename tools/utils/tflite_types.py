"""Full-int8 TFLite networks with other types of activations, which compute the same numbers."""
import copy

import numpy as np

# Operators whose first constant is a weight, and the place of the weight.
WEIGHTS = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "TRANSPOSE_CONV": 1}


def find_weights(network):
    """Numbers of the tensors that are weights of layers."""
    return {op.inputs[WEIGHTS[op.kind]] for op in network.operators if op.kind in WEIGHTS}


def to_unsigned(network):
    """Activations of UINT8: 128 is added to all of them. Weights may have up to 9 bits; their
    zero points are chosen so that none is negative."""
    result, weights = copy.deepcopy(network), find_weights(network)
    for i, tensor in enumerate(result.tensors):
        if i in weights:
            tensor.zero = -min(int(tensor.data.min()), 0)
            tensor.data = (tensor.data.astype(np.int64) + tensor.zero).astype(np.uint8)
        elif tensor.kind == "int8":
            tensor.zero += 128
            if tensor.data is not None:
                tensor.data = (tensor.data.astype(np.int64) + 128).astype(np.uint8)
        if tensor.kind in ("int8", "int16"):
            tensor.kind = "uint8"
    return result


def to_wide(network, factor):
    """Activations of INT16 without zero point, in steps `factor` times as large / 256."""
    result, weights = copy.deepcopy(network), find_weights(network)
    for i, tensor in enumerate(result.tensors):
        if tensor.kind == "int8" and i not in weights:
            if tensor.data is not None:
                tensor.data = (256 // factor * (tensor.data.astype(np.int64) - tensor.zero)) \
                    .astype(np.int16)
            tensor.kind, tensor.zero = "int16", 0
            tensor.scale = np.float32(tensor.scale * factor / 256)
    for op in result.operators:
        place = WEIGHTS.get(op.kind, 0)
        if place and len(op.inputs) > place + 1:
            bias = result.tensors[op.inputs[-1]]
            x = result.tensors[op.inputs[0 if op.kind != "TRANSPOSE_CONV" else 2]]
            weight = result.tensors[op.inputs[place]]
            steps = np.float32(x.scale) * np.float32(weight.scale)
            bias.data = np.round(bias.data * np.float64(bias.scale) / np.float64(steps)) \
                .astype(np.int64)
            bias.kind, bias.scale = "int64", steps
    return result


def to_float(network):
    """The real numbers that tensors stand for; activations have no limits."""
    result = copy.deepcopy(network)
    for tensor in result.tensors:
        if tensor.scale is None:
            continue
        if tensor.data is not None:
            shape = [1] * len(tensor.shape)
            if np.size(tensor.scale) > 1:
                shape[tensor.axis] = -1
            tensor.data = ((tensor.data.astype(np.float64) - tensor.zero)
                           * np.float64(tensor.scale).reshape(shape)).astype(np.float32)
        tensor.kind, tensor.scale, tensor.zero = "float32", None, 0
    return result
