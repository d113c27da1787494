package dev.darkroom.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The result of a job: at least one picture.
 *
 * @param images in the order of {@link Job#samples()}
 * @param failures the pictures that could not be made or stored, in the same order
 * @param seed of the first picture of each prompt
 * @param timings part of the job → milliseconds
 * @param revision of the model's checkpoint, where it is known
 * @param license of the model, where its card states one
 * @param notes remarks for the caller, such as that a prompt was cut
 */
public record JobResult(
        List<Image> images,
        List<Failure> failures,
        long seed,
        Map<String, Long> timings,
        String model,
        @Nullable String revision,
        @Nullable License license,
        List<String> notes) {
    /** A result of a model whose licence is not known. */
    public JobResult(
            List<Image> images,
            List<Failure> failures,
            long seed,
            Map<String, Long> timings,
            String model,
            @Nullable String revision,
            List<String> notes) {
        this(images, failures, seed, timings, model, revision, null, notes);
    }

    /**
     * The licence of a model.
     *
     * @param name as people know it
     * @param commercialUse whether it allows that: {@code yes}, {@code no}, {@code conditions} or {@code unknown}
     * @param link where it can be read; null where that is not known
     */
    public record License(
            String name, String commercialUse, @Nullable String link) {}

    /**
     * A picture that is stored.
     *
     * @param sample with the seed that the picture was made with: another than the job's where an earlier try made it
     * @param format of the file: another than asked for if that was too large for the answer
     * @param bytes size of the file
     * @param notes what the caller should know of this picture
     * @param marks what its file says of how it came about; null where that is not known
     * @param clip how it moves; null for a still
     */
    public record Image(
            Sample sample,
            Stored stored,
            FileFormat format,
            Size size,
            int bytes,
            List<String> notes,
            @Nullable Marks marks,
            @Nullable Clip clip) {
        /** A picture of which it is not told what its file says. */
        public Image(Sample sample, Stored stored, FileFormat format, Size size, int bytes, List<String> notes) {
            this(sample, stored, format, size, bytes, notes, null, null);
        }

        /** Returns this picture with another place where its file is. */
        public Image at(Stored place) {
            return new Image(sample, place, format, size, bytes, notes, marks, clip);
        }

        /** Returns the picture that stands for a film; null if none is told. */
        public @Nullable Image poster() {
            return clip == null ? null : clip.poster();
        }

        /** Returns this film with the picture that stands for it. */
        public Image with(Image poster) {
            Clip moving = Objects.requireNonNull(clip, "a picture that does not move has no poster");
            var shown = new Clip(moving.frames(), moving.fps(), poster);
            return new Image(sample, stored, format, size, bytes, notes, marks, shown);
        }

        /** Returns this picture with a further note. */
        public Image noting(String note) {
            List<String> more = Stream.concat(notes.stream(), Stream.of(note)).toList();
            return new Image(sample, stored, format, size, bytes, more, marks, clip);
        }
    }

    /**
     * How a picture moves.
     *
     * @param fps frames a second
     * @param poster picture of the frame that stands for all of them; null if none is told
     */
    public record Clip(int frames, double fps, @Nullable Image poster) {}

    /** A picture that could not be made or stored, and the reason. */
    public record Failure(Sample sample, JobException reason) {}
}
