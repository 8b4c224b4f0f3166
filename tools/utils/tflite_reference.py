"""What TFLite's reference kernels compute for 8-bit integers: slow and written as they are.

Independent of the compiler's own arithmetic: the random TFLite networks of the tests are
evaluated with it and compared byte for byte with `--rounding=source`.
"""
import math

import numpy as np

# ---------------------------------------------------------------------------------------
# Fixed-point arithmetic, on arrays of int64 that hold 32-bit numbers.


def round_away(x):
    return math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1)


def quantize_multiplier(real):
    """A multiplier of 31 bits and its exponent."""
    if real == 0:
        return 0, 0
    fraction, exponent = math.frexp(real)
    fixed = round_away(fraction * 2**31)
    if fixed == 2**31:
        fixed, exponent = fixed // 2, exponent + 1
    return (0, 0) if exponent < -31 else (fixed, exponent)


def truncate(a, b):
    """Integer division towards zero."""
    return np.sign(a) * (np.abs(a) // b)


def high_mul(a, b):
    """SaturatingRoundingDoublingHighMul."""
    product = np.asarray(a, np.int64) * np.asarray(b, np.int64)
    nudge = np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    return truncate(product + nudge, 1 << 31)


def divide_by_power(x, exponent):
    """RoundingDivideByPOT."""
    x, exponent = np.asarray(x, np.int64), np.asarray(exponent, np.int64)
    mask = (np.int64(1) << exponent) - 1
    threshold = (mask >> 1) + (x < 0)
    return (x >> exponent) + ((x & mask) > threshold)


def multiply(x, multiplier, exponent):
    """MultiplyByQuantizedMultiplier."""
    x = np.asarray(x, np.int64)
    return divide_by_power(
        high_mul(x * (np.int64(1) << np.maximum(exponent, 0)), multiplier),
        np.maximum(-np.asarray(exponent), 0))


def saturating_left(x, n):
    return np.clip(np.asarray(x, np.int64) * (1 << n), -2**31, 2**31 - 1)


def exp_negative(x, integer_bits):
    """exp(x) with 31 bits behind the point, x <= 0 with 31 - integer_bits."""
    x = np.asarray(x, np.int64)
    bits = 31 - integer_bits
    quarter = 1 << (bits - 2)
    part = (x & (quarter - 1)) - quarter
    a = saturating_left(part, integer_bits) + (1 << 28)
    a2 = high_mul(a, a)
    a3, a4 = high_mul(a2, a), high_mul(a2, a2)
    inner = divide_by_power(high_mul(divide_by_power(a4, 2) + a3, 715827883) + a2, 1)
    result = 1895147668 + high_mul(1895147668, a + inner)
    rest = part - x
    for power, factor in ((-2, 1672461947), (-1, 1302514674), (0, 790015084), (1, 290630308),
                          (2, 39332535), (3, 720401), (4, 242)):
        if power < integer_bits:
            result = np.where(rest & (1 << (bits + power)), high_mul(result, factor), result)
    return np.where(x == 0, 2**31 - 1, result)


def newton(a):
    """2 / (1 + a) with 2 integer bits."""
    half = (a + 2**31) // 2
    x = 1515870810 + high_mul(half, -1010580540)
    for _ in range(3):
        x = x + saturating_left(high_mul(x, (1 << 29) - high_mul(half, x)), 2)
    return x


def logistic_fixed(x):
    e = exp_negative(-np.abs(x), 4)
    positive = saturating_left(newton(e), 1)
    result = np.where(x > 0, positive, 2**31 - 1 - positive)
    return np.where(x == 0, 1 << 30, result)


def tanh_fixed(x):
    e = exp_negative(-np.abs(x), 5)
    t = saturating_left(newton(e) - (1 << 29), 2)
    return np.where(x == 0, 0, np.where(x < 0, -t, t))


# ---------------------------------------------------------------------------------------
# Kernels


def limits(tensor, activation):
    """The range of a fused activation function."""
    scale, zero = np.float32(tensor.scale), tensor.zero
    at = lambda real: zero + round_away(float(np.float32(real) / scale))
    low, high = {0: (-128, 127), 1: (at(0), 127), 2: (at(-1), at(1)), 3: (at(0), at(6))}[activation]
    return max(low, -128), min(high, 127)


def finish(x, tensor, activation=0):
    return np.clip(x + tensor.zero, *limits(tensor, activation)).astype(np.int8)


def window(size, kernel, stride, dilation, padding):
    """Number of outputs and padding in front."""
    extent = (kernel - 1) * dilation + 1
    if padding == 1:
        return (size - extent) // stride + 1, 0
    out = -(-size // stride)
    return out, max((out - 1) * stride + extent - size, 0) // 2


def patches(x, kernel, strides, dilations, padding, fill):
    """For each tap its elements at all outputs, and whether they are inside."""
    height, width = x.shape[1:3]
    rows, top = window(height, kernel[0], strides[0], dilations[0], padding)
    columns, left = window(width, kernel[1], strides[1], dilations[1], padding)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            r = np.arange(rows) * strides[0] + i * dilations[0] - top
            c = np.arange(columns) * strides[1] + j * dilations[1] - left
            inside = ((r >= 0) & (r < height))[:, None] & ((c >= 0) & (c < width))[None, :]
            values = x[:, np.clip(r, 0, height - 1)][:, :, np.clip(c, 0, width - 1)]
            yield i, j, np.where(inside[None, :, :, None], values, fill), inside


def geometry(op):
    o = op.options
    return ((o["stride_h"], o["stride_w"]), (o.get("dilation_h", 1), o.get("dilation_w", 1)),
            o["padding"])


def requantize(acc, x, w, y, activation, narrow=False):
    """Sums to bytes, with a multiplier for each channel."""
    scales = np.atleast_1d(np.float32(w.scale))
    if (narrow or w.kind != "int8") and scales.size == 1:
        reals = [float(np.float32(x.scale) * scales[0]) / float(np.float32(y.scale))]
    else:
        reals = [float(np.float32(x.scale)) * float(s) / float(np.float32(y.scale)) for s in scales]
    m, e = np.array([quantize_multiplier(r) for r in reals], np.int64).T
    return finish(multiply(acc, m, e), y, activation)


def conv(net, op, values):
    x, w, b = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    acc = b.data.astype(np.int64)
    for i, j, part, _ in patches(values[op.inputs[0]].astype(np.int64) - x.zero, w.shape[1:3],
                                 *geometry(op), 0):
        acc = acc + part @ w.data[:, i, j].astype(np.int64).T
    return requantize(acc, x, w, y, op.options["activation"])


def depthwise(net, op, values):
    x, w, b = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    acc = b.data.astype(np.int64)
    times = w.shape[3] // x.shape[3]
    for i, j, part, _ in patches(values[op.inputs[0]].astype(np.int64) - x.zero, w.shape[1:3],
                                 *geometry(op), 0):
        acc = acc + np.repeat(part, times, axis=3) * w.data[0, i, j].astype(np.int64)
    return requantize(acc, x, w, y, op.options["activation"])


def dense(net, op, values):
    x, w, b = (net.tensors[i] for i in op.inputs)
    rows = values[op.inputs[0]].astype(np.int64).reshape(-1, w.shape[1]) - x.zero
    acc = rows @ w.data.astype(np.int64).T + b.data.astype(np.int64)
    return requantize(acc, x, w, net.tensors[op.outputs[0]], op.options["activation"], True)


def transpose_conv(net, op, values):
    """Each input element adds the filter, scaled by it, to the output."""
    shape, w, x, b = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    data = values[op.inputs[2]].astype(np.int64) - x.zero
    height, width = (int(s) for s in shape.data[1:3])
    acc = np.zeros((data.shape[0], height, width, w.shape[0]), np.int64)
    strides, pads = (op.options["stride_h"], op.options["stride_w"]), [0, 0]
    if op.options["padding"] == 0:
        pads = [max((data.shape[1 + d] - 1) * strides[d] + w.shape[1 + d] - (height, width)[d], 0)
                // 2 for d in (0, 1)]
    for r in range(data.shape[1]):
        for c in range(data.shape[2]):
            for i in range(w.shape[1]):
                for j in range(w.shape[2]):
                    row, column = r * strides[0] + i - pads[0], c * strides[1] + j - pads[1]
                    if 0 <= row < height and 0 <= column < width:
                        acc[:, row, column] += data[:, r, c] @ w.data[:, i, j].astype(np.int64).T
    return requantize(acc + b.data, x, w, y, op.options["activation"])


def add(net, op, values, sign=1):
    a, b = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    if sign > 0:
        sa, sb, sy = (float(np.float32(t.scale)) for t in (a, b, y))
        twice = 2 * max(sa, sb)
        reals = sa / twice, sb / twice, twice / ((1 << 20) * sy)
    else:
        sa, sb, sy = (np.float32(t.scale) for t in (a, b, y))
        twice = np.float32(2) * max(sa, sb)
        reals = [float(r) for r in (sa / twice, sb / twice, twice / (np.float32(1 << 20) * sy))]
    ma, mb, my = (quantize_multiplier(r) for r in reals)
    get = lambda i, t: values[i].astype(np.int64) - t.zero
    raw = multiply(get(op.inputs[0], a) << 20, *ma) + sign * multiply(get(op.inputs[1], b) << 20, *mb)
    return finish(multiply(raw, *my), y, op.options["activation"])


def mul(net, op, values):
    a, b = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    real = float(np.float32(a.scale) * np.float32(b.scale) / np.float32(y.scale))
    get = lambda i, t: values[i].astype(np.int64) - t.zero
    product = get(op.inputs[0], a) * get(op.inputs[1], b)
    return finish(multiply(product, *quantize_multiplier(real)), y, op.options["activation"])


def prelu(net, op, values):
    x, slope, y = (net.tensors[i] for i in (*op.inputs, *op.outputs))
    ratio, product = np.float32(x.scale) / np.float32(y.scale), \
        np.float32(x.scale) * np.float32(slope.scale) / np.float32(y.scale)
    data = values[op.inputs[0]].astype(np.int64) - x.zero
    times = data * (values[op.inputs[1]].astype(np.int64) - slope.zero)
    return finish(np.where(data >= 0, multiply(data, *quantize_multiplier(float(ratio))),
                           multiply(times, *quantize_multiplier(float(product)))), y)


def batch_matmul(net, op, values):
    a, b, y = (net.tensors[i] for i in (*op.inputs, *op.outputs))
    left, right = (values[i].astype(np.int64) - t.zero for i, t in zip(op.inputs, (a, b)))
    left = left.swapaxes(-1, -2) if op.options.get("adj_x") else left
    right = right.swapaxes(-1, -2) if op.options.get("adj_y") else right
    return requantize(left @ right, a, b, y, 0, True)


def places(size, out, op):
    """Where outputs lie in the input, with 10 bits behind the point; elements around them."""
    if op.options.get("align") and out > 1:
        step = ((size - 1) * 1024 + (out - 1) // 2) // (out - 1)
    else:
        step = (size * 1024 + out // 2) // out
    place = np.arange(out, dtype=np.int64) * step
    if op.options.get("half"):
        place = place + step // 2 - 512
    return place, np.maximum(truncate(place, 1024), 0), \
        np.minimum(truncate(place + 1023, 1024), size - 1)


def resize_bilinear(net, op, values):
    x = values[op.inputs[0]].astype(np.int64)
    height, width = (int(n) for n in net.tensors[op.inputs[1]].data)
    total = 0
    row, top, bottom = places(x.shape[1], height, op)
    column, left, right = places(x.shape[2], width, op)
    down, across = (row - 1024 * top)[:, None, None], (column - 1024 * left)[:, None]
    for rows, weight in ((top, 1024 - down), (bottom, down)):
        for columns, other in ((left, 1024 - across), (right, across)):
            total = total + x[:, rows][:, :, columns] * weight * other
    half = np.where(total > 0, 1 << 19, -(1 << 19))
    return truncate(total + half, 1 << 20).astype(np.int8)


def pool(net, op, values):
    x = values[op.inputs[0]].astype(np.int64)
    kernel = op.options["height"], op.options["width"]
    largest = op.kind == "MAX_POOL_2D"
    total, count = -128 if largest else 0, 0
    for _, _, part, inside in patches(x, kernel, *geometry(op), -128 if largest else 0):
        total = np.maximum(total, part) if largest else total + part
        count = count + inside[None, :, :, None]
    if not largest:
        total = np.where(total > 0, truncate(total + count // 2, count),
                         truncate(total - count // 2, count))
    y = net.tensors[op.outputs[0]]
    return np.clip(total, *limits(y, op.options["activation"])).astype(np.int8)


def mean(net, op, values):
    x, axes = (net.tensors[i] for i in op.inputs)
    y = net.tensors[op.outputs[0]]
    axes = tuple(int(a) for a in np.atleast_1d(axes.data))
    data = values[op.inputs[0]].astype(np.int64)
    count = int(np.prod([data.shape[a] for a in axes]))
    m, e = quantize_multiplier(float(np.float32(x.scale)) / float(np.float32(y.scale)))
    shift = min(count.bit_length() - 1, 32, 31 + e)
    m, e = (m << shift) // count, e - shift
    total = data.sum(axis=axes, keepdims=bool(op.options.get("keep", 0))) - x.zero * count
    return finish(multiply(total, m, e), y)


def softmax(net, op, values):
    x = values[op.inputs[0]].astype(np.int64)
    scale = float(np.float32(net.tensors[op.inputs[0]].scale)) * op.options["beta"]
    m, e = quantize_multiplier(min(scale * (1 << 26), 2.0**31 - 1))
    radius = math.floor(31 * 2.0**26 / 2.0**e)
    below = x - x.max(axis=-1, keepdims=True)
    valid = below >= -radius
    exps = exp_negative(high_mul(np.where(valid, below, 0) * (1 << e), m), 5)
    total = np.where(valid, divide_by_power(exps, 12), 0).sum(axis=-1, keepdims=True)
    zeros = 32 - np.vectorize(lambda v: int(v).bit_length())(total)
    inverse = saturating_left(newton((total << zeros) - 2**31), 1)
    result = divide_by_power(high_mul(inverse, exps), 12 - zeros + 31 - 8) - 128
    return np.where(valid, np.clip(result, -128, 127), -128).astype(np.int8)


def fixed_function(function, bits, zero):
    def kernel(net, op, values):
        tensor = net.tensors[op.inputs[0]]
        x = values[op.inputs[0]].astype(np.int64) - tensor.zero
        m, e = quantize_multiplier(float(np.float32(tensor.scale)) * 2.0**27)
        radius = math.floor(15 * 2.0**27 / 2.0**e)
        inner = np.clip(x, 1 - radius, radius - 1)
        y = divide_by_power(function(multiply(inner, m, e)), 31 - bits) + zero
        y = np.where(x >= radius, 127, np.where(x <= -radius, -128, y))
        return np.clip(y, -128, 127).astype(np.int8)
    return kernel


def leaky_relu(net, op, values):
    x, y = net.tensors[op.inputs[0]], net.tensors[op.outputs[0]]
    sx, sy, alpha = np.float32(x.scale), np.float32(y.scale), np.float32(op.options["alpha"])
    data = values[op.inputs[0]].astype(np.int64) - x.zero
    slope = quantize_multiplier(float(sx * np.abs(alpha) / sy))
    negative = multiply(data, *slope) * (-1 if alpha < 0 else 1)
    return finish(np.where(data >= 0, multiply(data, *quantize_multiplier(float(sx / sy))), negative), y)


def hard_swish(net, op, values):
    x, y = net.tensors[op.inputs[0]], net.tensors[op.outputs[0]]
    fine = np.float32(1 / 128) * np.float32(x.scale)

    def multiplier16(real):
        m, e = quantize_multiplier(float(real))
        return (32767 if m >= 2**31 - 1 - (1 << 15) else (m + (1 << 15)) >> 16), e

    def high_mul16(a, b):
        product = a * b
        return truncate(product + np.where(product >= 0, 1 << 14, 1 - (1 << 14)), 1 << 15)

    clip16 = lambda v: np.clip(v, -32768, 32767)
    out_m, out_e = multiplier16(fine / np.float32(y.scale))
    relu_m, relu_e = multiplier16(fine / (np.float32(3) / np.float32(32768)))
    data = (values[op.inputs[0]].astype(np.int64) - x.zero) * 128
    scaled = high_mul16(data, out_m)
    relu = clip16(data << (relu_e - 1)) if relu_e > 0 else data
    relu = high_mul16(relu, relu_m)
    relu = clip16(relu * 2) if relu_e > 0 else divide_by_power(relu, -relu_e)
    relu = (relu + (1 << 15)) >> 1
    return finish(divide_by_power(truncate(relu * scaled, 1 << 15), -out_e), y)


def rectifier(function):
    def kernel(net, op, values):
        x, y = net.tensors[op.inputs[0]], net.tensors[op.outputs[0]]
        data = values[op.inputs[0]].astype(np.int64) - x.zero
        real = float(np.float32(x.scale) / np.float32(y.scale))
        return finish(multiply(data, *quantize_multiplier(real)), y, function)
    return kernel


def quantize(net, op, values):
    x, y = net.tensors[op.inputs[0]], net.tensors[op.outputs[0]]
    real = float(np.float32(x.scale)) / float(np.float32(y.scale))
    data = values[op.inputs[0]].astype(np.int64) - x.zero
    return finish(multiply(data, *quantize_multiplier(real)), y)


def move(function):
    return lambda net, op, values: function(op, [values[i] for i in op.inputs], net)


KERNELS = {
    "ADD": add, "SUB": lambda *a: add(*a, sign=-1), "MUL": mul, "CONV_2D": conv,
    "DEPTHWISE_CONV_2D": depthwise, "FULLY_CONNECTED": dense, "TRANSPOSE_CONV": transpose_conv,
    "AVERAGE_POOL_2D": pool, "MAX_POOL_2D": pool, "MEAN": mean, "SOFTMAX": softmax,
    "LOGISTIC": fixed_function(logistic_fixed, 8, -128), "TANH": fixed_function(tanh_fixed, 7, 0),
    "LEAKY_RELU": leaky_relu, "HARD_SWISH": hard_swish, "RELU": rectifier(1), "RELU6": rectifier(3),
    "RELU_N1_TO_1": rectifier(2), "QUANTIZE": quantize,
    "PAD": move(lambda op, v, net: np.pad(v[0], v[1],
                                          constant_values=net.tensors[op.inputs[0]].zero)),
    "CONCATENATION": move(lambda op, v, net: np.concatenate(v, op.options["axis"])),
    "RESHAPE": move(lambda op, v, net: v[0].reshape(
        (v[0].shape[0], *net.tensors[op.outputs[0]].shape[1:]))),
    "PRELU": prelu, "BATCH_MATMUL": batch_matmul, "RESIZE_BILINEAR": resize_bilinear,
    "MAXIMUM": move(lambda op, v, net: np.maximum(*v)),
    "MINIMUM": move(lambda op, v, net: np.minimum(*v)),
    "TRANSPOSE": move(lambda op, v, net: v[0].transpose(v[1])),
}


def run(network, op, values):
    """Evaluates one operator; `values` are arrays by number of tensor."""
    values[op.outputs[0]] = KERNELS[op.kind](network, op, values)


def evaluate(network, x):
    """The output for the samples in `x`, which has any number of them."""
    values = {i: t.data for i, t in enumerate(network.tensors) if t.data is not None}
    values[network.inputs[0]] = x
    for op in network.operators:
        run(network, op, values)
    return values[network.outputs[0]]
