package dev.darkroom.engine;

import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Draws a picture of a size on the CPU: {@code CHECKPOINT SIZE}. Prints the bytes that the process had resident before, the bytes that were
 * predicted for the picture beside that, and the bytes that it had at its peak.
 */
final class CpuPeak {
    private static final Path STATUS = Path.of("/proc/self/status");

    private CpuPeak() {}

    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.SEVERE);
        var residency = new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty()));
        try (Loras loras = Families.loras(1 << 20);
                ImageModel model = Families.open("cpu", Path.of(arguments[0]), Limits.STANDARD, loras)) {
            residency.prepare(model.networks(), model.usualDemand(), Progress.NONE);
            draw(residency, model, new Size(64, 64)); // loads code, and touches the weights
            System.gc();
            long before = bytes("VmRSS");
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak is counted anew
            long predicted = draw(residency, model, Size.parse(arguments[1]));
            System.out.println(before + " " + predicted + " " + bytes("VmHWM"));
        }
        System.exit(0); // libtorch's threads
    }

    private static long draw(Residency residency, ImageModel model, Size size) {
        var job = new Job.TextToImage(TestJobs.PLAIN, TestJobs.of("a fox", null, size, 1, null, null, 3));
        List<Sample> samples = job.samples();
        residency.prepare(model.networks(), model.demand(job, samples, Sources.NONE), Progress.NONE);
        var unused = model.render(job, samples, Sources.NONE, Progress.NONE);
        return residency.plan(model.networks()).orElseThrow().work();
    }

    private static long bytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
