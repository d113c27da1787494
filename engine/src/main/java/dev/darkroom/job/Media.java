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

    /**
     * Many pictures in a row, in a file already: all of them at once would not fit into memory.
     *
     * @param file shared, not copied: treat it as read-only
     * @param frames at least one
     * @param fps frames a second
     * @param poster the frame that stands for all of them
     * @param marked true if there is a mark in the pixels of each frame
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: media are never compared
    record Video(byte[] file, VideoFormat format, Size size, int frames, double fps, Picture poster, boolean marked)
            implements Media {}
}
