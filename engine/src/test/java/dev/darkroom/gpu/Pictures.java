package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import org.jspecify.annotations.Nullable;

/** Whole pictures, from the prompt to the pixels: the first, which pays for all that is chosen and compiled then, and those after it. */
final class Pictures {
    private Pictures() {}

    static void run(ArrayNode results, Card card, Plan plan, ImageModel model) {
        boolean first = true;
        for (int steps : plan.steps()) {
            double cold = draw(model, plan.picture(), steps, 1, null);
            ObjectNode line = results.addObject().put("side", plan.picture()).put("steps", steps);
            if (first) {
                line.put("first_ms", cold);
                first = false;
            }
            line.put("ms", draw(model, plan.picture(), steps, 2, line.putObject("parts_ms")));
            line.put("card_bytes", card.taken());
            System.err.println(line);
        }
    }

    private static double draw(ImageModel model, int side, int steps, int seed, @Nullable ObjectNode parts) {
        var job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a fox in the snow", null, new Size(side, side), steps, null, null, seed));
        long start = System.nanoTime();
        Rendering drawn = model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
        double took = (System.nanoTime() - start) / 1e6;
        if (parts != null) {
            drawn.timings().milliseconds().forEach(parts::put);
        }
        return took;
    }
}
