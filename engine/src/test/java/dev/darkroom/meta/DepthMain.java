package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.depth.DepthModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.OperatorLog;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Computes depth with each published model at full size on {@code meta}, in an empty folder: one line of JSON each. */
final class DepthMain {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Size PICTURE = new Size(768, 512);

    private final Path folder;
    private final Map<String, SparseComponent> published;

    private DepthMain(Path folder, Map<String, SparseComponent> published) {
        this.folder = folder;
        this.published = published;
    }

    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        var main = new DepthMain(Path.of(arguments[0]), published());
        main.run("small", 384, 12, 6, new int[] {3, 6, 9, 12}, new int[] {48, 96, 192, 384}, 64);
        main.run("base", 768, 12, 12, new int[] {3, 6, 9, 12}, new int[] {96, 192, 384, 768}, 128);
        main.run("large", 1024, 24, 16, new int[] {5, 12, 18, 24}, new int[] {256, 512, 1024, 1024}, 256);
        System.exit(0); // libtorch's threads
    }

    private static Map<String, SparseComponent> published() throws IOException {
        try (InputStream in = Objects.requireNonNull(DepthMain.class.getResourceAsStream("/published/depth.tensors"))) {
            return SparseComponent.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void run(String name, int width, int layers, int heads, int[] stages, int[] neck, int fusion)
            throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        TestCheckpoints.copy(TestCheckpoints.GOLDENS.resolve("tiny-depth-anything-v2-relative"), model);
        Files.delete(model.resolve("model.safetensors"));
        TestCheckpoints.edit(model.resolve("config.json"), config -> {
            config.put("reassemble_hidden_size", width)
                    .put("fusion_hidden_size", fusion)
                    .put("head_hidden_size", 32);
            var widths = config.putArray("neck_hidden_sizes");
            Arrays.stream(neck).forEach(widths::add);
            var backbone = (ObjectNode) config.path("backbone_config");
            backbone.remove("out_features");
            backbone.put("hidden_size", width).put("num_hidden_layers", layers);
            backbone.put("num_attention_heads", heads).put("image_size", 518);
            var indices = backbone.putArray("out_indices");
            Arrays.stream(stages).forEach(indices::add);
        });
        TestCheckpoints.edit(
                model.resolve("preprocessor_config.json"),
                config -> config.putObject("size").put("height", 518).put("width", 518));
        Objects.requireNonNull(published.get(name)).write(model);
        System.out.println(run(name, model));
    }

    private static ObjectNode run(String name, Path folder) {
        ObjectNode line = JSON.createObjectNode().put("model", name);
        var tally = new StepTally();
        try (var log = OperatorLog.to(tally);
                DepthModel model = DepthModel.load(folder, new Placement(Device.META, DType.BFLOAT16));
                var scope = Scope.open("run")) {
            tally.weightsAreThere();
            line.put("numbers", model.weightBytes() / DType.BFLOAT16.bytes()).put("held", tally.weightBytes());
            line.put("seen", model.preprocessor().seen(PICTURE).toString());
            line.put(
                    "shape", Arrays.toString(model.plane(Picture.black(PICTURE)).shape()));
            line.put("peak", tally.activationPeak()).put("predicted", model.peak(PICTURE));
        } catch (RuntimeException e) {
            line.put("error", String.valueOf(e.getMessage()));
        }
        return line;
    }
}
