package dev.darkroom.diffusion.preview;

import dev.darkroom.diffusion.LatentsListener;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Tells the listener of a run what its pictures look like at some of its steps: where the velocity of that step would lead to in one go,
 * seen through a {@link Lens}. The run itself is the same with it and without it.
 */
final class Previews implements LatentsListener {
    private final Progress listener;
    private final List<Sample> batch;
    private final PackedLatents latentSpace;
    private final TokenGrid grid;
    private final Lens lens;
    private final Queue<Pending> queued = new ArrayDeque<>();

    private record Pending(int step, Tensor pixels) {}

    Previews(Progress listener, List<Sample> batch, PackedLatents latentSpace, TokenGrid grid, Lens lens) {
        this.listener = listener;
        this.batch = batch;
        this.latentSpace = latentSpace;
        this.grid = grid;
        this.lens = lens;
    }

    /** Returns true if a preview comes after this step: they are spread evenly, and none comes after the last step, with the picture itself. */
    static boolean isDue(int step, int steps, int count) {
        int parts = Math.min(count, steps - 1) + 1;
        for (int i = 1; i < parts; i++) {
            if (Math.round((double) i * steps / parts) == step) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<Tensor> see(int step, int steps, Tensor latents, Tensor velocity, double sigma) {
        if (!isDue(step, steps, listener.previews())) {
            return Optional.empty();
        }
        try (var scope = Scope.open("preview")) {
            Tensor clean = FlowMatchSchedule.step(latents, velocity, sigma, 0);
            Tensor pixels = scope.keep(lens.show(latentSpace.unscaled(clean, grid)));
            queued.add(new Pending(step, pixels));
            return Optional.of(pixels);
        }
    }

    @Override
    public void report(int step, int steps) {
        listener.report(step, steps);
        if (!queued.isEmpty() && queued.element().step == step) {
            tell(queued.remove(), steps);
        }
    }

    private void tell(Pending preview, int steps) {
        int height = Math.toIntExact(preview.pixels.size(1));
        int width = Math.toIntExact(preview.pixels.size(2));
        byte[] all = preview.pixels.toBytes();
        int length = 3 * width * height;
        for (int i = 0; i < batch.size(); i++) {
            byte[] rgb = Arrays.copyOfRange(all, i * length, (i + 1) * length);
            listener.preview(batch.get(i), preview.step, steps, new Picture(width, height, rgb));
        }
    }

    @Override
    public void checkCancelled() {
        listener.checkCancelled();
    }
}
