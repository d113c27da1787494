package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.OperatorLog;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.WeightSize;
import dev.darkroom.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Encodes a prompt with each language model at full size on {@code meta}, in an empty folder: one line of JSON each. */
final class TextEncoderMain {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Placement META = new Placement(Device.META, DType.BFLOAT16);
    private static final int TOKENS = 512;
    private static final int REAL = 40;

    private final Path folder;

    private TextEncoderMain(Path folder) {
        this.folder = folder;
    }

    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        var main = new TextEncoderMain(Path.of(arguments[0]));
        main.qwen3("klein 4B", "qwen3_4b", List.of(9, 18, 27), 2560, 9728);
        main.qwen3("klein 9B", "qwen3_8b", List.of(9, 18, 27), 4096, 12288);
        main.qwen3("Z-Image", "qwen3_4b", List.of(35), 2560, 9728);
        main.mistral();
        System.exit(0); // libtorch's threads
    }

    private void qwen3(String name, String weights, List<Integer> after, int width, int mlp) throws IOException {
        Path encoder = write(
                name,
                weights,
                "tiny-flux2-klein",
                config ->
                        sizes(config, 151_936, width, 36, mlp).put("tie_word_embeddings", weights.equals("qwen3_4b")));
        var config = Qwen3Encoder.Config.read(encoder, layers -> after);
        boolean padded = after.size() > 1;
        run(
                name,
                encoder,
                config.names(),
                config.peak(TOKENS, DType.BFLOAT16),
                () -> Weights.load(encoder, META, place -> config, Qwen3Encoder::new, config.names()),
                network -> network.encode(new PaddedIds(new long[TOKENS], padded ? REAL : TOKENS)));
    }

    private void mistral() throws IOException {
        Path encoder = write("dev", "mistral", "tiny-flux2-dev-full", config -> {
            ObjectNode text = (ObjectNode) config.path("text_config");
            sizes(text, 131_072, 5120, 40, 32_768);
        });
        var config = MistralEncoder.Config.read(encoder, List.of(10, 20, 30));
        run(
                "dev",
                encoder,
                config.names(),
                config.peak(TOKENS, DType.BFLOAT16),
                () -> Weights.load(encoder, META, place -> config, MistralEncoder::new, config.names()),
                network -> network.encode(new PaddedIds(new long[TOKENS], TOKENS - 1)));
    }

    private static ObjectNode sizes(ObjectNode config, int vocabulary, int width, int layers, int mlp) {
        config.remove("layer_types");
        return config.put("vocab_size", vocabulary)
                .put("hidden_size", width)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", 32)
                .put("num_key_value_heads", 8)
                .put("head_dim", 128)
                .put("intermediate_size", mlp);
    }

    private Path write(String name, String weights, String like, Consumer<ObjectNode> change) throws IOException {
        Path encoder = Files.createDirectories(folder.resolve(name));
        Files.copy(
                TestCheckpoints.GOLDENS.resolve(like).resolve("text_encoder/config.json"),
                encoder.resolve("config.json"));
        TestCheckpoints.edit(encoder.resolve("config.json"), change);
        Objects.requireNonNull(SparseComponent.read(published()).get(weights)).write(encoder);
        return encoder;
    }

    private static String published() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(TextEncoderMain.class.getResourceAsStream("/published/text-encoders.tensors"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static <N> void run(
            String name,
            Path encoder,
            LayerNames names,
            long predicted,
            Supplier<Loaded<N>> load,
            Function<N, Tensor> encode) {
        ObjectNode line = JSON.createObjectNode().put("encoder", name).put("predicted", predicted);
        line.put("counted", WeightSize.of(encoder, names).in(DType.BFLOAT16));
        var tally = new StepTally();
        try (var log = OperatorLog.to(tally);
                Loaded<N> loaded = load.get();
                var scope = Scope.open("encode")) {
            tally.weightsAreThere();
            line.put("held", tally.weightBytes());
            line.put("shape", Arrays.toString(encode.apply(loaded.network()).shape()));
            line.put("peak", tally.activationPeak());
        } catch (RuntimeException e) {
            line.put("error", String.valueOf(e.getMessage()));
        }
        System.out.println(line);
    }
}
