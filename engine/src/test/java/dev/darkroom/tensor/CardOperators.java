package dev.darkroom.tensor;

/** Operators that only measurements of a card need; they are in {@code bench.py}, which {@link #layOver} must ask for first. */
public final class CardOperators {
    private CardOperators() {}

    /** Has this process take its operators from {@code bench.py} before {@code operators.py}: weights on a card become random numbers. */
    public static void layOver() {
        System.setProperty("darkroom.operators.over", "bench.py");
    }

    /** Overwrites a part of some bytes with normal numbers in bfloat16: what a card's weights become. */
    public static void fillRandom(Tensor bytes, long start, long length) {
        Operator.named("fill_random").integer(bytes, start, length);
    }

    /** Attention {@code [B, H, S, Dh]} by one of libtorch's backends: cudnn, flash, efficient, or the one that it chooses. */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, String backend) {
        return Operator.named("attention_by").tensor(q, k, v, backend);
    }

    /** Zeros in host memory, page-locked or not: {@code [size]} of uint8. */
    public static Tensor hostBytes(long size, boolean pinned) {
        return Operator.named("host_bytes").tensor(size, pinned);
    }

    /** Memory on a device: {@code [size]} of uint8. */
    public static Tensor deviceBytes(long size, Device device) {
        return Operators.EMPTY_BYTES.tensor(size, device);
    }

    /** Copies all bytes, and waits for that. */
    public static void copy(Tensor source, Tensor target) {
        Operator.named("copy_to").integer(source, target);
    }
}
