package dev.darkroom.engine;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxNames;
import dev.darkroom.flux2.Flux2Checkpoint;
import dev.darkroom.flux2.Flux2Names;
import dev.darkroom.job.Limits;
import dev.darkroom.longcat.LongCatCheckpoint;
import dev.darkroom.longcat.LongCatTransformer;
import dev.darkroom.lora.LoraNames;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.ImageModel;
import dev.darkroom.qwenimage.QwenImageCheckpoint;
import dev.darkroom.qwenimage.QwenImageLoraNames;
import dev.darkroom.zimage.ZImageCheckpoint;
import dev.darkroom.zimage.ZImageNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The known families of models, distinguished by the pipeline that a checkpoint's {@code model_index.json} names. */
public final class Families {
    private static final List<Entry> ALL = List.of(
            new Entry(FluxCheckpoint.PIPELINES, FluxCheckpoint::open, FluxNames.NAMES),
            new Entry(Flux2Checkpoint.PIPELINES, Flux2Checkpoint::open, Flux2Names.NAMES),
            new Entry(QwenImageCheckpoint.PIPELINES, QwenImageCheckpoint::open, new QwenImageLoraNames()),
            new Entry(LongCatCheckpoint.PIPELINES, LongCatCheckpoint::open, LongCatTransformer.NAMES),
            new Entry(ZImageCheckpoint.PIPELINES, ZImageCheckpoint::open, new ZImageNames()));

    private Families() {}

    private record Entry(List<String> pipelines, Opener opener, LoraNames loraNames) {}

    /** Opens a checkpoint of one family, without loading its networks. */
    private interface Opener {
        ImageModel open(String name, Path checkpoint, Limits limits, Loras loras);
    }

    /**
     * Opens a checkpoint in diffusers layout, without loading its networks.
     *
     * @param name of the model, for messages
     * @throws CheckpointException that names the file that is missing or damaged, or the pipelines known here
     */
    public static ImageModel open(String name, Path checkpoint, Limits limits, Loras loras) {
        refusePipes(checkpoint);
        Path index = checkpoint.resolve("model_index.json");
        String pipeline = ConfigFile.read(index).text("_class_name", "");
        return ALL.stream()
                .filter(family -> family.pipelines.contains(pipeline))
                .findFirst()
                .orElseThrow(() -> new CheckpointException(index + ": _class_name '" + pipeline + "' is none of "
                        + ALL.stream()
                                .flatMap(family -> family.pipelines.stream())
                                .collect(Collectors.joining(", "))))
                .opener
                .open(name, checkpoint, limits, loras);
    }

    /** Refuses a checkpoint with a pipe or a device among its files, whose reading might never end. */
    private static void refusePipes(Path checkpoint) {
        try (Stream<Path> files = Files.walk(checkpoint, 2)) {
            files.filter(file -> Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file))
                    .findFirst()
                    .ifPresent(file -> {
                        throw new CheckpointException(file + ": is no file, but a pipe or a device");
                    });
        } catch (IOException | UncheckedIOException e) {
            // whoever reads the file in question says so better
        }
    }

    /**
     * Makes a cache of LoRAs for models of all families.
     *
     * @param mostBytes bytes of LoRAs that may stay in memory between jobs
     */
    public static Loras loras(long mostBytes) {
        return new Loras(mostBytes, ALL.stream().map(Entry::loraNames).toList());
    }
}
