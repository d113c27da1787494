package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.Families;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.meta.Published;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.AttentionBackend;
import dev.darkroom.tensor.AttentionChoice;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.CardOperators;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Fp8Products;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * {@code make bench-gpu}: FLUX.1-dev at full size on this machine's card, with random weights that are made there. Progress goes to
 * standard error, all figures as one JSON object to standard output. With {@code tiny} the embedded network runs instead, on the CPU where
 * there is no card: a try, not a measurement.
 */
public final class GpuBench {
    static final int NO_CARD = 2;

    private static final int WRONG_ARGUMENTS = 1;

    private GpuBench() {}

    /** @param arguments {@code tiny} or nothing */
    public static void main(String... arguments) throws IOException, InterruptedException {
        boolean tiny = List.of(arguments).equals(List.of("tiny"));
        if (arguments.length > 0 && !tiny) {
            System.err.println("TINY: must be tiny or left out, not '" + String.join(" ", arguments) + "'");
            System.exit(WRONG_ARGUMENTS);
        }
        CardOperators.layOver();
        Optional<String> missing = Device.cudaIsMissing();
        if (missing.isPresent() && !tiny) {
            System.err.println("there is no card to measure: " + missing.get());
            System.exit(NO_CARD);
        }
        Card card = missing.isPresent() ? Card.CPU : Card.ofMachine();
        System.out.println(run(card, tiny ? Plan.TINY : Plan.FULL));
        System.exit(0); // libtorch's threads
    }

    /** Runs a plan in bfloat16 or on the CPU float32, and once more with the layers in fp8 that bear it, where the card can. */
    static ObjectNode run(Card card, Plan plan) throws IOException, InterruptedException {
        ObjectNode results = run(card, plan, false);
        Optional<String> missing = Fp8Products.areMissing(card.device());
        if (missing.isPresent()) {
            results.put("fp8_missing", missing.get());
        } else if (card.device().isCuda()) {
            results.set("fp8", run(card, plan, true));
        }
        for (Published other : plan.others()) {
            try {
                results.set(other.toString(), pictures(card, plan, other));
            } catch (TensorException e) {
                results.put(other + "_failed", String.valueOf(e.getMessage()));
            }
        }
        return results;
    }

    /** Whole pictures of another model. */
    private static ObjectNode pictures(Card card, Plan plan, Published published) throws IOException {
        ObjectNode results = new ObjectMapper().createObjectNode();
        Path folder = Files.createTempDirectory("bench-gpu");
        try (Loras loras = Families.loras(0);
                ImageModel model = Families.open("bench", published.write(folder), Limits.STANDARD, loras)) {
            CardKernels.start(folder);
            var policy = new PlacementPolicy(card.device(), Optional.of(card.dtype()), OptionalLong.empty());
            new Residency(policy).prepare(model.networks(), model.usualDemand(), Progress.NONE);
            Pictures.run(results.putArray("pictures"), card, plan, published.toString(), model);
        } finally {
            delete(folder);
        }
        return results;
    }

    private static ObjectNode run(Card card, Plan plan, boolean fp8) throws IOException, InterruptedException {
        ObjectNode results = new ObjectMapper().createObjectNode();
        results.put("device", card.name()).put("type", card.dtype().toString().toLowerCase(Locale.ROOT));
        card.teraflops().ifPresent(peak -> results.put("peak_tflops", peak));
        Path folder = Files.createTempDirectory("bench-gpu");
        try (Loras loras = Families.loras(0);
                ImageModel model = Families.open("bench", plan.checkpoint(folder), Limits.STANDARD, loras)) {
            if (card.device().isCuda()) {
                results.put("kernels", CardKernels.start(folder));
                results.put("attention", AttentionChoice.make(AttentionBackend.AUTO, card.device()));
            }
            results.put("model", plan.tiny() ? "pocket-flux" : "flux.1-dev, random weights");
            long start = System.nanoTime();
            var policy = new PlacementPolicy(card.device(), Optional.of(card.dtype()), OptionalLong.empty(), fp8);
            new Residency(policy).prepare(model.networks(), model.usualDemand(), Progress.NONE);
            results.put("load_s", (System.nanoTime() - start) / 1e9);
            results.put(
                    "weight_bytes",
                    model.networks().stream().mapToLong(Resident::bytes).sum());
            results.put("card_bytes_loaded", card.taken());
            if (!transformer(model).placement().device().equals(card.device())) {
                results.put("missing", "the transformer does not fit the card's memory");
                return results;
            }
            var passes = new Passes(card, plan, transformer(model));
            passes.run(results.putArray("passes"), fp8 ? Peer.NONE : Peer.in(folder));
            passes.operators(results.putArray("operators"));
            Pictures.run(results.putArray("pictures"), card, plan, plan.model(), model);
        } finally {
            delete(folder);
        }
        return results;
    }

    private static FluxTransformer transformer(ImageModel model) {
        return model.networks().stream()
                .map(Resident::network)
                .filter(FluxTransformer.class::isInstance)
                .map(FluxTransformer.class::cast)
                .findFirst()
                .orElseThrow();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
