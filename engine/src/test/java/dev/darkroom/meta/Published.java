package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.Size;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.zimage.TinyZImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The published checkpoints at full size: configs and tensors as their makers publish them, the small tokenizers of the embedded
 * checkpoints, and files without numbers that take no room on a disk.
 */
public enum Published {
    FLUX_1_DEV("flux.1-dev", "flux", TestCheckpoints.POCKET_FLUX, "FluxPipeline"),
    FLUX_1_KONTEXT_DEV("flux.1-kontext-dev", "flux", TestCheckpoints.POCKET_FLUX, "FluxKontextPipeline"),
    FLUX_1_FILL_DEV("flux.1-fill-dev", "flux", TestCheckpoints.POCKET_FLUX, "FluxFillPipeline") {
        @Override
        void change(Path folder) throws IOException {
            // a masked picture and its mask lie beside the latents
            TestCheckpoints.edit(
                    folder.resolve("transformer/config.json"),
                    config -> config.put("in_channels", 384).put("out_channels", 64));
        }

        @Override
        void change(Map<String, SparseComponent> networks) {
            Objects.requireNonNull(networks.get("transformer")).tensors().put("x_embedder.weight", new long[] {3072, 384
            });
        }
    },
    QWEN_IMAGE("qwen-image", "qwen-image", TestCheckpoints.POCKET_EDIT, "QwenImagePipeline"),
    QWEN_IMAGE_EDIT("qwen-image-edit", "qwen-image", TestCheckpoints.POCKET_EDIT, "QwenImageEditPipeline"),
    QWEN_IMAGE_EDIT_2509(
            "qwen-image-edit-2509", "qwen-image", TestCheckpoints.POCKET_EDIT, "QwenImageEditPlusPipeline"),
    QWEN_IMAGE_EDIT_2511(
            "qwen-image-edit-2511", "qwen-image", TestCheckpoints.POCKET_EDIT, "QwenImageEditPlusPipeline") {
        @Override
        void change(Path folder) throws IOException {
            TestCheckpoints.edit(folder.resolve("transformer/config.json"), config -> config.put("zero_cond_t", true));
        }
    },
    LONGCAT_IMAGE("longcat-image", "longcat", TinyLongCat.IMAGE, "LongCatImagePipeline") {
        @Override
        void change(Path folder) throws IOException {
            likeOthers(folder);
        }

        @Override
        void change(Map<String, SparseComponent> networks) {
            likeOthers(networks);
        }
    },
    LONGCAT_IMAGE_EDIT("longcat-image-edit", "longcat", TinyLongCat.IMAGE, "LongCatImageEditPipeline") {
        @Override
        void change(Path folder) throws IOException {
            likeOthers(folder);
        }

        @Override
        void change(Map<String, SparseComponent> networks) {
            likeOthers(networks);
        }
    },
    FLUX_2_KLEIN_4B("flux.2-klein-4b", "flux2-klein-4b", TinyFlux2.KLEIN, "Flux2KleinPipeline"),
    FLUX_2_KLEIN_BASE_4B("flux.2-klein-base-4b", "flux2-klein-4b", TinyFlux2.KLEIN, "Flux2KleinPipeline") {
        @Override
        void change(Path folder) throws IOException {
            TinyFlux2.base(folder);
        }
    },
    FLUX_2_KLEIN_9B("flux.2-klein-9b", "flux2-klein-9b", TinyFlux2.KLEIN, "Flux2KleinPipeline"),
    FLUX_2_DEV("flux.2-dev", "flux2-dev", TinyFlux2.DEV, "Flux2Pipeline"),
    Z_IMAGE_TURBO("z-image-turbo", "z-image", TinyZImage.TURBO, "ZImagePipeline"),
    Z_IMAGE("z-image", "z-image", TinyZImage.TURBO, "ZImagePipeline") {
        @Override
        void change(Path folder) throws IOException {
            TinyZImage.base(folder);
        }
    };

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String model;
    private final String family;
    private final Path like;
    private final String pipeline;

    /**
     * States a checkpoint.
     *
     * @param like an embedded checkpoint of its family, whose configs are the same but for their numbers
     */
    Published(String model, String family, Path like, String pipeline) {
        this.model = model;
        this.family = family;
        this.like = like;
        this.pipeline = pipeline;
    }

    /** Finds a checkpoint by the name that it is published by, in small letters. */
    public static Published named(String name) {
        return Arrays.stream(values())
                .filter(published -> published.model.equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is none of "
                        + Arrays.stream(values()).map(Published::toString).collect(Collectors.joining(", "))));
    }

    /** The size of picture that it is made for. */
    Size size() {
        return this == QWEN_IMAGE ? new Size(1328, 1328) : new Size(1024, 1024);
    }

    /** Its networks: folder → tensors. */
    Map<String, SparseComponent> networks() {
        Map<String, SparseComponent> networks = SparseComponent.read(resource(family + ".tensors"));
        String other = family.startsWith("flux2") ? "flux2-klein-4b.tensors" : "flux.tensors";
        networks.computeIfAbsent(
                "vae", vae -> SparseComponent.read(resource(other)).get(vae));
        change(networks);
        return networks;
    }

    /** Writes the checkpoint into an empty folder. */
    public Path write(Path folder) throws IOException {
        for (var file : new LinkedHashMap<>(TestCheckpoints.contents(like)).entrySet()) {
            if (!file.getKey().endsWith(".safetensors") && !file.getKey().equals("darkroom.json")) {
                Path to = folder.resolve(file.getKey());
                Files.createDirectories(to.getParent());
                Files.write(to, file.getValue());
            }
        }
        for (var config : JSON.readTree(resource(family + ".json")).properties()) {
            TestCheckpoints.edit(folder.resolve(config.getKey()), file -> merge(file, (ObjectNode) config.getValue()));
        }
        TestCheckpoints.edit(folder.resolve("model_index.json"), index -> index.put("_class_name", pipeline));
        change(folder);
        for (var network : networks().entrySet()) {
            network.getValue().write(folder.resolve(network.getKey()));
        }
        return folder;
    }

    /** Writes the configs of an autoencoder and a text encoder that another family has too. */
    private static void likeOthers(Path folder) throws IOException {
        merge(folder, "flux", "vae/config.json");
        merge(folder, "flux", "scheduler/scheduler_config.json");
        merge(folder, "qwen-image", "text_encoder/config.json");
    }

    private static void merge(Path folder, String other, String config) throws IOException {
        var over = (ObjectNode) JSON.readTree(resource(other + ".json")).path(config);
        TestCheckpoints.edit(folder.resolve(config), file -> merge(file, over));
    }

    private static void likeOthers(Map<String, SparseComponent> networks) {
        Map.of("vae", "flux", "text_encoder", "qwen-image")
                .forEach((network, other) -> networks.put(
                        network,
                        Objects.requireNonNull(SparseComponent.read(resource(other + ".tensors"))
                                .get(network))));
    }

    private static void merge(ObjectNode config, ObjectNode over) {
        over.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode inner && config.get(field.getKey()) instanceof ObjectNode own) {
                merge(own, inner);
            } else {
                config.set(field.getKey(), field.getValue());
            }
        });
    }

    private static String resource(String name) {
        String path = "/published/" + name;
        try (InputStream in = Objects.requireNonNull(Published.class.getResourceAsStream(path), path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes the files in which it differs from others of its family. */
    void change(Path folder) throws IOException {}

    /** Changes the tensors in which it differs from others of its family. */
    void change(Map<String, SparseComponent> networks) {}

    @Override
    public String toString() {
        return model;
    }
}
