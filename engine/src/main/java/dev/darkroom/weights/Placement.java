package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.util.Locale;

/** The device on which a network computes, and the element type in which it does. */
public record Placement(Device device, DType dtype) {
    @Override
    public String toString() {
        return dtype.name().toLowerCase(Locale.ROOT) + " on " + device;
    }
}
