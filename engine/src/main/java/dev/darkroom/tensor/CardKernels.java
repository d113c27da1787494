package dev.darkroom.tensor;

import dev.darkroom.kernel.GatedAddNorm;
import dev.darkroom.kernel.Kernel;
import dev.darkroom.kernel.KernelException;
import dev.darkroom.kernel.KernelLibrary;
import dev.darkroom.kernel.KernelSource;
import dev.darkroom.kernel.LibraryFolders;
import dev.darkroom.kernel.Memory;
import dev.darkroom.kernel.QkNormRope;
import dev.darkroom.kernel.QuantiseRows;
import dev.darkroom.kernel.TorchMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that stand in for text operators of the same name, once {@link #start} has found them right. Every method here answers
 * whether, or what, a kernel computed; where none did, the text operator has to.
 */
public final class CardKernels {
    private static final Logger LOG = Logger.getLogger(CardKernels.class);
    static final Operator EMPTY_ROWS = Operator.named("empty_rows");

    private static volatile @Nullable CardKernels started;

    private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final TorchMemory torch;
    private final Memory.Place place;

    private CardKernels(KernelLibrary library, TorchMemory torch, Memory.Place place) {
        this.torch = torch;
        this.place = place;
        KernelSource.all().stream()
                .flatMap(source -> source.functions().stream())
                .forEach(name -> library.kernel(name).ifPresent(kernel -> kernels.put(name, kernel)));
    }

    /**
     * Compiles and loads the kernels for the card, compares each with its text operator, and uses those that agree. What there is no kernel
     * for, text operators compute. Belongs on the GPU's thread.
     *
     * @param cache folder for compiled kernels
     * @return what is used, or why nothing is, for the log
     * @throws TensorException if a kernel broke the card for this process; the next start does without kernels
     */
    public static String start(Path cache) {
        return start(LibraryFolders.of(System.getenv()), cache, Memory.Place.CARD, Device.CUDA, KernelTrial.NETWORKS);
    }

    /** The same with libraries from other folders and another device, whose memory their kernels reach. */
    static String start(List<Path> folders, Path cache, Memory.Place place, Device device, KernelTrial.Sizes sizes) {
        stop();
        List<KernelSource> sources = KernelSource.all();
        try {
            KernelLibrary library = KernelLibrary.open(sources, folders, cache);
            Path veto = cache.resolve("off-" + library.machine() + "-" + KernelSource.hash(sources));
            if (Files.exists(veto)) {
                return "text operators alone: " + Files.readString(veto) + " (without the file " + veto
                        + " kernels are tried again)";
            }
            return start(new CardKernels(library, TorchMemory.bind(), place), library, veto, device, sizes);
        } catch (KernelException | IOException e) {
            return "text operators alone: " + e.getMessage();
        }
    }

    private static String start(
            CardKernels found, KernelLibrary library, Path veto, Device device, KernelTrial.Sizes sizes)
            throws IOException {
        Map<String, String> agreed = new LinkedHashMap<>();
        for (KernelTrial trial : KernelTrial.of(found, sizes)) {
            if (found.kernels.containsKey(trial.kernel())) {
                try (var scope = Scope.open("kernel trial")) {
                    agreed.put(trial.kernel(), trial.run(device));
                } catch (KernelException e) {
                    found.switchOff(trial.kernel(), e.getMessage());
                } catch (TensorException e) {
                    if (e.isDeviceLost()) {
                        veto(veto, trial.kernel() + " broke the card when it was tried", e);
                        throw e;
                    }
                    found.switchOff(trial.kernel(), e.getMessage());
                }
            }
        }
        started = found;
        return agreed + " (" + library + ")";
    }

    /** Keeps the next start from trying again; that the file cannot be written hides nothing of what happened. */
    private static void veto(Path file, String reason, TensorException lost) {
        try {
            Files.writeString(file, reason);
        } catch (IOException e) {
            lost.addSuppressed(e);
        }
    }

    /** Goes back to text operators. */
    public static void stop() {
        started = null;
    }

    /** Names the kernels in use, in order. */
    public static List<String> inUse() {
        CardKernels kernels = started;
        return kernels == null
                ? List.of()
                : kernels.kernels.keySet().stream().sorted().toList();
    }

    static boolean qkNormRope(
            Tensor joint, Tensor normQ, Tensor normK, Tensor table, long first, long rows, double eps) {
        CardKernels kernels = started;
        return kernels != null && kernels.qkNormRopeByKernel(joint, normQ, normK, table, first, rows, eps);
    }

    boolean qkNormRopeByKernel(
            Tensor joint, Tensor normQ, Tensor normK, Tensor table, long first, long rows, double eps) {
        return attempt(
                        QkNormRope.NAME,
                        (kernel, at) -> {
                            if (!QkNormRope.fits(at[0], at[1], at[2], at[3], first, rows)) {
                                return null;
                            }
                            new QkNormRope(kernel).launch(at[0], at[1], at[2], at[3], first, rows, eps);
                            return List.of();
                        },
                        joint,
                        normQ,
                        normK,
                        table)
                .isPresent();
    }

    static Optional<List<Tensor>> gatedAddNorm(
            Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        CardKernels kernels = started;
        return kernels == null
                ? Optional.empty()
                : kernels.gatedAddNormByKernel(GatedAddNorm.NAME, x, gate, y, shift, scale, eps);
    }

    static Optional<List<Tensor>> gatedAddNormQuantised(
            Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        CardKernels kernels = started;
        return kernels == null
                ? Optional.empty()
                : kernels.gatedAddNormByKernel(GatedAddNorm.QUANTISED, x, gate, y, shift, scale, eps);
    }

    Optional<List<Tensor>> gatedAddNormByKernel(
            String name, Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        boolean quantised = name.equals(GatedAddNorm.QUANTISED);
        return attempt(
                name,
                (kernel, at) -> {
                    if (!GatedAddNorm.fits(at[0], at[2], at[1], at[3], at[4])) {
                        return null;
                    }
                    long width = x.size(-1);
                    List<Tensor> results = quantised
                            ? emptyRows(x, List.of(DType.BFLOAT16, DType.FLOAT8_E4M3, DType.FLOAT32), width, width, 1)
                            : emptyRows(x, List.of(DType.BFLOAT16, DType.BFLOAT16), width, width);
                    new GatedAddNorm(kernel)
                            .launch(
                                    at[0],
                                    at[2],
                                    at[1],
                                    at[3],
                                    at[4],
                                    eps,
                                    memory(results.get(0)),
                                    memory(results.get(1)),
                                    quantised ? memory(results.get(2)) : null);
                    return results;
                },
                x,
                gate,
                y,
                shift,
                scale);
    }

    static Optional<List<Tensor>> quantiseRows(Tensor x) {
        CardKernels kernels = started;
        return kernels == null ? Optional.empty() : kernels.quantiseRowsByKernel(QuantiseRows.NAME, x);
    }

    static Optional<List<Tensor>> geluQuantiseRows(Tensor x) {
        CardKernels kernels = started;
        return kernels == null ? Optional.empty() : kernels.quantiseRowsByKernel(QuantiseRows.GELU, x);
    }

    static Optional<List<Tensor>> besideGeluQuantiseRows(Tensor x, Tensor y) {
        CardKernels kernels = started;
        return kernels == null ? Optional.empty() : kernels.besideGeluQuantiseRowsByKernel(x, y);
    }

    Optional<List<Tensor>> besideGeluQuantiseRowsByKernel(Tensor x, Tensor y) {
        return attempt(
                QuantiseRows.BESIDE_GELU,
                (kernel, at) -> {
                    if (!QuantiseRows.fits(at[0], at[1])) {
                        return null;
                    }
                    long width = x.size(-1) + y.size(-1);
                    List<Tensor> results = emptyRows(x, List.of(DType.FLOAT8_E4M3, DType.FLOAT32), width, 1);
                    new QuantiseRows(kernel).launch(at[0], at[1], memory(results.get(0)), memory(results.get(1)));
                    return results;
                },
                x,
                y);
    }

    Optional<List<Tensor>> quantiseRowsByKernel(String name, Tensor x) {
        return attempt(
                name,
                (kernel, at) -> {
                    if (!QuantiseRows.fits(at[0])) {
                        return null;
                    }
                    List<Tensor> results = emptyRows(x, List.of(DType.FLOAT8_E4M3, DType.FLOAT32), x.size(-1), 1);
                    new QuantiseRows(kernel).launch(at[0], memory(results.get(0)), memory(results.get(1)));
                    return results;
                },
                x);
    }

    /** What a kernel makes of tensors at these places; null if it does not know their types, shapes or strides. */
    private interface Attempt {
        @Nullable
        List<Tensor> of(Kernel kernel, Memory[] places);
    }

    private Optional<List<Tensor>> attempt(String name, Attempt attempt, Tensor... tensors) {
        Kernel kernel = kernels.get(name);
        if (kernel == null) {
            return Optional.empty();
        }
        try {
            Memory[] places = new Memory[tensors.length];
            for (int i = 0; i < tensors.length; i++) {
                places[i] = memory(tensors[i]);
                if (places[i].place() != place) {
                    return Optional.empty(); // of a network that computes on the CPU
                }
            }
            List<Tensor> results = attempt.of(kernel, places);
            if (results == null && told.add(name)) {
                LOG.infof("%s: the text operator computes for %s", name, Arrays.toString(places));
            }
            return Optional.ofNullable(results);
        } catch (KernelException e) {
            switchOff(name, e.getMessage());
            return Optional.empty();
        }
    }

    private Memory memory(Tensor tensor) {
        return torch.of(tensor.handle());
    }

    private static List<Tensor> emptyRows(Tensor x, List<DType> types, long... widths) {
        return EMPTY_ROWS.tensors(x, types.stream().mapToLong(DType::code).toArray(), widths);
    }

    private void switchOff(String name, @Nullable String reason) {
        kernels.remove(name);
        LOG.warnf("kernel %s is off, its text operator computes: %s", name, reason);
    }
}
