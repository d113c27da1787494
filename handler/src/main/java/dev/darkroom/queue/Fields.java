package dev.darkroom.queue;

import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.AspectRatio;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Lora;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Provenance;
import dev.darkroom.job.Return;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.VideoFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The fields of a job's input: all that this worker's limits and styles make, or those that a protocol has of its own. */
public final class Fields {
    static final String MATCH_INPUT_IMAGE = "match_input_image";

    private final List<Field> fields;

    Fields(Limits limits, Styles styles) {
        var text = new Field.Text(limits.promptLength(), true);
        var side = new Field.Whole(Limits.SHORTEST_SIDE, limits.longestSide());
        var scale = new Field.Decimal(-Lora.LARGEST_SCALE, Lora.LARGEST_SCALE);
        fields = List.of(
                new Field("prompt", text, "What to draw, or what to change in the image."),
                new Field(
                        "prompts",
                        new Field.Texts(1, Limits.MOST_PROMPTS, limits.promptLength(), true),
                        "Several prompts in the place of one."),
                new Field(
                        "negative_prompt",
                        text,
                        "What to steer away from; unless it is blank, it takes a true_cfg_scale above 1, which Qwen-Image, Z-Image, FLUX.2-klein-base and LongCat-Image have by default."),
                new Field(
                        "image",
                        List.of("image_url", "image_base64", "image_path", "input_image"),
                        new Field.Image(),
                        "The picture to start from or to edit."),
                new Field(
                        "images",
                        List.of("image_urls", "init_images"),
                        new Field.Images(Limits.MOST_IMAGES),
                        "Several pictures in the place of one, for models that take several."),
                new Field(
                        "mask",
                        List.of("mask_image", "mask_url"),
                        new Field.Image(),
                        "White where the image is painted anew; see mask_paints."),
                new Field(
                        "mask_paints",
                        new Field.Choice(Arrays.stream(MaskPaints.values())
                                .map(MaskPaints::fieldValue)
                                .toList()),
                        "The part of the mask where to paint: what is white, or what is transparent, as in masks of OpenAI's API (white)."),
                new Field(
                        "video",
                        List.of("video_url", "video_base64", "video_path"),
                        new Field.Image(),
                        "Of an animation: the video that its frames are drawn from, or whose colours they keep."),
                new Field(
                        "loras",
                        List.of("lora"),
                        new Field.Loras(Lora.MOST, LoraFields.LONGEST_SOURCE, -Lora.LARGEST_SCALE, Lora.LARGEST_SCALE),
                        "LoRAs on top of the model: {path, scale} each, a pair [path, scale], or a path alone, which may be a URL."),
                new Field(
                        "lora_weights",
                        List.of("replicate_weights"),
                        new Field.Text(LoraFields.LONGEST_SOURCE),
                        "One LoRA; see loras."),
                new Field("lora_scale", scale, "How much of lora_weights is added (1)."),
                new Field("extra_lora", new Field.Text(LoraFields.LONGEST_SOURCE), "A second LoRA; see loras."),
                new Field("extra_lora_scale", scale, "How much of extra_lora is added (1)."),
                new Field(
                        "lora_urls",
                        new Field.Texts(0, Lora.MOST, LoraFields.LONGEST_SOURCE, false),
                        "Several LoRAs; see loras."),
                new Field(
                        "lora_scales",
                        new Field.Decimals(Lora.MOST, -Lora.LARGEST_SCALE, Lora.LARGEST_SCALE),
                        "How much of each of lora_urls is added (1)."),
                new Field(
                        "model",
                        new Field.Text(100),
                        "One of the worker's models; if absent, the first that is made for what the job brings."),
                new Field("width", side, "Pixels; needs height."),
                new Field("height", side, "Pixels; needs width."),
                new Field("size", new Field.Dimensions(), "Width and height in one: 1024x768."),
                new Field(
                        "aspect_ratio",
                        new Field.Choice(Stream.concat(
                                        Arrays.stream(AspectRatio.values()).map(AspectRatio::fieldValue),
                                        Stream.of(MATCH_INPUT_IMAGE))
                                .toList()),
                        "Ratio of width to height, in the place of them."),
                new Field(
                        "megapixels",
                        new Field.Decimal(0.01, limits.pixels() / Framing.MEGAPIXEL, false, true),
                        "How many times 1024 × 1024 pixels an aspect_ratio gives; as many as the model's own size if absent."),
                new Field(
                        MATCH_INPUT_IMAGE,
                        new Field.Flag(),
                        "True gives the pictures the very size of the first image."),
                new Field(
                        "num_outputs",
                        List.of("num_images"),
                        new Field.Whole(1, Limits.MOST_OUTPUTS),
                        "How many pictures of each prompt (1)."),
                new Field(
                        "seed",
                        new Field.Whole(-1, Long.MAX_VALUE),
                        "The same seed gives the same picture; null or -1 chooses one and tells. Further outputs count up from it."),
                new Field(
                        "num_inference_steps",
                        List.of("steps"),
                        new Field.Whole(1, limits.steps()),
                        "Denoising steps; the model's own number if absent."),
                new Field(
                        "guidance_scale",
                        List.of("guidance"),
                        new Field.Decimal(0, 100),
                        "How closely to follow the prompt, for models that embed it. Where its reference means true CFG by it, a model takes it in place of true_cfg_scale: FLUX.2-klein-base and LongCat-Image as it is, Z-Image one less. Models of one pass (FLUX.1-schnell, FLUX.2-klein) accept up to 1, others only 0."),
                new Field(
                        "true_cfg_scale",
                        List.of("cfg_scale"),
                        new Field.Decimal(0, 100),
                        "Strength of the second, negative pass. Qwen-Image, Z-Image, FLUX.2-klein-base and LongCat-Image make it by default, and 1 leaves it out; FLUX.1, FLUX.2-dev and distilled FLUX.2-klein take a negative_prompt with it."),
                new Field(
                        "strength",
                        List.of("prompt_strength", "denoising_strength"),
                        new Field.Decimal(0, 1, true, false),
                        "How much of the image is given up, above 0 (0.6): for a picture that starts from it, not for an edit."),
                new Field(
                        "style", new Field.Choice(List.copyOf(styles.names())), "Words that are added to each prompt."),
                new Field(
                        "step_cache",
                        List.of("residual_diff_threshold"),
                        new Field.Decimal(0, Shortcuts.LARGEST),
                        "First-block cache: a step whose first block changed by less than this part reuses what the other blocks did. 0.03 to 0.12 make sense with 20 steps and more; 0, or nothing, computes every step."),
                new Field(
                        "go_fast",
                        new Field.Flag(),
                        "True draws faster and less exactly: a step_cache of " + Shortcuts.CAUTIOUS
                                + " unless there is another. The answer says what was done."),
                new Field(
                        "output_format",
                        List.of("image_format"),
                        new Field.Choice(Stream.of(
                                        Arrays.stream(ImageFormat.values()).map(ImageFormat::fieldValue),
                                        Stream.of("jpg"),
                                        Arrays.stream(VideoFormat.values()).map(VideoFormat::fieldValue))
                                .flatMap(names -> names)
                                .distinct()
                                .toList()),
                        "File format: png, jpeg or webp of pictures (png), mp4, webm, gif, webp or zip of an animation (mp4)."),
                new Field("output_quality", new Field.Whole(1, 100), "Quality of jpeg and webp (90)."),
                new Field(
                        "return",
                        new Field.Choice(Arrays.stream(Return.values())
                                .map(Return::fieldValue)
                                .toList()),
                        "An address, base64 in the answer, or whichever the worker can do (auto)."),
                new Field(
                        "previews",
                        new Field.Whole(0, Delivery.MOST_PREVIEWS),
                        "How many small pictures of the work in progress are told of each picture, spread evenly over its steps (0)."),
                new Field(
                        "type",
                        new Field.Choice(AnimationFields.TYPES),
                        "What to make: pictures (image), or an animation, of which each frame is drawn from the one before."),
                new Field(
                        "settings",
                        new Field.Settings(),
                        "Of an animation: Deforum's settings, as its files have them, in either spelling."),
                new Field(
                        "animation_prompts",
                        new Field.Settings(),
                        "Of an animation, in the place of prompt: texts by the frames from which they hold."),
                new Field(
                        "preset",
                        new Field.Choice(AnimationFields.PRESETS),
                        "Of an animation: what settings are that the job leaves open."),
                new Field(
                        "max_frames",
                        new Field.Whole(1, AnimationSettings.MOST_FRAMES),
                        "Of an animation: its frames (120)."),
                new Field(
                        "fps",
                        new Field.Decimal(1, AnimationSettings.MOST_FPS),
                        "Of an animation: frames a second (15)."),
                new Field(
                        "poster",
                        new Field.Frame(),
                        "Of an animation: the frame that is told as a picture beside the film: first, middle, last, or its number, from 0."),
                new Field(
                        "keep_on_cancel",
                        new Field.Flag(),
                        "Of an animation: true has a job that is cancelled end with the film of its frames so far (false)."),
                new Field(
                        "animation_mode",
                        new Field.Choice(AnimationFields.MODES),
                        "Of an animation: 2D moves the picture in its plane, 3D as a camera sees it, Interpolation turns one prompt into the next, Video Input draws from the frames of a video, None draws each frame anew (2D)."),
                schedule("zoom", "how much larger each frame is than the one before"),
                schedule("angle", "degrees by which each frame is turned, counter-clockwise"),
                schedule("translation_x", "pixels to the right"),
                schedule("translation_y", "pixels down"),
                schedule("translation_z", "how far the camera moves on, in 3D"),
                schedule("strength_schedule", "how much is kept of the frame before, 0 to 1"),
                schedule("noise_schedule", "how much noise each frame gets before it is drawn"),
                new Field(
                        "strip_metadata",
                        new Field.Flag(),
                        "True leaves the parameters out of the file's metadata; what says how the picture came about stays."),
                new Field(
                        "provenance",
                        new Field.Choice(Arrays.stream(Provenance.values())
                                .map(Provenance::fieldValue)
                                .toList()),
                        "What files say of how the pictures came about; less than the worker is set to only where it lets jobs choose."),
                new Field(
                        "enable_safety_checker",
                        new Field.Flag(),
                        "This worker has no safety checker: only false is accepted."),
                new Field(
                        "disable_safety_checker",
                        new Field.Flag(),
                        "This worker has no safety checker: only true is accepted."));
    }

    private static Field schedule(String name, String meaning) {
        return new Field(
                name,
                new Field.Schedule(),
                "Of an animation, a number or a schedule such as 0:(1), 24:(1.04): " + meaning + ".");
    }

    /** Returns the names of fields that only jobs for animations have. */
    public static List<String> ofAnimations() {
        return AnimationFields.ALL;
    }

    /** Makes a table of other fields. */
    public Fields(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /** Returns all fields, in the order in which they are described. */
    public List<Field> all() {
        return fields;
    }

    /** Returns the names of all fields, without aliases. */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /** Returns the field of that name. */
    public Field named(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    /** Finds a field by its name or an alias. */
    public Optional<Field> called(String nameOrAlias) {
        return fields.stream()
                .filter(field ->
                        field.name().equals(nameOrAlias) || field.aliases().contains(nameOrAlias))
                .findFirst();
    }

    /** Returns what the field of a name is, which may be the numbered one of a further picture. */
    public Optional<Field.Type> typeOf(String name) {
        return called(name)
                .map(Field::type)
                .or(() -> FieldReader.isFurtherImage(name, this) ? Optional.of(new Field.Image()) : Optional.empty());
    }

    /** Finds the name or alias that is fewest changed letters away, if it is near. */
    public Optional<String> nearest(String name) {
        return Spelling.nearest(
                name,
                fields.stream()
                        .flatMap(field -> Stream.concat(Stream.of(field.name()), field.aliases().stream()))
                        .toList());
    }
}
