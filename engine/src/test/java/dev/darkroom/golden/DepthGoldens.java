package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.depth.DepthConfig;
import dev.darkroom.depth.DepthModel;
import dev.darkroom.depth.DepthPreprocessor;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Goldens of Depth Anything V2: sizes at which pictures are seen, and runs from a picture to the depth of its pixels with all stages
 * between. Its checkpoints are single networks without a {@code model_index.json}, so they are found here.
 */
final class DepthGoldens {
    static final String NAME = "depth";

    private static final Placement PLACEMENT = new Placement(GoldenTensors.DEVICE, GoldenTensors.DTYPE);
    private static final String CONFIG = "config.json";
    private static final int PATCH = 14;
    private static final int SIDE = 518; // of the pictures that the published checkpoints see
    private static final int DEPTH = 3;
    private static final int LEVELS_UP = 3;

    private final Path folder;
    private final String file;
    private final JsonNode entry;

    private DepthGoldens(Path folder, String file, JsonNode entry) {
        this.folder = folder;
        this.file = file;
        this.entry = entry;
    }

    /** True if the manifest in a folder is of these goldens. */
    static boolean has(Path folder, String manifest) {
        return folder.endsWith(NAME) || manifest.contains("DepthAnythingForDepthEstimation");
    }

    static List<GoldenCase> cases(Path folder) {
        List<GoldenCase> cases = new ArrayList<>();
        GoldenValues.read(folder.resolve("manifest.json")).properties().forEach(entry -> {
            var golden = new DepthGoldens(folder, entry.getKey(), entry.getValue());
            if (Files.exists(folder.resolve(entry.getKey()))) {
                cases.add(new GoldenCase(NAME + "/" + entry.getKey(), golden::compare));
            }
        });
        return cases;
    }

    private List<Comparison> compare() {
        return file.endsWith(".json") ? sizes() : run();
    }

    private List<Comparison> sizes() {
        int side = entry.path("params").path("size").asInt(SIDE);
        int multiple = entry.path("params").path("multiple").asInt(PATCH);
        var preprocessor = new DepthPreprocessor(
                new Size(side, side),
                true,
                multiple,
                multiple,
                1 / 255.0,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0));
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : GoldenValues.read(folder.resolve(file))) {
            Size picture = GoldenValues.size(row.path("image_wh"));
            results.add(Comparison.equal(
                    picture.toString(), preprocessor.seen(picture), GoldenValues.size(row.path("resized_wh"))));
        }
        return results;
    }

    private List<Comparison> run() {
        try (var scope = Scope.open("golden");
                DepthModel model = DepthModel.load(checkpoint(), PLACEMENT)) {
            GoldenTensors golden = GoldenTensors.read(folder.resolve(file));
            List<Comparison> results = new ArrayList<>();
            Picture picture = golden.picture("in.image_uint8");
            Picture resized = model.preprocessor().resized(picture);
            results.add(Comparison.of(
                    "mid.resized_uint8",
                    GoldenValues.levels(resized.rgb()),
                    golden.floats("mid.resized_uint8"),
                    Tolerance.EXACT));
            Tensor pixels = model.preprocessor().pixels(resized);
            results.add(Comparison.of(
                    "mid.pixel_values", pixels.toFloats(), golden.floats("mid.pixel_values"), Tolerance.NETWORK));
            float[][] depth = new float[1][];
            Map<String, float[]> seen =
                    Probe.record(() -> depth[0] = model.depth(picture).values());
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            golden.compare(results, seen, "out.", Tolerance.NETWORK);
            results.add(Comparison.of(
                    "out.at_image_size", depth[0], golden.floats("out.at_image_size"), Tolerance.NETWORK));
            return results;
        }
    }

    /** The folder whose name holds the word that the manifest or the file's name states, beside the goldens or some levels above them. */
    private Path checkpoint() {
        String word = Checkpoints.variant(file, entry);
        Path place = folder.toAbsolutePath().normalize();
        for (int level = 0; level <= LEVELS_UP && place != null; level++, place = place.getParent()) {
            try (Stream<Path> files = Files.find(place, DEPTH, (path, attributes) -> path.endsWith(CONFIG))) {
                var found = files.filter(path ->
                                path.getParent().getFileName().toString().contains(word))
                        .filter(DepthGoldens::isOfDepth)
                        .map(Path::getParent)
                        .min(Path::compareTo);
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("no checkpoint of Depth Anything is named " + word);
    }

    private static boolean isOfDepth(Path config) {
        return DepthConfig.MODEL_TYPE.equals(
                GoldenValues.read(config).path("model_type").asText());
    }
}
