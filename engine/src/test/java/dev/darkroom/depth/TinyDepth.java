package dev.darkroom.depth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Picture;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The tiny checkpoints of depth, changed copies of them, and pictures for them. */
final class TinyDepth {
    static final Path RELATIVE = TestCheckpoints.GOLDENS.resolve("tiny-depth-anything-v2-relative");
    static final Path METRIC = TestCheckpoints.GOLDENS.resolve("tiny-depth-anything-v2-metric");
    static final Placement ON_CPU = new Placement(Device.CPU, DType.FLOAT32);

    private TinyDepth() {}

    /** Copies a checkpoint, and changes its {@code config.json}. */
    static Path copy(Path folder, Consumer<ObjectNode> change) throws IOException {
        TestCheckpoints.copy(RELATIVE, folder);
        TestCheckpoints.edit(folder.resolve("config.json"), change);
        return folder;
    }

    /** A picture without two rows or columns that are alike. */
    static Picture picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7L % 251 + i / (3L * width) * 3);
        }
        return new Picture(width, height, rgb);
    }
}
