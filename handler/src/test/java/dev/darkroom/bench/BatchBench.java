package dev.darkroom.bench;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.util.List;
import java.util.Locale;

/** What four pictures of a job take in one pass a step, of the time that they take one after another. */
final class BatchBench {
    private static final int PICTURES = 4;

    private BatchBench() {}

    static void run() throws Exception {
        try (var model = LoadedModel.from(Bench.POCKET)) {
            compare(model, 64, 20);
            compare(model, 128, 20); // larger ones are drawn at this size
        }
    }

    /** Takes turns, so that both meet the same machine. */
    private static void compare(ImageModel model, int side, int repetitions) {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN,
                new Sampling(
                        List.of("a sunset over mountains"),
                        null,
                        new Framing.Exact(new Size(side, side)),
                        4,
                        null,
                        null,
                        1,
                        PICTURES,
                        Shortcuts.NONE,
                        List.of()));
        List<Sample> samples = job.samples();
        double[] together = {Double.MAX_VALUE, Double.MAX_VALUE};
        double[] alone = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int i = -2; i < repetitions; i++) {
            least(together, i, model, job, List.of(samples));
            least(alone, i, model, job, samples.stream().map(List::of).toList());
        }
        System.out.printf(
                Locale.ROOT,
                "%d pictures of %d×%d at once: %.0f ms, one after another %.0f (%.2f); their steps %.0f and %.0f (%.2f)%n",
                PICTURES,
                side,
                side,
                together[0],
                alone[0],
                together[0] / alone[0],
                together[1],
                alone[1],
                together[1] / alone[1]);
    }

    private static void least(double[] least, int round, ImageModel model, Job job, List<List<Sample>> batches) {
        long start = System.nanoTime();
        long steps = 0;
        for (List<Sample> batch : batches) {
            for (Rendering rendering : model.render(job, batch, Sources.NONE, Progress.NONE)) {
                steps += rendering.timings().milliseconds().get("denoise");
            }
        }
        if (round >= 0) {
            least[0] = Math.min(least[0], (System.nanoTime() - start) / 1e6);
            least[1] = Math.min(least[1], steps);
        }
    }
}
