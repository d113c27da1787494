package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.util.Locale;

/**
 * The device on which a network computes, the element type in which it does, and how its weights are kept.
 *
 * @param precision what becomes of the layers that bear fp8
 * @param holding where the weights lie
 */
public record Placement(Device device, DType dtype, Precision precision, Holding holding) {
    /** Makes a placement in which every layer lies and computes in the element type, with all weights on the device. */
    public Placement(Device device, DType dtype) {
        this(device, dtype, Precision.PLAIN);
    }

    /** Makes a placement with all weights on the device. */
    public Placement(Device device, DType dtype, Precision precision) {
        this(device, dtype, precision, Holding.RESIDENT);
    }

    /**
     * Makes a placement with all weights on the device.
     *
     * @param fp8 true if the layers that bear it are to be multiplied in fp8
     */
    public Placement(Device device, DType dtype, boolean fp8) {
        this(device, dtype, fp8 ? Precision.FP8_PRODUCTS : Precision.PLAIN);
    }

    /** True if the layers that bear it are multiplied in fp8. */
    public boolean fp8() {
        return precision == Precision.FP8_PRODUCTS;
    }

    /** Returns this placement with the weights held in another way. */
    public Placement held(Holding other) {
        return new Placement(device, dtype, precision, other);
    }

    @Override
    public String toString() {
        return dtype.name().toLowerCase(Locale.ROOT)
                + precision.remark()
                + " on "
                + device
                + (holding.isStreamed() ? ", " + holding : "");
    }
}
