package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.fuzz.ScratchFile;

/** Any bytes as a safetensors file: refused, or every tensor lies inside the file. */
public final class SafetensorsFuzz {
    private static final ScratchFile FILE = new ScratchFile("model.safetensors");

    private SafetensorsFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        SafetensorsFile file;
        try {
            file = SafetensorsFile.read(FILE.holding(content));
        } catch (CheckpointException e) {
            return;
        }
        file.entries().forEach((name, tensor) -> {
            if (tensor.start() < 8 || tensor.end() < tensor.start() || tensor.end() > content.length) {
                throw new AssertionError(name + " lies outside: " + tensor);
            }
        });
    }
}
