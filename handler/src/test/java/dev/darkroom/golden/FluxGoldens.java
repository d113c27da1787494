package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.flux.FluxComponents;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux.FluxFillPipeline;
import dev.darkroom.flux.FluxKontextPipeline;
import dev.darkroom.flux.FluxLoader;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.flux.FluxRequest;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.flux.Positions;
import dev.darkroom.flux.PromptEncoder;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.PilResize;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * The goldens of FLUX.1: one case a file of a manifest. A manifest may name the checkpoint of a file; else the one is taken whose name
 * the file's name holds, and where several fit, the first that agrees.
 */
final class FluxGoldens {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);

    private final Path folder;
    private final Checkpoints checkpoints;

    private FluxGoldens(Path folder, Checkpoints checkpoints) {
        this.folder = folder;
        this.checkpoints = checkpoints;
    }

    /** The cases of one folder with a {@code manifest.json}. */
    static List<GoldenCase> cases(Path folder, Checkpoints checkpoints) {
        var goldens = new FluxGoldens(folder, checkpoints);
        List<GoldenCase> cases = new ArrayList<>();
        read(folder.resolve("manifest.json")).properties().forEach(entry -> {
            String file = entry.getKey();
            if (Files.exists(folder.resolve(file))) {
                cases.add(new GoldenCase("flux/" + file, () -> goldens.run(file, entry.getValue())));
            }
        });
        return cases;
    }

    private List<Comparison> run(String file, JsonNode entry) {
        Path path = folder.resolve(file);
        JsonNode params = entry.path("params");
        String variant = variant(file, entry);
        if (file.startsWith("tokenizers")) {
            return tokenizers(read(path));
        } else if (file.startsWith("scheduler")) {
            return scheduler(read(path));
        } else if (file.startsWith("kontext_resolutions")) {
            return kontextResolutions(read(path));
        } else if (file.startsWith("image_preprocess")) {
            return imagePreprocess(GoldenTensors.read(path), params);
        } else if (file.startsWith("clip_text")) {
            return firstThatAgrees("text_encoder", variant, checkpoint -> clip(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("t5_encoder")) {
            return firstThatAgrees("text_encoder_2", variant, checkpoint -> t5(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vae_decode")) {
            return firstThatAgrees("vae", variant, checkpoint -> vaeDecode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vae_encode")) {
            return firstThatAgrees("vae", variant, checkpoint -> vaeEncode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("transformer")) {
            return firstThatAgrees(
                    "transformer", variant, checkpoint -> transformer(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("pipeline")) {
            return firstThatAgrees(
                    "transformer", variant, checkpoint -> pipeline(checkpoint, params, GoldenTensors.read(path)));
        }
        throw new IllegalArgumentException("no comparison is known for " + file);
    }

    /** The word of a checkpoint's name: stated in the manifest, or the one behind the kind in the file's name. */
    private static String variant(String file, JsonNode entry) {
        for (JsonNode stated :
                List.of(entry.path("checkpoint"), entry.path("params").path("checkpoint"))) {
            if (stated.isTextual()) {
                return Path.of(stated.asText()).getFileName().toString();
            }
        }
        String[] words = file.replaceAll("\\..*", "").split("_", -1);
        return words.length > 1 ? words[1] : "";
    }

    /** The results of the best fitting checkpoint, or of the first other one that agrees. */
    private List<Comparison> firstThatAgrees(
            String component, String variant, Function<Path, List<Comparison>> comparison) {
        List<Supplier<List<Comparison>>> outcomes = new ArrayList<>();
        for (Path checkpoint : checkpoints.with(component, variant, variant.equals("kontext") ? "dev" : variant)) {
            try {
                List<Comparison> results = comparison.apply(checkpoint);
                if (results.stream().allMatch(Comparison::passes)) {
                    return results;
                }
                outcomes.add(() -> results);
            } catch (RuntimeException e) {
                outcomes.add(() -> {
                    throw e;
                });
            }
        }
        if (outcomes.isEmpty()) {
            throw new IllegalStateException("no checkpoint has a " + component);
        }
        return outcomes.getFirst().get();
    }

    /** A component of a checkpoint, or of another one where the checkpoint has only what differs. */
    private Path component(Path checkpoint, String name) {
        return Files.isDirectory(checkpoint.resolve(name))
                ? checkpoint.resolve(name)
                : checkpoints
                        .with(name, checkpoint.getFileName().toString().replace("fill", "dev"), "dev")
                        .getFirst()
                        .resolve(name);
    }

    /** Every checkpoint whose tokenizers agree, at least one. */
    private List<Comparison> tokenizers(JsonNode rows) {
        List<List<Comparison>> all = checkpoints.with("tokenizer_2").stream()
                .map(checkpoint -> tokenizers(rows, checkpoint))
                .toList();
        List<Comparison> agreeing = all.stream()
                .filter(results -> results.stream().allMatch(Comparison::passes))
                .flatMap(List::stream)
                .toList();
        return agreeing.isEmpty() && !all.isEmpty() ? all.getFirst() : agreeing;
    }

    private static List<Comparison> tokenizers(JsonNode rows, Path checkpoint) {
        ClipTokenizer clip = ClipTokenizer.read(checkpoint.resolve("tokenizer"), 77);
        T5Tokenizer t5 = T5Tokenizer.read(checkpoint.resolve("tokenizer_2"));
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            String text = row.path("text").asText();
            row.properties().forEach(field -> {
                String label = checkpoint.getFileName() + " " + field.getKey() + " of '" + text + "'";
                String length = field.getKey().replaceAll(".*_", "");
                if (field.getKey().startsWith("clip_ids")) {
                    results.add(Comparison.equal(label, list(clip.encode(text)), list(field.getValue())));
                } else if (field.getKey().startsWith("t5_ids")) {
                    results.add(Comparison.equal(
                            label, list(t5.encode(text, Integer.parseInt(length))), list(field.getValue())));
                }
            });
        }
        return results;
    }

    private List<Comparison> scheduler(JsonNode rows) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            FlowMatchSchedule schedule = schedule(
                    checkpoints.with("scheduler", row.path("config").asText()).getFirst());
            String label = row.path("config").asText() + " " + row.path("steps") + " steps, "
                    + row.path("image_seq_len") + " tokens: ";
            int tokens = row.path("image_seq_len").asInt();
            double[] sigmas = schedule.sigmas(row.path("steps").asInt(), tokens);
            double[] timesteps = Arrays.stream(sigmas)
                    .limit(sigmas.length - 1)
                    .map(s -> 1000 * s)
                    .toArray();
            results.add(Comparison.of(
                    label + "mu",
                    new double[] {schedule.mu(tokens)},
                    new double[] {row.path("mu").asDouble()},
                    Tolerance.SIGMAS));
            results.add(Comparison.of(label + "sigmas", sigmas, doubles(row.path("sigmas")), Tolerance.SIGMAS));
            results.add(
                    Comparison.of(label + "timesteps", timesteps, doubles(row.path("timesteps")), Tolerance.TIMESTEPS));
        }
        return results;
    }

    private static List<Comparison> kontextResolutions(JsonNode rules) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rules.path("reference_image")) {
            results.add(Comparison.equal(
                    "reference " + row.path("image_wh"),
                    KontextSizes.STANDARD.reference(size(row.path("image_wh"))),
                    size(row.path("resized_wh"))));
        }
        for (JsonNode row : rules.path("output_size")) {
            results.add(Comparison.equal(
                    "output " + row.path("requested_wh"),
                    KontextSizes.STANDARD.generated(size(row.path("requested_wh"))),
                    size(row.path("output_wh"))));
        }
        return results;
    }

    private static List<Comparison> imagePreprocess(GoldenTensors golden, JsonNode params) {
        List<Comparison> results = new ArrayList<>();
        for (int i = 0; golden.has("case" + i + ".in"); i++) {
            String name = "case" + i;
            Size size = size(params.path("cases").path(i).path("out_wh"));
            var in = golden.picture(name + ".in");
            results.add(Comparison.of(
                    name + ".resized",
                    levels(PilResize.LANCZOS.apply(in, size).rgb()),
                    golden.floats(name + ".resized"),
                    Tolerance.EXACT));
            results.add(Comparison.of(
                    name + ".bicubic",
                    levels(PilResize.BICUBIC.apply(in, size).rgb()),
                    golden.floats(name + ".bicubic"),
                    Tolerance.EXACT));
            try (var scope = Scope.open("preprocess")) {
                float[] out = ImageProcessor.preprocess(in, size, Device.CPU).toFloats();
                results.add(Comparison.of(name + ".out", out, golden.floats(name + ".out"), Tolerance.NETWORK));
            }
        }
        return results;
    }

    private static List<Comparison> clip(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<ClipTextEncoder> loaded = FluxLoader.textEncoder(checkpoint.resolve("text_encoder"), CPU)) {
            ClipTextEncoder encoder = loaded.network();
            List<Comparison> results = new ArrayList<>();
            Map<String, float[]> seen =
                    Probe.record(() -> Probe.see("last_hidden_state", encoder.encode(golden.tensor("input_ids"))));
            compareSeen(results, seen, golden, "", Tolerance.NETWORK);
            long[] ids = golden.longs("input_ids");
            int length = (int) golden.shape("input_ids")[1];
            float[] pooled = join(IntStream.range(0, ids.length / length)
                    .mapToObj(i -> encoder.pooled(Arrays.copyOfRange(ids, i * length, (i + 1) * length))
                            .toFloats())
                    .toList());
            results.add(Comparison.of("pooler_output", pooled, golden.floats("pooler_output"), Tolerance.NETWORK));
            return results;
        }
    }

    private static List<Comparison> t5(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<T5Encoder> loaded = FluxLoader.textEncoder2(checkpoint.resolve("text_encoder_2"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            Map<String, float[]> seen = Probe.record(
                    () -> Probe.see("last_hidden_state", loaded.network().encode(golden.tensor("input_ids"))));
            compareSeen(results, seen, golden, "", Tolerance.NETWORK);
            return results;
        }
    }

    private static List<Comparison> vaeDecode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKL> loaded = FluxLoader.vae(checkpoint.resolve("vae"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            float[][] image = new float[1][];
            Map<String, float[]> seen = Probe.record(() ->
                    image[0] = loaded.network().decode(golden.tensor("in.z")).toFloats());
            compareSeen(results, seen, golden, "mid.", Tolerance.NETWORK);
            results.add(Comparison.of("out.image", image[0], golden.floats("out.image"), Tolerance.NETWORK));
            return results;
        }
    }

    private static List<Comparison> vaeEncode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKL> loaded = FluxLoader.vae(checkpoint.resolve("vae"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            AutoencoderKL.Posterior[] posterior = new AutoencoderKL.Posterior[1];
            Map<String, float[]> seen =
                    Probe.record(() -> posterior[0] = loaded.network().encode(golden.tensor("in.image")));
            compareSeen(results, seen, golden, "mid.", Tolerance.NETWORK);
            float[] mean = posterior[0].mean().toFloats();
            results.add(Comparison.of("out.mean", mean, golden.floats("out.mean"), Tolerance.NETWORK));
            results.add(Comparison.of("out.mode", mean, golden.floats("out.mode"), Tolerance.NETWORK));
            results.add(Comparison.of(
                    "out.logvar", posterior[0].logvar().toFloats(), golden.floats("out.logvar"), Tolerance.NETWORK));
            return results;
        }
    }

    private static List<Comparison> transformer(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<FluxTransformer> loaded = FluxLoader.transformer(checkpoint.resolve("transformer"), CPU)) {
            FluxTransformer transformer = loaded.network();
            List<Comparison> results = new ArrayList<>();
            Tensor ids = Tensor.cat(0, golden.tensor("in.txt_ids"), golden.tensor("in.img_ids"));
            Tensor rope = Positions.rope(ids, transformer.config());
            rope(results, rope, golden);
            float[][] sample = new float[1][];
            Map<String, float[]> seen = Probe.record(() -> sample[0] = transformer
                    .forward(
                            golden.tensor("in.hidden_states"),
                            golden.tensor("in.encoder_hidden_states"),
                            golden.tensor("in.pooled_projections"),
                            golden.tensor("in.timestep"),
                            golden.has("in.guidance") ? golden.tensor("in.guidance") : null,
                            rope)
                    .toFloats());
            compareSeen(results, seen, golden, "mid.", Tolerance.NETWORK);
            for (int i = 0; golden.has("mid.single." + i + ".1"); i++) {
                String name = "mid.single." + i;
                float[] joint = Tensor.cat(1, golden.tensor(name + ".0"), golden.tensor(name + ".1"))
                        .toFloats();
                results.add(Comparison.of(name, seen.get("single." + i), joint, Tolerance.NETWORK));
            }
            results.add(Comparison.of("out.sample", sample[0], golden.floats("out.sample"), Tolerance.NETWORK));
            return results;
        }
    }

    /** The reference keeps cosines and sines of every feature; a pair of features turns by one angle. */
    private static void rope(List<Comparison> results, Tensor rope, GoldenTensors golden) {
        if (golden.has("mid.rope.0")) {
            float[] cosSin = Operators.complexParts(rope).toFloats();
            for (int part = 0; part < 2; part++) {
                float[] repeated = new float[cosSin.length];
                for (int i = 0; i < cosSin.length; i++) {
                    repeated[i] = cosSin[i / 2 * 2 + part];
                }
                results.add(Comparison.of(
                        "mid.rope." + part, repeated, golden.floats("mid.rope." + part), Tolerance.NETWORK));
            }
        }
    }

    /** The four networks of a pipeline, loaded. */
    record Networks(
            Loaded<ClipTextEncoder> clip,
            Loaded<T5Encoder> t5,
            Loaded<FluxTransformer> transformer,
            Loaded<AutoencoderKL> vae,
            PromptEncoder promptEncoder)
            implements AutoCloseable {
        FluxComponents components(FlowMatchSchedule schedule) {
            return new FluxComponents(promptEncoder, transformer.network(), vae.network(), schedule);
        }

        @Override
        public void close() {
            clip.close();
            t5.close();
            transformer.close();
            vae.close();
        }
    }

    /** Loads a checkpoint that has all of its components. */
    static Networks networks(Path checkpoint) {
        return networks(checkpoint, checkpoint::resolve);
    }

    private static Networks networks(Path checkpoint, Function<String, Path> component) {
        var clip = FluxLoader.textEncoder(component.apply("text_encoder"), CPU);
        var t5 = FluxLoader.textEncoder2(component.apply("text_encoder_2"), CPU);
        var transformer = FluxLoader.transformer(checkpoint.resolve("transformer"), CPU);
        var vae = FluxLoader.vae(component.apply("vae"), CPU);
        var promptEncoder = FluxLoader.promptEncoder(
                component.apply("tokenizer"), clip.network(), component.apply("tokenizer_2"), t5.network());
        return new Networks(clip, t5, transformer, vae, promptEncoder);
    }

    private List<Comparison> pipeline(Path checkpoint, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var networks = networks(checkpoint, name -> component(checkpoint, name))) {
            FluxComponents components = networks.components(schedule(checkpoint));
            PromptEncoder promptEncoder = networks.promptEncoder();
            FluxConfig config = components.transformer().config();
            var request = new FluxRequest(
                    params.path("prompt").asText(),
                    params.hasNonNull("negative_prompt")
                            ? params.path("negative_prompt").asText()
                            : null,
                    size(params, golden),
                    params.path("num_inference_steps").asInt(),
                    config.guidanceEmbeds() ? params.path("guidance_scale").asDouble() : null,
                    params.path("true_cfg_scale").asDouble(1),
                    params.path("max_sequence_length").asInt());
            List<Comparison> results = new ArrayList<>();
            inputs(results, promptEncoder, request, params, golden);
            sigmas(results, components.schedule(), request, golden);
            Map<String, float[]> seen = Probe.record(() -> generate(components, request, params, golden));
            compareSeen(results, seen, golden, "", Tolerance.PIPELINE);
            return results;
        }
    }

    private static void generate(
            FluxComponents components, FluxRequest request, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        var timings = new Timings();
        if (golden.has("in.mask_uint8")) {
            Noise draws = shapes -> List.of(noise, noise, golden.tensor("in.vae_sample_eps"));
            new FluxFillPipeline(components)
                    .generate(
                            request,
                            golden.picture("in.image_uint8"),
                            golden.picture("in.mask_uint8"),
                            draws,
                            Progress.NONE,
                            timings);
        } else if (golden.has("in.image_uint8")) {
            KontextSizes sizes = kontextSizes(params);
            new FluxKontextPipeline(components, sizes)
                    .generate(
                            request,
                            golden.picture("in.image_uint8"),
                            shapes -> List.of(noise),
                            Progress.NONE,
                            timings);
        } else {
            Noise draws = params.has("noise_seed")
                    ? Noise.seeded(params.path("noise_seed").asLong(), DType.FLOAT32)
                    : shapes -> List.of(noise);
            new FluxPipeline(components).generate(request, draws, Progress.NONE, timings);
        }
    }

    /** The size that the reference computed at, for the one that it was asked for. */
    private static Size size(JsonNode params, GoldenTensors golden) {
        Size asked =
                new Size(params.path("width").asInt(), params.path("height").asInt());
        boolean kontext = golden.has("in.image_uint8") && !golden.has("in.mask_uint8");
        return kontext ? kontextSizes(params).generated(asked) : asked.floorTo(FluxRequest.MULTIPLE);
    }

    private static KontextSizes kontextSizes(JsonNode params) {
        return new KontextSizes(
                params.path("max_area").asInt(1024 * 1024),
                params.path("auto_resize").asBoolean(true));
    }

    private static void inputs(
            List<Comparison> results,
            PromptEncoder encoder,
            FluxRequest request,
            JsonNode params,
            GoldenTensors golden) {
        if (golden.has("in.clip_ids")) {
            results.add(Comparison.equal(
                    "in.clip_ids",
                    list(encoder.tokenizer().encode(request.prompt())),
                    list(golden.longs("in.clip_ids"))));
            results.add(Comparison.equal(
                    "in.t5_ids",
                    list(encoder.tokenizer2().encode(request.prompt(), request.maxSequenceLength())),
                    list(golden.longs("in.t5_ids"))));
        }
        if (params.has("noise_seed")) {
            float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                    .getFirst()
                    .toFloats();
            results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.SIGMAS));
        }
    }

    private static void sigmas(
            List<Comparison> results, FlowMatchSchedule schedule, FluxRequest request, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            int tokens = request.size().width() / 16 * (request.size().height() / 16);
            double[] sigmas = schedule.sigmas(request.steps(), tokens);
            float[] expected = golden.floats("sigmas");
            results.add(Comparison.of(
                    "sigmas",
                    sigmas,
                    IntStream.range(0, expected.length)
                            .mapToDouble(i -> expected[i])
                            .toArray(),
                    Tolerance.SIGMAS));
        }
    }

    /** Everything that a probe saw and the golden holds, in the order of the computation. */
    private static void compareSeen(
            List<Comparison> results,
            Map<String, float[]> seen,
            GoldenTensors golden,
            String prefix,
            Tolerance tolerance) {
        seen.forEach((name, values) -> {
            if (golden.has(prefix + name)) {
                Tolerance fitting =
                        name.contains("prompt_embeds") || name.startsWith("mid.") ? Tolerance.NETWORK : tolerance;
                results.add(Comparison.of(prefix + name, values, golden.floats(prefix + name), fitting));
            }
        });
    }

    private static FlowMatchSchedule schedule(Path checkpoint) {
        return FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json")));
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Size size(JsonNode widthAndHeight) {
        return new Size(widthAndHeight.path(0).asInt(), widthAndHeight.path(1).asInt());
    }

    static List<Long> list(long[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    static List<Long> list(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asLong)
                .toList();
    }

    private static double[] doubles(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    static float[] levels(byte[] bytes) {
        float[] levels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            levels[i] = bytes[i] & 0xFF;
        }
        return levels;
    }

    private static float[] join(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
