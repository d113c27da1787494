package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.util.Locale;

/**
 * The device on which a network computes, and the element type in which it does.
 *
 * @param fp8 true if the layers that bear it are to be multiplied in fp8
 */
public record Placement(Device device, DType dtype, boolean fp8) {
    /** Makes a placement in which every layer computes in the element type. */
    public Placement(Device device, DType dtype) {
        this(device, dtype, false);
    }

    @Override
    public String toString() {
        return dtype.name().toLowerCase(Locale.ROOT) + (fp8 ? " with fp8 layers" : "") + " on " + device;
    }
}
