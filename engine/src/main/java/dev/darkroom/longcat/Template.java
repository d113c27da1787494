package dev.darkroom.longcat;

/**
 * The conversation before a prompt. What follows the prompt changes nothing of what is read of it, and is left out.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/}, {@code prompt_template_encode_prefix} of LongCatImagePipeline and
 * LongCatImageEditPipeline.
 */
public enum Template {
    /** Template for pictures from a prompt alone. */
    TEXT("""
            As an image captioning expert, generate a descriptive text prompt based on an image content, suitable for input to a \
            text-to-image model.""", ""),

    /** Template for edits of one picture, whose tokens belong to the prompt embeds. */
    EDIT("""
            As an image editing expert, first analyze the content and attributes of the input image(s). Then, based on the user's editing \
            instructions, clearly and precisely determine how to modify the given image(s), ensuring that only the specified parts are \
            altered and all other aspects remain consistent with the original(s).""", "<|vision_start|><|image_pad|><|vision_end|>");

    /** Tokens of the longer one, without those of a picture. */
    static final int LONGEST = 70;

    private final String system;
    private final String image;

    Template(String system, String image) {
        this.system = system;
        this.image = image;
    }

    /** What stands before the prompt. */
    public String prefix() {
        return "<|im_start|>system\n" + system + "<|im_end|>\n<|im_start|>user\n" + image;
    }
}
