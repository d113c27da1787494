package dev.darkroom.queue.mcp;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.Field;
import dev.darkroom.queue.Fields;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Nothing;
import dev.darkroom.queue.PayloadReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Makes a job of a tool's arguments, which are the fields of a job's input. */
final class ToolInput {
    /** Pictures go through a language model's client, which may read no more than about a megabyte; every one of them knows JPEG. */
    static final String USUAL_FORMAT = "jpeg";

    private static final List<String> ADDED = List.of("output_format", "return");

    private final Fields fields;

    ToolInput(PayloadReader reader) {
        this.fields = reader.fields();
    }

    /**
     * Makes a job.
     *
     * @param withPictures true for the tool whose jobs start from pictures
     * @param as where the pictures go, unless the arguments say so
     * @return a request as of {@code /run}
     * @throws JobException if the arguments are those of another tool
     */
    ObjectNode job(Map<String, Object> arguments, boolean withPictures, String as) {
        ObjectNode input = JobJson.MAPPER.valueToTree(arguments);
        var faults = new Faults();
        if (withPictures) {
            faults.check(
                    isThere(input, "image") || isThere(input, "images"),
                    "image",
                    "is missing: generate_image draws from words alone");
        } else {
            names(ToolSchemas.OF_PICTURES)
                    .filter(name ->
                            !Nothing.is(input.path(name)) && !input.path(name).isBoolean())
                    .forEach(name -> faults.add(name, "is a field of edit_image, not of generate_image"));
        }
        names(Set.copyOf(Fields.ofAnimations()))
                .filter(name ->
                        !Nothing.is(input.path(name)) && !input.path(name).equals(BooleanNode.FALSE))
                .forEach(name -> faults.add(name, "is of an animation, and this tool makes pictures"));
        faults.refuse();
        Map<String, String> usual = Map.of("output_format", USUAL_FORMAT, "return", as);
        ADDED.stream().filter(field -> !isThere(input, field)).forEach(field -> input.put(field, usual.get(field)));
        ObjectNode job = JobJson.object();
        job.set("input", input);
        return job;
    }

    private boolean isThere(ObjectNode input, String field) {
        return names(Set.of(field)).anyMatch(name -> !Nothing.isList(input.path(name)));
    }

    private Stream<String> names(Set<String> wanted) {
        return fields.all().stream()
                .filter(field -> wanted.contains(field.name()))
                .flatMap(ToolInput::names);
    }

    private static Stream<String> names(Field field) {
        return Stream.concat(Stream.of(field.name()), field.aliases().stream());
    }
}
