package dev.darkroom.depth;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.text.TransformersKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Fields of {@code config.json} of a Depth Anything checkpoint, with the defaults of the reference.
 *
 * <p>Source: huggingface/transformers, {@code models/depth_anything/configuration_depth_anything.py}, DepthAnythingConfig.
 *
 * @param factors by how much each feature map is larger than the grid of patches
 * @param neckWidths channels of each feature map, as many as there are factors and stages of the backbone
 * @param fusionWidth channels of all feature maps when they are fused
 * @param headIndex which of the fused maps the head sees, counted from the coarsest
 * @param maxDepth by which the head's result is multiplied: the metres of a metric checkpoint's largest depth, 1 for a relative one
 */
public record DepthConfig(
        Dinov2Config backbone,
        List<Double> factors,
        List<Integer> neckWidths,
        int fusionWidth,
        int headWidth,
        int headIndex,
        DepthKind kind,
        double maxDepth) {
    /** What {@code config.json} calls this kind of network. */
    public static final String MODEL_TYPE = "depth_anything";

    private static final String BACKBONE = "backbone_config";
    private static final String FACTORS = "reassemble_factors";
    private static final String WIDTHS = "neck_hidden_sizes";
    private static final String KIND = "depth_estimation_type";
    private static final int MOST_SCALING = 64;

    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = TransformersKeys.ANY
            .named("config.json (Depth Anything)")
            .uses(
                    BACKBONE,
                    "backbone",
                    "patch_size",
                    "reassemble_hidden_size",
                    FACTORS,
                    WIDTHS,
                    "fusion_hidden_size",
                    "head_hidden_size",
                    "head_in_index",
                    KIND,
                    "max_depth")
            .must("architectures", "DepthAnythingForDepthEstimation")
            .must("model_type", MODEL_TYPE)
            .must("use_timm_backbone", false)
            .ignores("the backbone's weights are in the checkpoint", "use_pretrained_backbone", "backbone_kwargs");

    /** Reads {@code config.json} of a checkpoint's folder. */
    public static DepthConfig read(Path folder) {
        return read(ConfigFile.read(folder.resolve("config.json")));
    }

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static DepthConfig read(ConfigFile config) {
        ConfigFile file = config.within(KEYS);
        List<Integer> widths = file.counts(WIDTHS, List.of(48, 96, 192, 384));
        var read = new DepthConfig(
                backbone(file),
                factors(file),
                widths,
                file.count("fusion_hidden_size", 64),
                file.count("head_hidden_size", 32),
                headIndex(file, widths.size()),
                kind(file),
                file.number("max_depth", 1, 1e-6, 1e6));
        read.check(file);
        return read;
    }

    private static Dinov2Config backbone(ConfigFile file) {
        if (file.has("backbone")) {
            throw file.error("backbone", "must be null: what the backbone is like, " + BACKBONE + " says");
        }
        return file.has(BACKBONE)
                ? Dinov2Config.read(file.at(BACKBONE))
                : Dinov2Config.small(file.count("patch_size", 14));
    }

    private static List<Double> factors(ConfigFile file) {
        List<Double> factors =
                file.has(FACTORS) ? file.numbers(FACTORS, file.listLength(FACTORS)) : List.of(4.0, 2.0, 1.0, 0.5);
        for (double factor : factors) {
            boolean fits = factor <= MOST_SCALING && factor >= 1.0 / MOST_SCALING;
            if (!fits || factor > 1 && factor != Math.rint(factor)) {
                throw file.error(
                        FACTORS, "must be whole numbers to " + MOST_SCALING + ", or shares of 1, not " + factor);
            }
        }
        return factors;
    }

    /** Reads which fused map the head sees; negative numbers count from the last one, −1, backwards. */
    private static int headIndex(ConfigFile file, int maps) {
        double index = file.number("head_in_index", -1, -maps, maps - 1);
        if (index != Math.rint(index)) {
            throw file.error("head_in_index", "must be a whole number, not " + index);
        }
        return (int) (index < 0 ? index + maps : index);
    }

    private static DepthKind kind(ConfigFile file) {
        String kind = file.text(KIND, "relative");
        return switch (kind) {
            case "relative", "metric" -> DepthKind.valueOf(kind.toUpperCase(Locale.ROOT));
            default -> throw file.error(KIND, "must be relative or metric, not " + kind);
        };
    }

    private void check(ConfigFile file) {
        if (factors.size() != neckWidths.size()) {
            throw file.error(
                    FACTORS, "must be as many as " + WIDTHS + ", " + neckWidths.size() + ", not " + factors.size());
        }
        if (backbone.stages().size() != neckWidths.size()) {
            throw file.error(
                    WIDTHS,
                    "must be as many as the backbone's stages, " + backbone.stages() + ", not " + neckWidths.size());
        }
        int width = file.count("reassemble_hidden_size", 384);
        if (width != backbone.width()) {
            throw file.error(
                    "reassemble_hidden_size",
                    "must be the backbone's hidden_size " + backbone.width() + ", not " + width);
        }
        int patch = file.count("patch_size", 14);
        if (patch != backbone.patch()) {
            throw file.error("patch_size", "must be the backbone's, " + backbone.patch() + ", not " + patch);
        }
        if (fusionWidth < 2) {
            throw file.error("fusion_hidden_size", "must be at least 2, not " + fusionWidth);
        }
    }
}
