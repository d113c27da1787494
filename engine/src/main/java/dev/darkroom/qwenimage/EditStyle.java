package dev.darkroom.qwenimage;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.sight.Reference;

/** The way in which an editing checkpoint sees its pictures: how many of them, and at which sizes. */
public sealed interface EditStyle {
    /** Template that the prompt is put into. */
    PromptTemplate template();

    /** Largest number of pictures that an edit takes. */
    int mostImages();

    /** Returns this style with pictures seen at another area. */
    EditStyle at(long pixels);

    /** Makes a reference of a picture, with the sizes that this style sees it at. */
    Reference reference(Picture picture);

    /** Chooses the size of the generated picture where a job names none. */
    Size generated(Size picture);

    /**
     * Qwen-Image-Edit: one picture, which text encoder and autoencoder see at the same size.
     *
     * @param area about the number of pixels of that size
     */
    record Single(long area) implements EditStyle {
        @Override
        public PromptTemplate template() {
            return PromptTemplate.EDIT;
        }

        @Override
        public int mostImages() {
            return 1;
        }

        @Override
        public Reference reference(Picture picture) {
            Size size = generated(picture.size());
            return Reference.of(picture, size, size);
        }

        @Override
        public EditStyle at(long pixels) {
            return new Single(pixels);
        }

        @Override
        public Size generated(Size picture) {
            return Dimensions.of(area, picture);
        }
    }

    /**
     * Qwen-Image-Edit-2509 and later: several pictures, of which the text encoder sees small copies.
     *
     * @param referenceArea about the number of pixels that the autoencoder sees
     * @param conditionArea about the number of pixels that the text encoder sees
     */
    record Plus(long referenceArea, long conditionArea) implements EditStyle {
        @Override
        public PromptTemplate template() {
            return PromptTemplate.EDIT_PLUS;
        }

        @Override
        public int mostImages() {
            return 3;
        }

        @Override
        public Reference reference(Picture picture) {
            return Reference.of(picture, Dimensions.of(conditionArea, picture.size()), generated(picture.size()));
        }

        @Override
        public EditStyle at(long pixels) {
            return new Plus(pixels, pixels);
        }

        @Override
        public Size generated(Size picture) {
            return Dimensions.of(referenceArea, picture);
        }
    }
}
