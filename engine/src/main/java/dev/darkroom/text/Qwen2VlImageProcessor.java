package dev.darkroom.text;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Cuts pictures into the patches that the vision tower takes.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_vl/image_processing_qwen2_vl_fast.py}, Qwen2VLImageProcessorFast: levels are
 * resized by libtorch's own bicubic kernel, which rounds now and then to another level than Pillow's does.
 *
 * @param resize chooses the size that a picture is resized to
 * @param patch side of a patch in pixels
 * @param merge side of a merge group in patches
 * @param frames number of times that the picture is repeated in each patch: the tower was made for films
 * @param mean of red, green and blue in levels, as is {@code std}
 */
public record Qwen2VlImageProcessor(
        SmartResize resize, int patch, int merge, int frames, List<Float> mean, List<Float> std) {
    private static final int BICUBIC = 3;
    private static final int LEAST_PIXELS = 56 * 56;
    private static final int MOST_PIXELS = 28 * 28 * 1280;
    private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> STD = List.of(0.26862954, 0.26130258, 0.27577711);

    /** Patches of a picture, float32 {@code [n, 3 · frames · patch²]} in host memory, and the grid that they form. */
    public record Patches(Tensor pixelValues, PatchGrid grid) {}

    /** Reads {@code preprocessor_config.json} of a checkpoint's {@code processor/}. */
    public static Qwen2VlImageProcessor read(Path folder) {
        return of(ConfigFile.read(folder.resolve("preprocessor_config.json")));
    }

    /**
     * Reads {@code preprocessor_config.json} of a folder that may be missing: checkpoints that see no images come without a
     * {@code processor/}, and get the reference's own settings.
     */
    public static Qwen2VlImageProcessor readIfPresent(Path folder) {
        return of(ConfigFile.readIfPresent(folder.resolve("preprocessor_config.json")));
    }

    private static Qwen2VlImageProcessor of(ConfigFile file) {
        for (String step : List.of("do_resize", "do_rescale", "do_normalize")) {
            if (!file.flag(step, true)) {
                throw file.error(step, "must be true");
            }
        }
        if (file.count("resample", BICUBIC) != BICUBIC) {
            throw file.error("resample", "must be " + BICUBIC + " (bicubic)");
        }
        int patch = file.count("patch_size", 14);
        int merge = file.count("merge_size", 2);
        int least = pixels(file, "min_pixels", "shortest_edge", LEAST_PIXELS);
        int most = pixels(file, "max_pixels", "longest_edge", MOST_PIXELS);
        if (patch > 64 || merge > 8 || (long) patch * patch * merge * merge > most || least > most) {
            throw file.error(
                    "patch_size", "must be at most 64, merge_size at most 8, and a merge group within the pixels");
        }
        int frames = file.count("temporal_patch_size", 2);
        if (frames > 8) {
            throw file.error("temporal_patch_size", "must be at most 8, not " + frames);
        }
        double factor = file.number("rescale_factor", 1 / 255.0);
        if (factor <= 0) {
            throw file.error("rescale_factor", "must be more than 0, not " + factor);
        }
        List<Double> std = file.numbers("image_std", STD);
        if (std.stream().anyMatch(share -> share <= 0)) {
            throw file.error("image_std", "must be more than 0, not " + std);
        }
        return new Qwen2VlImageProcessor(
                new SmartResize(patch * merge, least, most),
                patch,
                merge,
                frames,
                inLevels(file.numbers("image_mean", MEAN), 1 / factor),
                inLevels(std, 1 / factor));
    }

    /**
     * Reads an area in pixels: older files state it in a field of its own, newer ones as an edge of {@code size}; where there are both, the
     * former counts.
     */
    private static int pixels(ConfigFile file, String field, String edge, int otherwise) {
        if (file.has(field) || !file.has("size")) {
            return file.count(field, otherwise);
        }
        return file.at("size").count(edge, otherwise);
    }

    private static List<Float> inLevels(List<Double> shares, double levels) {
        return shares.stream().map(share -> share.floatValue() * (float) levels).toList();
    }

    /** Grid of the patches of a picture of that size. */
    public PatchGrid grid(Size size) {
        Size resized = resize.apply(size);
        return new PatchGrid(resized.height() / patch, resized.width() / patch, merge);
    }

    /** Resizes a picture, cuts it into patches and normalises its levels. */
    public Patches prepare(Picture picture) {
        PatchGrid grid = grid(picture.size());
        try (var scope = Scope.open("prepare image")) {
            Tensor patches = PictureOperators.visionPatches(
                    Tensor.of(picture.rgb(), picture.height(), picture.width(), 3),
                    grid.rows() * patch,
                    grid.columns() * patch,
                    patch,
                    merge,
                    frames,
                    channels(mean),
                    channels(std));
            return new Patches(scope.keep(patches), grid);
        }
    }

    private static Tensor channels(List<Float> values) {
        return Tensor.of(new float[] {values.get(0), values.get(1), values.get(2)}, 3);
    }
}
