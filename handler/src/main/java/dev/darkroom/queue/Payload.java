package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.AspectRatio;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Lora;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Provenance;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.snapshot.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one request: JSON to a {@link Job}. All faults are listed in one message, each with its field. */
final class Payload {
    private static final int DEFAULT_QUALITY = 90;

    /** Bound of random seeds: they stay exact in JavaScript, whose numbers are doubles. */
    private static final long RANDOM_SEEDS = 1L << 32;

    private final ObjectNode request;
    private final PayloadReader rules;
    private final Faults faults = new Faults();
    private final FieldReader input;

    Payload(ObjectNode request, PayloadReader rules) {
        this.request = request;
        this.rules = rules;
        this.input = new FieldReader((ObjectNode) request.get("input"), rules.fields(), faults);
    }

    /** @throws JobException that lists every fault */
    Job job() {
        List<String> notes = new ArrayList<>(unknown(input.unknownFields()));
        var animation = new AnimationFields(input, faults);
        boolean animated = animation.asked();
        List<String> prompts = animated && animation.hasPrompts() && !input.has("prompt") ? List.of("") : prompts();
        String model = input.text("model");
        String negativePrompt = input.text("negative_prompt");
        rules.limits().checkPrompt("negative_prompt", negativePrompt, faults);
        Framing framing = framing();
        if (animated && framing == null) {
            framing = animation.framing().orElse(null);
        }
        Integer steps = input.count("num_inference_steps")
                .or(() -> animated ? animation.steps() : Optional.empty())
                .orElse(null);
        Double guidanceScale = input.decimal("guidance_scale");
        Double trueCfgScale = input.decimal("true_cfg_scale");
        long seed = seed();
        int outputs = input.count("num_outputs").orElse(1);
        Optional<Shortcuts> shortcuts =
                faults.gather(() -> new Shortcuts(input.flag("go_fast").orElse(false), input.decimal("step_cache")));
        var loraFields = new LoraFields(input, faults);
        List<Lora> loras = loraFields.loras();
        notes.addAll(unknown(loraFields.unknown()));
        Optional<Delivery> delivery = delivery(animated);
        checkSafety();
        Framing size = framing;
        Optional<Sampling> sampling = faults.gather(() -> new Sampling(
                prompts,
                negativePrompt,
                size,
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                outputs,
                shortcuts.orElse(Shortcuts.NONE),
                loras));
        sampling.ifPresent(known -> rules.limits().check(known, faults));
        Brought brought = brought(framing);
        Optional<AnimationSettings> settings = animated ? animation.settings() : Optional.empty();
        Optional<Job> job = delivery.map(how -> new Envelope(model, how, notes))
                .flatMap(envelope -> sampling.flatMap(known -> animated
                        ? settings.flatMap(moving -> faults.gather(() -> brought.animation(envelope, known, moving)))
                        : faults.gather(() -> brought.job(envelope, known))));
        job.ifPresent(known -> faults.unless(() -> rules.check(known)));
        faults.refuse();
        return job.orElseThrow();
    }

    /** Refuses fields that this worker does not have, or returns them as notes for the answer. */
    private List<String> unknown(List<String> fields) {
        if (rules.refusesUnknownFields()) {
            fields.forEach(faults::add);
            return List.of();
        }
        return fields;
    }

    /** The images of a job, and what goes with them. */
    private record Brought(
            List<String> images,
            @Nullable String mask,
            MaskPaints maskPaints,
            @Nullable Double strength,
            @Nullable String video) {
        Job animation(Envelope envelope, Sampling sampling, AnimationSettings settings) {
            new Faults()
                    .check(strength == null, "strength", "of an animation is strength_schedule")
                    .refuse();
            return new Job.Animation(envelope, sampling, settings, images, mask, maskPaints, video);
        }

        Job job(Envelope envelope, Sampling sampling) {
            if (images.isEmpty()) {
                return new Job.TextToImage(envelope, sampling);
            }
            return mask == null
                    ? new Job.FromImages(envelope, sampling, images, strength)
                    : new Job.Fill(envelope, sampling, images.getFirst(), mask, maskPaints);
        }
    }

    private Brought brought(@Nullable Framing framing) {
        List<String> images = input.images(Limits.MOST_IMAGES);
        boolean expected = input.hasImages();
        String mask = input.text("mask");
        Double strength = input.decimal("strength");
        faults.check(mask == null || expected, "mask", "needs an image")
                .check(mask != null || !input.has("mask_paints"), "mask_paints", "needs a mask")
                .check(mask == null || images.size() < 2, "mask", "goes with one image, not with " + images.size())
                .check(strength == null || expected, "strength", "needs an image")
                .check(mask == null || strength == null, "strength", "has no effect with a mask")
                .check(!(framing instanceof Framing.LikeImage) || expected, Fields.MATCH_INPUT_IMAGE, "needs an image");
        return new Brought(
                images,
                mask,
                input.choice("mask_paints").flatMap(MaskPaints::parse).orElse(MaskPaints.WHITE),
                faults.gather(() -> Job.FromImages.checked(strength))
                        .flatMap(checked -> checked)
                        .orElse(null),
                input.text("video"));
    }

    /** Reads the prompts, with the words of their style; a blank one stands in for faulty ones. */
    private List<String> prompts() {
        boolean list = input.has("prompts");
        boolean empty = input.isEmpty("prompts");
        faults.check(input.has("prompt") || list, empty ? "prompts" : "prompt", empty ? Nothing.FAULT : "is missing");
        String sent = input.text("prompt");
        // a form sends its empty field beside the list
        String prompt = list && sent != null && sent.isBlank() ? null : sent;
        faults.check(prompt == null || !list, "prompts", "cannot stand beside prompt: send one of them");
        List<String> several = input.texts("prompts", Limits.MOST_PROMPTS);
        rules.limits().checkPrompt("prompt", prompt, faults);
        for (int i = 0; i < several.size(); i++) {
            rules.limits().checkPrompt("prompts[" + i + "]", several.get(i), faults);
        }
        List<String> prompts = prompt == null ? several : List.of(prompt);
        Optional<String> style = input.choice("style");
        if (prompts.isEmpty()) {
            return List.of("");
        }
        return prompts.stream()
                .map(text -> style.map(name -> rules.styles().apply(name, text)).orElse(text))
                .toList();
    }

    private @Nullable Framing framing() {
        Size size = size();
        Optional<String> chosen = input.choice("aspect_ratio");
        Optional<AspectRatio> ratio = chosen.flatMap(AspectRatio::parse);
        Double megapixels = input.decimalOrText("megapixels");
        boolean matches = input.flag(Fields.MATCH_INPUT_IMAGE).orElse(false)
                || chosen.equals(Optional.of(Fields.MATCH_INPUT_IMAGE));
        boolean exact = input.has("size") || input.has("width") || input.has("height");
        faults.check(!exact || !input.has("aspect_ratio"), "aspect_ratio", "cannot stand beside a size")
                .check(!exact || !input.has("megapixels"), "megapixels", "cannot stand beside a size")
                .check(
                        !matches || !(exact || ratio.isPresent()),
                        Fields.MATCH_INPUT_IMAGE,
                        "cannot stand beside another size");
        if (ratio.isPresent()) {
            return new Framing.Ratio(ratio.get(), megapixels);
        }
        if (matches || (megapixels != null && input.hasImages())) {
            return new Framing.LikeImage(megapixels);
        }
        if (megapixels != null) {
            return new Framing.Ratio(AspectRatio.R1_1, megapixels);
        }
        return size == null ? null : new Framing.Exact(size);
    }

    private @Nullable Size size() {
        Optional<Integer> width = input.count("width");
        Optional<Integer> height = input.count("height");
        String size = input.text("size");
        if (size != null) {
            faults.check(!input.has("width") && !input.has("height"), "size", "cannot stand beside width and height");
            try {
                return Size.parse(size);
            } catch (IllegalArgumentException e) {
                faults.add("size", "must be such as 1024x768: " + e.getMessage());
                return null;
            }
        }
        faults.check(input.has("height") || !input.has("width"), "height", "is missing, width is there");
        faults.check(input.has("width") || !input.has("height"), "width", "is missing, height is there");
        return width.isEmpty() || height.isEmpty() ? null : new Size(width.get(), height.get());
    }

    /** Reads the seed; null and −1 mean a random one. */
    private long seed() {
        return input.whole("seed")
                .filter(seed -> seed != -1)
                .orElseGet(() -> Randomness.plain().nextLong(RANDOM_SEEDS));
    }

    private Optional<Delivery> delivery(boolean animated) {
        Optional<String> wanted = animated ? Optional.empty() : input.choice("output_format");
        ImageFormat format = wanted.flatMap(ImageFormat::parse).orElse(ImageFormat.PNG);
        faults.check(
                wanted.isEmpty() || ImageFormat.parse(wanted.get()).isPresent(),
                "output_format",
                "must be png, jpeg or webp for pictures, not " + wanted.orElse(""));
        int quality = input.count("output_quality").orElse(DEFAULT_QUALITY);
        Return as = input.choice("return").flatMap(Return::parse).orElse(Return.AUTO);
        boolean strip = input.flag("strip_metadata").orElse(false);
        int previews = input.count("previews").orElse(0);
        Provenance provenance =
                input.choice("provenance").flatMap(Provenance::parse).orElse(null);
        return faults.gather(() -> new Delivery(
                format, quality, as, strip, previews, S3Config.read(request.get("s3Config"), faults), provenance));
    }

    /** Refuses to promise a safety check that nobody makes. */
    private void checkSafety() {
        String rule = "this worker has no safety checker: leave it out or send ";
        faults.check(!input.flag("enable_safety_checker").orElse(false), "enable_safety_checker", rule + "false");
        faults.check(input.flag("disable_safety_checker").orElse(true), "disable_safety_checker", rule + "true");
    }
}
