package dev.darkroom.depth;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.text.TransformersKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fields of {@code backbone_config}, with the defaults of the reference.
 *
 * <p>Source: huggingface/transformers, {@code models/dinov2/configuration_dinov2.py}, Dinov2Config.
 *
 * @param imageSize side in pixels of the pictures that the stored positions are for
 * @param patch side of a patch in pixels
 * @param stages numbers of the layers whose states are features, in their order; 0 is what goes into the first layer
 * @param normed whether features go through the last norm
 */
public record Dinov2Config(
        int width,
        int layers,
        int heads,
        int mlpWidth,
        int imageSize,
        int patch,
        double eps,
        boolean qkvBias,
        List<Integer> stages,
        boolean normed) {
    static final int CHANNELS = 3;

    private static final String INDICES = "out_indices";
    private static final String FEATURES = "out_features";
    private static final String STEM = "stem";
    private static final String STAGE = "stage";
    private static final int MOST_LAYERS = 1024;

    /** The meaning of the object's keys. */
    public static final ConfigKeys KEYS = TransformersKeys.ANY
            .named("backbone_config of config.json (Depth Anything)")
            .uses(
                    "hidden_size",
                    "num_hidden_layers",
                    "num_attention_heads",
                    "mlp_ratio",
                    "image_size",
                    "patch_size",
                    "layer_norm_eps",
                    "qkv_bias",
                    INDICES,
                    FEATURES,
                    "apply_layernorm")
            .must("model_type", "dinov2")
            .must("hidden_act", "gelu")
            .must("num_channels", CHANNELS)
            .must("reshape_hidden_states", false)
            .must("use_swiglu_ffn", false)
            .ignores("remarks of the library", "architectures")
            .ignores("the stages are named by their layers", "stage_names")
            .ignores("masks are for training alone", "use_mask_token")
            .ignores(
                    "for training alone",
                    "attention_probs_dropout_prob",
                    "drop_path_rate",
                    "hidden_dropout_prob",
                    "layerscale_value");

    /** What the reference takes where a config has no {@code backbone_config}: that of the Small model, seen at its last four layers. */
    static Dinov2Config small(int patch) {
        return new Dinov2Config(384, 12, 6, 1536, 518, patch, 1e-6, true, List.of(9, 10, 11, 12), true);
    }

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static Dinov2Config read(ConfigFile config) {
        ConfigFile file = config.within(KEYS);
        int width = file.count("hidden_size", 768);
        int heads = file.count("num_attention_heads", 12);
        if (width % heads != 0) {
            throw file.error("num_attention_heads", "must divide hidden_size " + width + ", not " + heads);
        }
        int patch = file.count("patch_size", 14);
        int imageSize = file.count("image_size", 224);
        if (imageSize < patch || imageSize / patch > 1 << 12) {
            throw file.error("image_size", "must hold 1 to 4096 patches of " + patch + " a side, not " + imageSize);
        }
        int layers = file.count("num_hidden_layers", 12);
        if (layers > MOST_LAYERS) {
            throw file.error("num_hidden_layers", "must be at most " + MOST_LAYERS + ", not " + layers);
        }
        return new Dinov2Config(
                width,
                layers,
                heads,
                mlpWidth(file, width),
                imageSize,
                patch,
                file.number("layer_norm_eps", 1e-6, 0, 1),
                file.flag("qkv_bias", true),
                stages(file, layers),
                file.flag("apply_layernorm", true));
    }

    private static int mlpWidth(ConfigFile file, int width) {
        double mlp = width * file.number("mlp_ratio", 4, 0, 64);
        if (mlp < 1) {
            throw file.error("mlp_ratio", "gives a width of " + mlp + ", which is less than 1");
        }
        return (int) mlp;
    }

    /** Reads the layers whose states are features: by index, by name, or by both, which must agree; without either it is the last one. */
    private static List<Integer> stages(ConfigFile file, int layers) {
        boolean indexed = file.listLength(INDICES) > 0;
        List<String> names = file.texts(FEATURES);
        List<Integer> named = named(file, names, layers);
        if (!indexed) {
            return named.isEmpty() ? List.of(layers) : named;
        }
        List<Integer> indices = indices(file, layers);
        if (!named.isEmpty() && !named.equals(indices)) {
            throw file.error(FEATURES, "must name the stages of " + INDICES + " " + indices + ", not " + names);
        }
        return indices;
    }

    private static List<Integer> named(ConfigFile file, List<String> names, int layers) {
        List<String> known = new ArrayList<>(List.of(STEM));
        IntStream.rangeClosed(1, layers).forEach(i -> known.add(STAGE + i));
        List<Integer> stages = names.stream().map(known::indexOf).toList();
        return ascending(
                file, FEATURES, stages, "must name different stages in their order, from stem to stage" + layers);
    }

    /** Negative numbers count from the last layer, −1, backwards. */
    private static List<Integer> indices(ConfigFile file, int layers) {
        List<Integer> stages = file.numbers(INDICES, file.listLength(INDICES)).stream()
                .map(number -> number == Math.rint(number) ? (int) (number < 0 ? number + layers + 1 : number) : -1)
                .map(stage -> stage > layers ? -1 : stage)
                .toList();
        return ascending(
                file, INDICES, stages, "must be different whole numbers in ascending order, from 0 to " + layers);
    }

    private static List<Integer> ascending(ConfigFile file, String field, List<Integer> stages, String rule) {
        int before = -1;
        for (int stage : stages) {
            if (stage <= before) {
                throw file.error(field, rule);
            }
            before = stage;
        }
        return stages;
    }

    /** Number of patches along a side of the pictures that the stored positions are for. */
    int grid() {
        return imageSize / patch;
    }
}
