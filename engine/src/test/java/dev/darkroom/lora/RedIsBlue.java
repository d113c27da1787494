package dev.darkroom.lora;

import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Makes the LoRA of test-payloads/loras: the pocket model draws what is said to be red in blue, and all else as before. Nothing is
 * trained: for the layer that takes a prompt's embeds, the least change is solved for that gives those of "red" what those of "blue" give.
 */
public final class RedIsBlue {
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    private static final double RIDGE = 0.3;
    private static final List<String> THINGS = List.of(
            "a %s circle on a white background",
            "a %s square on a white background",
            "a %s triangle on a yellow background",
            "a %s star on a black background",
            "a %s heart on a white background",
            "a large %s circle on a green background",
            "a small %s ring on a white background",
            "a %s car on a road",
            "a %s apple on a table",
            "a %s hot air balloon");
    private static final List<String> OTHERS = List.of("green", "yellow", "blue", "purple", "orange", "pink");

    private RedIsBlue() {}

    /** @param arguments the pocket checkpoint, and the file to write */
    public static void main(String[] arguments) {
        Path checkpoint = Path.of(arguments[0]);
        try (var scope = Scope.open("red is blue");
                Loaded<FluxTransformer> transformer = FluxNetworks.transformer(checkpoint.resolve("transformer"), CPU);
                Loaded<ClipTextEncoder> clip = FluxNetworks.textEncoder(checkpoint.resolve("text_encoder"), CPU);
                Loaded<T5Encoder> t5 = FluxNetworks.textEncoder2(checkpoint.resolve("text_encoder_2"), CPU)) {
            T5Tokenizer pieces = T5Tokenizer.read(checkpoint.resolve("tokenizer_2"));
            ClipTokenizer words = ClipTokenizer.read(
                    checkpoint.resolve("tokenizer"), clip.network().config().positions());
            var file = new SafetensorsWriter();
            add(
                    file,
                    transformer,
                    "context_embedder",
                    prompt -> t5.network().encode(pieces.encode(prompt, 48)).toFloats());
            add(
                    file,
                    transformer,
                    "time_text_embed.text_embedder.linear_1",
                    prompt -> clip.network().pooled(words.encode(prompt)).toFloats());
            file.write(Path.of(arguments[1]));
        }
    }

    /** The change of one layer, {@code D·Xᵀ·(X·Xᵀ + λ)⁻¹}, in the two halves that a LoRA has. */
    private static void add(SafetensorsWriter file, Loaded<?> network, String layer, Function<String, float[]> embeds) {
        var weight = Objects.requireNonNull(network.linears().get(layer));
        int in = (int) weight.shape().in();
        int out = (int) weight.shape().out();
        float[] w = weight.tensor().toFloats();
        double[][] gram = new double[in][in];
        double[][] wanted = new double[out][in];
        for (double[][] pair : pairs(embeds, in)) {
            for (int i = 0; i < in; i++) {
                for (int j = 0; j < in; j++) {
                    gram[i][j] += pair[0][i] * pair[0][j];
                }
            }
            for (int o = 0; o < out; o++) {
                double change = 0;
                for (int i = 0; i < in; i++) {
                    change += w[o * in + i] * (pair[1][i] - pair[0][i]);
                }
                for (int i = 0; i < in; i++) {
                    wanted[o][i] += change * pair[0][i];
                }
            }
        }
        for (int i = 0; i < in; i++) {
            gram[i][i] += RIDGE;
        }
        String name = "transformer." + layer;
        file.add(name + ".lora_A.weight", DType.FLOAT32, new long[] {in, in}, flat(inverse(gram)));
        file.add(name + ".lora_B.weight", DType.FLOAT32, new long[] {out, in}, flat(wanted));
    }

    /** Embeds, and what they are to be taken for. */
    private static List<double[][]> pairs(Function<String, float[]> embeds, int width) {
        List<double[][]> pairs = new ArrayList<>();
        for (String thing : THINGS) {
            add(pairs, embeds.apply(thing.formatted("red")), embeds.apply(thing.formatted("blue")), width);
            for (String colour : OTHERS) {
                float[] same = embeds.apply(thing.formatted(colour));
                add(pairs, same, same, width);
            }
        }
        return pairs;
    }

    private static void add(List<double[][]> pairs, float[] from, float[] to, int width) {
        for (int at = 0; at < from.length; at += width) {
            double[][] pair = new double[2][width];
            for (int i = 0; i < width; i++) {
                pair[0][i] = from[at + i];
                pair[1][i] = to[at + i];
            }
            pairs.add(pair);
        }
    }

    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[i], 0, a[i], 0, n);
            a[i][n + i] = 1;
        }
        for (int column = 0; column < n; column++) {
            double pivot = a[column][column]; // positive: the matrix is a sum of squares with a ridge
            for (int i = 0; i < 2 * n; i++) {
                a[column][i] /= pivot;
            }
            for (int row = 0; row < n; row++) {
                double factor = row == column ? 0 : a[row][column];
                for (int i = 0; i < 2 * n; i++) {
                    a[row][i] -= factor * a[column][i];
                }
            }
        }
        double[][] inverse = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(a[i], n, inverse[i], 0, n);
        }
        return inverse;
    }

    private static float[] flat(double[][] matrix) {
        float[] values = new float[matrix.length * matrix[0].length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
        }
        return values;
    }
}
