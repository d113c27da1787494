package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.meta.Scenario;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole pictures, from the prompt to the pixels: the first, which pays for all that is chosen and compiled then, and those after it. */
final class Pictures {
    private Pictures() {}

    static void run(ArrayNode results, Card card, Plan plan, String name, ImageModel model) {
        boolean first = true;
        for (int steps : plan.steps()) {
            Scenario scenario = Scenario.usual(name, new Size(plan.picture(), plan.picture()), steps);
            double cold = draw(model, scenario, null);
            ObjectNode line = results.addObject().put("side", plan.picture()).put("steps", steps);
            if (first) {
                line.put("first_ms", cold);
                first = false;
            }
            line.put("ms", draw(model, scenario, line.putObject("parts_ms")));
            line.put("card_bytes", card.taken());
            System.err.println(line);
        }
    }

    private static double draw(ImageModel model, Scenario scenario, @Nullable ObjectNode parts) {
        Job.Generation job = scenario.job();
        long start = System.nanoTime();
        Rendering drawn = model.render(job, TestJobs.first(job), scenario.sources(List.of()), Progress.NONE);
        double took = (System.nanoTime() - start) / 1e6;
        if (parts != null) {
            drawn.timings().milliseconds().forEach(parts::put);
        }
        return took;
    }
}
