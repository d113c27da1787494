package dev.darkroom.golden;

import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The tensors of one golden file. */
record GoldenTensors(SafetensorsFile header) {
    /** Where and in what type networks are compared: float32 on the CPU, or by properties on {@code cuda:0}, or in bfloat16 for a look. */
    static final Device DEVICE = new Device(System.getProperty("darkroom.golden.device", Device.CPU.name()));

    static final DType DTYPE = DType.valueOf(System.getProperty("darkroom.golden.dtype", DType.FLOAT32.name()));

    static GoldenTensors read(Path file) {
        return new GoldenTensors(SafetensorsFile.read(file));
    }

    boolean has(String name) {
        return header.entries().containsKey(name);
    }

    long[] shape(String name) {
        return header.entries().get(name).dimensions();
    }

    /** A tensor in the innermost scope, on the device of the comparison, and what networks compute on in its type. */
    Tensor tensor(String name) {
        SafetensorsFile.Entry entry = header.entries().get(name);
        boolean states = entry.dtype() == DType.FLOAT32 && entry.dimensions().length > 1 && !name.endsWith("_ids");
        Tensor tensor = stored(name).to(DEVICE);
        return states ? tensor.to(DTYPE) : tensor;
    }

    private Tensor stored(String name) {
        SafetensorsFile.Entry entry = header.entries().get(name);
        return MappedFile.open(header.path(), header.size()).tensor(entry.dtype(), entry.start(), entry.dimensions());
    }

    float[] floats(String name) {
        try (var scope = Scope.open("golden")) {
            return stored(name).toFloats();
        }
    }

    long[] longs(String name) {
        try (var scope = Scope.open("golden")) {
            return stored(name).toLongs();
        }
    }

    /** A uint8 picture {@code [h, w, 3]}, or {@code [h, w]} for a mask. */
    Picture picture(String name) {
        long[] shape = shape(name);
        float[] levels = floats(name);
        boolean grey = shape.length == 2;
        byte[] rgb = new byte[(int) (3 * shape[0] * shape[1])];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (int) levels[grey ? i / 3 : i];
        }
        return new Picture((int) shape[1], (int) shape[0], rgb);
    }

    /** Compares what probes saw with what this file holds, in the order of the computation. */
    void compare(List<Comparison> results, Map<String, float[]> seen, String prefix, Tolerance tolerance) {
        seen.forEach((name, values) -> {
            if (has(prefix + name)) {
                boolean beforeTheLoop = name.contains("prompt_embeds") || name.startsWith("mid.");
                results.add(Comparison.of(
                        prefix + name, values, floats(prefix + name), beforeTheLoop ? Tolerance.NETWORK : tolerance));
            }
        });
    }
}
