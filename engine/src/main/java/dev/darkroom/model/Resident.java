package dev.darkroom.model;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Precision;
import dev.darkroom.weights.WeightSize;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A network that may or may not be in memory: its files stay where they are, so it can be loaded again after it was freed. */
public final class Resident<T> implements AutoCloseable {
    private final String name;
    private final Role role;
    private final Path folder;
    private final LayerNames names;
    private final BiFunction<Path, Placement, Loaded<T>> loader;
    private volatile @Nullable Loaded<T> loaded; // read by those who watch memory
    private final Map<Placement, HeldSizes> measured = new ConcurrentHashMap<>();
    private volatile @Nullable WeightSize known;
    private volatile long bytes;
    private volatile long hostBytes;
    private long lastUse;

    /** A network's part in its model. */
    public enum Role {
        /** Its weights meet every token of a prompt. */
        TEXT_ENCODER(512),
        /** Its kernels go over every place, of which there are more the nearer they are to the picture: this many on average. */
        VAE(100_000),
        /** Its weights meet all tokens in every step. */
        TRANSFORMER(100_000);

        /** How often each weight is multiplied for a picture of a megapixel, about. */
        private final long uses;

        Role(long uses) {
            this.uses = uses;
        }
    }

    /**
     * Makes a network that is not loaded yet.
     *
     * @param name for messages, such as {@code transformer of flux-dev}
     * @param folder of its component, with its config and its weights
     * @param names what is known of its layers by their names
     * @param loader loads the folder's network to a place
     */
    public Resident(
            String name, Role role, Path folder, LayerNames names, BiFunction<Path, Placement, Loaded<T>> loader) {
        this.name = name;
        this.role = role;
        this.folder = folder;
        this.names = names;
        this.loader = loader;
    }

    /**
     * Returns the network itself.
     *
     * @throws IllegalStateException if it is not in memory
     */
    public T network() {
        return required().network();
    }

    /**
     * The network with its placement.
     *
     * @throws IllegalStateException if it is not in memory
     */
    public Loaded<T> required() {
        return loaded().orElseThrow(() -> new IllegalStateException("the " + name + " is not loaded"));
    }

    /** The network with its placement, if it is in memory. */
    public Optional<Loaded<T>> loaded() {
        return Optional.ofNullable(loaded);
    }

    public Role role() {
        return role;
    }

    /**
     * Size of the network's weights, by its files as they are now.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if they are not there or damaged
     */
    public WeightSize size() {
        WeightSize read = WeightSize.of(folder, names).usedTimes(role.uses);
        if (!read.equals(known)) {
            measured.clear();
            known = read;
        }
        return read;
    }

    /** Size of the network's weights as it was when they were last looked at. */
    WeightSize knownSize() {
        WeightSize last = known;
        return last == null ? size() : last;
    }

    /**
     * Checks that config and files fit each other, name by name and shape by shape, as loading does, from the files' headers alone.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that lists what is wrong
     */
    public void verify() {
        Weights.verify(() -> loader.apply(folder, new Placement(Device.CPU, DType.FLOAT32)));
    }

    /**
     * Measures what the network's weights take in a type and precision, to the byte, however they are held; from the files' headers alone,
     * and without the device.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that lists what is wrong
     */
    public HeldSizes sizes(DType dtype, Precision precision) {
        return measured.computeIfAbsent(
                new Placement(Device.CPU, dtype, precision),
                placement -> Weights.measure(() -> loader.apply(folder, placement)));
    }

    /** Bytes that the network takes in memory, in the type that it computes in; 0 if it is not in memory. */
    public long bytes() {
        return loaded == null ? 0 : bytes;
    }

    /** Loads the network to a place, where it takes {@code inMemory} bytes, and {@code onHost} besides in the memory of the host. */
    void load(Placement placement, long inMemory, long onHost) {
        loaded = loader.apply(folder, placement);
        bytes = inMemory;
        hostBytes = onHost;
    }

    /** Bytes that the network has in the host's memory although it computes on a card. */
    long hostBytes() {
        return loaded == null ? 0 : hostBytes;
    }

    /** True if the network is in memory and computes on this device. */
    public boolean isOn(Device device) {
        return loaded != null && loaded.placement().device().equals(device);
    }

    /** Time of the last use, as a counter: larger is later. */
    long lastUse() {
        return lastUse;
    }

    /** Notes a use at the time {@code now} of the same counter. */
    void use(long now) {
        lastUse = now;
    }

    /** Frees the network's weights, if they are in memory. */
    @Override
    public void close() {
        Loaded<T> last = loaded;
        loaded = null;
        if (last != null) {
            last.close();
        }
    }

    /** Name of the network's folder in its checkpoint, such as {@code transformer}. */
    public String component() {
        return name.replaceFirst(" of .*", "");
    }

    /** Name of the network. */
    @Override
    public String toString() {
        return name;
    }
}
