#include "numbers.cuh"

// sum = x + gate * y; norm = LayerNorm(sum) * (1 + scale) + shift, of the rounded sum, in float32. x, y, sum, norm [B, S, D]; gate, shift,
// scale [B, 1, D], with the distance from one picture's to the next one's. One block a row. Grid: (S, B).

__device__ __forceinline__ u32 gated(u32 x, u32 gate, u32 y) {
    return pair_of(low(x) + low(gate) * low(y), high(x) + high(gate) * high(y));
}

__device__ __forceinline__ float sum_of(uint4 v) {
    return ((low(v.x) + high(v.x)) + (low(v.y) + high(v.y))) + ((low(v.z) + high(v.z)) + (low(v.w) + high(v.w)));
}

__device__ __forceinline__ float deviation(u32 pair, float mean) {
    float a = low(pair) - mean, b = high(pair) - mean;
    return a * a + b * b;
}

__device__ __forceinline__ u32 modulated(u32 pair, float mean, float inverse, u32 scale, u32 shift) {
    return pair_of((low(pair) - mean) * inverse * (1.0f + low(scale)) + low(shift),
            (high(pair) - mean) * inverse * (1.0f + high(scale)) + high(shift));
}

// Leaves the norm of this block's row in held, and writes the sum; returns the largest size in it as bits of bfloat16.
__device__ __forceinline__ u32 normed_row(uint4* held, int vectors, const u16* __restrict__ x, const u16* __restrict__ y, const u16* __restrict__ gate,
        const u16* __restrict__ shift, const u16* __restrict__ scale, u16* __restrict__ sum, int width, i64 x_batch, i64 y_batch,
        i64 gate_batch, i64 shift_batch, i64 scale_batch, float eps, float* partial) {
    i64 row = (i64) blockIdx.x * width, batch = blockIdx.y;
    const uint4* xs = (const uint4*) (x + batch * x_batch + row);
    const uint4* ys = (const uint4*) (y + batch * y_batch + row);
    const uint4* gates = (const uint4*) (gate + batch * gate_batch);
    const uint4* shifts = (const uint4*) (shift + batch * shift_batch);
    const uint4* scales = (const uint4*) (scale + batch * scale_batch);
    uint4* sums = (uint4*) (sum + batch * gridDim.x * width + row);
    float total = 0.0f;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) {
            uint4 a = xs[at], b = ys[at], g = gates[at];
            held[i].x = gated(a.x, g.x, b.x);
            held[i].y = gated(a.y, g.y, b.y);
            held[i].z = gated(a.z, g.z, b.z);
            held[i].w = gated(a.w, g.w, b.w);
            sums[at] = held[i];
            total += sum_of(held[i]);
        }
    }
    float mean = block_sum(total, partial) / width;
    total = 0.0f;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) {
            total += deviation(held[i].x, mean) + deviation(held[i].y, mean) + deviation(held[i].z, mean) + deviation(held[i].w, mean);
        }
    }
    float inverse = rsqrtf(block_sum(total, partial + 32) / width + eps);
    u32 most = 0;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) {
            uint4 s = scales[at], t = shifts[at];
            held[i].x = modulated(held[i].x, mean, inverse, s.x, t.x);
            held[i].y = modulated(held[i].y, mean, inverse, s.y, t.y);
            held[i].z = modulated(held[i].z, mean, inverse, s.z, t.z);
            held[i].w = modulated(held[i].w, mean, inverse, s.w, t.w);
            most = max(most, largest(held[i]));
        }
    }
    return most;
}

extern "C" __global__ void __launch_bounds__(256) gated_add_norm(const u16* __restrict__ x, const u16* __restrict__ y, const u16* __restrict__ gate,
        const u16* __restrict__ shift, const u16* __restrict__ scale, u16* __restrict__ sum, u16* __restrict__ norm, int width,
        i64 x_batch, i64 y_batch, i64 gate_batch, i64 shift_batch, i64 scale_batch, float eps) {
    __shared__ float partial[64];
    uint4 held[HELD];
    int vectors = width / PER_VECTOR;
    normed_row(held, vectors, x, y, gate, shift, scale, sum, width, x_batch, y_batch, gate_batch, shift_batch, scale_batch, eps, partial);
    uint4* norms = (uint4*) (norm + ((i64) blockIdx.y * gridDim.x + blockIdx.x) * width);
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) norms[at] = held[i];
    }
}

// The same with the norm as e4m3, and a scale a row.
extern "C" __global__ void __launch_bounds__(256) gated_add_norm_quantised(const u16* __restrict__ x, const u16* __restrict__ y,
        const u16* __restrict__ gate, const u16* __restrict__ shift, const u16* __restrict__ scale, u16* __restrict__ sum, u8* __restrict__ norm,
        float* __restrict__ row_scales, int width, i64 x_batch, i64 y_batch, i64 gate_batch, i64 shift_batch, i64 scale_batch, float eps) {
    __shared__ float partial[64];
    __shared__ u32 partial_max[32];
    uint4 held[HELD];
    int vectors = width / PER_VECTOR;
    u32 most = normed_row(held, vectors, x, y, gate, shift, scale, sum, width, x_batch, y_batch, gate_batch, shift_batch, scale_batch, eps, partial);
    i64 row = (i64) blockIdx.y * gridDim.x + blockIdx.x;
    write_quantised(held, vectors, most, partial_max, norm + row * width, row_scales + row);
}
