package dev.darkroom.weights.gguf;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.fuzz.ScratchFile;

/** Any bytes as a GGUF file: refused, or every tensor lies inside the file and is as long as its shape says. */
public final class GgufFuzz {
    private static final ScratchFile FILE = new ScratchFile("model.gguf");

    private GgufFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        GgufFile file;
        try {
            file = GgufFile.read(FILE.holding(content));
        } catch (CheckpointException e) {
            return;
        }
        file.entries().forEach((name, tensor) -> {
            long elements = tensor.shape().stream().reduce(1L, Math::multiplyExact);
            long bytes = tensor.blocks()
                    .map(type -> type.bytes(elements))
                    .orElse(elements * tensor.dtype().bytes());
            if (tensor.start() < 24
                    || tensor.end() - tensor.start() != bytes
                    || bytes > 0 && tensor.end() > content.length) {
                throw new AssertionError(name + " lies outside: " + tensor);
            }
        });
    }
}
