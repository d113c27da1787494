package dev.darkroom.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** All kernels that this card, its driver and its compiler give. */
public final class KernelLibrary {
    static final Logger LOG = Logger.getLogger(KernelLibrary.class);

    private final Map<String, Kernel> kernels = new LinkedHashMap<>();
    private final CudaDriver driver;
    private final Nvrtc compiler;
    private final CubinCache cache;
    private final CurrentStream stream;
    private int compiled;

    private KernelLibrary(CudaDriver driver, Nvrtc compiler, CubinCache cache, CurrentStream stream) {
        this.driver = driver;
        this.compiler = compiler;
        this.cache = cache;
        this.stream = stream;
    }

    /**
     * Compiles and loads all kernels; what does not compile is left out with a line in the log. Takes a second or two, and nothing when
     * the folder has them already.
     *
     * @param folders searched for libraries, before the system's own search
     * @param cache folder for compiled kernels
     * @throws KernelException that says what is missing if there can be none
     */
    public static KernelLibrary open(List<KernelSource> sources, List<Path> folders, Path cache) {
        CudaDriver driver = CudaDriver.find(folders)
                .orElseThrow(() -> new KernelException("NVIDIA's driver (libcuda.so.1) is not there"));
        Nvrtc compiler = Nvrtc.find(folders)
                .orElseThrow(() -> new KernelException("NVIDIA's compiler (libnvrtc.so.12 or .13) is neither in "
                        + folders + " nor where the system looks for libraries"));
        var library = new KernelLibrary(driver, compiler, new CubinCache(cache), CurrentStream.find(folders));
        sources.forEach(library::add);
        return library;
    }

    private void add(KernelSource source) {
        try {
            MemorySegment module = module(source);
            for (String function : source.functions()) {
                kernels.put(function, new Kernel(function, driver, driver.function(module, function), stream));
            }
        } catch (KernelException e) {
            LOG.warnf("text operators stand in for the kernels of %s: %s", source, e.getMessage());
        }
    }

    private MemorySegment module(KernelSource source) {
        String architecture = driver.architecture();
        String file = source.name().replace(".cu", "") + "-" + machine() + "-" + source.hash() + ".cubin";
        Optional<byte[]> kept = cache.read(file);
        if (kept.isPresent()) {
            try {
                return driver.load(kept.get());
            } catch (KernelException e) {
                LOG.infof("compiling %s again: %s", source, e.getMessage());
            }
        }
        byte[] cubin = compiler.compile(source, architecture);
        compiled++;
        MemorySegment module = driver.load(cubin);
        cache.write(file, cubin);
        return module;
    }

    /** Finds a kernel by the name of its function; empty if it does not compile here. */
    public Optional<Kernel> kernel(String function) {
        return Optional.ofNullable(kernels.get(function));
    }

    /** Names card, driver and compiler as a part of a file's name. */
    public String machine() {
        return driver.architecture() + "-nvrtc" + compiler.version() + "-driver" + driver.version();
    }

    /** Describes card, driver and compiler, for the log. */
    @Override
    public String toString() {
        return driver.architecture() + ", driver " + driver.version() + ", NVRTC " + compiler.version() + ", "
                + compiled + " files compiled";
    }
}
