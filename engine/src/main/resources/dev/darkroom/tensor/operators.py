# The operators of Darkroom, in TorchScript. Operators.java is their Java face; one method there for each def here.
#
# Shapes: B batch, S sequence, D width, H heads, Dh width of a head, C channels, h w height and width.
# Element types are PyTorch's numbers (see DType.java). Statistics of norms, rope and noise are computed in float32.

# --- what libtorch's meta device cannot compute: one function each, so that a run on shapes alone can say them itself ---

def _sdpa(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool, scale: Optional[float]) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, causal, scale=scale)

def _conv(self, x: Tensor, weight: Tensor, bias: Tensor, stride: List[int], padding: List[int]) -> Tensor:
    return torch.conv2d(x, weight, bias, stride, padding)

def _conv_transpose(self, x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    return torch.conv_transpose2d(x, weight, bias, [stride, stride])

def _layer_norm(self, x: Tensor, shape: List[int], weight: Optional[Tensor], bias: Optional[Tensor], eps: float) -> Tensor:
    return torch.layer_norm(x, shape, weight, bias, eps)

def _rms_norm(self, x: Tensor, shape: List[int], weight: Tensor, eps: float) -> Tensor:
    return torch.rms_norm(x, shape, weight, eps)

def _group_norm(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    # libtorch's own has one block of threads for each group, and most of a card idles: with it norm, SiLU and convolution of 1024x1024 took 5.5 ms on
    # an H100, with sums 2.8.
    if x.is_cuda and x.dim() == 4 and x.dtype != 6:
        return self.group_norm_by_sums(x, groups, weight, bias, eps)
    return torch.group_norm(x, groups, weight, bias, eps)

def _rows(self, x: Tensor, dim: int, index: Tensor) -> Tensor:
    return x.index_select(dim, index)

def _embedding(self, weight: Tensor, ids: Tensor) -> Tensor:
    return torch.embedding(weight, ids)

def _sampled(self, x: Tensor, grid: Tensor, interpolation: int, border: int) -> Tensor:
    # [1, C, h, w] at grid [n, m, 2] of x and y, -1..1 from edge to edge of the picture -> [C, n, m]
    return torch.grid_sampler(x, grid.unsqueeze(0), interpolation, border, False)[0]

def _var_mean(self, x: Tensor, dims: List[int]) -> List[Tensor]:
    variance, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return [variance, mean]

# --- memory: files, devices, element types ---

def view_bytes(self, bytes: Tensor, dtype: int, offset: int, shape: List[int]) -> Tensor:
    # The same memory read as another type; offset counts elements of that type.
    stride = annotate(List[int], [])
    step = 1
    for i in range(len(shape)):
        stride.append(step)
        step *= shape[len(shape) - 1 - i]
    stride.reverse()
    return torch.empty([0], dtype=dtype, device=bytes.device).set_(bytes, offset, shape, stride)

def rebind(self, view: Tensor, bytes: Tensor, dtype: int, offset: int) -> int:
    # The view, of the same type and shape, sees other memory from here on.
    view.set_(self.view_bytes(bytes, dtype, offset, view.shape))
    return 0

def copy_bytes(self, bytes: Tensor, start: int, length: int) -> Tensor:
    return bytes.narrow(0, start, length).clone()

def copy(self, x: Tensor) -> Tensor:
    return x.clone()

def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

def to_device(self, x: Tensor, device: str) -> Tensor:
    return x.to(torch.device(device))

def pinned(self, size: int) -> Tensor:
    return torch.empty([size], dtype=0, pin_memory=True)

def copy_window(self, buffer: Tensor, target: Tensor, start: int, length: int) -> int:
    # Host -> device, queued; then a byte of it is read, which waits until it is there and the buffer is free.
    target.narrow(0, start, length).copy_(buffer.narrow(0, 0, length), True)
    return int(target[start + length - 1])

def stage(self, buffer: Tensor, length: int, device: str) -> Tensor:
    return buffer.narrow(0, 0, length).to(torch.device(device), 0, True)

def convert_bytes(self, source: Tensor, dtype: int, first: int, target: Tensor, target_dtype: int, target_first: int, count: int) -> Tensor:
    # Elements of one type at first of source -> elements of another at target_first of target. The view is returned so that the copy is
    # not dropped: that a view shares the memory of target is nothing that TorchScript knows.
    return self.view_bytes(target, target_dtype, target_first, [count]).copy_(self.view_bytes(source, dtype, first, [count]))

def empty_bytes(self, size: int, device: str) -> Tensor:
    return torch.empty([size], dtype=0, device=torch.device(device))

def dtype_of(self, x: Tensor) -> int:
    return x.dtype

def device_of(self, x: Tensor) -> int:
    # 0 the CPU, 1 a CUDA card, 2 meta
    return 1 if x.is_cuda else 2 if x.is_meta else 0

def to_host_float(self, x: Tensor) -> Tensor:
    return x.to(torch.device("cpu")).to(6).contiguous()

def to_host_long(self, x: Tensor) -> Tensor:
    return x.to(torch.device("cpu")).to(4).contiguous()

def wait_for(self, x: Tensor) -> bool:
    # Reading one number waits until the device has computed it.
    return bool(x.flatten()[0].isfinite())

def arrival(self, x: Tensor) -> Tensor:
    # uint8 [1] in host memory: 1 if the first number of each picture of x is finite, else 0; and 2 until a card, which nobody waits for here,
    # has computed x.
    finite = x.reshape(x.size(0), -1).select(1, 0).isfinite().all().to(0).view(1)
    if x.is_cpu:
        return finite
    flag = torch.full([1], 2, dtype=0, pin_memory=True)
    flag.copy_(finite, True)
    return flag

def number(self, x: Tensor) -> int:
    return int(x)

# --- making ---

def randn(self, seed: int, dtype: int, shapes: List[List[int]]) -> List[Tensor]:
    # PyTorch's CPU generator: the same numbers as torch.Generator("cpu").manual_seed(seed) gives in Python, draw after draw.
    generator = torch.Generator(device=torch.device("cpu"))
    generator.manual_seed(seed)
    drawn = annotate(List[Tensor], [])
    for shape in shapes:
        drawn.append(torch.randn(shape, dtype=dtype, generator=generator))
    return drawn

def randn_rand(self, seed: int, normal: List[int], uniform: List[List[int]]) -> List[Tensor]:
    # The same generator: a draw of torch.randn, then draws of torch.rand.
    generator = torch.Generator(device=torch.device("cpu"))
    generator.manual_seed(seed)
    drawn = [torch.randn(normal, dtype=6, generator=generator)]
    for shape in uniform:
        drawn.append(torch.rand(shape, dtype=6, generator=generator))
    return drawn

def zeros(self, shape: List[int], dtype: int, device: str) -> Tensor:
    return torch.zeros(shape, dtype=dtype, device=torch.device(device))

def blank(self, shape: List[int], dtype: int, device: str) -> Tensor:
    # Zeros that take the memory of one.
    return torch.zeros([], dtype=dtype, device=torch.device(device)).expand(shape)

# --- shape ---

def reshape(self, x: Tensor, shape: List[int]) -> Tensor:
    return x.reshape(shape)

def permute(self, x: Tensor, dims: List[int]) -> Tensor:
    return x.permute(dims)

def contiguous(self, x: Tensor) -> Tensor:
    return x.contiguous()

def narrow(self, x: Tensor, dim: int, start: int, length: int) -> Tensor:
    return x.narrow(dim, start, length)

def select_rows(self, x: Tensor, index: Tensor) -> Tensor:
    return self._rows(x, 0, index)

def put_rows(self, x: Tensor, index: Tensor, rows: Tensor) -> Tensor:
    # x [.., D] with other rows at the places index [n] of its rows, all dimensions but the last counted as one.
    return x.reshape([-1, x.size(-1)]).index_copy(0, index, rows.to(x.dtype)).view(x.size())

def cat(self, xs: List[Tensor], dim: int) -> Tensor:
    return torch.cat(xs, dim)

def chunk(self, x: Tensor, chunks: int, dim: int) -> List[Tensor]:
    return x.chunk(chunks, dim)

# --- arithmetic ---

def add(self, x: Tensor, y: Tensor) -> Tensor:
    return x + y

def sub(self, x: Tensor, y: Tensor) -> Tensor:
    return x - y

def div(self, x: Tensor, y: Tensor) -> Tensor:
    return x / y

def mul(self, x: Tensor, y: Tensor) -> Tensor:
    return x * y

def affine(self, x: Tensor, scale: float, shift: float) -> Tensor:
    return x * scale + shift

def clamp(self, x: Tensor, low: float, high: float) -> Tensor:
    return (x * 0.0).add_(x.clamp(low, high))

def exp(self, x: Tensor) -> Tensor:
    return torch.exp(x)

def lerp(self, start: Tensor, end: Tensor, weight: float) -> Tensor:
    return start + weight * (end - start)

def guide_keeping_length(self, prediction: Tensor, negative: Tensor, scale: float) -> Tensor:
    away = negative.to(6)
    guided = away + scale * (prediction.to(6) - away)
    return guided * (torch.linalg_vector_norm(prediction.to(6), 2, [-1], True) / torch.linalg_vector_norm(guided, 2, [-1], True))

def guide_shrinking(self, prediction: Tensor, negative: Tensor, scale: float) -> Tensor:
    away = negative.to(6)
    guided = away + scale * (prediction.to(6) - away)
    return guided * (torch.linalg_vector_norm(prediction.to(6), 2, [-1], True) / (torch.linalg_vector_norm(guided, 2, [-1], True) + 1e-8)).clamp(0.0, 1.0)

def shrink_to_length(self, x: Tensor, like: Tensor, most: float) -> Tensor:
    # x [B, ..], each of the batch not longer than most times its like, in float32.
    numbers = x.to(6)
    length = torch.linalg_vector_norm(numbers.flatten(1), 2, [1], True)
    allowed = torch.linalg_vector_norm(like.to(6).flatten(1), 2, [1], True) * most
    factor = allowed / torch.maximum(length, allowed).clamp(1e-30, 3e38)
    return numbers * factor.view([x.size(0)] + [1] * (x.dim() - 1))

def relative_change(self, now: Tensor, before: Tensor) -> Tensor:
    # The sum of absolute differences over the sum of absolute values, in float32: one number.
    return torch.linalg_vector_norm(now - before, 1, None, False, dtype=6) / torch.linalg_vector_norm(before, 1, None, False, dtype=6)

def euler_step(self, sample: Tensor, prediction: Tensor, dt: float) -> Tensor:
    return sample.to(6) + dt * prediction.to(6)

def silu(self, x: Tensor) -> Tensor:
    return torch.silu(x)

def swiglu(self, x: Tensor) -> Tensor:
    halves = x.chunk(2, -1)
    return torch.silu(halves[0]).mul_(halves[1])

def std(self, variance: Tensor, eps: float) -> Tensor:
    return torch.sqrt(variance.to(6) + eps)

def gelu_tanh(self, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="tanh")

def gelu(self, x: Tensor) -> Tensor:
    return torch.gelu(x)

def relu(self, x: Tensor) -> Tensor:
    return x.clamp_min(0.0)

def sigmoid(self, x: Tensor) -> Tensor:
    return torch.sigmoid(x)

def quick_gelu(self, x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)

# --- layers ---

def linear(self, x: Tensor, weight: Tensor, bias: List[Tensor], added: List[Tensor]) -> Tensor:
    # added by LoRAs: down and up; then, if need be, what they add to the bias; then the gain of each row of the weight.
    if len(added) == 4:
        y = (torch.linear(x, weight) * added[3]).to(x.dtype)
        if len(bias) > 0:
            y.add_(bias[0])
    elif len(bias) == 0:
        y = torch.linear(x, weight)
    else:
        y = torch.linear(x, weight, bias[0])
    if len(added) == 0:
        return y
    y.add_(torch.linear(torch.linear(x, added[0]), added[1]))
    if len(added) > 2:
        y.add_(added[2])
    return y

def _linear_into(self, out: Tensor, x: Tensor, weight: Tensor, bias: List[Tensor], added: List[Tensor]) -> Tensor:
    # linear, written to out [M, N], whose rows may lie apart; x [M, K].
    if len(added) == 4:
        torch.mm(x, weight.t(), out=out).mul_(added[3])
        if len(bias) > 0:
            out.add_(bias[0])
    elif len(bias) == 0:
        torch.mm(x, weight.t(), out=out)
    else:
        torch.addmm(bias[0], x, weight.t(), out=out)
    if len(added) > 0:
        out.addmm_(torch.linear(x, added[0]), added[1].t())
    if len(added) > 2:
        out.add_(added[2])
    return out

def linear_gelu(self, x: Tensor, weight: Tensor, bias: Tensor, added: List[Tensor]) -> Tensor:
    # gelu_tanh(linear(x)). A card's product computes GELU before it writes, by the tanh approximation; the CPU's would take the other one.
    if len(added) > 0 or x.is_cpu:
        return torch.gelu_(self.linear(x, weight, [bias], added), approximate="tanh")
    return torch._addmm_activation(bias, x.flatten(0, -2), weight.t(), use_gelu=True).view(x.size()[:-1] + [weight.size(0)])

def linear_of_two(self, x: Tensor, y: Tensor, weight: Tensor, bias: List[Tensor], added: List[Tensor]) -> Tensor:
    # linear of x [.., K] and y [.., N - K] side by side, without putting them there: the sum of two products with ranges of the weight's columns.
    width = x.size(-1)
    left = x.flatten(0, -2)
    right = y.flatten(0, -2)
    columns = weight.t()
    if len(added) == 4 or len(bias) == 0:
        z = torch.mm(left, columns.narrow(0, 0, width))
    else:
        z = torch.addmm(bias[0], left, columns.narrow(0, 0, width))
    z.addmm_(right, columns.narrow(0, width, right.size(1)))
    if len(added) == 4:
        z.mul_(added[3])
        if len(bias) > 0:
            z.add_(bias[0])
    if len(added) > 0:
        low = torch.mm(left, added[0].t().narrow(0, 0, width)).addmm_(right, added[0].t().narrow(0, width, right.size(1)))
        z.addmm_(low, added[1].t())
    if len(added) > 2:
        z.add_(added[2])
    return z.view(x.size()[:-1] + [weight.size(0)])

def _linear_of(self, i: int, x: Tensor, weights: List[Tensor], biases: List[Tensor], added: List[Tensor], ends: List[int]) -> Tensor:
    # The i-th of several layers, whose biases are all there or none; what LoRAs add to layer i ends before added[ends[i]].
    bias = annotate(List[Tensor], [])
    if len(biases) > 0:
        bias.append(biases[i])
    start = 0 if i == 0 else ends[i - 1]
    return self.linear(x, weights[i], bias, added[start:ends[i]])

def gated_mlp(self, x: Tensor, weights: List[Tensor], biases: List[Tensor], added: List[Tensor], ends: List[int]) -> Tensor:
    # down(silu(gate(x)) * up(x)); layers in the order gate, up, down.
    gated = torch.silu_(self._linear_of(0, x, weights, biases, added, ends)).mul_(self._linear_of(1, x, weights, biases, added, ends))
    return self._linear_of(2, gated, weights, biases, added, ends)

def low_rank(self, down: Tensor, up: Tensor, factor: float, swaps_halves: bool, rows: List[int], columns: int, device: str, dtype: int) -> List[Tensor]:
    # Own memory: the files that down and up may be views of go. Columns that down lacks are zeros.
    left = down.flatten(1).to(torch.device(device), dtype, False, True)
    if left.size(1) < columns:
        left = torch.constant_pad_nd(left, [0, columns - left.size(1)])
    return [left] + self.rows_of(up.flatten(1), factor, swaps_halves, rows, device, dtype)

def rows_of(self, x: Tensor, factor: float, swaps_halves: bool, rows: List[int], device: str, dtype: int) -> List[Tensor]:
    # x * factor, part by part, in own memory.
    whole = x.to(torch.device(device)).to(6) * factor
    if swaps_halves:
        whole = torch.cat([whole.narrow(0, whole.size(0) // 2, whole.size(0) // 2), whole.narrow(0, 0, whole.size(0) // 2)])
    parts = annotate(List[Tensor], [])
    first = 0
    for count in rows:
        parts.append(whole.narrow(0, first, count).to(dtype, False, True))
        first += count
    return parts

def dora_gain(self, weight: Tensor, down: Tensor, up: Tensor, scale: float, magnitude: Tensor) -> Tensor:
    # magnitude / |row of weight + scale * up * down|, in float32: [out]
    adapted = weight.to(6).addmm(up.to(6), down.to(6), beta=1, alpha=scale)
    return magnitude.to(6) / torch.linalg_vector_norm(adapted, 2, [1])

def all_finite(self, xs: List[Tensor]) -> bool:
    for x in xs:
        if not bool(x.isfinite().all()):
            return False
    return True

def embedding(self, weight: Tensor, ids: Tensor) -> Tensor:
    return self._embedding(weight, ids)

def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return self._layer_norm(x, [x.size(-1)], weight, bias, eps)

def rms_norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return self._rms_norm(x, [x.size(-1)], weight, eps)

def modulated_norm(self, x: Tensor, shift: Tensor, scale: Tensor, eps: float) -> Tensor:
    # LayerNorm(x) * (1 + scale) + shift. For one shift and scale this is a single affine LayerNorm.
    if shift.size(0) == 1:
        return self._layer_norm(x, [x.size(-1)], scale.flatten() + 1.0, shift.flatten(), eps)
    return self._layer_norm(x, [x.size(-1)], None, None, eps) * (scale + 1.0) + shift

def gated_add_norm(self, x: Tensor, gate: Tensor, y: Tensor, shift: Tensor, scale: Tensor, eps: float) -> List[Tensor]:
    # [x + gate * y, its modulated norm]: the end of one sub-block and the beginning of the next.
    added = torch.addcmul(x, gate, y)
    return [added, self.modulated_norm(added, shift, scale, eps)]

def _inverse_rms(self, x: Tensor, eps: float) -> Tensor:
    # 1 / sqrt(mean(x * x) + eps) of every row of x [.., D], in float32: [.., 1]
    numbers = x.to(6) if x.is_cpu else x
    return torch.linalg_vector_norm(numbers, 2, [-1], True, dtype=6).square_().mul_(1.0 / x.size(-1)).add_(eps).rsqrt_()

def scaled_rms_norm(self, x: Tensor, weight: Tensor, scale: Tensor, eps: float) -> Tensor:
    # RMS norm of x [B, S, D], times weight [D] and 1 + scale [B, 1, D]
    normed = torch.mul(x, self._inverse_rms(x, eps), out=torch.empty_like(x))
    return normed.mul_((scale + 1.0).mul_(weight))

def gated_rms_add(self, x: Tensor, y: Tensor, weight: Tensor, gate: Tensor, eps: float) -> Tensor:
    # x + tanh(gate [B, 1, D]) * RMS norm of y [B, S, D] * weight [D]
    normed = torch.mul(y, self._inverse_rms(y, eps), out=torch.empty_like(y))
    return torch.addcmul(x, torch.tanh(gate).mul_(weight), normed)

def modulation(self, all: Tensor, step: int, parts: int) -> List[Tensor]:
    # [steps, B, parts * D] -> parts x [B, 1, D] of one step
    return all.select(0, step).unsqueeze(1).chunk(parts, -1)

def timestep_embedding(self, value: Tensor, frequencies: Tensor, scale: float, dtype: int) -> Tensor:
    # [B] -> [B, 2n]: cosines, then sines.
    angles = value.to(6).unsqueeze(1) * frequencies.unsqueeze(0) * scale
    return torch.cat([torch.cos(angles), torch.sin(angles)], -1).to(dtype)

# --- fp8: e4m3 numbers with one float32 scale a row ---

def quantise_rows(self, x: Tensor) -> List[Tensor]:
    # x [.., K] -> q e4m3 [.., K] and scale float32 [.., 1], x about q * scale: scale = max|row| / 448, at least 1e-12; q is x / scale, to the
    # nearest (ties to even), at most 448. A row with a number that is not finite stays without finite numbers.
    # In float32 a wide layer's rows would be the largest tensor of a whole run: many rows are taken in turns.
    rows = x.numel() // x.size(-1)
    most = max(1, 33554432 // x.size(-1))
    if rows <= most:
        return self._quantised(x)
    flat = x.reshape([rows, x.size(-1)])
    q = torch.empty(flat.size(), dtype=24, device=x.device)
    scale = torch.empty([rows, 1], dtype=6, device=x.device)
    for start in range(0, rows, most):
        length = min(most, rows - start)
        part = self._quantised(flat.narrow(0, start, length))
        q.narrow(0, start, length).copy_(part[0])
        scale.narrow(0, start, length).copy_(part[1])
    return [q.view(x.size()), scale.view(x.size()[:-1] + [1])]

def _quantised(self, x: Tensor) -> List[Tensor]:
    whole = x.to(6)
    # A card multiplies by the reciprocal of a number from the host, and divides by one of its own.
    most = torch.maximum(whole.amax([-1], True), whole.amin([-1], True).neg())
    scale = torch.clamp_min(most / torch.full([1], 448.0, dtype=6, device=x.device), 1e-12)
    made = torch.div(whole, scale) if x.dtype == 6 else whole.div_(scale)
    return [made.clamp_(-448.0, 448.0).to(24), scale]

def empty_rows(self, x: Tensor, dtypes: List[int], widths: List[int]) -> List[Tensor]:
    # Memory for what a kernel makes of x: of its shape but for the width, and of these types.
    made = annotate(List[Tensor], [])
    for i in range(len(dtypes)):
        made.append(torch.empty(x.size()[:-1] + [widths[i]], dtype=dtypes[i], device=x.device))
    return made

def dequantise(self, q: Tensor, scale: Tensor) -> Tensor:
    return q.to(6) * scale

def dequantise_as(self, q: Tensor, scale: Tensor, dtype: int) -> Tensor:
    # q * scale in float32, rounded to dtype. e4m3 numbers are whole in bfloat16.
    return torch.mul(q.to(15), scale, out=torch.empty(q.size(), dtype=dtype, device=q.device))

def _scaled_product(self, q: Tensor, scale: Tensor, weight: Tensor, weight_scale: Tensor, bias: List[Tensor], dtype: int) -> Tensor:
    # q [M, K], weight [N, K] -> [M, N]: the products of e4m3 numbers added up in float32, then both scales, then the bias.
    if q.is_cuda:
        added = annotate(Optional[Tensor], None)
        if len(bias) > 0:
            added = bias[0].to(15)
        return torch._scaled_mm(q, weight.t(), scale, weight_scale.t(), added, None, 15, True).to(dtype)
    y = torch.mm(q.to(6), weight.to(6).t()) * scale * weight_scale.t()
    if len(bias) > 0:
        y = y + bias[0]
    return y.to(dtype)

def _scaled_layer(self, x: Tensor, q: Tensor, scale: Tensor, weight: Tensor, weight_scale: Tensor, bias: List[Tensor], added: List[Tensor], dtype: int) -> Tensor:
    # linear with a quantised weight: x [M, K] as it was, for what LoRAs add, and as q and scale for the weight itself.
    if len(added) == 4:
        y = (self._scaled_product(q, scale, weight, weight_scale, annotate(List[Tensor], []), dtype) * added[3]).to(dtype)
        if len(bias) > 0:
            y.add_(bias[0])
    else:
        y = self._scaled_product(q, scale, weight, weight_scale, bias, dtype)
    if len(added) > 0:
        y.add_(torch.linear(torch.linear(x, added[0]), added[1]))
    if len(added) > 2:
        y.add_(added[2])
    return y

def scaled_linear(self, x: Tensor, q: Tensor, scale: Tensor, weight: Tensor, weight_scale: Tensor, bias: List[Tensor], added: List[Tensor], dtype: int) -> Tensor:
    # linear with a weight of e4m3 numbers [N, K] and a scale of each row [N, 1], of q [.., K] and scale [.., 1] as quantise_rows gives them. x is
    # what they were made of, which only what LoRAs add is computed from.
    y = self._scaled_layer(
        x.reshape([-1, x.size(-1)]), q.view([-1, q.size(-1)]), scale.view([-1, 1]), weight, weight_scale, bias, added, dtype)
    return y.view(q.size()[:-1] + [weight.size(0)])

def scaled_query_key_value(self, xs: List[Tensor], given: List[Tensor], weights: List[Tensor], weight_scales: List[Tensor], biases: List[Tensor], heads: int, added: List[Tensor], ends: List[int], dtype: int) -> Tensor:
    # query_key_value with three quantised weights a stream, or one in which the three are stacked; given is each stream [B, S, D] as quantise_rows
    # gives it: numbers, then scales. xs are what they were made of, which only what LoRAs add is computed from. The result is of dtype.
    streams = len(xs)
    each = len(weights) // streams
    batch = given[0].size(0)
    width = weights[0].size(0) * each // 3
    rows = 0
    for s in range(streams):
        rows += given[2 * s].size(1)
    joint = torch.empty([batch, rows, 3 * width], dtype=dtype, device=given[0].device)
    first = 0
    for s in range(streams):
        count = given[2 * s].size(1)
        part = joint.narrow(1, first, count)
        first += count
        q = given[2 * s].flatten(0, 1)
        scale = given[2 * s + 1].view([-1, 1])
        before = 0 if s == 0 else ends[3 * s - 1]
        if each == 1 and ends[3 * s + 2] == before:
            bias = biases[s:s + 1]
            if q.is_cuda and dtype == 15 and part.is_contiguous():
                added_bias = annotate(Optional[Tensor], None)
                if len(bias) > 0:
                    added_bias = bias[0]
                torch._scaled_mm(q, weights[s].t(), scale, weight_scales[s].t(), added_bias, None, 15, True, out=part.flatten(0, 1))
            else:
                part.copy_(self._scaled_product(q, scale, weights[s], weight_scales[s], bias, dtype).view(part.size()))
        else:
            tokens = xs[s].flatten(0, 1)
            for i in range(3):
                at = 3 * s + i if each == 3 else s
                start = 0 if each == 3 else i * width
                y = self._scaled_layer(
                    tokens, q, scale, weights[at].narrow(0, start, width), weight_scales[at].narrow(0, start, width),
                    self._part_of(biases, each, s, i, width), added[before:ends[3 * s + i]], dtype)
                part.narrow(2, i * width, width).copy_(y.view([batch, count, width]))
                before = ends[3 * s + i]
    return joint.view([batch, rows, 3, heads, -1])

# --- packed blocks of GGUF files, each with scales of its own: unpacked in float32 in ggml's order, then rounded ---

def _field(self, bytes: Tensor, at: int, every: int, width: int, dtype: int) -> Tensor:
    # The bytes at..at + width of every block, as int8, uint8, or halves of which there are width: [blocks, width], the same memory.
    size = 2 if dtype == 5 else 1
    before = bytes.storage_offset()  # set_ adds it, as if it counted elements of the new type
    return torch.empty([0], dtype=dtype, device=bytes.device).set_(
        bytes, (before + at) // size - before, [bytes.numel() // every, width], [every // size, 1])

def _factor(self, bytes: Tensor, at: int, every: int) -> Tensor:
    # The half at a place of every block, in float32: [blocks, 1]
    return self._field(bytes, at, every, 1, 5).to(6)

def _bits(self, x: Tensor, step: int, mask: int) -> Tensor:
    # x [blocks, .., W] -> [blocks, .., 8 / step, W]: the numbers that lie step bits apart in each byte, the lowest first.
    shifts = torch.arange(0, 8, step, dtype=0, device=x.device).unsqueeze(-1)
    return torch.bitwise_and(torch.bitwise_right_shift(x.unsqueeze(-2), shifts), mask)

def _scales_and_minima(self, packed: Tensor) -> List[Tensor]:
    # 12 bytes a block -> 8 scales and 8 minima of 6 bits: [blocks, 8] each
    a, b, c = packed.chunk(3, 1)
    scales = torch.bitwise_or(torch.bitwise_and(c, 15), torch.bitwise_left_shift(torch.bitwise_right_shift(a, 6), 4))
    minima = torch.bitwise_or(torch.bitwise_right_shift(c, 4), torch.bitwise_left_shift(torch.bitwise_right_shift(b, 6), 4))
    return [torch.cat([torch.bitwise_and(a, 63), scales], 1), torch.cat([torch.bitwise_and(b, 63), minima], 1)]

def _signed_scales(self, packed: Tensor) -> Tensor:
    # 12 bytes a block -> 16 scales of 6 bits, from -32: [blocks, 16]
    low = self._bits(packed.narrow(1, 0, 8), 4, 15).flatten(1)
    high = torch.bitwise_left_shift(self._bits(packed.narrow(1, 8, 4), 2, 3).flatten(1), 4)
    return torch.bitwise_or(low, high).to(1) - 32

def unpack_blocks(self, bytes: Tensor, type: int, shape: List[int], dtype: int) -> Tensor:
    # type is GGUF's number: 2 Q4_0, 3 Q4_1, 6 Q5_0, 7 Q5_1, 8 Q8_0, 10 Q2_K, 11 Q3_K, 12 Q4_K, 13 Q5_K, 14 Q6_K.
    if type == 8:
        y = self._unpacked(self._field(bytes, 2, 34, 32, 1), self._factor(bytes, 0, 34), annotate(List[Tensor], []), dtype)
    elif type == 2:
        q = self._bits(self._field(bytes, 2, 18, 16, 0), 4, 15).flatten(1).to(1) - 8
        y = self._unpacked(q, self._factor(bytes, 0, 18), annotate(List[Tensor], []), dtype)
    elif type == 3:
        q = self._bits(self._field(bytes, 4, 20, 16, 0), 4, 15).flatten(1)
        y = self._unpacked(q, self._factor(bytes, 0, 20), [self._factor(bytes, 2, 20).neg()], dtype)
    elif type == 6 or type == 7:
        every = 22 if type == 6 else 24
        fifth = self._field(bytes, every - 20, every, 4, 0).unsqueeze(-1)
        fifth = torch.bitwise_and(torch.bitwise_right_shift(fifth, torch.arange(0, 8, dtype=0, device=bytes.device)), 1)
        q = torch.bitwise_or(self._bits(self._field(bytes, every - 16, every, 16, 0), 4, 15).flatten(1), torch.bitwise_left_shift(fifth.flatten(1), 4))
        if type == 6:
            y = self._unpacked(q.to(1) - 16, self._factor(bytes, 0, every), annotate(List[Tensor], []), dtype)
        else:
            y = self._unpacked(q, self._factor(bytes, 0, every), [self._factor(bytes, 2, every).neg()], dtype)
    elif type == 10:
        scales = self._field(bytes, 0, 84, 16, 0)
        q = self._bits(self._field(bytes, 16, 84, 64, 0).unflatten(1, [2, 32]), 2, 3)
        factors = self._factor(bytes, 80, 84) * torch.bitwise_and(scales, 15)
        minima = self._factor(bytes, 82, 84) * torch.bitwise_right_shift(scales, 4)
        y = self._unpacked(q.view([-1, 16, 16]), factors.unsqueeze(-1), [minima.unsqueeze(-1)], dtype)
    elif type == 11:
        q = self._bits(self._field(bytes, 32, 110, 64, 0).unflatten(1, [2, 32]), 2, 3).view([-1, 8, 32])
        q = torch.bitwise_or(q, torch.bitwise_left_shift(self._bits(self._field(bytes, 0, 110, 32, 0), 1, 1), 2)).to(1) - 4
        factors = self._factor(bytes, 108, 110) * self._signed_scales(self._field(bytes, 96, 110, 12, 0))
        y = self._unpacked(q.view([-1, 16, 16]), factors.unsqueeze(-1), annotate(List[Tensor], []), dtype)
    elif type == 12 or type == 13:
        every = 144 if type == 12 else 176
        scales, minima = self._scales_and_minima(self._field(bytes, 4, every, 12, 0))
        q = self._bits(self._field(bytes, every - 128, every, 128, 0).unflatten(1, [4, 32]), 4, 15).view([-1, 8, 32])
        if type == 13:
            q = torch.bitwise_or(q, torch.bitwise_left_shift(self._bits(self._field(bytes, 16, every, 32, 0), 1, 1), 4))
        factors = self._factor(bytes, 0, every) * scales
        offsets = self._factor(bytes, 2, every) * minima
        y = self._unpacked(q, factors.unsqueeze(-1), [offsets.unsqueeze(-1)], dtype)
    else:
        low = self._bits(self._field(bytes, 0, 210, 128, 0).unflatten(1, [2, 64]), 4, 15).view([-1, 8, 32])
        high = self._bits(self._field(bytes, 128, 210, 64, 0).unflatten(1, [2, 32]), 2, 3).view([-1, 8, 32])
        q = torch.bitwise_or(low, torch.bitwise_left_shift(high, 4)).to(1) - 32
        factors = self._factor(bytes, 208, 210) * self._field(bytes, 192, 210, 16, 1)
        y = self._unpacked(q.view([-1, 16, 16]), factors.unsqueeze(-1), annotate(List[Tensor], []), dtype)
    return y.view(shape)

def _unpacked(self, q: Tensor, factor: Tensor, minus: List[Tensor], dtype: int) -> Tensor:
    # q * factor - minus: both are rounded to float32 on the way, as ggml has it, and the result to dtype.
    y = torch.empty(q.size(), dtype=dtype, device=q.device)
    if len(minus) == 0:
        return torch.mul(q, factor, out=y)
    return torch.sub(torch.mul(q, factor), minus[0], out=y)

# --- attention ---

def rope_table(self, ids: Tensor, widths: List[int], theta: float, dtype: int) -> Tensor:
    # ids [S, axes] -> complex [S, Dh/2]; angles in dtype: float64 for FLUX, float32 for Qwen-Image, as the references.
    tables = annotate(List[Tensor], [])
    for axis in range(len(widths)):
        exponent = torch.arange(0, widths[axis], 2, dtype=dtype, device=ids.device) / widths[axis]
        angles = torch.outer(ids[:, axis].to(dtype), torch.pow(theta, exponent).reciprocal())
        tables.append(torch.complex(torch.cos(angles).to(6), torch.sin(angles).to(6)))
    return torch.cat(tables, -1)

def complex_parts(self, x: Tensor) -> Tensor:
    return torch.view_as_real(x).flatten(-2)

def _part_of(self, biases: List[Tensor], each: int, s: int, i: int, width: int) -> List[Tensor]:
    # The bias of projection i of stream s, which has three or one in which they are stacked; none where there are none.
    if len(biases) == 0:
        return annotate(List[Tensor], [])
    return [biases[3 * s + i] if each == 3 else biases[s].narrow(0, i * width, width)]

def query_key_value(self, xs: List[Tensor], weights: List[Tensor], biases: List[Tensor], heads: int, added: List[Tensor], ends: List[int]) -> Tensor:
    # Streams [B, S, D] -> [B, sum of S, 3, H, Dh]: query, key and value of every row side by side, stream after stream.
    # A stream has three weights [H * Dh, D] and biases, or one of each in which the three are stacked; or no stream has any bias.
    batch = xs[0].size(0)
    each = len(weights) // len(xs)
    width = weights[0].size(0) * each // 3
    rows = 0
    for x in xs:
        rows += x.size(1)
    joint = torch.empty([batch, rows, 3 * width], dtype=xs[0].dtype, device=xs[0].device)
    first = 0
    for s, x in enumerate(xs):
        part = joint.narrow(1, first, x.size(1))
        first += x.size(1)
        out = part.flatten(0, 1) if part.is_contiguous() else torch.empty([batch * x.size(1), 3 * width], dtype=x.dtype, device=x.device)
        tokens = x.flatten(0, 1)
        before = 0 if s == 0 else ends[3 * s - 1]
        if each == 1 and ends[3 * s + 2] == before:
            self._linear_into(out, tokens, weights[s], biases[s:s + 1], annotate(List[Tensor], []))
        else:
            for i in range(3):
                weight = weights[3 * s + i] if each == 3 else weights[s].narrow(0, i * width, width)
                bias = self._part_of(biases, each, s, i, width)
                self._linear_into(out.narrow(1, i * width, width), tokens, weight, bias, added[before:ends[3 * s + i]])
                before = ends[3 * s + i]
        if not part.is_contiguous():
            part.copy_(out.view(part.size()))
    return joint.view([batch, rows, 3, heads, -1])

def qk_norm_rope(self, joint: Tensor, norm_q: Tensor, norm_k: Tensor, table: Tensor, first: int, rows: int, eps: float) -> int:
    # In place, on query and key of rows first.. of joint [B, S, 3, H, Dh]: RMS norm of every head, then adjacent pairs turned by those
    # rows of table [S, Dh/2]. The norm's factor comes last, since turning keeps lengths: so it is rounded but once.
    qk = joint.narrow(1, first, rows).narrow(2, 0, 2)
    numbers = qk.to(6) if qk.is_cpu else qk
    factor = torch.linalg_vector_norm(numbers, 2, [-1], True, dtype=6).square_().mul_(1.0 / qk.size(-1)).add_(eps).rsqrt_()
    weight = torch.stack([norm_q, norm_k]).to(6).unsqueeze(1)
    turned = numbers.mul_(weight) if numbers.dtype == 6 else numbers * weight
    torch.view_as_complex(turned.unflatten(-1, [-1, 2])).mul_(table.narrow(0, first, rows).unsqueeze(1).unsqueeze(1))
    torch.mul(turned, factor, out=qk)
    return rows

def joint_attention(self, joint: Tensor, mask: List[Tensor], cudnn: int) -> Tensor:
    # Full attention over all rows of [B, S, 3, H, Dh], heads merged: [B, S, H * Dh]. A mask [B, S] leaves keys out. The kernels write their result
    # row by row, so nothing is copied before or after them. By cuDNN: 0 never, 1 where it is for it, which is no mask, no float32 and nothing of a
    # network that computes on the CPU, 2 whatever it is given.
    heads = joint.permute([2, 0, 3, 1, 4])
    if cudnn == 2 or (cudnn == 1 and len(mask) == 0 and joint.dtype != 6 and not joint.is_cpu):
        return torch._scaled_dot_product_cudnn_attention(heads[0], heads[1], heads[2], None, False)[0].transpose(1, 2).flatten(2)
    keys_seen = mask[0].unsqueeze(1).unsqueeze(1) if len(mask) > 0 else None
    return self._sdpa(heads[0], heads[1], heads[2], keys_seen, False, None).transpose(1, 2).flatten(2)

def attention(self, q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
    # [B, S, D] each -> [B, S, D]
    query = q.unflatten(-1, [heads, -1]).transpose(1, 2)
    key = k.unflatten(-1, [heads, -1]).transpose(1, 2)
    value = v.unflatten(-1, [heads, -1]).transpose(1, 2)
    return self._sdpa(query, key, value, None, causal, None).transpose(1, 2).flatten(2)

def biased_attention(self, q: Tensor, k: Tensor, v: Tensor, heads: int, bias: Tensor) -> Tensor:
    # Unscaled scores plus bias [1, H, S, S], as T5 wants them.
    query = q.unflatten(-1, [heads, -1]).transpose(1, 2)
    key = k.unflatten(-1, [heads, -1]).transpose(1, 2)
    value = v.unflatten(-1, [heads, -1]).transpose(1, 2)
    mask = bias.to(query.dtype)
    return self._sdpa(query, key, value, mask, False, 1.0).transpose(1, 2).flatten(2)

def relative_buckets(self, length: int, buckets: int, max_distance: int, device: str) -> Tensor:
    # T5's bidirectional buckets of key - query: [S, S].
    positions = torch.arange(length, device=torch.device(device))
    distance = positions.unsqueeze(0) - positions.unsqueeze(1)
    half = buckets // 2
    exact = half // 2
    near = torch.abs(distance)
    far = torch.log(near.to(6) / exact) / torch.log(max_distance / exact) * (half - exact)
    far = torch.clamp(exact + far.to(4), max=half - 1)
    return torch.where(near < exact, near, far) + (distance > 0).to(4) * half

def half_rope_table(self, positions: Tensor, axes: Tensor, width: int, theta: float) -> List[Tensor]:
    # positions [A, .., S] -> cosines and sines [.., S, 1, n] in float32; angle j, of n, is that of axis axes[j] and turns with
    # frequency theta^(-2k/width), k counted from 0 again after width/2 angles. In float32, as the reference.
    frequencies = torch.pow(theta, torch.arange(0, width, 2, device=positions.device).to(6) / width).reciprocal()
    repeats = axes.size(0) // frequencies.size(0)
    angles = self._rows(positions.to(6), 0, axes).movedim(0, -1) * frequencies.repeat([repeats])
    return [torch.cos(angles).unsqueeze(-2), torch.sin(angles).unsqueeze(-2)]

def half_rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    # Rotates feature j of x [.., S, H, Dh] with feature j + Dh/2.
    a, b = x.to(6).chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)

def window_attention(self, qkv: Tensor, cos: Tensor, sin: Tensor, windows: List[Tensor], heads: int) -> Tensor:
    # [S, 3D] -> [S, D]: each token attends to its own window. Windows of one length lie in one index [n, L]: one call for all of them.
    q, k, v = qkv.unflatten(-1, [3, heads, -1]).unbind(1)
    q = self.half_rope(q, cos, sin)
    k = self.half_rope(k, cos, sin)
    if len(windows) == 1:
        size = windows[0].size()
        q = q.unflatten(0, size).transpose(1, 2)
        k = k.unflatten(0, size).transpose(1, 2)
        v = v.unflatten(0, size).transpose(1, 2)
        return self._sdpa(q, k, v, None, False, None).transpose(1, 2).reshape([qkv.size(0), -1])
    attended = torch.empty_like(q)
    for index in windows:
        rows = index.flatten()
        query = self._rows(q, 0, rows).unflatten(0, index.size()).transpose(1, 2)
        key = self._rows(k, 0, rows).unflatten(0, index.size()).transpose(1, 2)
        value = self._rows(v, 0, rows).unflatten(0, index.size()).transpose(1, 2)
        attended.index_copy_(0, rows, self._sdpa(query, key, value, None, False, None).transpose(1, 2).flatten(0, 1))
    return attended.flatten(1)

def causal_attention(self, query: Tensor, key: Tensor, value: Tensor, cos: Tensor, sin: Tensor, heads: int, key_heads: int, mask: List[Tensor]) -> Tensor:
    # [B, S, H * Dh]; several query heads share a key head. A mask [B, S] is 0 at keys that are padding.
    q = self.half_rope(query.unflatten(-1, [heads, -1]), cos, sin).transpose(1, 2)
    k = self.half_rope(key.unflatten(-1, [key_heads, -1]), cos, sin).transpose(1, 2)
    v = value.unflatten(-1, [key_heads, -1]).transpose(1, 2)
    k = k.unsqueeze(2).expand([-1, -1, heads // key_heads, -1, -1]).flatten(1, 2)
    v = v.unsqueeze(2).expand([-1, -1, heads // key_heads, -1, -1]).flatten(1, 2)
    if len(mask) == 0:
        return self._sdpa(q, k, v, None, True, None).transpose(1, 2).flatten(2)
    seen = torch.ones([query.size(1), query.size(1)], dtype=11, device=query.device).tril() & (mask[0] != 0).unsqueeze(1).unsqueeze(1)
    return self._sdpa(q, k, v, seen, False, None).transpose(1, 2).flatten(2)

# --- pictures ---

def picture_layout(self, x: Tensor) -> Tensor:
    # A CPU computes pictures a sixth faster with the channels of a place beside each other; what follows keeps the layout of its input.
    return x.contiguous(memory_format=2) if x.device.type == "cpu" else x

def conv2d(self, x: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
    return self._conv(x, weight, bias, [stride, stride], [padding, padding])

def conv_transpose2d(self, x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    # [B, in, h, w], weight [in, out, k, k] -> [B, out, (h - 1) * stride + k, ..]
    return self._conv_transpose(x, weight, bias, stride)

def causal_conv3d(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    # [B, C, frames, h, w] with frames of zeros in front. No network uses it: tests prove with it that a single frame does not need it,
    # and benchmarks what it would cost.
    side = weight.size(-1) // 2
    return torch.conv3d(torch.constant_pad_nd(x, [side, side, side, side, weight.size(2) - 1, 0]), weight, bias)

def group_norm(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return self._group_norm(x, groups, weight, bias, eps)

def group_norm_by_sums(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    # group_norm of [B, C, h, w]: the mean and the mean square of each group, and one pass over the numbers: that of a batch norm whose statistics are
    # given. All are computed in float32.
    batch = x.size(0)
    channels = batch * x.size(1)
    numbers = x.reshape([batch * groups, -1])
    mean = numbers.mean([1], dtype=6)
    square = torch.linalg_vector_norm(numbers, 2, [1], dtype=6).square_().div_(float(numbers.size(1)))
    variance = square.sub_(mean.square()).clamp_min_(0.0)
    each = channels // mean.size(0)
    normed = torch.batch_norm(
        x.reshape([1, channels, x.size(2), x.size(3)]), weight.to(6).repeat([batch]), bias.to(6).repeat([batch]),
        mean.repeat_interleave(each), variance.repeat_interleave(each), False, 0.0, eps, False)
    return normed.view(x.size())

def norm_silu_conv(self, x: Tensor, groups: int, norm_weight: Tensor, norm_bias: Tensor, eps: float, weight: Tensor, bias: Tensor, rows: int) -> Tensor:
    # conv3x3(silu(group_norm(x))). With rows > 0 in bands of that many rows, so that no second tensor of the size of x is needed;
    # the statistics are those of the whole picture and each band sees its neighbours' edge rows, so the bands leave no seam.
    height = x.size(2)
    if rows <= 0 or rows >= height:
        return self._conv(torch.silu_(self._group_norm(x, groups, norm_weight, norm_bias, eps)), weight, bias, [1, 1], [1, 1])
    scales = annotate(List[Tensor], [])
    shifts = annotate(List[Tensor], [])
    group_weights = norm_weight.to(6).chunk(groups)
    group_biases = norm_bias.to(6).chunk(groups)
    for group, channels in enumerate(x.chunk(groups, 1)):
        variance, mean = self._var_mean(channels.to(6), [1, 2, 3])
        group_scale = torch.rsqrt(variance + eps) * group_weights[group].view(1, -1, 1, 1)
        scales.append(group_scale)
        shifts.append(group_biases[group].view(1, -1, 1, 1) - mean * group_scale)
    scale = torch.cat(scales, 1)
    shift = torch.cat(shifts, 1)
    out = torch.empty([x.size(0), weight.size(0), height, x.size(3)], dtype=x.dtype, device=x.device)
    top = 0
    while top < height:
        bottom = min(top + rows, height)
        first = max(top - 1, 0)
        last = min(bottom + 1, height)
        band = x.narrow(2, first, last - first)
        band = torch.silu_((band * scale + shift).to(x.dtype))
        band = torch.constant_pad_nd(band, [0, 0, 1 if top == 0 else 0, 1 if bottom == height else 0])
        out.narrow(2, top, bottom - top).copy_(self._conv(band, weight, bias, [1, 1], [0, 1]))
        top = bottom
    return out

def channel_norm(self, x: Tensor, gamma: Tensor) -> Tensor:
    # [B, C, h, w] divided by its length over the channels, times sqrt(C) * gamma
    # CPUs are over ten times slower at norms over strided numbers than at squares and sums.
    if x.is_cuda:
        length = torch.linalg_vector_norm(x, 2, [1], True, dtype=6)
    else:
        length = torch.sqrt_(torch.square(x.to(6)).sum([1], True))
    return (x * (float(x.size(1)) ** 0.5 / length.clamp_min_(1e-12))).mul_(gamma.view(1, -1, 1, 1)).to(x.dtype)

def channel_norm_silu_conv(self, x: Tensor, gamma: Tensor, weight: Tensor, bias: Tensor, rows: int) -> Tensor:
    # conv3x3(silu(channel_norm(x))), in bands where rows > 0: the norm looks at one place at a time, so bands change nothing.
    height = x.size(2)
    if rows <= 0 or rows >= height:
        return self._conv(torch.silu_(self.channel_norm(x, gamma)), weight, bias, [1, 1], [1, 1])
    out = torch.empty([x.size(0), weight.size(0), height, x.size(3)], dtype=x.dtype, device=x.device)
    top = 0
    while top < height:
        bottom = min(top + rows, height)
        first = max(top - 1, 0)
        last = min(bottom + 1, height)
        band = torch.silu_(self.channel_norm(x.narrow(2, first, last - first), gamma))
        band = torch.constant_pad_nd(band, [0, 0, 1 if top == 0 else 0, 1 if bottom == height else 0])
        out.narrow(2, top, bottom - top).copy_(self._conv(band, weight, bias, [1, 1], [0, 1]))
        top = bottom
    return out

def upsample_conv(self, x: Tensor, weight: Tensor, bias: Tensor, rows: int) -> Tensor:
    # conv3x3(nearest x2); in bands of that many input rows where rows > 0.
    height = x.size(2)
    if rows <= 0 or rows >= height:
        return self._conv(torch.upsample_nearest2d(x, [2 * height, 2 * x.size(3)]), weight, bias, [1, 1], [1, 1])
    out = torch.empty([x.size(0), weight.size(0), 2 * height, 2 * x.size(3)], dtype=x.dtype, device=x.device)
    top = 0
    while top < height:
        bottom = min(top + rows, height)
        first = max(top - 1, 0)
        last = min(bottom + 1, height)
        band = torch.upsample_nearest2d(x.narrow(2, first, last - first), [2 * (last - first), 2 * x.size(3)])
        band = torch.constant_pad_nd(band, [0, 0, 1 if top == 0 else 0, 1 if bottom == height else 0])
        skip = 0 if top == 0 else 1
        length = 2 * (bottom - top) + 2
        out.narrow(2, 2 * top, 2 * (bottom - top)).copy_(self._conv(band.narrow(2, skip, length), weight, bias, [1, 1], [0, 1]))
        top = bottom
    return out

def bilinear(self, x: Tensor, height: int, width: int) -> Tensor:
    # Places in the corners stay in the corners.
    return torch.upsample_bilinear2d(x, [height, width], True)

def bicubic(self, x: Tensor, height: int, width: int) -> Tensor:
    # Cubic convolution with a = -0.75, of four places a side however much smaller the result is; edges of pixels stay at the edges.
    return torch.upsample_bicubic2d(x, [height, width], False)

def pad_right_bottom(self, x: Tensor) -> Tensor:
    return torch.constant_pad_nd(x, [0, 1, 0, 1])

def from_rgb(self, bytes: Tensor, device: str, dtype: int) -> Tensor:
    # uint8 [h, w, C] -> [1, C, h, w] in 0..1
    return (bytes.to(torch.device(device)).permute([2, 0, 1]).unsqueeze(0).to(6) / 255.0).to(dtype)

def to_rgb(self, x: Tensor) -> Tensor:
    # [1, 3, h, w] in 0..1 -> uint8 [h, w, 3] in host memory, rounded half to even
    return torch.round(x[0].to(6) * 255.0).clamp(0.0, 255.0).to(0).permute([1, 2, 0]).contiguous().to(torch.device("cpu"))

def levels_soon(self, x: Tensor) -> Tensor:
    # 0..1 -> uint8 in host memory; of a card nobody waits for it here
    levels = torch.round(x.to(6) * 255.0).clamp(0.0, 255.0).to(0)
    if not x.is_cuda:
        return levels.contiguous()
    host = torch.empty(levels.shape, dtype=0, pin_memory=True)
    host.copy_(levels, True)
    return host

def least_squares(self, x: Tensor, y: Tensor, ridge: float) -> Tensor:
    # [n, k] and [n, m] -> float32 [k, m]
    a = x.to(7)
    squares = a.t().mm(a) / float(x.size(0))
    squares = squares + ridge * torch.diag(squares).mean() * torch.eye(x.size(1), dtype=7)
    return torch.linalg_solve(squares, a.t().mm(y.to(7)) / float(x.size(0))).to(6)

def vision_patches(self, bytes: Tensor, height: int, width: int, patch: int, merge: int, frames: int, mean: Tensor, std: Tensor) -> Tensor:
    # uint8 [h, w, 3] -> float32 [n, 3 * frames * patch * patch], resized to a multiple of patch * merge; mean and std [3] of levels 0..255.
    # One patch a row, the patches of a merge group beside each other; the one picture stands for every frame.
    x = bytes.permute([2, 0, 1]).unsqueeze(0)
    if x.size(2) != height or x.size(3) != width:
        x = torch._upsample_bicubic2d_aa(x, [height, width], False, None, None)
    x = ((x.to(6) - mean.view(1, -1, 1, 1)) / std.view(1, -1, 1, 1))[0]
    x = x.unflatten(1, [-1, merge, patch]).unflatten(4, [-1, merge, patch])
    x = x.permute([1, 4, 2, 5, 0, 3, 6]).unsqueeze(5).expand([-1, -1, -1, -1, -1, frames, -1, -1])
    return x.flatten(4).flatten(0, 3)

def warp_plane(self, bytes: Tensor, inverse: List[float], wrap: bool, places: float, rows: int) -> Tensor:
    # uint8 [h, w, C] -> the same: bilinear at inverse . (x, y, 1), in float64 up to the place. Beyond the edge its pixels go on, or the picture begins
    # again. A place is the nearest of so many from pixel to pixel, each way; of 0 it is what it is. Then levels are exact, and halves go up.
    h = bytes.size(0)
    w = bytes.size(1)
    x = bytes.permute([2, 0, 1]).unsqueeze(0).to(7 if places > 0.0 else 6)
    if wrap:
        x = torch.cat([x, x.narrow(3, 0, 1)], 3)
        x = torch.cat([x, x.narrow(2, 0, 1)], 2)
    across = torch.arange(w, dtype=7, device=x.device).unsqueeze(0)
    bands = annotate(List[Tensor], [])
    for start in range(0, h, rows):
        down = torch.arange(start, min(start + rows, h), dtype=7, device=x.device).unsqueeze(1)
        depth = across * inverse[6] + down * inverse[7] + inverse[8]
        depth = depth + (depth == 0.0).to(7) * 1e300
        column = ((across * inverse[0] + down * inverse[1] + inverse[2]) / depth).clamp(-1e9, 1e9)
        line = ((across * inverse[3] + down * inverse[4] + inverse[5]) / depth).clamp(-1e9, 1e9)
        if places > 0.0:
            column = torch.round(column * places) / places
            line = torch.round(line * places) / places
        if wrap:
            column = torch.remainder(column, float(w))
            line = torch.remainder(line, float(h))
        grid = torch.stack([(column * 2.0 + 1.0) / float(x.size(3)) - 1.0, (line * 2.0 + 1.0) / float(x.size(2)) - 1.0], 2)
        band = self._sampled(x, grid.to(x.dtype), 0, 1)
        bands.append(torch.floor(band + 0.500001).clamp(0.0, 255.0).to(0).permute([1, 2, 0]))
    return torch.cat(bands, 0).contiguous()

def warp_space(self, bytes: Tensor, z: Tensor, camera: List[float], scale: List[float], interpolation: int, border: int, lift: float, rows: int) -> Tensor:
    # uint8 [h, w, C], float32 z [h, w] or [1, 1] -> uint8 [h, w, C], cut off to levels: each place shows what the point there, moved by the camera (rotation
    # 3x3 for rows, then translation), came from. Float32 step by step, as the reference.
    h = bytes.size(0)
    w = bytes.size(1)
    x = bytes.permute([2, 0, 1]).unsqueeze(0).to(6) + lift
    across = torch.linspace(-1.0, 1.0, w, dtype=6, device=x.device).unsqueeze(0)
    lines = torch.linspace(-1.0, 1.0, h, dtype=6, device=x.device).unsqueeze(1)
    columns = across * (float(w - 1) / float(w))
    places = lines * (float(h - 1) / float(h))
    bands = annotate(List[Tensor], [])
    for start in range(0, h, rows):
        length = min(rows, h - start)
        down = lines.narrow(0, start, length)
        near = z.narrow(0, start, length) if z.size(0) == h else z
        near = near + (near == 0.0).to(6) * 1e-20
        moved = across * camera[2] + down * camera[5] + near * camera[8] + camera[11]
        moved = moved + (moved == 0.0).to(6) * 1e-20
        right = (across * (camera[0] * scale[0]) + down * (camera[3] * scale[0]) + near * (camera[6] * scale[0]) + camera[9] * scale[0]) / moved - across * scale[0] / near
        below = (across * (camera[1] * scale[1]) + down * (camera[4] * scale[1]) + near * (camera[7] * scale[1]) + camera[10] * scale[1]) / moved - down * scale[1] / near
        grid = torch.stack([columns - right, places.narrow(0, start, length) - below], 2)
        band = self._sampled(x, grid.clamp(-1e4, 1e4), interpolation, border)
        bands.append(band.clamp(0.0, 255.0).to(0).permute([1, 2, 0]))
    return torch.cat(bands, 0).contiguous()
