// What all kernels share: bfloat16 and e4m3 as their bits, so that no header of CUDA's is needed to compile them, and sums over a block.
// __CUDA_ARCH__ is only there where a card's code is made; the other branches say the same in plain C, which tests run on the CPU.
#pragma once
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;

// Numbers of a pair, or bytes of a vector: 8 bfloat16 numbers are read and written at once.
#define PER_VECTOR 8
// Vectors of a row that one thread holds in registers.
#define HELD 4

__device__ __forceinline__ float low(u32 pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float high(u32 pair) { return __uint_as_float(pair & 0xffff0000u); }

// Two numbers rounded to bfloat16, to nearest even.
__device__ __forceinline__ u32 pair_of(float first, float second) {
#ifdef __CUDA_ARCH__
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
#else
    u32 a = __float_as_uint(first), b = __float_as_uint(second);
    a = first != first ? 0x7fffu : (a + 0x7fffu + ((a >> 16) & 1u)) >> 16;
    b = second != second ? 0x7fffu : (b + 0x7fffu + ((b >> 16) & 1u)) >> 16;
    return a | b << 16;
#endif
}

// One number as e4m3 without infinities: rounded to nearest even, at most 448; what is no number stays so.
__device__ __forceinline__ u32 e4m3_of(float x) {
    u32 bits = __float_as_uint(x), sign = (bits >> 24) & 0x80u, size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return sign | 0x7fu;
    if (size >= 0x43e00000u) return sign | 0x7eu;                  // 448 and above
    if (size < 0x3c800000u)                                        // below 2^-6: multiples of 2^-9, which are those of 2^14 in float32
        return sign | (__float_as_uint(__uint_as_float(size) + 16384.0f) - 0x46800000u);
    return sign | ((size + 0x7ffffu + ((size >> 20) & 1u) - (120u << 23)) >> 20);
}

// Four numbers as e4m3, the first in the lowest byte.
__device__ __forceinline__ u32 four_e4m3(float a, float b, float c, float d) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
    u16 ab, cd;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(ab) : "f"(b), "f"(a));
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(cd) : "f"(d), "f"(c));
    return (u32) ab | (u32) cd << 16;
#else
    return e4m3_of(a) | e4m3_of(b) << 8 | e4m3_of(c) << 16 | e4m3_of(d) << 24;
#endif
}

// Sum over all threads of a block, of whole warps; every thread gets it. A block may use each array of partial sums once.
__device__ __forceinline__ float block_sum(float x, float* partial) {
    for (int distance = 16; distance; distance >>= 1) x += __shfl_xor_sync(0xffffffffu, x, distance);
    if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = x;
    __syncthreads();
    x = (threadIdx.x & 31) < blockDim.x >> 5 ? partial[threadIdx.x & 31] : 0.0f;
    for (int distance = 16; distance; distance >>= 1) x += __shfl_xor_sync(0xffffffffu, x, distance);
    return x;
}

// The same for the largest.
__device__ __forceinline__ u32 block_max(u32 x, u32* partial) {
    for (int distance = 16; distance; distance >>= 1) x = max(x, __shfl_xor_sync(0xffffffffu, x, distance));
    if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = x;
    __syncthreads();
    x = (threadIdx.x & 31) < blockDim.x >> 5 ? partial[threadIdx.x & 31] : 0u;
    for (int distance = 16; distance; distance >>= 1) x = max(x, __shfl_xor_sync(0xffffffffu, x, distance));
    return x;
}

// Largest size of the numbers in a vector, as bits of bfloat16: what is no number is larger than infinity.
__device__ __forceinline__ u32 largest(uint4 v) {
    u32 x = max(v.x & 0x7fffu, (v.x >> 16) & 0x7fffu), y = max(v.y & 0x7fffu, (v.y >> 16) & 0x7fffu);
    u32 z = max(v.z & 0x7fffu, (v.z >> 16) & 0x7fffu), w = max(v.w & 0x7fffu, (v.w >> 16) & 0x7fffu);
    return max(max(x, y), max(z, w));
}

// Writes a row of bfloat16 numbers, held in registers, as e4m3 with one scale: largest / 448, at least 1e-12; and number / scale. One block a row.
__device__ __forceinline__ void write_quantised(const uint4* held, int vectors, u32 most, u32* partial, u8* __restrict__ row, float* __restrict__ scale) {
    float unit = __uint_as_float(block_max(most, partial) << 16) / 448.0f;
    unit = unit < 1e-12f ? 1e-12f : unit;
    if (threadIdx.x == 0) *scale = unit;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int at = threadIdx.x + i * blockDim.x;
        if (at < vectors) {
            uint4 v = held[i];
            uint2 bytes;
            bytes.x = four_e4m3(low(v.x) / unit, high(v.x) / unit, low(v.y) / unit, high(v.y) / unit);
            bytes.y = four_e4m3(low(v.z) / unit, high(v.z) / unit, low(v.w) / unit, high(v.w) / unit);
            ((uint2*) row)[at] = bytes;
        }
    }
}
