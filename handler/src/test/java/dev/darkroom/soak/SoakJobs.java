package dev.darkroom.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.image.TestPng;
import dev.darkroom.queue.JobJson;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small jobs of all kinds, in an order that is the same in every run. */
final class SoakJobs {
    private static final int SIDE = 64;

    /** Few, since the worker rightly remembers how it encoded those that it has seen. */
    private static final int PROMPTS = 8;

    /** Few, for the same reason. */
    private static final int IMAGES = 4;

    /** What the web has: one of those. */
    static final int ON_THE_WEB = 3;

    /** Of the folder of examples. */
    private static final String LORA = "red-is-blue.safetensors";

    /** Empty, of 16 bits and with alpha: 522 kB that unfold to 537 MB. */
    private static final String BOMB = Base64.getEncoder().encodeToString(TestPng.of(8_192, 8_192, 16, 6, 0, 0));

    private static final String EDITED = "images/house.png";

    private final Random random = new Random(1);
    private final URI images;

    /** @param images where source images are fetched from */
    SoakJobs(URI images) {
        this.images = images;
    }

    synchronized SoakKind nextKind() {
        int all = Arrays.stream(SoakKind.values()).mapToInt(SoakKind::weight).sum();
        int at = random.nextInt(all);
        for (SoakKind kind : SoakKind.values()) {
            at -= kind.weight();
            if (at < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    /** Jobs with all prompts and images that others have, the edit and the LoRA: what the worker remembers of them is there afterwards. */
    static List<ObjectNode> all() {
        ObjectNode prompts = small();
        for (int i = 0; i < PROMPTS; i++) {
            prompts.withArray("prompts").add(prompt(i));
        }
        ObjectNode edit = small();
        edit(edit);
        ObjectNode lora = small().put("prompt", prompt(0));
        lora(lora, LORA);
        List<ObjectNode> all = new ArrayList<>(List.of(prompts, edit, lora));
        for (int i = 0; i < IMAGES; i++) {
            ObjectNode image = small().put("prompt", prompt(0));
            source(image, base64(i));
            all.add(image);
        }
        return all;
    }

    private static ObjectNode small() {
        return JobJson.object().put("width", SIDE).put("height", SIDE).put("num_inference_steps", 1);
    }

    private static String prompt(int number) {
        return "a circle of kind " + number;
    }

    /** A request of this kind, as callers send it. */
    synchronized ObjectNode request(SoakKind kind) {
        ObjectNode request = JobJson.object();
        ObjectNode input = request.putObject("input");
        input.put("prompt", prompt(random.nextInt(PROMPTS)))
                .put("width", SIDE)
                .put("height", SIDE)
                .put("num_inference_steps", 1)
                .put("seed", random.nextInt(1_000_000));
        switch (kind) {
            case PLAIN, WITHDRAWN, REFUSED_BY_THE_PLATFORM -> {}
            case BATCH -> input.put("num_outputs", 3);
            case PROMPTS -> {
                input.remove("prompt");
                input.putArray("prompts").add(prompt(0)).add(prompt(1));
            }
            case EDIT -> edit(input);
            case LORA -> lora(input.put("prompt", prompt(0)), LORA);
            case MISSING_LORA -> lora(input, "missing.safetensors");
            case BASE64_IMAGE -> source(input, base64(random.nextInt(IMAGES)));
            case WEB_IMAGE -> source(input, images.resolve("/picture.png").toString());
            case LABELLED_WEB_IMAGE ->
                source(input, images.resolve("/labelled.png").toString());
            case EMPTY_FIELDS -> {
                input.put("style", "").put("image", "").put("model", "").putArray("loras");
                request.putObject("s3Config");
            }
            case BOMB -> source(input, BOMB);
            case GARBAGE_FROM_THE_WEB ->
                source(input, images.resolve("/garbage").toString());
            case MISSING_ON_THE_WEB -> source(input, images.resolve("/missing").toString());
            case CORRUPT_IMAGE -> {
                byte[] image = image(random.nextInt());
                source(input, Base64.getEncoder().encodeToString(Arrays.copyOf(image, image.length / 2)));
            }
            case UNKNOWN_FIELD -> input.put("nmu_outputs", 2);
            case FAULTY_VALUES -> input.put("width", -1).put("seed", "many");
            case UNSTORABLE ->
                request.putObject("s3Config")
                        .put("endpointUrl", images.toString())
                        .put("bucketName", "nowhere")
                        .put("accessId", "nobody")
                        .put("accessSecret", "nothing");
            case TOO_LARGE_INLINE -> input.put("return", "base64").put("num_outputs", 2);
        }
        return request;
    }

    /** An edit that is always the same, since the worker remembers how it encoded picture and prompt together. */
    private static void edit(ObjectNode input) {
        input.put("model", "pocket-qwen-edit").put("prompt", "make it night").put("image", EDITED);
    }

    private static void lora(ObjectNode input, String path) {
        input.putArray("loras").addObject().put("path", path).put("scale", 0.5);
    }

    private static void source(ObjectNode input, String image) {
        // with strength the steps are cut down to a part
        input.put("image", image).put("strength", 1.0);
    }

    private static String base64(int seed) {
        return Base64.getEncoder().encodeToString(image(seed));
    }

    /** A picture as a file, another one for each seed. */
    static byte[] image(int seed) {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, seed + i * 521);
        }
        var file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }
}
