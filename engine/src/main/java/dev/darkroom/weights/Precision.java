package dev.darkroom.weights;

/** What becomes of those layers of a network that bear fp8: e4m3 numbers with one float32 scale a row. */
public enum Precision {
    /** They lie and compute in the network's element type. */
    PLAIN(""),
    /** They lie in fp8 and are multiplied so. */
    FP8_PRODUCTS(" with fp8 layers"),
    /** They lie in fp8 and are made numbers of the network's element type where they are used, for cards that do not multiply fp8. */
    FP8_STORAGE(" with layers stored in fp8");

    private final String remark;

    Precision(String remark) {
        this.remark = remark;
    }

    /** True if layers that bear it lie in fp8. */
    public boolean storesFp8() {
        return this != PLAIN;
    }

    /** What is said of it behind an element type, with a space before it; nothing of plain layers. */
    public String remark() {
        return remark;
    }
}
