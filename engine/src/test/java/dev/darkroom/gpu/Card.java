package dev.darkroom.gpu;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What is measured: a device, the type that it computes in, and its name.
 *
 * @param teraflops the most that its maker states for dense bfloat16; empty where that is not known here
 */
record Card(Device device, DType dtype, String name, OptionalDouble teraflops) {
    private static final List<Peak> PEAKS = List.of(
            new Peak("b200", 2250),
            new Peak("h200", 989),
            new Peak("h100 pcie", 756),
            new Peak("h100", 989),
            new Peak("a100", 312),
            new Peak("l40s", 362),
            new Peak("5090", 209),
            new Peak("4090", 165),
            new Peak("a10", 125));

    private record Peak(String name, double teraflops) {}

    static final Card CPU = new Card(Device.CPU, DType.FLOAT32, "cpu", OptionalDouble.empty());

    /** The card of this machine, which must have one. */
    static Card ofMachine() throws IOException {
        String name = "unknown";
        try {
            Process asked =
                    new ProcessBuilder("nvidia-smi", "--query-gpu=name", "--format=csv,noheader", "-i", "0").start();
            name = new String(asked.getInputStream().readAllBytes()).strip();
        } catch (IOException e) {
            System.err.println("nvidia-smi does not answer: " + e.getMessage());
        }
        return new Card(Device.CUDA, DType.BFLOAT16, name, peak(name));
    }

    static OptionalDouble peak(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return PEAKS.stream()
                .filter(peak -> Arrays.stream(peak.name.split(" ")).allMatch(small::contains))
                .mapToDouble(Peak::teraflops)
                .findFirst();
    }

    /** Bytes that are taken on the card; 0 for the CPU. */
    long taken() {
        return device.isCuda() ? device.totalBytes() - device.freeBytes() : 0;
    }
}
