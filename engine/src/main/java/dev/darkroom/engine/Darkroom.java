package dev.darkroom.engine;

import dev.darkroom.hub.HubEnvironment;
import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.hub.Models;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Demand;
import dev.darkroom.model.GpuLane;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.AttentionBackend;
import dev.darkroom.tensor.AttentionChoice;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint, loaded and ready to draw, for any Java program.
 *
 * {@snippet lang=java :
 * try (Darkroom darkroom = Darkroom.open(Path.of("test-payloads/models/pocket-flux"))) {
 *     Drawing sunset = darkroom.generate("a sunset over mountains", DrawOptions.seed(7).withSteps(4));
 *     sunset.save(Path.of("sunset.png"));
 * }
 * }
 *
 * <p>The checkpoint is a directory in diffusers layout, or {@code org/repo} of a hub; its own files name its pipeline. Networks compute on
 * a card if there is one, otherwise on the CPU. Several threads may call: pictures are drawn one at a time, in order.
 *
 * <p>The JVM needs {@code --enable-native-access=ALL-UNNAMED}, and should get {@code -Dai.djl.offline=true}.
 */
public final class Darkroom implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Darkroom.class);
    private static final long LORAS_IN_MEMORY = 2L << 30;
    private static boolean ready;

    private final GpuLane gpu;
    private final Loras loras;
    private final ImageModel model;
    private final Residency residency;

    private Darkroom(GpuLane gpu, Loras loras, ImageModel model, Residency residency) {
        this.gpu = gpu;
        this.loras = loras;
        this.model = model;
        this.residency = residency;
    }

    /**
     * Opens and loads a directory in diffusers layout.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the file that is missing or damaged
     */
    public static Darkroom open(Path checkpoint) throws InterruptedException {
        var gpu = new GpuLane();
        var loaded = new AtomicReference<@Nullable Darkroom>();
        boolean open = false;
        try {
            Darkroom darkroom = gpu.run(() -> {
                Darkroom made = load(gpu, checkpoint);
                loaded.set(made);
                return made;
            });
            open = true;
            return darkroom;
        } finally {
            if (!open) {
                gpu.close(); // whoever was interrupted waits here for what is being loaded
                Darkroom made = loaded.get();
                if (made != null) {
                    made.close();
                }
            }
        }
    }

    /**
     * Opens and loads {@code org/repo}, {@code org/repo@revision} or a path. A repository is taken from the cache of Hugging Face's tools,
     * or downloaded into it; {@code HF_TOKEN}, {@code HF_HOME} and their like are read from the environment.
     *
     * @throws HubException if the repository cannot be downloaded; the message states what to do
     * @throws dev.darkroom.checkpoint.CheckpointException that names the file that is missing or damaged
     */
    public static Darkroom open(String source) throws InterruptedException {
        return open(source, HubEnvironment.ofProcess());
    }

    /** Opens and loads a repository or a path, with the given settings for the hub. */
    public static Darkroom open(String source, HubSettings hub) throws InterruptedException {
        return open(new Models(hub).locate(ModelSource.parse(source)).folder());
    }

    private static Darkroom load(GpuLane gpu, Path checkpoint) {
        Device device = Device.cudaIsMissing().isEmpty() ? Device.CUDA : Device.CPU;
        if (device.isCuda()) {
            makeReady(device);
        }
        Loras loras = Families.loras(LORAS_IN_MEMORY);
        ImageModel model = Families.open(String.valueOf(checkpoint.getFileName()), checkpoint, Limits.STANDARD, loras);
        boolean loaded = false;
        try {
            var residency = new Residency(new PlacementPolicy(device, Optional.empty(), OptionalLong.empty()));
            residency.prepare(model.networks(), model.usualDemand(), Progress.NONE);
            loaded = true;
            return new Darkroom(gpu, loras, model, residency);
        } finally {
            if (!loaded) {
                model.close();
                loras.close();
            }
        }
    }

    /** Starts the kernels and chooses what computes attention, as a worker does at its start: once a process. */
    private static synchronized void makeReady(Device device) {
        if (!ready) {
            String caches = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
            LOG.infof("kernels: %s", CardKernels.start(Path.of(caches, "darkroom", "kernels")));
            LOG.infof("attention: %s", AttentionChoice.make(AttentionBackend.AUTO, device));
            ready = true; // a start that failed is tried again
        }
    }

    /** Draws a picture from a prompt, with the checkpoint's own choices and a random seed. */
    public Drawing generate(String prompt) throws InterruptedException {
        return generate(prompt, DrawOptions.standard());
    }

    /**
     * Draws a picture from a prompt.
     *
     * @throws JobException if the checkpoint cannot do this, naming the option, or if the options' progress ends it
     */
    public Drawing generate(String prompt, DrawOptions options) throws InterruptedException {
        return draw(new Job.TextToImage(DrawOptions.ENVELOPE, options.sampling(prompt)), List.of(), null, options);
    }

    /** Edits a picture by an instruction, with the checkpoint's own choices and a random seed. */
    public Drawing edit(Picture picture, String instruction) throws InterruptedException {
        return edit(List.of(picture), instruction, DrawOptions.standard());
    }

    /**
     * Edits pictures by an instruction; a checkpoint that is not made for edits starts from the picture instead.
     *
     * @param pictures at least one; some checkpoints take several
     * @throws JobException if the checkpoint cannot do this, naming the option, or if the options' progress ends it
     */
    public Drawing edit(List<Picture> pictures, String instruction, DrawOptions options) throws InterruptedException {
        List<String> names = pictures.stream().map(picture -> "").toList();
        var job = new Job.FromImages(DrawOptions.ENVELOPE, options.sampling(instruction), names, options.strength());
        return draw(job, pictures, null, options);
    }

    /**
     * Repaints the part of a picture that is white in a mask.
     *
     * @throws JobException if the checkpoint cannot do this, naming the option, or if the options' progress ends it
     */
    public Drawing fill(Picture picture, Picture mask, String prompt, DrawOptions options) throws InterruptedException {
        var job = new Job.Fill(DrawOptions.ENVELOPE, options.sampling(prompt), "", "");
        return draw(job, List.of(picture), mask, options);
    }

    private Drawing draw(Job.Generation job, List<Picture> pictures, @Nullable Picture mask, DrawOptions options)
            throws InterruptedException {
        model.check(job);
        var sample = job.samples().getFirst();
        var sources = new Sources(pictures, mask, options.loraFiles());
        var interrupted = new AtomicBoolean();
        Progress progress = new Interruptible(interrupted, options.progress());
        try {
            Rendering rendering = gpu.run(() -> {
                Demand demand = model.demand(job, List.of(sample), sources);
                residency.prepare(model.networks(), demand, progress);
                return residency.draw(model, demand, progress, () -> model.render(job, sample, sources, progress));
            });
            return new Drawing(
                    rendering.picture(),
                    sample.seed(),
                    sample.prompt(),
                    rendering.parameters(),
                    rendering.notes(),
                    !pictures.isEmpty());
        } catch (InterruptedException e) {
            interrupted.set(true);
            throw e;
        }
    }

    /** Passes on what happens to a listener, and ends the drawing once its caller was interrupted. */
    private record Interruptible(AtomicBoolean interrupted, Progress listener) implements Progress {
        @Override
        public void report(int step, int steps) {
            if (interrupted.get()) {
                throw new JobException(JobException.Code.CANCELLED, "the calling thread was interrupted", null);
            }
            listener.report(step, steps);
        }

        @Override
        public int previews() {
            return listener.previews();
        }

        @Override
        public void preview(Sample sample, int step, int steps, Picture picture) {
            listener.preview(sample, step, steps, picture);
        }
    }

    /** Waits until all drawings have ended, then frees the networks. */
    @Override
    public void close() {
        gpu.close();
        model.close();
        loras.close();
    }
}
