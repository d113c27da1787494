#include "numbers.cuh"

// Rows of bfloat16 as e4m3 with a scale each, as they are or through GELU (by its tanh approximation, rounded to bfloat16 as the text operator
// rounds it), or some of both side by side. x, y [B, S, D] with the distance from one row to the next and from one picture to the next. One block a
// row. Grid: (S, B).

// x * (1 + tanh(u)) / 2 is x / (1 + exp(-2u))
__device__ __forceinline__ float gelu_tanh(float x) {
    float u = 0.7978845608028654f * (x + 0.044715f * x * x * x);
    return x / (1.0f + __expf(-2.0f * u));
}

__device__ __forceinline__ u32 gelu_pair(u32 pair) { return pair_of(gelu_tanh(low(pair)), gelu_tanh(high(pair))); }

__device__ __forceinline__ uint4 gelu_vector(uint4 v) {
    v.x = gelu_pair(v.x);
    v.y = gelu_pair(v.y);
    v.z = gelu_pair(v.z);
    v.w = gelu_pair(v.w);
    return v;
}

// A row of x, and behind it one of y through GELU; either may have no numbers.
__device__ __forceinline__ void quantised_row(const u16* __restrict__ x, const u16* __restrict__ y, u8* __restrict__ rows,
        float* __restrict__ row_scales, int x_width, int y_width, i64 x_row, i64 x_batch, i64 y_row, i64 y_batch, u32* partial) {
    uint4 held[HELD];
    int plain = x_width / PER_VECTOR, vectors = plain + y_width / PER_VECTOR;
    const uint4* xs = (const uint4*) (x + blockIdx.y * x_batch + blockIdx.x * x_row);
    const uint4* ys = (const uint4*) (y + blockIdx.y * y_batch + blockIdx.x * y_row);
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) held[i] = *(at < plain ? xs + at : ys + (at - plain));
    }
    u32 most = 0;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) {
            if (at >= plain) held[i] = gelu_vector(held[i]);
            most = max(most, largest(held[i]));
        }
    }
    i64 row = (i64) blockIdx.y * gridDim.x + blockIdx.x;
    write_quantised(held, vectors, most, partial, rows + row * (x_width + y_width), row_scales + row);
}

extern "C" __global__ void __launch_bounds__(1024) quantise_rows(const u16* __restrict__ x, u8* __restrict__ rows, float* __restrict__ row_scales,
        int width, i64 x_row, i64 x_batch) {
    __shared__ u32 partial[32];
    quantised_row(x, x, rows, row_scales, width, 0, x_row, x_batch, 0, 0, partial);
}

extern "C" __global__ void __launch_bounds__(1024) gelu_quantise_rows(const u16* __restrict__ x, u8* __restrict__ rows, float* __restrict__ row_scales,
        int width, i64 x_row, i64 x_batch) {
    __shared__ u32 partial[32];
    quantised_row(x, x, rows, row_scales, 0, width, 0, 0, x_row, x_batch, partial);
}

extern "C" __global__ void __launch_bounds__(1024) beside_gelu_quantise_rows(const u16* __restrict__ x, const u16* __restrict__ y, u8* __restrict__ rows,
        float* __restrict__ row_scales, int x_width, int y_width, i64 x_row, i64 x_batch, i64 y_row, i64 y_batch) {
    __shared__ u32 partial[32];
    quantised_row(x, y, rows, row_scales, x_width, y_width, x_row, x_batch, y_row, y_batch, partial);
}
