package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.nio.file.Files;
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
    /** The meaning of the keys of {@code preprocessor_config.json}. */
    public static final ConfigKeys KEYS = ConfigKeys.of("processor/preprocessor_config.json (Qwen-Image)")
            .uses(
                    "patch_size",
                    "merge_size",
                    "temporal_patch_size",
                    "min_pixels",
                    "max_pixels",
                    "size",
                    "rescale_factor",
                    "image_mean",
                    "image_std")
            .must("image_processor_type", "Qwen2VLImageProcessor", "Qwen2VLImageProcessorFast")
            .must("do_resize", true)
            .must("do_rescale", true)
            .must("do_normalize", true)
            .must("resample", Qwen2VlImageProcessor.BICUBIC)
            .ignores(
                    "remarks of the library",
                    "processor_class",
                    "auto_map",
                    "feature_extractor_type",
                    "video_processor_type")
            .ignores("pictures are RGB already", "do_convert_rgb", "data_format", "input_data_format", "device")
            .ignores(
                    "not done by this processor",
                    "do_center_crop",
                    "crop_size",
                    "default_to_square",
                    "do_pad",
                    "pad_size")
            .ignores("how it is computed, not what", "disable_grouping", "return_tensors")
            .ignores(
                    "for films", "fps", "min_frames", "max_frames", "num_frames", "do_sample_frames", "video_metadata");

    private static final ConfigKeys SIZE_KEYS =
            ConfigKeys.of("size of preprocessor_config.json").uses("shortest_edge", "longest_edge");

    private static final int BICUBIC = 3;
    private static final double SMALLEST = 1e-6;
    private static final int LEAST_PIXELS = 56 * 56;
    private static final int MOST_PIXELS = 28 * 28 * 1280;
    private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> STD = List.of(0.26862954, 0.26130258, 0.27577711);

    /** Patches of a picture, float32 {@code [n, 3 · frames · patch²]} in host memory, and the grid that they form. */
    public record Patches(Tensor pixelValues, PatchGrid grid) {}

    /** Reads {@code preprocessor_config.json} of a checkpoint's {@code processor/}. */
    public static Qwen2VlImageProcessor read(Path folder) {
        // newer libraries write one file for the whole processor, with this one's settings inside
        Path whole = folder.resolve("processor_config.json");
        boolean inside = !Files.exists(folder.resolve("preprocessor_config.json")) && Files.exists(whole);
        return of(
                inside
                        ? ConfigFile.read(whole).at("image_processor")
                        : ConfigFile.read(folder.resolve("preprocessor_config.json")));
    }

    /**
     * Reads {@code preprocessor_config.json} of a folder that may be missing: checkpoints that see no images come without a
     * {@code processor/}, and get the reference's own settings.
     */
    public static Qwen2VlImageProcessor readIfPresent(Path folder) {
        return of(ConfigFile.readIfPresent(folder.resolve("preprocessor_config.json")));
    }

    private static Qwen2VlImageProcessor of(ConfigFile config) {
        ConfigFile file = config.within(KEYS);
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
        if (factor < SMALLEST) {
            throw file.error("rescale_factor", "must be more than 0, at least " + SMALLEST + ", not " + factor);
        }
        List<Double> std = file.numbers("image_std", STD);
        if (std.stream().anyMatch(share -> share < SMALLEST)) {
            throw file.error("image_std", "must be more than 0, at least " + SMALLEST + ", not " + std);
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
        return file.at("size").within(SIZE_KEYS).count(edge, otherwise);
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
