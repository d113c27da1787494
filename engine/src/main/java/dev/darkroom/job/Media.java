package dev.darkroom.job;

/**
 * One finished work of a model. Code that turns media into files switches over the kinds without a default: the compiler then names every
 * place that a new kind concerns.
 */
public sealed interface Media {
    /** Width and height of the frame, in pixels. */
    Size size();

    /** One picture. */
    record Still(Picture picture) implements Media {
        @Override
        public Size size() {
            return picture.size();
        }
    }
}
