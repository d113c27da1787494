# Takes the place of what libtorch's meta device cannot compute, in a process that has only shapes: see MetaDeviceTest.
# Each definition here has the parameters of the one in operators.py that it replaces, which is still to be had under its name with a _
# behind it, for tensors with numbers. What leaves the card becomes zeros. Types must agree as CUDA's kernels want it.

def describe(self, x: Tensor) -> List[int]:
    # type, 1 on meta, number of dimensions, sizes, strides
    out = [x.dtype, 1 if x.is_meta else 0, x.dim()]
    for n in x.size():
        out.append(n)
    for n in x.stride():
        out.append(n)
    return out

def _sdpa(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool, scale: Optional[float]) -> Tensor:
    if not q.is_meta:
        return self._sdpa_(q, k, v, mask, causal, scale)
    assert q.dtype == k.dtype and q.dtype == v.dtype and q.is_floating_point()
    assert q.size(0) == k.size(0) and q.size(0) == v.size(0) and q.size(1) == k.size(1) and q.size(1) == v.size(1)
    assert q.size(3) == k.size(3) and k.size(2) == v.size(2)
    if mask is not None:
        assert mask.is_meta and (mask.dtype == 11 or mask.dtype == q.dtype)
        seen = torch.broadcast_to(mask, [q.size(0), q.size(1), q.size(2), k.size(2)])
    # the kernels give the result the layout of the queries
    return torch.empty([q.size(0), q.size(2), q.size(1), v.size(3)], dtype=q.dtype, device=q.device).transpose(1, 2)

def _conv(self, x: Tensor, weight: Tensor, bias: Tensor, stride: List[int], padding: List[int]) -> Tensor:
    if not x.is_meta:
        return self._conv_(x, weight, bias, stride, padding)
    assert weight.is_meta and bias.is_meta
    assert x.dtype == weight.dtype and x.dtype == bias.dtype and x.size(1) == weight.size(1) and bias.size(0) == weight.size(0)
    h = (x.size(2) + 2 * padding[0] - weight.size(2)) // stride[0] + 1
    w = (x.size(3) + 2 * padding[1] - weight.size(3)) // stride[1] + 1
    return torch.empty([x.size(0), weight.size(0), h, w], dtype=x.dtype, device=x.device)

def _conv_transpose(self, x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    if not x.is_meta:
        return self._conv_transpose_(x, weight, bias, stride)
    assert weight.is_meta and bias.is_meta
    assert x.dtype == weight.dtype and x.dtype == bias.dtype and x.size(1) == weight.size(0) and bias.size(0) == weight.size(1)
    h = (x.size(2) - 1) * stride + weight.size(2)
    w = (x.size(3) - 1) * stride + weight.size(3)
    return torch.empty([x.size(0), weight.size(1), h, w], dtype=x.dtype, device=x.device)

def _fits(self, x: Tensor, width: int, weight: Optional[Tensor]) -> bool:
    return weight is None or (weight.is_meta and weight.dtype == x.dtype and weight.dim() == 1 and weight.size(0) == width)

def _layer_norm(self, x: Tensor, shape: List[int], weight: Optional[Tensor], bias: Optional[Tensor], eps: float) -> Tensor:
    if not x.is_meta:
        return self._layer_norm_(x, shape, weight, bias, eps)
    assert shape[0] == x.size(-1) and self._fits(x, shape[0], weight) and self._fits(x, shape[0], bias)
    return torch.empty(x.size(), dtype=x.dtype, device=x.device)

def _rms_norm(self, x: Tensor, shape: List[int], weight: Tensor, eps: float) -> Tensor:
    if not x.is_meta:
        return self._rms_norm_(x, shape, weight, eps)
    assert shape[0] == x.size(-1) and self._fits(x, shape[0], weight)
    return torch.empty(x.size(), dtype=x.dtype, device=x.device)

def _group_norm(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    if not x.is_meta:
        return self._group_norm_(x, groups, weight, bias, eps)
    assert x.size(1) % groups == 0 and self._fits(x, x.size(1), weight) and self._fits(x, x.size(1), bias)
    return torch.empty(x.size(), dtype=x.dtype, device=x.device)

def group_norm_by_sums(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    if not x.is_meta:
        return self.group_norm_by_sums_(x, groups, weight, bias, eps)
    return torch.empty(x.size(), dtype=x.dtype, device=x.device)

def _rows(self, x: Tensor, dim: int, index: Tensor) -> Tensor:
    if not x.is_meta:
        return self._rows_(x, dim, index)
    assert index.is_meta and index.dim() == 1 and (index.dtype == 4 or index.dtype == 3)
    shape = x.size()
    shape[dim] = index.size(0)
    return x.new_empty(shape)

def _embedding(self, weight: Tensor, ids: Tensor) -> Tensor:
    if not weight.is_meta:
        return self._embedding_(weight, ids)
    assert ids.is_meta and (ids.dtype == 4 or ids.dtype == 3)
    return weight.new_empty(ids.size() + [weight.size(1)])

def _sampled(self, x: Tensor, grid: Tensor, interpolation: int, border: int) -> Tensor:
    if not x.is_meta:
        return self._sampled_(x, grid, interpolation, border)
    assert grid.is_meta and grid.dtype == x.dtype and x.size(0) == 1 and grid.dim() == 3 and grid.size(2) == 2
    return torch.empty([x.size(1), grid.size(0), grid.size(1)], dtype=x.dtype, device=x.device)

def _var_mean(self, x: Tensor, dims: List[int]) -> List[Tensor]:
    if not x.is_meta:
        return self._var_mean_(x, dims)
    return [x.mean(dims, True), x.mean(dims, True)]

def _scaled_product(self, q: Tensor, scale: Tensor, weight: Tensor, weight_scale: Tensor, bias: List[Tensor], dtype: int) -> Tensor:
    if not q.is_meta:
        return self._scaled_product_(q, scale, weight, weight_scale, bias, dtype)
    # what cards ask of products of rows with scales
    assert weight.is_meta and scale.is_meta and weight_scale.is_meta and q.dtype == 24 and weight.dtype == 24
    assert q.dim() == 2 and weight.dim() == 2 and q.size(1) == weight.size(1)
    assert q.stride(1) == 1 and weight.stride(1) == 1
    assert scale.dtype == 6 and weight_scale.dtype == 6 and scale.is_contiguous() and weight_scale.is_contiguous()
    assert scale.size(0) == q.size(0) and scale.size(1) == 1
    assert weight_scale.size(0) == weight.size(0) and weight_scale.size(1) == 1
    for one in bias:
        assert one.is_meta and one.size(0) == weight.size(0)
    return torch.empty([q.size(0), weight.size(0)], dtype=dtype, device=q.device)

def relative_buckets(self, length: int, buckets: int, max_distance: int, device: str) -> Tensor:
    if device != "meta":
        return self.relative_buckets_(length, buckets, max_distance, device)
    return torch.empty([length, length], dtype=4, device=torch.device(device))

# --- what leaves the card, and what comes to it ---

def to_device(self, x: Tensor, device: str) -> Tensor:
    if x.is_meta and device == "cpu":
        return torch.zeros(x.size(), dtype=x.dtype)
    return self.to_device_(x, device)

def to_host_float(self, x: Tensor) -> Tensor:
    return torch.zeros(x.size(), dtype=6) if x.is_meta else self.to_host_float_(x)

def to_host_long(self, x: Tensor) -> Tensor:
    return torch.zeros(x.size(), dtype=4) if x.is_meta else self.to_host_long_(x)

def to_rgb(self, x: Tensor) -> Tensor:
    return torch.zeros([x.size(2), x.size(3), x.size(1)], dtype=0) if x.is_meta else self.to_rgb_(x)

def levels_soon(self, x: Tensor) -> Tensor:
    return torch.zeros(x.shape, dtype=0) if x.is_meta else self.levels_soon_(x)

def wait_for(self, x: Tensor) -> bool:
    return True if x.is_meta else self.wait_for_(x)

def all_finite(self, xs: List[Tensor]) -> bool:
    here = annotate(List[Tensor], [])
    for x in xs:
        if not x.is_meta:
            here.append(x)
    return self.all_finite_(here)

def arrival(self, x: Tensor) -> Tensor:
    return torch.ones([1], dtype=0) if x.is_meta else self.arrival_(x)
