# One step of a FLUX.1 transformer in plain PyTorch with random weights, to compare with: prints the milliseconds of the fastest as JSON.
# arguments: double blocks, single blocks, heads, width of a head, text tokens, image tokens, batch, repetitions
import json
import sys
import time

import torch
import torch.nn.functional as F

double, single, heads, dh, text, image, batch, repetitions = map(int, sys.argv[1:9])
cuda = torch.cuda.is_available()
kind = dict(device="cuda" if cuda else "cpu", dtype=torch.bfloat16 if cuda else torch.float32)
d = heads * dh


def layer(inputs, outputs):
    return torch.randn(outputs, inputs, **kind) * inputs**-0.5, torch.zeros(outputs, **kind)


def stream():
    return [layer(d, d) for _ in range(4)] + [layer(d, 4 * d), layer(4 * d, d), layer(d, 6 * d)]


pairs = [(stream(), stream()) for _ in range(double)]
singles = [[layer(d, d) for _ in range(3)] + [layer(d, 4 * d), layer(5 * d, d), layer(d, 3 * d)] for _ in range(single)]
scale = torch.ones(dh, **kind)
angles = torch.randn(text + image, dh // 2, device=kind["device"])
cos, sin = angles.cos().repeat_interleave(2, -1), angles.sin().repeat_interleave(2, -1)


def turned(x):
    swapped = torch.stack([-x[..., 1::2], x[..., 0::2]], -1).flatten(-2)
    return (x.float() * cos + swapped.float() * sin).to(x.dtype)


def split(x, weights):
    q, k, v = (F.linear(x, *w).unflatten(-1, (heads, dh)).transpose(1, 2) for w in weights)
    return F.rms_norm(q, (dh,), scale, 1e-6), F.rms_norm(k, (dh,), scale, 1e-6), v


def attend(q, k, v):
    return F.scaled_dot_product_attention(turned(q), turned(k), v).transpose(1, 2).flatten(2)


def modulated(x, shift, gain):
    return F.layer_norm(x, (d,)) * (1 + gain) + shift


def gelu(x):
    return F.gelu(x, approximate="tanh")


@torch.no_grad()
def step(x, c, t):
    for of_image, of_text in pairs:
        mods = [F.linear(F.silu(t), *w[6]).unsqueeze(1).chunk(6, -1) for w in (of_image, of_text)]
        parts = [split(modulated(y, m[0], m[1]), w[:3]) for y, m, w in zip((c, x), mods[::-1], (of_text, of_image))]
        a = attend(*(torch.cat(both, 2) for both in zip(*parts)))
        c = c + mods[1][2] * F.linear(a[:, :text], *of_text[3])
        x = x + mods[0][2] * F.linear(a[:, text:], *of_image[3])
        c = c + mods[1][5] * F.linear(gelu(F.linear(modulated(c, *mods[1][3:5]), *of_text[4])), *of_text[5])
        x = x + mods[0][5] * F.linear(gelu(F.linear(modulated(x, *mods[0][3:5]), *of_image[4])), *of_image[5])
    x = torch.cat([c, x], 1)
    for w in singles:
        shift, gain, gate = F.linear(F.silu(t), *w[5]).unsqueeze(1).chunk(3, -1)
        n = modulated(x, shift, gain)
        x = x + gate * F.linear(torch.cat([attend(*split(n, w[:3])), gelu(F.linear(n, *w[3]))], -1), *w[4])
    return x


inputs = torch.randn(batch, image, d, **kind), torch.randn(batch, text, d, **kind), torch.randn(batch, d, **kind)
least = float("inf")
for i in range(repetitions + 2):
    start = time.perf_counter()
    step(*inputs).flatten()[0].item()
    if i >= 2:
        least = min(least, time.perf_counter() - start)
print(json.dumps({"ms": 1000 * least, "torch": torch.__version__, "device": kind["device"]}))
