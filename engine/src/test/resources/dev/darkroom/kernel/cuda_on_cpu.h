// The words of CUDA that our kernels use, in plain C++, so that a test can run the same text on a CPU. The threads of a block are fibers of
// one thread: each runs until it must wait for its warp or its block. Blocks run one after another, and every second one with its threads
// in reverse, so that a result that depends on their order shows.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <utility>

#define __global__
#define __device__
#define __forceinline__ inline
#define __shared__ static
#define __expf expf
#define __launch_bounds__(most) __attribute__((unused))

struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(16) float4 { float x, y, z, w; };
struct Place { unsigned x = 0, y = 0, z = 0; };
static Place threadIdx, blockIdx, blockDim, gridDim;

static inline float __uint_as_float(unsigned bits) { float x; memcpy(&x, &bits, 4); return x; }
static inline unsigned __float_as_uint(float x) { unsigned bits; memcpy(&bits, &x, 4); return bits; }
static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }

namespace on_cpu {
const int MOST = 1024, STACK = 1 << 16;
enum State { READY, AT_WARP, AT_BLOCK, DONE };
struct Fiber { jmp_buf at; State state; bool begun; unsigned shuffles; };
static Fiber fibers[MOST];
static unsigned slots[2][MOST];
static char* stacks;
static jmp_buf scheduler;
static int running;
static void (*body)(void**);
static void** arguments;

static void leave(State state) {
    fibers[running].state = state;
    int self = running;
    if (_setjmp(fibers[self].at) == 0) _longjmp(scheduler, 1);
}

static void enter() {
    body(arguments);
    fibers[running].state = DONE;
    _longjmp(scheduler, 1);
}

static void resume(int thread) {
    running = thread;
    threadIdx.x = thread;
    Fiber& fiber = fibers[thread];
    if (_setjmp(scheduler) != 0) return;
    if (fiber.begun) _longjmp(fiber.at, 1);
    fiber.begun = true;
    static ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = stacks + (size_t) thread * STACK;
    context.uc_stack.ss_size = STACK;
    context.uc_link = nullptr;
    makecontext(&context, enter, 0);
    setcontext(&context);
}

// Lets threads go on that wait where all that they wait for wait too; false if there are none.
static bool release(int threads) {
    bool any = false, block = true;
    for (int t = 0; t < threads; t++) block &= fibers[t].state == AT_BLOCK;
    for (int warp = 0; warp < threads; warp += 32) {
        bool all = true;
        for (int t = warp; t < warp + 32; t++) all &= fibers[t].state == (block ? AT_BLOCK : AT_WARP);
        for (int t = warp; all && t < warp + 32; t++) fibers[t].state = READY;
        any |= all;
    }
    return any;
}

// 0, or CUDA's status for a launch that failed.
static int launch(void (*kernel)(void**), unsigned columns, unsigned rows, unsigned threads, void** values) {
    if (threads == 0 || threads > MOST || threads % 32 || columns == 0 || rows == 0 || rows > 65535) return 1;
    if (!stacks) stacks = (char*) mmap(nullptr, (size_t) MOST * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    body = kernel;
    arguments = values;
    gridDim = {columns, rows, 1};
    blockDim = {threads, 1, 1};
    for (unsigned y = 0; y < rows; y++) {
        for (unsigned x = 0; x < columns; x++) {
            blockIdx = {x, y, 0};
            for (unsigned t = 0; t < threads; t++) fibers[t].state = READY, fibers[t].begun = false, fibers[t].shuffles = 0;
            for (;;) {
                unsigned done = 0;
                for (unsigned i = 0; i < threads; i++) {
                    unsigned t = (x + y) % 2 ? threads - 1 - i : i;
                    if (fibers[t].state == READY) resume(t);
                    done += fibers[t].state == DONE;
                }
                if (done == threads) break;
                if (!release(threads)) return 702;               // some wait for others that never come
            }
        }
    }
    return 0;
}

template <typename... A, size_t... I>
static void call(void (*kernel)(A...), void** values, std::index_sequence<I...>) { kernel(*(A*) values[I]...); }
template <typename... A>
static void call(void (*kernel)(A...), void** values) { call(kernel, values, std::index_sequence_for<A...>()); }
}

static inline void __syncthreads() { on_cpu::leave(on_cpu::AT_BLOCK); }

static inline unsigned __shfl_xor_sync(unsigned mask, unsigned x, int distance) {
    if (mask != 0xffffffffu) abort();
    int self = on_cpu::running;
    unsigned* slots = on_cpu::slots[on_cpu::fibers[self].shuffles++ & 1];
    slots[self] = x;
    on_cpu::leave(on_cpu::AT_WARP);
    return slots[self ^ distance];
}

static inline float __shfl_xor_sync(unsigned mask, float x, int distance) {
    return __uint_as_float(__shfl_xor_sync(mask, __float_as_uint(x), distance));
}

// What the stand-in for the driver launches.
#define KERNEL(name) \
    extern "C" int run_##name(unsigned columns, unsigned rows, unsigned threads, void** values) { \
        return on_cpu::launch([](void** v) { on_cpu::call(name, v); }, columns, rows, threads, values); \
    }
