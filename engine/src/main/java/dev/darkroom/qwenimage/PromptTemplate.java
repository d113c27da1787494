package dev.darkroom.qwenimage;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The conversation that a prompt is put into before the text encoder reads it. The states of its first tokens, which are the same for
 * every prompt, are dropped.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/}, {@code prompt_template_encode} and its {@code start_idx} of
 * QwenImagePipeline, QwenImageEditPipeline and QwenImageEditPlusPipeline.
 */
public enum PromptTemplate {
    /** Template for pictures from a prompt alone. */
    TEXT(34, """
            Describe the image by detailing the color, shape, size, texture, quantity, text, spatial relationships of the objects and \
            background:""") {
        @Override
        String images(int count) {
            return "";
        }
    },

    /** Template for edits of one picture. */
    EDIT(64, Text.EDIT_SYSTEM) {
        @Override
        String images(int count) {
            return Text.IMAGE;
        }
    },

    /** Template for edits of several pictures, which the prompt may refer to by their numbers. */
    EDIT_PLUS(64, Text.EDIT_SYSTEM) {
        @Override
        String images(int count) {
            return IntStream.rangeClosed(1, count)
                    .mapToObj(number -> "Picture " + number + ": " + Text.IMAGE)
                    .collect(Collectors.joining());
        }
    };

    /** Number of the template's tokens that follow the prompt. */
    public static final int END_TOKENS = 5;

    /** Text that several templates share. */
    private static final class Text {
        static final String IMAGE = "<|vision_start|><|image_pad|><|vision_end|>";
        static final String EDIT_SYSTEM = """
                Describe the key features of the input image (color, shape, size, texture, objects, background), then explain how the \
                user's text instruction should alter or modify the image. Generate a new image that meets the user's requirements while \
                maintaining consistency with the original input where appropriate.""";

        private Text() {}
    }

    private final int dropped;
    private final String system;

    PromptTemplate(int dropped, String system) {
        this.dropped = dropped;
        this.system = system;
    }

    /** Number of tokens at the beginning that are the template's own, whose states are dropped. */
    public int dropped() {
        return dropped;
    }

    /** Makes the whole conversation, with <code>{}</code> for the prompt and one {@code <|image_pad|>} for each image. */
    public String around(int imageCount) {
        return "<|im_start|>system\n" + system + "<|im_end|>\n<|im_start|>user\n" + images(imageCount)
                + "{}<|im_end|>\n<|im_start|>assistant\n";
    }

    abstract String images(int count);
}
