package dev.darkroom.queue.openai;

import dev.darkroom.job.Limits;
import dev.darkroom.queue.Field;
import dev.darkroom.queue.Fields;
import dev.darkroom.queue.PayloadReader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The fields that OpenAI's images API has under another name than this worker, or with other values, or that mean nothing here. Every other
 * field is this worker's own, under its own name.
 */
public final class ImageFields {
    /** Partial pictures that a stream may have of each picture. */
    static final int MOST_PARTIALS = 3;

    private static final int LONGEST_USER = 1_000;
    private static final int LONGEST_SIZE = 50;

    /** Fields of this worker that those of the table stand for. */
    private static final Set<String> REPLACED = Set.of(
            "num_outputs",
            "size",
            "image",
            "images",
            "mask",
            "return",
            "output_quality",
            "previews",
            "match_input_image");

    static final Fields OWN = new Fields(List.of(
            new Field(
                    "n",
                    new Field.Whole(1, Limits.MOST_OUTPUTS),
                    "How many pictures (1); their seeds count up. As num_outputs."),
            new Field(
                    "size",
                    new Field.Text(LONGEST_SIZE),
                    "Width and height in one, 1024x768, within this worker's limits; auto, or nothing, leaves it to the model."),
            new Field(
                    "image",
                    List.of("images"),
                    new Field.Images(Limits.MOST_IMAGES),
                    "The pictures to edit: files of a form, or of JSON texts (base64, a data URI, an address) or objects {image_url}."),
            new Field(
                    "mask",
                    new Field.Image(),
                    "Beside one picture: a file that is transparent where to paint; mask_paints changes that."),
            new Field(
                    "output_compression",
                    new Field.Whole(0, 100),
                    "Quality of jpeg and webp (90). As output_quality; png has none, which a note says."),
            new Field(
                    "response_format",
                    new Field.Choice(List.of("b64_json", "url")),
                    "The file in the answer, or its address (b64_json)."),
            new Field("stream", new Field.Flag(), "True answers with server-sent events."),
            new Field(
                    "partial_images",
                    new Field.Whole(0, MOST_PARTIALS),
                    "How many pictures of the work in progress the stream has of each picture (0)."),
            new Field(
                    "background",
                    new Field.Choice(List.of("auto", "opaque", "transparent")),
                    "Pictures of this worker are opaque: transparent is refused."),
            new Field(
                    "quality",
                    new Field.Choice(List.of("auto", "low", "medium", "high", "standard", "hd")),
                    "Has no effect, which a note says: num_inference_steps and go_fast decide here."),
            new Field(
                    "moderation",
                    new Field.Choice(List.of("auto", "low")),
                    "Has no effect, which a note says: this worker looks at no content."),
            new Field(
                    "input_fidelity",
                    new Field.Choice(List.of("low", "high")),
                    "Has no effect, which a note says: the model decides."),
            new Field("user", new Field.Text(LONGEST_USER), "Has no effect, which a note says.")));

    private ImageFields() {}

    /** Lists all fields of a request for pictures, those of this worker among them. */
    public static List<Field> all(PayloadReader reader) {
        return Stream.concat(
                        reader.fields().all().stream().filter(field -> !REPLACED.contains(field.name())),
                        OWN.all().stream())
                .toList();
    }

    /** Returns what the field of a name is; empty if there is none of that name. */
    static Optional<Field.Type> typeOf(String name, PayloadReader reader) {
        return OWN.called(name).map(Field::type).or(() -> reader.fields().typeOf(name));
    }
}
