package dev.darkroom.animation;

import dev.darkroom.animation.cadence.CadenceStep;
import dev.darkroom.animation.cadence.CadenceStep.Between;
import dev.darkroom.animation.cadence.CadenceStep.Draw;
import dev.darkroom.animation.cadence.CadenceStep.Start;
import dev.darkroom.animation.flow.Flow;
import dev.darkroom.animation.flow.Meeting;
import dev.darkroom.animation.flow.OpticalFlow;
import dev.darkroom.animation.frame.Blend;
import dev.darkroom.animation.frame.FrameNumbers;
import dev.darkroom.animation.frame.NextFrame;
import dev.darkroom.animation.seed.Seeds;
import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.job.Frames;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Draws the frames of one animation, in order, and adds them to a film. Holds four pictures at most: the two that were drawn last, the
 * last frame, and the poster.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code render.py}.
 */
final class FrameLoop {
    private final ImageModel model;
    private final FrameJobs jobs;
    private final AnimationPlan plan;
    private final NextFrame next;
    private final Sources sources;
    private final Following following;
    private final Progress progress;
    private final Function<Picture, @Nullable DepthMap> depths;
    private final Film film;
    private final Timings timings;
    private final int stepsOfFrame;
    private final int posterAt;

    private @Nullable Picture earlier;
    private @Nullable Picture later;
    private @Nullable Picture last;
    private @Nullable Picture poster;
    private @Nullable Rendering first;
    private boolean isResuming = true;
    private int drawings;
    private int added;

    /**
     * @param following of the job's video
     * @param depths sees how far away things are in a picture; gives null where all of it is equally far
     * @param film that frames are added to
     * @param stepsOfFrame that a frame counts for in the progress
     * @param posterAt number of the frame that stands for the film, from 0; the last one that is drawn if the film ends before
     */
    FrameLoop(
            ImageModel model,
            FrameJobs jobs,
            NextFrame next,
            Sources sources,
            Following following,
            Progress progress,
            Function<Picture, @Nullable DepthMap> depths,
            Film film,
            Timings timings,
            int stepsOfFrame,
            int posterAt) {
        this.model = model;
        this.jobs = jobs;
        this.plan = jobs.plan();
        this.next = next;
        this.sources = sources;
        this.following = following;
        this.progress = progress;
        this.depths = depths;
        this.film = film;
        this.timings = timings;
        this.stepsOfFrame = stepsOfFrame;
        this.posterAt = posterAt;
    }

    /** Draws all frames, or those up to where the job is cancelled if it is to end early then; returns the one that stands for the film. */
    Picture run() {
        try {
            plan.order().forEach(this::take);
        } catch (JobException e) {
            if (e.code() != JobException.Code.CANCELLED || added == 0 || !progress.endsEarly()) {
                throw e;
            }
        }
        if (poster == null) {
            throw new IllegalStateException("an animation without a frame");
        }
        return poster;
    }

    private void take(CadenceStep step) {
        progress.checkCancelled();
        switch (step) {
            case Draw draw -> draw(draw);
            case Between between -> between(between);
        }
    }

    /** How many frames the film has so far. */
    int added() {
        return added;
    }

    /** What the model said of the first frame that was drawn; empty if all were found. */
    Optional<Rendering> first() {
        return Optional.ofNullable(first);
    }

    private void draw(Draw draw) {
        following.recolour(next, draw.frame());
        Picture picture = found().orElseGet(() -> drawn(draw));
        earlier = later;
        later = picture;
        drawings++;
        part(drawings - 1, plan.redrawings()).report(1, 1);
        if (draw.isKept()) {
            add(picture);
        }
    }

    /** A frame of an earlier try, as long as none was missing before it. */
    private Optional<Picture> found() {
        Optional<Picture> kept = isResuming
                ? progress.frames()
                        .find(drawings)
                        .filter(picture -> picture.size().equals(jobs.size()))
                : Optional.empty();
        isResuming = kept.isPresent();
        if (next.reference().isEmpty()) {
            kept.ifPresent(next::keepColoursOf);
        }
        return kept;
    }

    private Picture drawn(Draw draw) {
        long seed = plan.seeds()[drawings];
        Picture picture = next.drawn(following.after(generated(draw, start(draw, seed), seed), draw.frame()));
        timings.lap("colour");
        Frames kept = progress.frames();
        kept.keep(drawings, picture);
        timings.lap("keep");
        return picture;
    }

    /** What a frame is drawn from; null for noise. */
    private @Nullable Picture start(Draw draw, long seed) {
        if (draw.from() == Start.NOTHING && plan.startsFromImage()) {
            return sources.image();
        }
        Picture ofVideo = following.start(draw);
        if (ofVideo != null) {
            timings.lap("footage");
        }
        if (ofVideo != null || draw.from() == Start.NOTHING) {
            return ofVideo;
        }
        Picture before = draw.from() == Start.DRAWN ? later : last;
        if (before == null || !plan.mode().isChained()) {
            return null;
        }
        Picture start =
                next.start(before, numbers(draw.frame()), depths.apply(before), seed, following.before(draw.frame()));
        timings.lap("move");
        return start;
    }

    private Picture generated(Draw draw, @Nullable Picture start, long seed) {
        int frame = draw.frame();
        boolean isFirst = draw.from() == Start.NOTHING && plan.mode() != AnimationMode.VIDEO;
        double givenUp = FrameJobs.givenUp(isFirst ? plan.startStrength() : plan.strength()[frame]);
        Picture from = start;
        for (int i = 0; i < plan.redrawings() && !isFirst && from != null && givenUp < 1; i++) {
            from = generated(frame, from, givenUp, Seeds.any(seed, i), i);
        }
        return generated(frame, from, givenUp, seed, plan.redrawings());
    }

    private Picture generated(int frame, @Nullable Picture start, double givenUp, long seed, int pass) {
        if (start == null || givenUp >= 1) {
            return rendered(jobs.alone(frame, seed), new Sources(List.of(), null, sources.loras()), pass);
        }
        boolean isOfSize = start.size().equals(jobs.size());
        if (givenUp <= 0 && isOfSize) {
            return start; // nothing of it is given up
        }
        double part = Math.max(givenUp, Double.MIN_NORMAL);
        return rendered(jobs.from(frame, seed, part), new Sources(List.of(start), null, sources.loras()), pass);
    }

    private Picture rendered(Job.Generation job, Sources from, int pass) {
        Rendering rendering = model.render(job, job.samples().getFirst(), from, part(drawings, pass));
        timings.add(rendering.timings());
        if (first == null) {
            first = rendering;
        }
        return rendering.picture();
    }

    private FrameProgress part(int drawing, int pass) {
        int passes = plan.redrawings() + 1;
        return new FrameProgress(progress, drawing * passes + pass, plan.drawings() * passes, stepsOfFrame);
    }

    private void between(Between between) {
        if (added == plan.frames() || later == null) {
            return;
        }
        FrameNumbers numbers = numbers(between.frame());
        boolean moves = between.movesPrevious() || between.movesNext();
        DepthMap depth = moves ? depths.apply(later) : null; // the older picture has none of its own
        UnaryOperator<Picture> followed = moves ? following.between(last, between.frame()) : UnaryOperator.identity();
        if (earlier != null && between.movesPrevious()) {
            earlier = followed.apply(next.moved(earlier, numbers, depth));
        }
        if (between.movesNext()) {
            later = followed.apply(next.moved(later, numbers, depth));
        }
        last = next.overlaid(together(between));
        timings.lap("move");
        add(last);
    }

    /** The frame that lies between the pictures that were drawn last, which have been moved into it. */
    private Picture together(Between between) {
        Picture newer = Objects.requireNonNull(later);
        if (earlier == null || between.weight() == 1) {
            return newer;
        }
        double[] factors = plan.cadenceFlow();
        if (factors == null || plan.strength()[between.next()] <= 0) { // the newer one was not drawn from the older
            return Blend.of(earlier, newer, between.weight());
        }
        Flow flow = OpticalFlow.between(earlier, newer);
        Meeting met = Meeting.of(earlier, newer, between.weight(), flow, factors[between.frame()]);
        return Blend.of(met.earlier(), met.later(), between.weight());
    }

    private FrameNumbers numbers(int frame) {
        return plan.curves().at(frame, jobs.size());
    }

    private void add(Picture frame) {
        if (added <= posterAt) {
            poster = frame;
        }
        film.add(frame);
        progress.frame(added, plan.frames(), frame);
        added++;
        timings.lap("film");
    }
}
