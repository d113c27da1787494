package dev.darkroom.animation.curve;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;

/** A setting's schedule before it is known what its values are; what is wrong in it is told with its name, key and column. */
record KeyedText(String field, String text, Span span) {
    private static final int LONGEST_KEY = 30;

    /** What is made of a key's frame and of what stands there. */
    @FunctionalInterface
    interface Reader {
        void read(int frame, Piece piece) throws ExpressionException;
    }

    /**
     * Reads key after key.
     *
     * @throws JobException with {@link JobException.Code#BAD_INPUT} that names the setting, the key and the column
     */
    void forEach(Reader reader) {
        String key = "";
        try {
            for (Piece piece : new ScheduleText(text).pieces()) {
                key = "key " + Faults.quoted(piece.key(), LONGEST_KEY) + ", ";
                reader.read(FrameKey.parse(piece.key(), piece.keyColumn(), span), piece);
            }
        } catch (ExpressionException e) {
            throw JobException.badInput(field + ": " + key + "column " + e.column() + ": " + e.getMessage());
        }
    }
}
