# Laid over the operators of a process that measures a card: weights are random numbers made there, for the files are full of holes.

def fill_random(self, target: Tensor, start: int, length: int) -> int:
    # bfloat16 numbers of a size that layers bear; an odd byte at either end stays what it is. The compiler does not know that set_ makes
    # two names of one memory, and would leave out a call whose result nobody takes.
    first = (target.storage_offset() + start + 1) // 2
    count = (target.storage_offset() + start + length) // 2 - first
    filled = torch.empty([0], dtype=15, device=target.device).set_(target, first, [count], [1]).normal_(0.0, 0.02)
    return length - count + filled.size(0)

def copy_window(self, buffer: Tensor, target: Tensor, start: int, length: int) -> int:
    return self.fill_random(target, start, length)

def host_bytes(self, size: int, pinned: bool) -> Tensor:
    return torch.zeros([size], dtype=0, pin_memory=pinned)

def copy_to(self, source: Tensor, target: Tensor) -> int:
    # waits: the last byte is read back
    target.copy_(source, True)
    return int(target[-1])

def attention_by(self, q: Tensor, k: Tensor, v: Tensor, backend: str) -> Tensor:
    # [B, H, S, Dh]; of the backends only the first is there on a CPU
    if backend == "cudnn":
        return torch._scaled_dot_product_cudnn_attention(q, k, v, None, False)[0]
    if backend == "flash":
        return torch._scaled_dot_product_flash_attention(q, k, v)[0]
    if backend == "efficient":
        return torch._scaled_dot_product_efficient_attention(q, k, v, None, False)[0]
    return self._sdpa(q, k, v, None, False, None)
