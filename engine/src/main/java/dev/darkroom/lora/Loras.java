package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.LinearWeight.LowRank;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Attaches LoRAs to networks, and caches what was read, within bounds, for the next job that asks for the same LoRA, whatever its scale.
 * All calls belong on the GPU's thread.
 *
 * <pre>{@code
 * try (var adapted = loras.attach(files, List.of(new Network("transformer", transformer)))) {
 *     ...
 * }
 * }</pre>
 */
public final class Loras implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Loras.class);
    private static final int MOST_PLANS = 16;

    private final List<LoraNames> families;
    private final TensorCache<Key> tensors;
    private final Map<PlanKey, LoraPlan> plans = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PlanKey, LoraPlan> eldest) {
            return size() > MOST_PLANS;
        }
    };

    /**
     * A network that LoRAs may adapt.
     *
     * @param role the network's part in its model, by the name of its folder: {@code transformer}, {@code text_encoder},
     *     {@code text_encoder_2}
     */
    public record Network(String role, Loaded<?> loaded) {}

    private record PlanKey(String identity, Map<String, Map<String, LinearWeight.Shape>> layers) {}

    private record Key(PlanKey plan, String role, Placement placement) {}

    private record Planned(String field, LoraFile file, PlanKey key, LoraPlan plan) {
        boolean adapts(String role) {
            return file.scale() != 0 && !plan.of(role).isEmpty();
        }
    }

    private record Scaled(LowRank pair, double scale) {}

    /**
     * Makes an empty cache.
     *
     * @param mostBytes bytes of LoRAs that may stay in memory between jobs
     * @param families families that LoRAs may be for
     */
    public Loras(long mostBytes, List<LoraNames> families) {
        this.families = List.copyOf(families);
        this.tensors = new TensorCache<>(mostBytes);
    }

    /**
     * Attaches LoRAs to a model's networks until the result is closed. A scale of 0 leaves a LoRA out.
     *
     * @param files in the order of the payload, whose field {@code loras} errors name
     * @throws JobException if one is no LoRA, damaged, or none for this model; the networks are then as before
     */
    public Adapted attach(List<LoraFile> files, List<Network> networks) {
        return attach(files, List.of(), networks);
    }

    /**
     * Attaches the LoRAs of a job, and behind them those that the checkpoint names in its {@code darkroom.json}, until the result is
     * closed.
     *
     * @throws JobException if one is no LoRA, damaged, or none for this model; the networks are then as before
     */
    public Adapted attach(List<LoraFile> ofJob, List<LoraFile> ofCheckpoint, List<Network> networks) {
        var scope = Scope.open("loras");
        List<LinearWeight> adapted = new ArrayList<>();
        try {
            List<Planned> planned = new ArrayList<>(planned("loras", ofJob, networks));
            planned.addAll(planned("darkroom.json: loras", ofCheckpoint, networks));
            Map<String, String> identities = new LinkedHashMap<>();
            for (Network network : networks) {
                List<Planned> here = planned.stream()
                        .filter(lora -> lora.adapts(network.role))
                        .toList();
                attach(here, network, adapted);
                identities.put(network.role, identity(here));
            }
            return new Adapted(scope.detach(), adapted, notes(planned), identities, tensors::trim);
        } catch (RuntimeException | Error e) {
            adapted.forEach(LinearWeight::restore);
            scope.close();
            tensors.trim();
            throw e;
        }
    }

    private List<Planned> planned(String list, List<LoraFile> files, List<Network> networks) {
        Map<String, Map<String, LinearWeight.Shape>> layers = files.isEmpty()
                ? Map.of()
                : networks.stream().collect(Collectors.toMap(Network::role, network -> network.loaded.layers()));
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            LoraFile file = files.get(i);
            String field = list + "[" + i + "]";
            var key = new PlanKey(file.identity(), layers);
            LoraPlan known = plans.get(key);
            LoraPlan plan = known == null ? plan(field, file, layers) : known;
            if (known == null) {
                plan.note(file.name()).ifPresent(LOG::warn);
            }
            plans.put(key, plan);
            planned.add(new Planned(field, file, key, plan));
        }
        return planned;
    }

    private LoraPlan plan(String field, LoraFile file, Map<String, Map<String, LinearWeight.Shape>> layers) {
        try {
            return LoraPlanner.plan(field, SafetensorsFile.read(file.file()), layers, families);
        } catch (CheckpointException e) {
            throw unsound(field, file, e);
        }
    }

    private List<Tensor> read(Planned lora, String role, Placement placement) {
        try {
            return LoraTensors.read(lora.field, lora.plan, role, placement);
        } catch (CheckpointException e) {
            plans.remove(lora.key);
            throw unsound(lora.field, lora.file, e);
        } catch (JobException e) {
            plans.remove(lora.key);
            throw e;
        }
    }

    /** Makes the error for a damaged file; it names the file as the caller knows it, and hides the path on this machine. */
    private static JobException unsound(String field, LoraFile file, CheckpointException cause) {
        String reason =
                String.valueOf(cause.getMessage()).replace(file.file().toString(), Faults.quoted((Object) file.name()));
        return new JobException(JobException.Code.BAD_INPUT, field + ": is no sound LoRA: " + reason, cause);
    }

    private void attach(List<Planned> loras, Network network, List<LinearWeight> adapted) {
        Map<String, List<Scaled>> byLayer = new LinkedHashMap<>();
        for (Planned lora : loras) {
            Placement placement = network.loaded.placement();
            List<Tensor> read =
                    tensors.get(new Key(lora.key, network.role, placement), () -> read(lora, network.role, placement));
            LoraTensors.byLayer(lora.plan.of(network.role), read)
                    .forEach((layer, pair) -> byLayer.computeIfAbsent(layer, name -> new ArrayList<>())
                            .add(new Scaled(pair, lora.file.scale())));
        }
        byLayer.forEach((layer, pairs) -> {
            LinearWeight weight =
                    Objects.requireNonNull(network.loaded.linears().get(layer), layer);
            weight.adapt(joined(pairs));
            adapted.add(weight);
        });
    }

    /** Joins the pairs of a layer into one, side by side along the rank, each {@code up} times its scale. */
    private static LowRank joined(List<Scaled> pairs) {
        try (var scope = Scope.open("join LoRAs")) {
            Tensor[] downs = pairs.stream().map(scaled -> scaled.pair.down()).toArray(Tensor[]::new);
            Tensor[] ups = pairs.stream()
                    .map(scaled -> scaled.scale == 1
                            ? scaled.pair.up()
                            : scaled.pair.up().affine(scaled.scale, 0))
                    .toArray(Tensor[]::new);
            return pairs.size() == 1
                    ? new LowRank(downs[0], scope.keep(ups[0]))
                    : new LowRank(scope.keep(Tensor.cat(0, downs)), scope.keep(Tensor.cat(1, ups)));
        }
    }

    private static String identity(List<Planned> loras) {
        return loras.stream()
                .map(lora -> lora.file.identity() + " × " + lora.file.scale())
                .collect(Collectors.joining(" + "));
    }

    private static List<String> notes(List<Planned> planned) {
        return planned.stream()
                .flatMap(lora -> lora.plan.note(lora.field).stream())
                .toList();
    }

    /** Frees everything that is cached. */
    @Override
    public void close() {
        tensors.close();
        plans.clear();
    }
}
