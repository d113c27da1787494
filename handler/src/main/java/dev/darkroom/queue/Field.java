package dev.darkroom.queue;

import java.util.List;

/**
 * A field of a job's input: the one source for reading, for messages to callers and for the schema.
 *
 * @param aliases names of the field in the inputs of other workers
 * @param meaning one sentence for the schema
 */
record Field(String name, List<String> aliases, Type type, String meaning) {
    Field(String name, Type type, String meaning) {
        this(name, List.of(), type, meaning);
    }

    /** The type of a field's value, with its bounds. */
    sealed interface Type {}

    /** A text of at most {@code longest} characters. */
    record Text(int longest) implements Type {}

    /** A list of {@code least} to {@code most} texts. */
    record Texts(int least, int most, int longest) implements Type {}

    /** A whole number in a range. */
    record Whole(long least, long most) implements Type {}

    /**
     * A number in a range.
     *
     * @param open true if the least itself is not allowed
     * @param orText true if the number may also come as a text
     */
    record Decimal(double least, double most, boolean open, boolean orText) implements Type {
        Decimal(double least, double most) {
            this(least, most, false, false);
        }
    }

    /** True or false. */
    record Flag() implements Type {}

    /** One of the listed words. */
    record Choice(List<String> values) implements Type {}

    /** Width and height in one text: {@code 1024x768}. */
    record Dimensions() implements Type {}

    /** A picture: base64, a data URI, an address, or a path. */
    record Image() implements Type {}

    /** A list of one to {@code most} pictures. */
    record Images(int most) implements Type {}

    /** A list of up to {@code most} numbers in a range. */
    record Decimals(int most, double least, double greatest) implements Type {}

    /** A list of up to {@code most} LoRAs: addresses or paths, alone, in pairs with a scale, or as objects; or one alone. */
    record Loras(int most, int longest, double least, double greatest) implements Type {}
}
