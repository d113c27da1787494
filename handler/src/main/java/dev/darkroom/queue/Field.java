package dev.darkroom.queue;

import java.util.List;

/**
 * A field of a job's input: what reads it, what describes it to callers, and what documents it, all use this.
 *
 * @param aliases other names that callers of other workers know it by
 * @param meaning one sentence for the schema
 */
record Field(String name, List<String> aliases, Type type, String meaning) {
    Field(String name, Type type, String meaning) {
        this(name, List.of(), type, meaning);
    }

    /** What a field holds. */
    sealed interface Type {}

    /** A text of at most that many characters. */
    record Text(int longest) implements Type {}

    /** {@code least} to {@code most} texts. */
    record Texts(int least, int most, int longest) implements Type {}

    /** A whole number in a range. */
    record Whole(long least, long most) implements Type {}

    /**
     * A number in a range.
     *
     * @param open true leaves out the least itself
     * @param orText true takes the number as a text too
     */
    record Decimal(double least, double most, boolean open, boolean orText) implements Type {
        Decimal(double least, double most) {
            this(least, most, false, false);
        }
    }

    /** True or false. */
    record Flag() implements Type {}

    /** One of some words. */
    record Choice(List<String> values) implements Type {}

    /** Width and height in one text: {@code 1024x768}. */
    record Dimensions() implements Type {}

    /** A picture: base64, a data URI, an address, or a path. */
    record Image() implements Type {}

    /** One to {@code most} pictures. */
    record Images(int most) implements Type {}

    /** Up to {@code most} numbers in a range. */
    record Decimals(int most, double least, double greatest) implements Type {}

    /** Up to {@code most} LoRAs: addresses or paths, alone, in pairs with a scale, or as objects; or one alone. */
    record Loras(int most, int longest, double least, double greatest) implements Type {}
}
