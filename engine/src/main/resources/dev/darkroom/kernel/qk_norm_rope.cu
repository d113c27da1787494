#include "numbers.cuh"

// In place on rows of joint [B, S, 3, H, 128]: RMS norm of each head of query and key, then rotation of adjacent pairs by table [S, 64]
// (cosine, sine). In float32, rounded once.
// One block a row: 16 groups of 16 threads take a head each, and hold their part of table and weights for all heads. Grid: (rows, B).
#define GROUPS 16
#define HEADS_HELD 3

__device__ __forceinline__ u32 rotated(u32 pair, float inverse, u32 weight, float cosine, float sine) {
    float a = low(pair) * inverse * low(weight), b = high(pair) * inverse * high(weight);
    return pair_of(a * cosine - b * sine, a * sine + b * cosine);
}

__device__ __forceinline__ float squares(u32 pair) { return low(pair) * low(pair) + high(pair) * high(pair); }

extern "C" __global__ void __launch_bounds__(256) qk_norm_rope(u16* joint, const uint4* __restrict__ norm_q, const uint4* __restrict__ norm_k,
        const float4* __restrict__ table, int first, int tokens, int heads, float eps) {
    int lane = threadIdx.x & 15, group = threadIdx.x >> 4, row = first + blockIdx.x;
    uint4* at = (uint4*) (joint + ((i64) blockIdx.y * tokens + row) * 3 * heads * 128) + lane;
    float4 turn = table[(i64) row * 32 + 2 * lane], turn2 = table[(i64) row * 32 + 2 * lane + 1];
    uint4 weight_q = norm_q[lane], weight_k = norm_k[lane];
    // query heads, then key heads; their number is even, so both groups of a warp have one or none
    for (int start = group; start < 2 * heads; start += HEADS_HELD * GROUPS) {
        uint4 held[HEADS_HELD];
#pragma unroll
        for (int i = 0; i < HEADS_HELD; i++) {
            int head = start + i * GROUPS;
            if (head < 2 * heads) held[i] = at[(i64) head * 16];
        }
#pragma unroll
        for (int i = 0; i < HEADS_HELD; i++) {
            int head = start + i * GROUPS;
            if (head < 2 * heads) {
                uint4 v = held[i], w = head < heads ? weight_q : weight_k;
                float sum = squares(v.x) + squares(v.y) + squares(v.z) + squares(v.w);
                for (int distance = 8; distance; distance >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
                float inverse = rsqrtf(sum * (1.0f / 128.0f) + eps);
                v.x = rotated(v.x, inverse, w.x, turn.x, turn.y);
                v.y = rotated(v.y, inverse, w.y, turn.z, turn.w);
                v.z = rotated(v.z, inverse, w.z, turn2.x, turn2.y);
                v.w = rotated(v.w, inverse, w.w, turn2.z, turn2.w);
                at[(i64) head * 16] = v;
            }
        }
    }
}
