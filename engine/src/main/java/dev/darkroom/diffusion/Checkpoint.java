package dev.darkroom.diffusion;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A directory in diffusers layout: its networks, each in memory or not, and the cached encodings of earlier jobs. A family states its
 * networks once, by the names of their folders.
 */
public final class Checkpoint implements AutoCloseable {
    /** Caches of encodings of earlier jobs: of prompts, of views of pictures, of latents. */
    static final int CACHES = 3;

    /** Bytes that each of them keeps at most. */
    static final long MOST_KEPT_BYTES = 128L << 20;

    private final String model;
    private final Function<String, Path> folders;
    private final Map<String, Resident<?>> networks = new LinkedHashMap<>();
    private final Encoded kept = Encoded.within(MOST_KEPT_BYTES);

    /**
     * Makes a checkpoint of a directory, without reading anything.
     *
     * @param model name of the model, for messages
     */
    public Checkpoint(String model, Path checkpoint) {
        this(model, checkpoint::resolve);
    }

    /**
     * Makes a checkpoint whose components may lie anywhere.
     *
     * @param folders gives the folder of a component by its name in diffusers layout
     */
    public Checkpoint(String model, Function<String, Path> folders) {
        this.model = model;
        this.folders = folders;
    }

    /** Folder of a component, such as {@code tokenizer}. */
    public Path folder(String component) {
        return folders.apply(component);
    }

    /**
     * Reads the {@code config.json} of a component.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if it is missing or no JSON
     */
    public ConfigFile config(String component) {
        return config(folder(component));
    }

    /** Reads the {@code config.json} in a component's folder. */
    public static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }

    /**
     * Adds a network, without loading it.
     *
     * @param component the name of its folder
     * @param config reads the network's config from that folder
     * @param network builds the network from config and weights
     */
    public <C, T> Resident<T> network(
            String component, Role role, Function<Path, C> config, BiFunction<C, Weights, T> network) {
        return network(component, role, config, network, LayerNames.PLAIN);
    }

    /**
     * Adds a network of which layers may lie in fp8, or have other names in files of other writers, without loading it.
     *
     * @param names what is known of its layers by their names
     */
    public <C, T> Resident<T> network(
            String component,
            Role role,
            Function<Path, C> config,
            BiFunction<C, Weights, T> network,
            LayerNames names) {
        var resident = new Resident<T>(
                component + " of " + model,
                role,
                folder(component),
                names,
                (folder, placement) -> Weights.load(folder, placement, config, network, names));
        networks.put(component, resident);
        return resident;
    }

    /** All networks, in the order in which {@link #network} added them. */
    public List<Resident<?>> networks() {
        return List.copyOf(networks.values());
    }

    /** The transformer; it must be in memory. */
    Resident<?> transformer() {
        return networks.values().stream()
                .filter(network -> network.role() == Role.TRANSFORMER)
                .findFirst()
                .orElseThrow();
    }

    /** Device and element type in which the transformer computes; it must be in memory. */
    public Placement placement() {
        return transformer().required().placement();
    }

    /** Networks that LoRAs may adapt, loaded as they are now: all but the autoencoder. */
    List<Loras.Network> adaptable() {
        return networks.entrySet().stream()
                .filter(network -> network.getValue().role() != Role.VAE)
                .map(network ->
                        new Loras.Network(network.getKey(), network.getValue().required()))
                .toList();
    }

    /**
     * Identifies the LoRAs on the text encoders, for the keys of cached embeds.
     *
     * @param identity gives a network's LoRAs by the network's role
     */
    String textEncoders(Function<String, String> identity) {
        return networks.entrySet().stream()
                .filter(network -> network.getValue().role() == Role.TEXT_ENCODER)
                .map(network -> identity.apply(network.getKey()))
                .collect(Collectors.joining());
    }

    /** Cached encodings of earlier jobs. */
    public Encoded kept() {
        return kept;
    }

    /** Frees the networks and everything that is cached. */
    @Override
    public void close() {
        kept.close();
        networks.values().forEach(Resident::close);
    }
}
