package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.GatedMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.ring.Blocks;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The vision tower of Qwen2.5-VL: patches attend to those of their window, in a few blocks to all of their picture, and groups of them
 * are merged into tokens of the language model.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, Qwen2_5_VisionTransformerPretrainedModel. The
 * source loops over the windows; here all windows of one length are one call.
 */
public final class Qwen25VlVisionTower {
    private static final double EPS = 1e-6;
    private static final double THETA = 10_000;
    private static final int CHANNELS = 3;

    /**
     * Fields of {@code vision_config} of {@code text_encoder/config.json}.
     *
     * @param patch side of a patch in pixels
     * @param merge side of a merge group in patches
     * @param frames number of frames that a patch spans
     * @param window side of a window in merge groups
     * @param fullAttention indexes of the blocks that attend to the whole picture
     * @param outWidth width of the language model
     */
    public record Config(
            int depth,
            int width,
            int heads,
            int mlpWidth,
            int patch,
            int merge,
            int frames,
            int window,
            List<Integer> fullAttention,
            int outWidth) {
        /** Bytes that so many tokens of its result take at the network's peak, at most. */
        public long peak(long tokens, DType type) {
            return EncoderBytes.ofTokens(tokens * merge * merge, width, mlpWidth, type);
        }

        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = TransformersKeys.of(
                        "vision_config of text_encoder/config.json (Qwen-Image)")
                .uses(
                        "depth",
                        "hidden_size",
                        "num_heads",
                        "intermediate_size",
                        "patch_size",
                        "spatial_merge_size",
                        "temporal_patch_size",
                        "window_size",
                        "fullatt_block_indexes",
                        "out_hidden_size")
                .must("model_type", "qwen2_5_vl", "qwen2_5_vl_vision")
                .must("hidden_act", "silu")
                .must("in_channels", CHANNELS)
                .must("in_chans", CHANNELS)
                .ignores("an older name of patch_size", "spatial_patch_size")
                .ignores("for films", "tokens_per_second");

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config) {
            ConfigFile file = config.within(KEYS);
            int width = file.count("hidden_size");
            int heads = file.count("num_heads");
            if (width % heads != 0 || width / heads % 4 != 0) {
                throw file.error("hidden_size", "must be a multiple of 4 × num_heads");
            }
            int patch = file.count("patch_size", 14);
            int merge = file.count("spatial_merge_size", 2);
            int window = file.count("window_size", 112);
            if (patch > 64 || merge > 8 || window < patch * merge) {
                throw file.error(
                        "window_size", "must be at least patch_size × spatial_merge_size, and these at most 64 and 8");
            }
            int depth = file.count("depth");
            return new Config(
                    depth,
                    width,
                    heads,
                    file.count("intermediate_size"),
                    patch,
                    merge,
                    file.count("temporal_patch_size", 2),
                    window / merge / patch,
                    file.indexes("fullatt_block_indexes", depth, List.of(7, 15, 23, 31)),
                    file.count("out_hidden_size"));
        }

        private int mergedWidth() {
            return width * merge * merge;
        }
    }

    private final Config config;
    private final Placement placement;
    private final Tensor patchEmbed;
    private final Blocks<Block> blocks;
    private final RmsNorm mergerNorm;
    private final Linear mergerIn;
    private final Linear mergerOut;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Qwen25VlVisionTower(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        patchEmbed = w.at("patch_embed.proj")
                .tensor("weight", config.width, CHANNELS, config.frames, config.patch, config.patch);
        blocks = w.blocks("blocks", config.depth, block -> Block.load(block, config));
        Weights merger = w.at("merger");
        mergerNorm = RmsNorm.load(merger.at("ln_q"), config.width, EPS);
        mergerIn = Linear.load(merger.at("mlp").at(0), config.mergedWidth(), config.mergedWidth());
        mergerOut = Linear.load(merger.at("mlp").at(2), config.mergedWidth(), config.outWidth);
    }

    public Config config() {
        return config;
    }

    /** Windows in which the tower reads these pictures. */
    public VisionWindows windows(List<PatchGrid> grids) {
        return VisionWindows.of(grids, config.window);
    }

    /**
     * Computes the tokens of pictures, one after another; each picture is computed by itself, whatever stands beside it.
     *
     * @param pixelValues {@code [patches, 3 · frames · patch²]}
     * @return {@code [tokens, D of the language model]}
     */
    public Tensor forward(Tensor pixelValues, List<PatchGrid> grids) {
        VisionWindows windows = windows(grids);
        if (pixelValues.size(0) != windows.rows().size()) {
            throw new IllegalArgumentException(pixelValues.size(0) + " patches, but grids of "
                    + windows.rows().size());
        }
        Device device = placement.device();
        try (var scope = Scope.open("vision tower")) {
            Tensor x = Operators.linear(
                    pixelValues.to(device).to(placement.dtype()), patchEmbed.reshape(config.width, -1), null);
            Probe.see("patch_embed", x);
            x = scope.replace(x, Operators.selectRows(groups(x), windows.orderIndex(device)))
                    .reshape(-1, config.width);
            List<Tensor> rope = rope(windows);
            List<Tensor> local = VisionWindows.runs(windows.windows(), device);
            List<Tensor> whole = VisionWindows.runs(windows.pictures(), device);
            for (int i = 0; i < blocks.size(); i++) {
                boolean full = config.fullAttention.contains(i);
                x = scope.replace(x, blocks.at(i).forward(x, rope, full ? whole : local));
                Probe.see("blocks", i, "", x);
            }
            return scope.keep(Operators.selectRows(merge(x), windows.readingIndex(device)));
        }
    }

    /** Joins the patches of each merge group: {@code [S, D] → [groups, merge² · D]}. */
    private Tensor groups(Tensor x) {
        return x.reshape(-1, config.mergedWidth());
    }

    private Tensor merge(Tensor x) {
        return mergerOut.apply(Operators.gelu(mergerIn.apply(groups(mergerNorm.apply(x)))));
    }

    /** Cosines and sines of the rotations: the first half of the angles turns with a patch's row, the second with its column. */
    private List<Tensor> rope(VisionWindows windows) {
        int angles = config.width / config.heads / 2;
        long[] axes =
                LongStream.range(0, angles).map(j -> j < angles / 2 ? 0 : 1).toArray();
        Device device = placement.device();
        return AttentionOperators.halfRopeTable(
                windows.positions(device), Tensor.of(axes, axes.length).to(device), angles, THETA);
    }

    private record Block(RmsNorm norm1, Linear qkv, Linear proj, RmsNorm norm2, GatedMlp mlp, int heads) {
        static Block load(Weights w, Config c) {
            return new Block(
                    RmsNorm.load(w.at("norm1"), c.width, EPS),
                    Linear.load(w.at("attn").at("qkv"), c.width, 3 * c.width),
                    Linear.load(w.at("attn").at("proj"), c.width, c.width),
                    RmsNorm.load(w.at("norm2"), c.width, EPS),
                    GatedMlp.load(w.at("mlp"), c.width, c.mlpWidth),
                    c.heads);
        }

        Tensor forward(Tensor x, List<Tensor> rope, List<Tensor> windows) {
            try (var block = Scope.open("vision block")) {
                Tensor attended = AttentionOperators.windowAttention(qkv.apply(norm1.apply(x)), rope, windows, heads);
                x = x.plus(proj.apply(attended));
                return block.keep(x.plus(mlp.apply(norm2.apply(x))));
            }
        }
    }
}
