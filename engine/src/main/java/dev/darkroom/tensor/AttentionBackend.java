package dev.darkroom.tensor;

/** What computes attention without a mask on a card. */
public enum AttentionBackend {
    /** Whichever of the others is right and faster on this card. */
    AUTO,
    /** The kernels that libtorch chooses by itself: FlashAttention first in 2.7, where later versions begin with cuDNN's on a Hopper card. */
    FLASH,
    /** cuDNN's. */
    CUDNN
}
