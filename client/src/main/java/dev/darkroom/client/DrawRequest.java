package dev.darkroom.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to draw, or what to change in pictures. Null and empty leave a choice to the worker, which also checks everything: a fault comes
 * back as a {@link DarkroomException} that names the field in the worker's words.
 *
 * @param prompts what to draw or to change, each a picture or more ({@code prompt}, {@code prompts})
 * @param negativePrompt what to steer away from ({@code negative_prompt})
 * @param images pictures to start from or to edit ({@code image}, {@code images})
 * @param mask which part of the first image is painted anew ({@code mask})
 * @param maskPaints what the mask paints by ({@code mask_paints})
 * @param strength how much of the image is given up, above 0 up to 1; not for edits ({@code strength})
 * @param loras on top of the model ({@code loras})
 * @param model one of the worker's names ({@code model})
 * @param width in pixels; goes with height ({@code width})
 * @param height in pixels; goes with width ({@code height})
 * @param aspectRatio such as {@code 16:9}, in the place of width and height ({@code aspect_ratio})
 * @param megapixels how many times 1024² pixels an aspect ratio gives ({@code megapixels})
 * @param matchInputImage true for the size of the first image ({@code match_input_image})
 * @param outputs how many pictures of each prompt, 1 to 10 ({@code num_outputs})
 * @param seed from 0; further pictures count up from it ({@code seed})
 * @param steps of denoising ({@code num_inference_steps})
 * @param guidanceScale for models that embed it ({@code guidance_scale})
 * @param trueCfgScale strength of the negative pass ({@code true_cfg_scale})
 * @param style words that are added to each prompt, by their name ({@code style})
 * @param stepCache which steps may be reused, 0 to 1 ({@code step_cache})
 * @param goFast true for faster and less exact ({@code go_fast})
 * @param format of the files ({@code output_format})
 * @param quality of JPEG and WebP, 1 to 100 ({@code output_quality})
 * @param returnAs an address, or inside the answer ({@code return})
 * @param stripMetadata true to leave the parameters out of the files ({@code strip_metadata})
 * @param provenance how much the files say of how the pictures came about ({@code provenance})
 * @param previews how many small pictures of the work in progress, 0 to 10 for each output ({@code previews})
 * @param animation how the picture shall move; null for pictures that do not ({@code type})
 * @param fields further fields of the input by the worker's names, for workers that are newer than this client
 * @param webhook is called when the job has ended ({@code webhook})
 * @param policy deadlines and priority ({@code policy})
 * @param bucket for the pictures, in the place of the worker's own ({@code s3Config})
 * @param idempotencyKey under which the worker takes the same request for the same job; null for a new one with each submission
 */
public record DrawRequest(
        List<String> prompts,
        @Nullable String negativePrompt,
        List<ImageSource> images,
        @Nullable ImageSource mask,
        @Nullable MaskPaints maskPaints,
        @Nullable Double strength,
        List<Lora> loras,
        @Nullable String model,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable String aspectRatio,
        @Nullable Double megapixels,
        @Nullable Boolean matchInputImage,
        @Nullable Integer outputs,
        @Nullable Long seed,
        @Nullable Integer steps,
        @Nullable Double guidanceScale,
        @Nullable Double trueCfgScale,
        @Nullable String style,
        @Nullable Double stepCache,
        @Nullable Boolean goFast,
        @Nullable Format format,
        @Nullable Integer quality,
        @Nullable ReturnAs returnAs,
        @Nullable Boolean stripMetadata,
        @Nullable Provenance provenance,
        @Nullable Integer previews,
        @Nullable Animation animation,
        Map<String, Object> fields,
        @Nullable URI webhook,
        @Nullable Policy policy,
        @Nullable Bucket bucket,
        @Nullable String idempotencyKey) {
    /** How much a picture's file says of how the picture came about: less than the worker is set to only where it lets jobs choose. */
    public enum Provenance {
        /** Signed credentials, a label, and a mark in the pixels. */
        FULL,
        /** Signed credentials and a label. */
        CREDENTIALS,
        /** A label alone. */
        LABEL,
        /** Nothing. */
        OFF
    }

    /** The format of a picture's or an animation's file. */
    public enum Format {
        /** Without loss; with the job's parameters in the file. */
        PNG,
        /** Small files for photographs. */
        JPEG,
        /** Smaller files than JPEG at the same quality; also of animations. */
        WEBP,
        /** Of animations alone: H.264, which every player knows. */
        MP4,
        /** Of animations alone: VP9. */
        WEBM,
        /** Of animations alone: 256 colours. */
        GIF,
        /** Of animations alone: each frame as a PNG file. */
        ZIP
    }

    /** The part of a mask that says where the model paints anew. */
    public enum MaskPaints {
        /** White paints, black stays; transparency does not count. */
        WHITE,
        /** What is transparent paints, as in OpenAI's masks. */
        TRANSPARENT
    }

    /** How pictures come back. */
    public enum ReturnAs {
        /** As an address, from which {@link Picture#bytes()} downloads. */
        URL,
        /** Inside the answer. */
        BASE64,
        /** As an address where the worker has storage that callers can reach, else inside the answer. */
        AUTO
    }

    /** Takes the lists and fields as they are now. */
    public DrawRequest {
        prompts = List.copyOf(prompts);
        images = List.copyOf(images);
        loras = List.copyOf(loras);
        fields = Map.copyOf(fields);
    }

    /** A request with a prompt alone. */
    public static DrawRequest of(String prompt) {
        return prompt(prompt).build();
    }

    /** Begins a request with a prompt. */
    public static Builder prompt(String prompt) {
        return new Builder().prompts(List.of(prompt));
    }

    /** Begins a request with several prompts, which make one job. */
    public static Builder prompts(List<String> prompts) {
        return new Builder().prompts(prompts);
    }

    /** Begins a request for an animation that has its prompts by frames. */
    public static Builder animation(Animation animation) {
        return new Builder().animation(animation);
    }

    /** Begins another request like this one. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Puts a request together; each method sets what the component of {@link DrawRequest} with its name means. */
    public static final class Builder {
        private List<String> prompts = List.of();
        private @Nullable String negativePrompt;
        private final List<ImageSource> images = new ArrayList<>();
        private @Nullable ImageSource mask;
        private @Nullable MaskPaints maskPaints;
        private @Nullable Double strength;
        private final List<Lora> loras = new ArrayList<>();
        private @Nullable String model;
        private @Nullable Integer width;
        private @Nullable Integer height;
        private @Nullable String aspectRatio;
        private @Nullable Double megapixels;
        private @Nullable Boolean matchInputImage;
        private @Nullable Integer outputs;
        private @Nullable Long seed;
        private @Nullable Integer steps;
        private @Nullable Double guidanceScale;
        private @Nullable Double trueCfgScale;
        private @Nullable String style;
        private @Nullable Double stepCache;
        private @Nullable Boolean goFast;
        private @Nullable Format format;
        private @Nullable Integer quality;
        private @Nullable ReturnAs returnAs;
        private @Nullable Boolean stripMetadata;
        private @Nullable Provenance provenance;
        private @Nullable Integer previews;
        private @Nullable Animation animation;
        private final Map<String, Object> fields = new LinkedHashMap<>();
        private @Nullable URI webhook;
        private @Nullable Policy policy;
        private @Nullable Bucket bucket;
        private @Nullable String idempotencyKey;

        private Builder() {}

        private Builder(DrawRequest like) {
            prompts = like.prompts;
            negativePrompt = like.negativePrompt;
            images.addAll(like.images);
            mask = like.mask;
            maskPaints = like.maskPaints;
            strength = like.strength;
            loras.addAll(like.loras);
            model = like.model;
            width = like.width;
            height = like.height;
            aspectRatio = like.aspectRatio;
            megapixels = like.megapixels;
            matchInputImage = like.matchInputImage;
            outputs = like.outputs;
            seed = like.seed;
            steps = like.steps;
            guidanceScale = like.guidanceScale;
            trueCfgScale = like.trueCfgScale;
            style = like.style;
            stepCache = like.stepCache;
            goFast = like.goFast;
            format = like.format;
            quality = like.quality;
            returnAs = like.returnAs;
            stripMetadata = like.stripMetadata;
            provenance = like.provenance;
            previews = like.previews;
            animation = like.animation;
            fields.putAll(like.fields);
            webhook = like.webhook;
            policy = like.policy;
            bucket = like.bucket;
            idempotencyKey = like.idempotencyKey;
        }

        /** Sets {@code prompts}. */
        public Builder prompts(List<String> prompts) {
            this.prompts = prompts;
            return this;
        }

        /** Sets {@code negative_prompt}. */
        public Builder negativePrompt(String text) {
            this.negativePrompt = text;
            return this;
        }

        /** Adds a picture to start from or to edit; models that take several know them by their order. */
        public Builder image(ImageSource image) {
            images.add(image);
            return this;
        }

        /** Sets {@code mask}. */
        public Builder mask(ImageSource image) {
            this.mask = image;
            return this;
        }

        /** Sets {@code mask_paints}. */
        public Builder maskPaints(MaskPaints part) {
            this.maskPaints = part;
            return this;
        }

        /** Sets {@code strength}. */
        public Builder strength(double part) {
            this.strength = part;
            return this;
        }

        /** Adds a LoRA. */
        public Builder lora(Lora lora) {
            loras.add(lora);
            return this;
        }

        /** Sets {@code model}. */
        public Builder model(String name) {
            this.model = name;
            return this;
        }

        /** Sets {@code width} and {@code height}, in pixels. */
        public Builder size(int pixelsWide, int pixelsHigh) {
            this.width = pixelsWide;
            this.height = pixelsHigh;
            return this;
        }

        /** Sets {@code aspect_ratio}. */
        public Builder aspectRatio(String ratio) {
            this.aspectRatio = ratio;
            return this;
        }

        /** Sets {@code megapixels}. */
        public Builder megapixels(double times) {
            this.megapixels = times;
            return this;
        }

        /** Sets {@code match_input_image}. */
        public Builder matchInputImage(boolean match) {
            this.matchInputImage = match;
            return this;
        }

        /** Sets {@code num_outputs}. */
        public Builder outputs(int number) {
            this.outputs = number;
            return this;
        }

        /** Sets {@code seed}. */
        public Builder seed(long number) {
            this.seed = number;
            return this;
        }

        /** Sets {@code num_inference_steps}. */
        public Builder steps(int number) {
            this.steps = number;
            return this;
        }

        /** Sets {@code guidance_scale}. */
        public Builder guidanceScale(double scale) {
            this.guidanceScale = scale;
            return this;
        }

        /** Sets {@code true_cfg_scale}. */
        public Builder trueCfgScale(double scale) {
            this.trueCfgScale = scale;
            return this;
        }

        /** Sets {@code style}. */
        public Builder style(String name) {
            this.style = name;
            return this;
        }

        /** Sets {@code step_cache}. */
        public Builder stepCache(double threshold) {
            this.stepCache = threshold;
            return this;
        }

        /** Sets {@code go_fast}. */
        public Builder goFast(boolean fast) {
            this.goFast = fast;
            return this;
        }

        /** Sets {@code output_format}. */
        public Builder format(Format kind) {
            this.format = kind;
            return this;
        }

        /** Sets {@code output_quality}. */
        public Builder quality(int percent) {
            this.quality = percent;
            return this;
        }

        /** Sets {@code return}. */
        public Builder returnAs(ReturnAs way) {
            this.returnAs = way;
            return this;
        }

        /** Sets {@code strip_metadata}. */
        public Builder stripMetadata(boolean strip) {
            this.stripMetadata = strip;
            return this;
        }

        /** Sets {@code provenance}. */
        public Builder provenance(Provenance much) {
            this.provenance = much;
            return this;
        }

        /** Sets {@code previews}. */
        public Builder previews(int number) {
            this.previews = number;
            return this;
        }

        /** Asks for an animation in the place of pictures. */
        public Builder animation(Animation how) {
            this.animation = how;
            return this;
        }

        /** Sets a field that this client does not know, by the worker's name for it; the value becomes JSON. */
        public Builder field(String name, Object value) {
            fields.put(name, value);
            return this;
        }

        /** Sets {@code webhook}. */
        public Builder webhook(URI address) {
            this.webhook = address;
            return this;
        }

        /** Sets {@code policy}. */
        public Builder policy(Policy deadlines) {
            this.policy = deadlines;
            return this;
        }

        /** Sets {@code s3Config}. */
        public Builder bucket(Bucket target) {
            this.bucket = target;
            return this;
        }

        /** Names the submission: sent again under this name, even by another process, the same request is the same job. */
        public Builder idempotencyKey(String key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Returns the request. */
        public DrawRequest build() {
            return new DrawRequest(
                    prompts,
                    negativePrompt,
                    images,
                    mask,
                    maskPaints,
                    strength,
                    loras,
                    model,
                    width,
                    height,
                    aspectRatio,
                    megapixels,
                    matchInputImage,
                    outputs,
                    seed,
                    steps,
                    guidanceScale,
                    trueCfgScale,
                    style,
                    stepCache,
                    goFast,
                    format,
                    quality,
                    returnAs,
                    stripMetadata,
                    provenance,
                    previews,
                    animation,
                    fields,
                    webhook,
                    policy,
                    bucket,
                    idempotencyKey);
        }
    }
}
