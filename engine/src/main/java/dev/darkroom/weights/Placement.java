package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.util.Locale;

/** Where a network computes and in which element type. */
public record Placement(Device device, DType dtype) {
    @Override
    public String toString() {
        return dtype.name().toLowerCase(Locale.ROOT) + " on " + device;
    }
}
