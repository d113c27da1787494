package dev.darkroom.animation.cadence;

import dev.darkroom.animation.cadence.CadenceStep.Between;
import dev.darkroom.animation.cadence.CadenceStep.Draw;
import dev.darkroom.animation.cadence.CadenceStep.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The order in which an animation is made if only every so many frames are drawn.
 *
 * <p>Beyond a cadence of 1, no drawn picture is a frame itself: it comes in over the frames up to the next drawing, and the last one only
 * serves those before it. So an animation ends before the last frame that is drawn. Source: deforum-art/sd-webui-deforum,
 * {@code render.py}.
 *
 * @param frames Deforum's {@code max_frames}, at least one
 * @param every Deforum's {@code diffusion_cadence}: 1 draws all
 */
public record Cadence(int frames, int every) {
    public Cadence {
        if (frames < 1 || every < 1) {
            throw new IllegalArgumentException(frames + " frames, every " + every);
        }
    }

    /** The frames that are drawn, in order. */
    public int[] drawn() {
        return IntStream.iterate(0, frame -> frame < frames, frame -> frame + every)
                .toArray();
    }

    /** How many frames the animation comes to; none if {@code every} is not below {@code frames} and above 1. */
    public int kept() {
        return every == 1 ? frames : (frames - 1) / every * every;
    }

    /** The frames that are drawn and come in, in order: beyond a cadence of 1 the last one that is drawn does not. */
    public int[] shown() {
        int[] drawn = drawn();
        return every == 1 ? drawn : Arrays.copyOf(drawn, drawn.length - 1);
    }

    /** All that frames of the animation follow from, in order. */
    public List<CadenceStep> stepsShown() {
        List<CadenceStep> steps = steps();
        return every == 1 ? steps : steps.subList(0, steps.size() - 1);
    }

    /** All that is to be done, in order. */
    public List<CadenceStep> steps() {
        List<CadenceStep> steps = new ArrayList<>();
        for (int drawn : drawn()) {
            if (every > 1 && drawn > 0) {
                between(steps, drawn - every);
            }
            Start from = drawn == 0 ? Start.NOTHING : every == 1 ? Start.DRAWN : Start.BETWEEN;
            steps.add(new Draw(drawn, from, every == 1));
        }
        return List.copyOf(steps);
    }

    private void between(List<CadenceStep> steps, int newest) {
        OptionalInt previous = newest == 0 ? OptionalInt.empty() : OptionalInt.of(newest - every);
        for (int frame = newest; frame < newest + every; frame++) {
            double weight = (frame - newest + 1) / (double) every;
            steps.add(new Between(frame, weight, previous, newest, previous.isPresent(), frame > newest));
        }
    }
}
