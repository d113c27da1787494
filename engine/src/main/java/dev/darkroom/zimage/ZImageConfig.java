package dev.darkroom.zimage;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.RopeAxes;
import java.util.List;

/**
 * Fields of Z-Image's {@code transformer/config.json}. Missing fields have the reference's defaults.
 *
 * @param channels of the latents
 * @param layers blocks of image and text together
 * @param refiners blocks of either alone, before those
 * @param axesWidths features that each position axis rotates; their sum is the head width
 */
public record ZImageConfig(
        int channels,
        int width,
        int layers,
        int refiners,
        int heads,
        int promptWidth,
        double eps,
        double theta,
        double timeScale,
        List<Integer> axesWidths) {
    private static final String SIGLIP = "siglip_feat_dim";
    private static final int MOST_BLOCKS = 1000;
    private static final int WIDEST_CONDITION = 256;

    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = ConfigKeys.of("transformer/config.json (Z-Image)")
            .uses(
                    "in_channels",
                    "dim",
                    "n_layers",
                    "n_refiner_layers",
                    "n_heads",
                    "cap_feat_dim",
                    "norm_eps",
                    "rope_theta",
                    "t_scale",
                    "axes_dims",
                    SIGLIP)
            .must("_class_name", "ZImageTransformer2DModel")
            .must("all_patch_size", 2)
            .must("all_f_patch_size", 1)
            .must("qk_norm", true)
            .ignores("as in the reference, all heads are whole ones", "n_kv_heads")
            .ignores("the length of a table; positions are computed", "axes_lens");

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static ZImageConfig read(ConfigFile all) {
        ConfigFile file = all.within(KEYS);
        if (file.has(SIGLIP)) {
            throw file.error(
                    SIGLIP,
                    "says that this is Z-Image-Omni or Z-Image-Edit, which sees pictures by SigLIP: Z-Image and Z-Image-Turbo are drawn"
                            + " with");
        }
        var config = new ZImageConfig(
                file.count("in_channels", 16),
                file.count("dim", 3840),
                file.countFromZero("n_layers", 30, MOST_BLOCKS),
                file.countFromZero("n_refiner_layers", 2, MOST_BLOCKS),
                file.count("n_heads", 30),
                file.count("cap_feat_dim", 2560),
                file.number("norm_eps", 1e-5, 0, 1),
                file.number("rope_theta", 256, 1, 1e12),
                file.number("t_scale", 1000, 1e-6, 1e6),
                file.counts("axes_dims", List.of(32, 48, 48)));
        if (config.width % config.heads != 0) {
            throw file.error("dim", "must be a multiple of n_heads " + config.heads);
        }
        RopeAxes.check(
                file,
                "axes_dims",
                config.axesWidths,
                3,
                config.headWidth(),
                config.headWidth() + ", the width of a head");
        return config;
    }

    /** Width of a token of latents: a patch of 2×2 places. */
    int tokenWidth() {
        return 4 * channels;
    }

    /** Width of a head, {@code Dh}. */
    int headWidth() {
        return width / heads;
    }

    /** Inner width of the MLPs, rounded as in the reference. */
    int mlpWidth() {
        return (int) (width / 3.0 * 8);
    }

    /** Width of the conditioning vector. */
    int conditionWidth() {
        return Math.min(width, WIDEST_CONDITION);
    }
}
