package dev.darkroom;

import dev.darkroom.animation.Animated;
import dev.darkroom.animation.AnimationLimits;
import dev.darkroom.animation.Films;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.depth.DepthModel;
import dev.darkroom.hub.LocatedModel;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.model.ImageModel;
import dev.darkroom.provenance.MarkedFilms;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Placement;
import java.util.Optional;

/** Has the worker's models draw animations: with its limits, its files, and what sees depth for cameras in space. */
final class Animations implements AutoCloseable {
    private final WorkerConfig config;
    private final Films films;
    private Optional<DepthModel> depth = Optional.empty(); // of the GPU's thread

    /** Brings the files of a model onto this machine. */
    @FunctionalInterface
    interface Finder {
        LocatedModel locate(ModelSource source) throws InterruptedException;
    }

    Animations(WorkerConfig config, Films films, PictureSeal seal) {
        this.config = config;
        this.films = new MarkedFilms(films, seal);
    }

    /** Loads the depth model that the settings name; the models that are decorated later see depth by it. */
    void openDepth(Device device, Finder finder) {
        config.depthModel()
                .filter(source -> !source.isBlank())
                .ifPresent(source -> StartupChecks.run("depth model", () -> {
                    LocatedModel located = finder.locate(ModelSource.parse(source));
                    DepthModel loaded = DepthModel.load(located.folder(), new Placement(device, DType.FLOAT32));
                    depth = Optional.of(loaded);
                    return loaded.weightBytes() / 1_000_000 + " MB from " + located.folder();
                }));
    }

    /** Decorates a model. */
    ImageModel of(ImageModel model, String name, LocatedModel located) {
        var limits = new AnimationLimits(
                AnimationLimits.STANDARD.frames(),
                AnimationLimits.STANDARD.pixels(),
                config.limits().values());
        String identity = String.join(
                " ",
                name,
                located.revision().orElse(String.valueOf(located.folder())),
                String.valueOf(config.quantization()),
                config.depthModel().orElse(""));
        return new Animated(model, films, limits, depth.orElse(null), identity);
    }

    @Override
    public void close() {
        depth.ifPresent(DepthModel::close);
    }
}
