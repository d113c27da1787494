package dev.darkroom.depth;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;

/**
 * A checkpoint of Depth Anything V2 in memory: pictures in, depth at their size out. Its weights are freed by {@link #close}; like all
 * networks it is used by one thread at a time.
 */
public final class DepthModel implements AutoCloseable {
    private final DepthPreprocessor preprocessor;
    private final Loaded<DepthAnything> network;

    private DepthModel(DepthPreprocessor preprocessor, Loaded<DepthAnything> network) {
        this.preprocessor = preprocessor;
        this.network = network;
    }

    /**
     * Loads a folder with {@code config.json}, {@code preprocessor_config.json} and {@code model.safetensors}.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the file, and the field or tensors at fault; nothing is left in memory
     */
    public static DepthModel load(Path folder, Placement placement) {
        DepthConfig config = DepthConfig.read(folder);
        DepthPreprocessor preprocessor =
                DepthPreprocessor.read(folder, config.backbone().patch());
        return new DepthModel(preprocessor, DepthAnything.load(folder, placement));
    }

    /** What the numbers of its maps mean. */
    public DepthKind kind() {
        return network.network().config().kind();
    }

    /** Device and element type in which it computes. */
    public Placement placement() {
        return network.placement();
    }

    /** Bytes that its weights take in their files. */
    public long weightBytes() {
        return network.bytes();
    }

    /** Bytes that the depth of a picture of that size takes at its peak beside the weights, at most. */
    public long peak(Size picture) {
        return DepthBytes.peak(
                network.network().config(),
                picture,
                preprocessor.seen(picture),
                placement().dtype());
    }

    /** Makes of pictures what the network sees. */
    public DepthPreprocessor preprocessor() {
        return preprocessor;
    }

    /** Computes the depth of a picture's pixels, in Java's memory; waits for the device. */
    public DepthMap depth(Picture picture) {
        try (var scope = Scope.open("depth map")) {
            return new DepthMap(
                    picture.width(), picture.height(), plane(picture).toFloats(), kind());
        }
    }

    /** Computes the depth of a picture's pixels as a tensor of the innermost scope: float32 {@code [height, width]} on the network's device. */
    public Tensor plane(Picture picture) {
        try (var scope = Scope.open("depth plane")) {
            Tensor depth = network.network().forward(preprocessor.pixels(preprocessor.resized(picture)));
            return scope.keep(DepthAnything.resized(depth, picture.height(), picture.width()));
        }
    }

    /** Frees the weights. */
    @Override
    public void close() {
        network.close();
    }
}
