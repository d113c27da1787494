package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.kernel.KernelCheck;
import dev.darkroom.kernel.KernelSource;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.CardOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Fp8Products;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be known of a card that the worker has never run on: arithmetic against the CPU in float32, the backends of attention, the
 * kernels, the way to the card, and a short bench. Each part is tried, whatever became of the others; one JSON object has all figures.
 */
public final class GpuCheck {
    private static final int HEADS = 24;
    private static final int WIDTH = 128;

    /** Lengths of FLUX at 1024² with 512 and 256 tokens of text, of both passes of a Qwen edit, and a short one. */
    private static final List<Integer> LENGTHS = List.of(4608, 4352, 8416, 8401, 77);

    /** In and out of the products of a FLUX block. */
    private static final List<List<Integer>> PRODUCTS = List.of(
            List.of(3072, 3072), List.of(3072, 9216), List.of(3072, 12288), List.of(12288, 3072), List.of(15360, 3072));

    private final Card card;
    private final boolean tiny;
    private final boolean benches;
    private final ObjectNode results = new ObjectMapper().createObjectNode();
    private boolean sound = true;

    private GpuCheck(Card card, boolean tiny, boolean benches) {
        this.card = card;
        this.tiny = tiny;
        this.benches = benches;
    }

    /** A part of the check. */
    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    /** @param arguments the file for the figures; {@code tiny} for a try on any machine, {@code unbenched} where the whole bench follows */
    public static void main(String... arguments) throws Exception {
        CardOperators.layOver();
        boolean tiny = List.of(arguments).contains("tiny");
        Optional<String> missing = Device.cudaIsMissing();
        if (missing.isPresent() && !tiny) {
            System.err.println("there is no card to check: " + missing.get());
            System.exit(GpuBench.NO_CARD);
        }
        var check = new GpuCheck(
                missing.isPresent() ? Card.CPU : Card.ofMachine(),
                tiny,
                !List.of(arguments).contains("unbenched"));
        check.run(Path.of(arguments[0]));
        System.exit(check.sound ? 0 : 1);
    }

    private void run(Path file) throws Exception {
        results.put("device", card.name()).put("libtorch", System.getProperty("darkroom.libtorch", "unknown"));
        part("weights", this::weights);
        part("products", this::products);
        part("attention", this::attention);
        part("copies", this::copies);
        part("kernels", this::kernels);
        if (benches) {
            part("bench", () -> results.set("bench", GpuBench.run(card, tiny ? Plan.TINY : Plan.SHORT)));
        }
        results.put("sound", sound);
        Files.writeString(
                file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(results) + "\n");
        System.err.println("all figures: " + file);
    }

    private void part(String name, Part part) {
        System.err.println(name);
        try (var scope = Scope.open(name)) {
            part.run();
        } catch (Exception | LinkageError e) {
            sound = false;
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            results.put(name + "_failed", String.valueOf(cause));
            System.err.println("  failed: " + cause);
        }
    }

    /** Are the weights of the bench random numbers of the size that is meant? */
    private void weights() {
        int count = 1 << 16;
        Tensor bytes = CardOperators.deviceBytes(2L * count + 2, card.device());
        CardOperators.copy(CardOperators.hostBytes(2L * count + 2, false), bytes);
        CardOperators.fillRandom(bytes, 1, 2L * count + 1);
        byte[] found = bytes.to(Device.CPU).toBytes();
        double squares = 0;
        for (int i = 2; i < found.length; i += 2) {
            squares += Math.pow(Float.intBitsToFloat((found[i + 1] & 0xFF) << 24 | (found[i] & 0xFF) << 16), 2);
        }
        double deviation = Math.sqrt(squares / count);
        results.put("weight_deviation", deviation);
        sound &= found[0] == 0 && found[1] == 0 && Math.abs(deviation - 0.02) < 0.001;
    }

    /** Matrix products with bias at the network's shapes: speed, and the first rows against the CPU. */
    private void products() {
        ArrayNode lines = results.putArray("products");
        int tokens = tiny ? 64 : 4608;
        int divisor = tiny ? 48 : 1;
        for (List<Integer> shape : PRODUCTS) {
            long in = shape.get(0) / divisor;
            long out = shape.get(1) / divisor;
            try (var scope = Scope.open("product")) {
                Tensor x = random(1, tokens, in);
                Tensor weight = random(2, out, in).affine(1 / Math.sqrt(in), 0);
                Tensor bias = random(3, out);
                Timed time = Timed.of(3, 10, () -> {
                    try (var one = Scope.open("one")) {
                        Operators.linear(x, weight, bias).await();
                    }
                });
                double tera = 2.0 * tokens * in * out / 1e12;
                Tensor rows = x.narrow(0, 0, 32);
                float[] expected = Operators.linear(onCpu(rows), onCpu(weight), onCpu(bias))
                        .toFloats();
                float[] found =
                        Operators.linear(x, weight, bias).narrow(0, 0, 32).toFloats();
                lines.addObject()
                        .put("tokens", tokens)
                        .put("in", in)
                        .put("out", out)
                        .put("ms", time.least())
                        .put("tflops", tera / time.least() * 1000)
                        .put("relative_l2", near(expected, found));
            }
        }
    }

    /** Each backend at each length: speed, and the first queries against the CPU. A backend that is not there says so and is no fault. */
    private void attention() {
        ArrayNode lines = results.putArray("attention");
        for (int length : tiny ? List.of(77, 256) : LENGTHS) {
            try (var scope = Scope.open("attention")) {
                Tensor q = random(1, 1, length, HEADS, WIDTH).permute(0, 2, 1, 3);
                Tensor k = random(2, 1, length, HEADS, WIDTH).permute(0, 2, 1, 3);
                Tensor v = random(3, 1, length, HEADS, WIDTH).permute(0, 2, 1, 3);
                float[] expected = CardOperators.attention(onCpu(q.narrow(2, 0, 32)), onCpu(k), onCpu(v), "chosen")
                        .toFloats();
                for (String backend : List.of("chosen", "cudnn", "flash", "efficient")) {
                    ObjectNode line = lines.addObject().put("length", length).put("backend", backend);
                    try (var tried = Scope.open("backend")) {
                        float[] found = CardOperators.attention(q, k, v, backend)
                                .narrow(2, 0, 32)
                                .toFloats();
                        Timed time = Timed.of(3, 10, () -> {
                            try (var one = Scope.open("one")) {
                                CardOperators.attention(q, k, v, backend).await();
                            }
                        });
                        double tera = 4.0 * length * length * HEADS * WIDTH / 1e12;
                        line.put("ms", time.least()).put("tflops", tera / time.least() * 1000);
                        line.put("relative_l2", near(expected, found));
                    } catch (TensorException e) {
                        line.put("not_there", reason(e));
                    }
                }
            }
        }
    }

    /** The line of libtorch's that says what is amiss, among those that say where. */
    private static String reason(TensorException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(line -> line.contains("Could not run") || line.contains("Error"))
                .map(line -> line.substring(0, Math.min(200, line.length())))
                .findFirst()
                .orElse("no reason given");
    }

    /** Host memory to the card, page-locked and not. */
    private void copies() {
        ArrayNode lines = results.putArray("copies");
        long bytes = tiny ? 16L << 20 : 1L << 30;
        for (boolean pinned : card.device().isCuda() ? new boolean[] {false, true} : new boolean[] {false}) {
            try (var scope = Scope.open("copies")) {
                Tensor source = CardOperators.hostBytes(bytes, pinned);
                Tensor target = CardOperators.deviceBytes(bytes, card.device());
                Timed time = Timed.of(1, 5, () -> CardOperators.copy(source, target));
                lines.addObject()
                        .put("pinned", pinned)
                        .put("bytes", bytes)
                        .put("ms", time.least())
                        .put("gb_a_second", bytes / 1e6 / time.least());
            }
        }
    }

    /** The kernels against the text of their operators. */
    private void kernels() throws Exception {
        if (!card.device().isCuda()) {
            results.put("kernels", "not tried without a card");
            return;
        }
        Path cache = Files.createTempDirectory("kernels");
        try {
            KernelCheck.run().lines().forEach(results.putArray("kernel_times")::add);
            results.put("kernels", CardKernels.start(cache)); // each is compared with its text
            CardKernels.inUse().forEach(results.putArray("kernels_in_use")::add);
            long all = KernelSource.all().stream()
                    .mapToLong(source -> source.functions().size())
                    .sum();
            sound &= CardKernels.inUse().size() == all;
            Fp8Products.areMissing(card.device()).ifPresent(reason -> results.put("fp8_missing", reason));
        } finally {
            CardKernels.stop();
            GpuBench.delete(cache);
        }
    }

    private Tensor random(int seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape)
                .getFirst()
                .to(card.device())
                .to(card.dtype());
    }

    private static Tensor onCpu(Tensor x) {
        return x.to(Device.CPU).to(DType.FLOAT32);
    }

    /** How far results are apart; a card that computes something else is not sound. */
    private double near(float[] expected, float[] found) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - (double) expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double relative = Math.sqrt(difference / norm);
        sound &= relative < 2e-2;
        return relative;
    }
}
