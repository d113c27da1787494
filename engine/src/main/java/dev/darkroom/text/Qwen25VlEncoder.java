package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.job.JobException;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Qwen2.5-VL as the text encoder of Qwen-Image: the tokens of pictures replace the image tokens in the prompt.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, Qwen2_5_VLForConditionalGeneration, of which
 * {@code hidden_states[-1]} is used; {@code lm_head} is neither read nor computed.
 */
public final class Qwen25VlEncoder {
    /**
     * Configs of both networks.
     *
     * @param imageToken the id that stands for one token of a picture
     */
    public record Config(Qwen25VlLanguageModel.Config text, Qwen25VlVisionTower.Config vision, long imageToken) {
        /** The meaning of the file's keys, where the language model has a part of its own. */
        public static final ConfigKeys KEYS = TransformersKeys.of("text_encoder/config.json (Qwen-Image)")
                .uses("text_config", "vision_config", "image_token_id")
                .must("architectures", "Qwen2_5_VLForConditionalGeneration", "Qwen2_5_VLModel")
                .must("model_type", "qwen2_5_vl")
                .ignores("no word is predicted", "tie_word_embeddings", "eos_token_id")
                .ignores(
                        "no films, and no places of pictures to find",
                        "video_token_id",
                        "vision_start_token_id",
                        "vision_end_token_id",
                        "vision_token_id");

        /** The meaning of the file's keys in older files, which state the language model's fields beside the others. */
        private static final ConfigKeys FLAT_KEYS = new ConfigKeys(
                KEYS.file(),
                Stream.of(KEYS.used(), Qwen25VlLanguageModel.Config.KEYS.used())
                        .flatMap(List::stream)
                        .toList(),
                joined(Qwen25VlLanguageModel.Config.KEYS.fixed(), KEYS.fixed()),
                joined(Qwen25VlLanguageModel.Config.KEYS.idle(), KEYS.idle()));

        private static <V> Map<String, V> joined(Map<String, V> some, Map<String, V> others) {
            Map<String, V> all = new LinkedHashMap<>(some);
            all.putAll(others);
            return all;
        }

        /** Reads {@code config.json} of a checkpoint's {@code text_encoder/}. */
        public static Config read(Path folder) {
            // a file with a text_config may state the same fields beside it, of which the reference reads the former
            ConfigFile file = ConfigFile.read(folder.resolve("config.json")).within(FLAT_KEYS);
            ConfigFile vision = file.at("vision_config");
            var config = new Config(
                    file.has("text_config")
                            ? Qwen25VlLanguageModel.Config.read(file.at("text_config"))
                            : Qwen25VlLanguageModel.Config.readKnown(file),
                    Qwen25VlVisionTower.Config.read(vision),
                    file.count("image_token_id", 151_655));
            if (config.vision.outWidth() != config.text.width()) {
                throw vision.error(
                        "out_hidden_size",
                        "must be the language model's hidden_size, " + config.text.width() + ", not "
                                + config.vision.outWidth());
            }
            if (config.imageToken >= config.text.vocabulary()) {
                throw file.error("image_token_id", "must be within the vocabulary of " + config.text.vocabulary());
            }
            return config;
        }
    }

    private final Config config;
    private final Placement placement;
    private final Qwen25VlVisionTower vision;
    private final Qwen25VlLanguageModel language;

    /**
     * Reads the weights below {@code w}, by any family of names: {@code visual.} beside {@code model.}, in newer files both inside
     * {@code model.}, in some {@code visual.} beside {@code language_model.}.
     */
    public Qwen25VlEncoder(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        w.ignore("lm_head", "language_model.lm_head"); // tied or not, no word is predicted
        Weights model = w.at("model");
        vision = new Qwen25VlVisionTower(config.vision, model.has("visual") ? model.at("visual") : w.at("visual"));
        language = new Qwen25VlLanguageModel(config.text, languageModel(w));
    }

    private static Weights languageModel(Weights w) {
        Weights model = w.at("model");
        if (model.has("language_model")) {
            return model.at("language_model");
        }
        Weights own = w.at("language_model");
        boolean flat = w.has("embed_tokens") && !w.has("model");
        return own.has("model")
                ? model.storedAt(own.at("model"))
                : own.has("embed_tokens") ? model.storedAt(own) : flat ? model.storedAt(w) : model;
    }

    public Config config() {
        return config;
    }

    /** Device and element type in which the encoder computes. */
    public Placement placement() {
        return placement;
    }

    public Qwen25VlVisionTower vision() {
        return vision;
    }

    public Qwen25VlLanguageModel language() {
        return language;
    }

    /**
     * Computes the tokens of pictures, one after another; they depend on nothing else, so they can be cached for the next prompt.
     *
     * @param pixelValues {@code [patches, 3 · frames · patch²]}, from {@link Qwen2VlImageProcessor}
     * @return {@code [tokens, D]}
     */
    public Tensor imageEmbeds(Tensor pixelValues, List<PatchGrid> grids) {
        return vision.forward(pixelValues, grids);
    }

    /**
     * Computes the prompt embeds of one prompt: the states after the last norm, of every token from the first on.
     *
     * @param ids with one image token for each token of each picture
     * @param imageEmbeds {@code [tokens, D]} each, in the order of the text; several pictures may be in one tensor
     * @return {@code [1, S, D]}
     */
    public Tensor encode(long[] ids, List<Tensor> imageEmbeds, List<PatchGrid> grids) {
        requireRoom(ids.length);
        try (var scope = Scope.open("qwen2.5-vl")) {
            Tensor positions = Tensor.of(MropePositions.of(ids, config.imageToken, grids), 3, 1, ids.length)
                    .to(placement.device());
            Tensor embeds = language.embed(TokenIds.of(ids, config.text.vocabulary()));
            return scope.keep(language.forward(withImages(embeds, ids, imageEmbeds), positions, null));
        }
    }

    /**
     * Computes the prompt embeds of one prompt like {@link #encode}, and behind them the state that every padding token has which a mask hides:
     * it sees all tokens before it and no padding, not even itself, and stands at position 1 on all axes.
     *
     * @param padding id of the padding token
     * @return {@code [1, S + 1, D]}
     */
    public Tensor encodePadded(long[] ids, long padding, List<Tensor> imageEmbeds, List<PatchGrid> grids) {
        int length = ids.length + 1;
        requireRoom(length);
        long[] own = MropePositions.of(ids, config.imageToken, grids);
        long[] padded = Arrays.copyOf(ids, length);
        padded[ids.length] = padding;
        long[] places = new long[3 * length];
        Arrays.fill(places, 1);
        float[] seen = new float[length];
        Arrays.fill(seen, 0, ids.length, 1);
        for (int axis = 0; axis < 3; axis++) {
            System.arraycopy(own, axis * ids.length, places, axis * length, ids.length);
        }
        try (var scope = Scope.open("qwen2.5-vl")) {
            Tensor positions = Tensor.of(places, 3, 1, length).to(placement.device());
            Tensor mask = Tensor.of(seen, 1, length).to(placement.device());
            Tensor embeds = language.embed(TokenIds.of(padded, config.text.vocabulary()));
            return scope.keep(language.forward(withImages(embeds, padded, imageEmbeds), positions, mask));
        }
    }

    private void requireRoom(int tokens) {
        if (tokens > config.text.positions()) {
            throw JobException.badInput("prompt: makes " + tokens + " tokens with its images, at most "
                    + config.text.positions() + " are possible");
        }
    }

    /** Replaces the embeds of the image tokens among {@code ids}, B · S of them, by image embeds: {@code [B, S, D] → [B, S, D]}. */
    public Tensor withImages(Tensor embeds, long[] ids, List<Tensor> imageEmbeds) {
        long[] places = IntStream.range(0, ids.length)
                .filter(i -> ids[i] == config.imageToken)
                .asLongStream()
                .toArray();
        long tokens = imageEmbeds.stream().mapToLong(image -> image.size(0)).sum();
        if (tokens != places.length) {
            throw new IllegalArgumentException(places.length + " image tokens, but embeds of " + tokens);
        }
        if (places.length == 0) {
            return embeds;
        }
        try (var scope = Scope.open("place images")) {
            Tensor rows = Tensor.cat(0, imageEmbeds.toArray(Tensor[]::new)).to(placement.device());
            Tensor index = Tensor.of(places, places.length).to(placement.device());
            return scope.keep(Operators.putRows(embeds, index, rows));
        }
    }
}
