package dev.darkroom.depth;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes of pictures what the network sees: resized by Pillow's cubic filter, levels normalised for each channel.
 *
 * <p>Source: huggingface/transformers, {@code models/dpt/image_processing_dpt.py}, DPTImageProcessor.
 *
 * @param size that a picture is brought near to
 * @param keepsRatio whether both sides are scaled alike, by the one of the two scales that changes the picture less
 * @param multiple that both sides are rounded to
 * @param least that each side must be: a patch of the network
 * @param factor that levels are multiplied by before {@code mean} is subtracted and the rest divided by {@code std}
 * @param mean of red, green and blue, as {@code std}
 */
public record DepthPreprocessor(
        Size size, boolean keepsRatio, int multiple, int least, double factor, List<Double> mean, List<Double> std) {
    private static final String SIZE = "size";
    private static final double SMALLEST = 1e-6;
    private static final int LARGEST_SIDE = 1 << 14;
    private static final int BICUBIC = 3;
    private static final int CHANNELS = 3;
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    /** The meaning of the keys of {@code preprocessor_config.json}. */
    public static final ConfigKeys KEYS = ConfigKeys.of("preprocessor_config.json (Depth Anything)")
            .uses(SIZE, "keep_aspect_ratio", "ensure_multiple_of", "rescale_factor", "image_mean", "image_std")
            .must("image_processor_type", "DPTImageProcessor", "DPTImageProcessorFast")
            .must("do_resize", true)
            .must("do_rescale", true)
            .must("do_normalize", true)
            .must("do_pad", false)
            .must("resample", BICUBIC)
            .ignores("remarks of the library", "processor_class", "auto_map", "feature_extractor_type")
            .ignores("pictures are RGB already", "do_convert_rgb", "data_format", "input_data_format", "device")
            .ignores(
                    "not done by this processor",
                    "do_center_crop",
                    "crop_size",
                    "default_to_square",
                    "pad_size",
                    "size_divisor",
                    "do_reduce_labels")
            .ignores("how it is computed, not what", "disable_grouping", "return_tensors");

    private static final ConfigKeys SIZE_KEYS =
            ConfigKeys.of("size of preprocessor_config.json (Depth Anything)").uses("height", "width");

    /** Reads {@code preprocessor_config.json} of a checkpoint's folder, whose network has patches of that side. */
    public static DepthPreprocessor read(Path folder, int patch) {
        return read(ConfigFile.read(folder.resolve("preprocessor_config.json")), patch);
    }

    /**
     * Reads the fields.
     *
     * @param patch side in pixels of the network's patches
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static DepthPreprocessor read(ConfigFile config, int patch) {
        ConfigFile file = config.within(KEYS);
        List<Double> std = file.numbers("image_std", HALF);
        if (std.stream().anyMatch(share -> share < SMALLEST)) {
            throw file.error("image_std", "must be more than 0, at least " + SMALLEST + ", not " + std);
        }
        return new DepthPreprocessor(
                size(file),
                file.flag("keep_aspect_ratio", false),
                side(file, "ensure_multiple_of", 1),
                patch,
                file.number("rescale_factor", 1 / 255.0, SMALLEST, 1),
                file.numbers("image_mean", HALF),
                std);
    }

    /** Reads height and width, or as older libraries wrote it, one side for both. */
    private static Size size(ConfigFile file) {
        if (!file.isObject(SIZE)) {
            int side = side(file, SIZE, 384);
            return new Size(side, side);
        }
        ConfigFile sides = file.at(SIZE).within(SIZE_KEYS);
        return new Size(side(sides, "width", 384), side(sides, "height", 384));
    }

    private static int side(ConfigFile file, String field, int otherwise) {
        int side = file.count(field, otherwise);
        if (side > LARGEST_SIDE) {
            throw file.error(field, "must be at most " + LARGEST_SIDE + ", not " + side);
        }
        return side;
    }

    /**
     * Size at which the network sees a picture. The reference has no lower bound, and fails on a picture that is a hundred times as wide as
     * high; here no side is less than a patch.
     *
     * @throws IllegalArgumentException if a side would be more than 16384 pixels
     */
    public Size seen(Size picture) {
        double byWidth = (double) size.width() / picture.width();
        double byHeight = (double) size.height() / picture.height();
        if (keepsRatio && Math.abs(1 - byWidth) < Math.abs(1 - byHeight)) {
            byHeight = byWidth;
        } else if (keepsRatio) {
            byWidth = byHeight;
        }
        return new Size(rounded(byWidth * picture.width(), picture), rounded(byHeight * picture.height(), picture));
    }

    private int rounded(double side, Size picture) {
        double rounded = Math.rint(side / multiple) * multiple;
        if (rounded > LARGEST_SIDE) {
            throw new IllegalArgumentException("a picture of " + picture + " would be seen " + (long) rounded
                    + " pixels wide or high, which is more than " + LARGEST_SIDE);
        }
        return Math.max(Math.ceilDiv(least, multiple) * multiple, (int) rounded);
    }

    /** Resizes a picture to the size at which the network sees it. */
    public Picture resized(Picture picture) {
        return PilResize.BICUBIC.apply(picture, seen(picture.size()));
    }

    /** Normalises the levels of a picture that is {@link #resized}: float32 {@code [1, 3, h, w]} in host memory. */
    public Tensor pixels(Picture resized) {
        int places = resized.width() * resized.height();
        float[] values = new float[CHANNELS * places];
        byte[] rgb = resized.rgb();
        for (int channel = 0; channel < CHANNELS; channel++) {
            float[] byLevel = byLevel(channel);
            for (int i = 0; i < places; i++) {
                values[channel * places + i] = byLevel[rgb[CHANNELS * i + channel] & 0xFF];
            }
        }
        return Tensor.of(values, 1, CHANNELS, resized.height(), resized.width());
    }

    /** What becomes of each of the 256 levels of a channel, rounded as the reference rounds. */
    private float[] byLevel(int channel) {
        float[] values = new float[256];
        for (int level = 0; level < values.length; level++) {
            values[level] = ((float) (level * factor) - mean.get(channel).floatValue())
                    / std.get(channel).floatValue();
        }
        return values;
    }
}
