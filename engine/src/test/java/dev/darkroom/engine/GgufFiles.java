package dev.darkroom.engine;

import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.gguf.GgufWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Components whose weights are stored anew as one GGUF file, in the names and types of those that people have. */
public final class GgufFiles {
    private GgufFiles() {}

    /** A tensor's numbers in float32. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Numbers(long[] shape, float[] values) {
        private Numbers below(Numbers other) {
            long[] both = shape.clone();
            both[0] += other.shape[0];
            float[] all = java.util.Arrays.copyOf(values, values.length + other.values.length);
            System.arraycopy(other.values, 0, all, values.length, other.values.length);
            return new Numbers(both, all);
        }

        private Numbers swapped() {
            float[] all = new float[values.length];
            int half = values.length / 2;
            System.arraycopy(values, half, all, 0, half);
            System.arraycopy(values, 0, all, half, half);
            return new Numbers(shape, all);
        }
    }

    /** Reads all tensors of a component. */
    static Map<String, Numbers> read(Path component) throws IOException {
        Map<String, Numbers> tensors = new LinkedHashMap<>();
        for (Path file : safetensors(component)) {
            byte[] content = Files.readAllBytes(file);
            SafetensorsFile.read(file).entries().forEach((name, entry) -> {
                var bytes = ByteBuffer.wrap(content, (int) entry.start(), (int) (entry.end() - entry.start()))
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
                float[] values = new float[bytes.remaining() / entry.dtype().bytes()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = entry.dtype() == DType.FLOAT32
                            ? bytes.getFloat()
                            : Float.intBitsToFloat(bytes.getShort() << 16);
                }
                tensors.put(name, new Numbers(entry.dimensions(), values));
            });
        }
        return tensors;
    }

    private static List<Path> safetensors(Path component) throws IOException {
        try (Stream<Path> files = Files.list(component)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    /** Puts a GGUF file in the place of a component's safetensors; of rows that fill no blocks it holds float32, as converters have it. */
    static Path replace(Path component, Map<String, Numbers> tensors, String architecture, boolean quantised)
            throws IOException {
        TestCheckpoints.empty(component, "safetensors");
        var writer = new GgufWriter().text("general.architecture", architecture);
        tensors.forEach((name, tensor) -> {
            if (quantised && tensor.shape.length == 2 && tensor.shape[1] % 32 == 0 && name.contains("block")) {
                writer.add(name, BlockType.Q8_0, tensor.shape, q8(tensor.values));
            } else {
                writer.add(name, GgufWriter.F32, tensor.shape, tensor.values);
            }
        });
        return writer.write(component.resolve("model-of-somebody.gguf"));
    }

    /** Puts a GGUF file with the names of Black Forest Labs in the place of a FLUX.1 transformer's safetensors. */
    public static Path ofFlux(Path transformer, boolean quantised) throws IOException {
        return replace(transformer, asPublished(read(transformer), ""), "flux", quantised);
    }

    /** Puts one safetensors file of float32 in the place of a component's. */
    static void replace(Path component, Map<String, Numbers> tensors) throws IOException {
        TestCheckpoints.empty(component, "safetensors");
        var writer = new SafetensorsWriter();
        tensors.forEach((name, tensor) -> writer.add(name, DType.FLOAT32, tensor.shape, tensor.values));
        writer.write(component.resolve("flux1-of-somebody.safetensors"));
    }

    /** Quantises by the greatest of each 32 numbers. */
    static byte[] q8(float... values) {
        ByteBuffer blocks = ByteBuffer.allocate(values.length / 32 * 34).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += 32) {
            float most = 0;
            for (int i = at; i < at + 32; i++) {
                most = Math.max(most, Math.abs(values[i]));
            }
            float factor = most / 127;
            blocks.putShort(Float.floatToFloat16(factor));
            for (int i = at; i < at + 32; i++) {
                blocks.put((byte) Math.round(factor == 0 ? 0 : values[i] / factor));
            }
        }
        return blocks.array();
    }

    static Map<String, Numbers> renamed(Map<String, Numbers> tensors, UnaryOperator<String> name) {
        Map<String, Numbers> renamed = new LinkedHashMap<>();
        tensors.forEach((old, tensor) -> renamed.put(name.apply(old), tensor));
        return renamed;
    }

    /** The tensors of a FLUX.1 transformer as Black Forest Labs call and stack them, behind a prefix. */
    static Map<String, Numbers> asPublished(Map<String, Numbers> ours, String prefix) {
        Map<String, Numbers> rest = new LinkedHashMap<>(ours);
        Map<String, Numbers> theirs = new LinkedHashMap<>();
        for (int i = 0; rest.containsKey("transformer_blocks." + i + ".norm1.linear.weight"); i++) {
            String from = "transformer_blocks." + i + ".";
            String to = "double_blocks." + i + ".";
            stack(rest, theirs, to + "img_attn.qkv", from + "attn.to_q", from + "attn.to_k", from + "attn.to_v");
            stack(
                    rest,
                    theirs,
                    to + "txt_attn.qkv",
                    from + "attn.add_q_proj",
                    from + "attn.add_k_proj",
                    from + "attn.add_v_proj");
            stack(rest, theirs, to + "img_attn.proj", from + "attn.to_out.0");
            stack(rest, theirs, to + "txt_attn.proj", from + "attn.to_add_out");
            stack(rest, theirs, to + "img_mod.lin", from + "norm1.linear");
            stack(rest, theirs, to + "txt_mod.lin", from + "norm1_context.linear");
            stack(rest, theirs, to + "img_mlp.0", from + "ff.net.0.proj");
            stack(rest, theirs, to + "img_mlp.2", from + "ff.net.2");
            stack(rest, theirs, to + "txt_mlp.0", from + "ff_context.net.0.proj");
            stack(rest, theirs, to + "txt_mlp.2", from + "ff_context.net.2");
            norm(rest, theirs, to + "img_attn.norm.query_norm", from + "attn.norm_q");
            norm(rest, theirs, to + "img_attn.norm.key_norm", from + "attn.norm_k");
            norm(rest, theirs, to + "txt_attn.norm.query_norm", from + "attn.norm_added_q");
            norm(rest, theirs, to + "txt_attn.norm.key_norm", from + "attn.norm_added_k");
        }
        for (int i = 0; rest.containsKey("single_transformer_blocks." + i + ".norm.linear.weight"); i++) {
            String from = "single_transformer_blocks." + i + ".";
            String to = "single_blocks." + i + ".";
            stack(
                    rest,
                    theirs,
                    to + "linear1",
                    from + "attn.to_q",
                    from + "attn.to_k",
                    from + "attn.to_v",
                    from + "proj_mlp");
            stack(rest, theirs, to + "linear2", from + "proj_out");
            stack(rest, theirs, to + "modulation.lin", from + "norm.linear");
            norm(rest, theirs, to + "norm.query_norm", from + "attn.norm_q");
            norm(rest, theirs, to + "norm.key_norm", from + "attn.norm_k");
        }
        stack(rest, theirs, "img_in", "x_embedder");
        stack(rest, theirs, "txt_in", "context_embedder");
        for (var embedder : Map.of("time_in", "timestep", "vector_in", "text", "guidance_in", "guidance")
                .entrySet()) {
            String to = embedder.getKey();
            String parent = rest.containsKey("time_embed.timestep_embedder.linear_1.weight")
                    ? "time_embed."
                    : "time_text_embed.";
            String from = parent + embedder.getValue() + "_embedder.linear_";
            if (rest.containsKey(from + "1.weight")) {
                stack(rest, theirs, to + ".in_layer", from + "1");
                stack(rest, theirs, to + ".out_layer", from + "2");
            }
        }
        stack(rest, theirs, "final_layer.linear", "proj_out");
        for (String part : List.of(".weight", ".bias")) { // scale and shift here, shift and scale there
            theirs.put(
                    "final_layer.adaLN_modulation.1" + part,
                    Objects.requireNonNull(rest.remove("norm_out.linear" + part))
                            .swapped());
        }
        if (!rest.isEmpty()) {
            throw new IllegalStateException(rest.keySet() + " has no other name");
        }
        return renamed(theirs, name -> prefix + name);
    }

    /**
     * The tensors of a Z-Image transformer as its makers' code calls and stacks them, behind a prefix.
     *
     * @param flat true if rows have no dimension of their own
     */
    static Map<String, Numbers> ofZImage(Map<String, Numbers> ours, String prefix, boolean flat) {
        Map<String, Numbers> theirs = new LinkedHashMap<>();
        ours.forEach((name, tensor) -> {
            String other = name.replace("all_x_embedder.2-1", "x_embedder")
                    .replace("all_final_layer.2-1", "final_layer")
                    .replace("attention.to_out.0", "attention.out")
                    .replace("attention.norm_q", "attention.q_norm")
                    .replace("attention.norm_k", "attention.k_norm")
                    .replaceAll("attention\\.to_[qkv]", "attention.qkv");
            boolean row = flat && tensor.shape.length == 2 && tensor.shape[0] == 1;
            theirs.putIfAbsent(prefix + other, row ? new Numbers(new long[] {tensor.shape[1]}, tensor.values) : tensor);
            if (name.contains("attention.to_v")) {
                theirs.put(
                        prefix + other,
                        Objects.requireNonNull(ours.get(name.replace("to_v", "to_q")))
                                .below(Objects.requireNonNull(ours.get(name.replace("to_v", "to_k"))))
                                .below(tensor));
            }
        });
        return theirs;
    }

    /** The tensors of a FLUX.2 transformer as Black Forest Labs call and stack them, behind a prefix. */
    static Map<String, Numbers> ofFlux2(Map<String, Numbers> ours, String prefix) {
        Map<String, Numbers> theirs = new LinkedHashMap<>();
        ours.forEach((name, tensor) -> {
            String other = name.replaceFirst("^single_transformer_blocks", "single_blocks")
                    .replaceFirst("^transformer_blocks", "double_blocks")
                    .replaceFirst("^(single_blocks\\.\\d+)\\.attn\\.to_qkv_mlp_proj", "$1.linear1")
                    .replaceFirst("^(single_blocks\\.\\d+)\\.attn\\.to_out", "$1.linear2")
                    .replaceFirst("^(single_blocks\\.\\d+)\\.attn\\.norm_q\\.weight", "$1.norm.query_norm.scale")
                    .replaceFirst("^(single_blocks\\.\\d+)\\.attn\\.norm_k\\.weight", "$1.norm.key_norm.scale")
                    .replace("attn.norm_added_q.weight", "txt_attn.norm.query_norm.scale")
                    .replace("attn.norm_added_k.weight", "txt_attn.norm.key_norm.scale")
                    .replace("attn.norm_q.weight", "img_attn.norm.query_norm.scale")
                    .replace("attn.norm_k.weight", "img_attn.norm.key_norm.scale")
                    .replace("attn.to_out.0", "img_attn.proj")
                    .replace("attn.to_add_out", "txt_attn.proj")
                    .replaceAll("attn\\.to_[qkv]", "img_attn.qkv")
                    .replaceAll("attn\\.add_[qkv]_proj", "txt_attn.qkv")
                    .replace("ff.linear_in", "img_mlp.0")
                    .replace("ff.linear_out", "img_mlp.2")
                    .replace("ff_context.linear_in", "txt_mlp.0")
                    .replace("ff_context.linear_out", "txt_mlp.2")
                    .replaceFirst("^(.*_stream_modulation.*)\\.linear\\.", "$1.lin.")
                    .replace("norm_out.linear", "final_layer.adaLN_modulation.1")
                    .replace("proj_out", "final_layer.linear")
                    .replace("x_embedder", "img_in")
                    .replace("context_embedder", "txt_in")
                    .replaceFirst("^time_guidance_embed\\.timestep_embedder\\.linear_1", "time_in.in_layer")
                    .replaceFirst("^time_guidance_embed\\.timestep_embedder\\.linear_2", "time_in.out_layer")
                    .replaceFirst("^time_guidance_embed\\.guidance_embedder\\.linear_1", "guidance_in.in_layer")
                    .replaceFirst("^time_guidance_embed\\.guidance_embedder\\.linear_2", "guidance_in.out_layer");
            theirs.put(prefix + other, name.startsWith("norm_out") ? tensor.swapped() : tensor);
        });
        ours.forEach((name, tensor) -> {
            if (name.endsWith("attn.to_v.weight") || name.endsWith("attn.add_v_proj.weight")) {
                String stream = name.endsWith("attn.to_v.weight") ? ".img_attn.qkv.weight" : ".txt_attn.qkv.weight";
                String block = name.replaceFirst("^transformer_blocks\\.(\\d+).*", "double_blocks.$1");
                theirs.put(
                        prefix + block + stream,
                        Objects.requireNonNull(ours.get(name.replace("_v", "_q")))
                                .below(Objects.requireNonNull(ours.get(name.replace("_v", "_k"))))
                                .below(tensor));
            }
        });
        return theirs;
    }

    private static void stack(Map<String, Numbers> from, Map<String, Numbers> to, String name, String... layers) {
        for (String part : List.of(".weight", ".bias")) {
            List<Numbers> all = new ArrayList<>();
            for (String layer : layers) {
                all.add(from.remove(layer + part));
            }
            to.put(name + part, all.stream().reduce(Numbers::below).orElseThrow());
        }
    }

    private static void norm(Map<String, Numbers> from, Map<String, Numbers> to, String name, String ours) {
        to.put(name + ".scale", from.remove(ours + ".weight"));
    }
}
