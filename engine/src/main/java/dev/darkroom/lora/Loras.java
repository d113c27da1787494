package dev.darkroom.lora;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.NormWeight;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.file.SafetensorsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    private record PlanKey(String identity, Map<String, Layers> layers) {}

    private record Key(PlanKey plan, String role, Placement placement) {}

    private record Planned(String field, LoraFile file, PlanKey key, LoraPlan plan) {
        boolean adapts(String role) {
            return file.scale() != 0 && plan.adapts(role);
        }
    }

    /** Changes that were made so far. */
    private record Changed(List<LinearWeight> layers, List<NormWeight> norms) {
        Changed() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void restore() {
            layers.forEach(LinearWeight::restore);
            norms.forEach(NormWeight::restore);
        }
    }

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
        var changed = new Changed();
        try {
            List<Planned> planned = new ArrayList<>(planned("loras", ofJob, networks));
            planned.addAll(planned("darkroom.json: loras", ofCheckpoint, networks));
            Map<String, String> identities = new LinkedHashMap<>();
            for (Network network : networks) {
                List<Planned> here = planned.stream()
                        .filter(lora -> lora.adapts(network.role))
                        .toList();
                attach(here, network, changed);
                identities.put(network.role, identity(here));
            }
            return new Adapted(
                    scope.detach(), changed::restore, notes(planned), identities, control(planned), tensors::trim);
        } catch (RuntimeException | Error e) {
            changed.restore();
            scope.close();
            tensors.trim();
            throw e;
        }
    }

    /** Bytes of the LoRAs that are cached. */
    long cachedBytes() {
        return tensors.bytes();
    }

    /** Frees the LoRAs that are cached; between two jobs only. */
    void forget() {
        tensors.close();
    }

    private List<Planned> planned(String list, List<LoraFile> files, List<Network> networks) {
        Map<String, Layers> layers = files.isEmpty()
                ? Map.of()
                : networks.stream().collect(Collectors.toMap(Network::role, network -> Layers.of(network.loaded)));
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            LoraFile file = files.get(i);
            String field = list + "[" + i + "]";
            var key = new PlanKey(file.identity(), layers);
            LoraPlan known = plans.get(key);
            LoraPlan plan = known == null ? plan(field, file, layers) : known;
            if (known == null) {
                plan.notes().forEach(note -> LOG.warn(file.name() + ": " + note));
            }
            plans.put(key, plan);
            planned.add(new Planned(field, file, key, plan));
        }
        return planned;
    }

    private LoraPlan plan(String field, LoraFile file, Map<String, Layers> layers) {
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

    /**
     * Makes the error for a damaged file; it names the file as the caller knows it, and hides the path on this machine. An interruption is
     * no fault of the file.
     */
    private static RuntimeException unsound(String field, LoraFile file, CheckpointException cause) {
        if (cause.isInterruption()) {
            return cause;
        }
        String reason =
                String.valueOf(cause.getMessage()).replace(file.file().toString(), Faults.quoted((Object) file.name()));
        return new JobException(JobException.Code.BAD_INPUT, field + ": is no sound LoRA: " + reason, cause);
    }

    private void attach(List<Planned> loras, Network network, Changed changed) {
        Map<String, List<LayerTensors.Scaled>> byLayer = new LinkedHashMap<>();
        Placement placement = network.loaded.placement();
        for (Planned lora : loras) {
            List<Tensor> read =
                    tensors.get(new Key(lora.key, network.role, placement), () -> read(lora, network.role, placement));
            LoraTensors.byLayer(lora.plan.pairsOf(network.role), read)
                    .forEach((layer, pair) -> byLayer.computeIfAbsent(layer, name -> new ArrayList<>())
                            .add(new LayerTensors.Scaled(lora.field, pair, lora.file.scale())));
            replace(lora.plan.normsOf(network.role), read, network, changed);
        }
        byLayer.forEach((layer, pairs) -> {
            LinearWeight weight =
                    Objects.requireNonNull(network.loaded.linears().get(layer), layer);
            weight.adapt(LayerTensors.join(weight, placement, pairs));
            changed.layers.add(weight);
        });
    }

    /** Puts the norms of a LoRA, which are the last tensors of it, in the place of the network's, whatever the scale. */
    private static void replace(List<LoraNorm> norms, List<Tensor> read, Network network, Changed changed) {
        for (int i = 0; i < norms.size(); i++) {
            NormWeight weight = Objects.requireNonNull(
                    network.loaded.norms().get(norms.get(i).norm()));
            weight.replace(read.get(read.size() - norms.size() + i));
            changed.norms.add(weight);
        }
    }

    private static String identity(List<Planned> loras) {
        return loras.stream()
                .map(lora -> lora.file.identity() + " × " + lora.file.scale())
                .collect(Collectors.joining(" + "));
    }

    private static List<String> notes(List<Planned> planned) {
        return planned.stream()
                .flatMap(lora -> lora.plan.notes().stream().map(note -> lora.field + ": " + note))
                .toList();
    }

    /** The field of the first LoRA that sees a picture beside the noise. */
    private static Optional<String> control(List<Planned> planned) {
        return planned.stream()
                .filter(lora -> lora.file.scale() != 0 && lora.plan.isControl())
                .map(lora -> lora.field)
                .findFirst();
    }

    /** Frees everything that is cached. */
    @Override
    public void close() {
        tensors.close();
        plans.clear();
    }
}
