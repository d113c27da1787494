package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A field of a job's input: the one source for reading, for messages to callers and for the schema.
 *
 * @param aliases names of the field in the inputs of other workers
 * @param meaning one sentence for the schema
 */
public record Field(String name, List<String> aliases, Type type, String meaning) {
    /** A field that goes by one name. */
    public Field(String name, Type type, String meaning) {
        this(name, List.of(), type, meaning);
    }

    /** Returns true if a value of this field counts as absent. */
    boolean isNothing(JsonNode value) {
        return switch (type) {
            case Text text -> text.orBlank() ? value.isNull() : Nothing.is(value);
            case Texts texts ->
                texts.orBlank() ? value.isNull() || (value.isArray() && value.isEmpty()) : Nothing.isList(value);
            case Images ignored -> Nothing.isList(value);
            case Decimals ignored -> Nothing.isList(value);
            case Loras ignored -> Nothing.isList(value);
            case Image ignored -> Nothing.is(value);
            case Whole ignored -> Nothing.is(value);
            case Decimal ignored -> Nothing.is(value);
            case Flag ignored -> Nothing.is(value);
            case Choice ignored -> Nothing.is(value);
            case Dimensions ignored -> Nothing.is(value);
            case Schedule ignored -> Nothing.is(value);
            case Frame ignored -> Nothing.is(value);
            case Settings ignored -> Nothing.isObject(value);
        };
    }

    /** The type of a field's value, with its bounds. */
    public sealed interface Type {}

    /**
     * A text of at most {@code longest} characters.
     *
     * @param orBlank true if a blank text is one too: pictures can be drawn from an empty prompt
     */
    public record Text(int longest, boolean orBlank) implements Type {
        public Text(int longest) {
            this(longest, false);
        }
    }

    /**
     * A list of {@code least} to {@code most} texts.
     *
     * @param orBlank true if blank texts are some too
     */
    public record Texts(int least, int most, int longest, boolean orBlank) implements Type {}

    /** A whole number in a range. */
    public record Whole(long least, long most) implements Type {}

    /**
     * A number in a range.
     *
     * @param open true if the least itself is not allowed
     * @param orText true if the number may also come as a text
     */
    public record Decimal(double least, double most, boolean open, boolean orText) implements Type {
        public Decimal(double least, double most) {
            this(least, most, false, false);
        }
    }

    /** True or false. */
    public record Flag() implements Type {}

    /** One of the listed words. */
    public record Choice(List<String> values) implements Type {}

    /** Width and height in one text: {@code 1024x768}. */
    public record Dimensions() implements Type {}

    /** A schedule of numbers by frames, such as {@code 0:(1), 24:(1.04)}; or one number, for all frames. */
    public record Schedule() implements Type {}

    /** A frame of an animation: {@code first}, {@code middle}, {@code last}, or its number, from 0. */
    public record Frame() implements Type {}

    /** An object whose values are texts, numbers and flags, by names of the caller's. */
    public record Settings() implements Type {}

    /** A picture: base64, a data URI, an address, or a path. */
    public record Image() implements Type {}

    /** A list of one to {@code most} pictures. */
    public record Images(int most) implements Type {}

    /** A list of up to {@code most} numbers in a range. */
    public record Decimals(int most, double least, double greatest) implements Type {}

    /** A list of up to {@code most} LoRAs: addresses or paths, alone, in pairs with a scale, or as objects; or one alone. */
    public record Loras(int most, int longest, double least, double greatest) implements Type {}
}
