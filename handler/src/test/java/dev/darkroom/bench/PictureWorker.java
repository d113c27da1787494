package dev.darkroom.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.ProcessMemory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A process of its own that draws a picture whenever it reads the side of one, and writes what that took: so processes that were started
 * in different surroundings can be asked in turn.
 */
final class PictureWorker {
    private static final int STEPS = 4;

    private PictureWorker() {}

    /** @param arguments the checkpoint */
    public static void main(String[] arguments) throws Exception {
        try (ImageModel model = LoadedModel.from(Path.of(arguments[0]));
                var asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String side = asked.readLine(); side != null; side = asked.readLine()) {
                System.out.println(draw(model, Integer.parseInt(side)));
            }
        }
    }

    private static String draw(ImageModel model, int side) throws Exception {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN,
                TestJobs.of("a sunset over mountains", null, new Size(side, side), STEPS, null, null, 1));
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long worked = system.getProcessCpuTime();
        long start = System.nanoTime();
        Rendering drawn = model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
        double whole = (System.nanoTime() - start) / 1e6;
        return String.format(
                Locale.ROOT,
                "%.3f %.3f %d %d %d",
                whole,
                (system.getProcessCpuTime() - worked) / 1e6,
                drawn.timings().milliseconds().getOrDefault("decode", 0L),
                ProcessMemory.anonymousBytes(),
                ProcessMemory.peakBytes());
    }
}
