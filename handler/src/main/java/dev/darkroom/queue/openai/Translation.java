package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.queue.Field;
import dev.darkroom.queue.FieldReader;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Nothing;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Translates the fields of one call to those of a job's input. What a field may be is checked where the job is read; here are the rules of
 * those that this worker does not have.
 */
final class Translation {
    private final PayloadReader reader;
    private final Faults faults;
    private final ObjectNode input = JobJson.object();
    private final Map<String, String> words = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final FieldReader own;
    private final boolean streams;

    /** @param sent the fields of the call */
    Translation(ObjectNode sent, PayloadReader reader, Faults faults) {
        this.reader = reader;
        this.faults = faults;
        ObjectNode theirs = JobJson.object();
        sent.properties()
                .forEach(field -> (ImageFields.OWN.called(field.getKey()).isPresent() ? theirs : input)
                        .set(field.getKey(), field.getValue()));
        this.own = new FieldReader(theirs, ImageFields.OWN, faults);
        this.streams = own.flag("stream").orElse(false);
    }

    /** Returns the input of the job; faults are noted. */
    ObjectNode input(boolean edit) {
        List<String> strangers = strangers();
        pictures(edit);
        rename("n", "num_outputs");
        size();
        delivery();
        partials();
        tellWhatHasNoEffect();
        if (reader.refusesUnknownFields()) {
            strangers.forEach(faults::add);
        } else {
            notes.addAll(strangers);
        }
        return input;
    }

    /** Returns our names of fields with the caller's. */
    Map<String, String> words() {
        return words;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    boolean streams() {
        return streams;
    }

    /** Takes out what is probably a misspelt field of OpenAI's: whoever reads the job knows only those of this worker. */
    private List<String> strangers() {
        List<String> known = Stream.concat(ImageFields.OWN.names().stream(), reader.fields().names().stream())
                .toList();
        List<String> messages = new ArrayList<>();
        for (var field : List.copyOf(input.properties())) {
            String name = field.getKey();
            Optional<String> near = reader.fields().typeOf(name).isPresent()
                    ? Optional.empty()
                    : Spelling.nearest(name, known)
                            .filter(meant -> ImageFields.OWN.called(meant).isPresent());
            near.ifPresent(meant -> {
                messages.add(Faults.quoted(name) + ": is no field of this worker; did you mean " + meant + "?");
                input.remove(name);
            });
        }
        return messages;
    }

    private void pictures(boolean edit) {
        Optional<FieldReader.Found> sent = own.sent("image");
        sent.ifPresent(found -> pictures(found.name(), found.value()));
        faults.check(
                !edit
                        || sent.isPresent()
                        || sentAs("image").isPresent()
                        || sentAs("images").isPresent(),
                "image",
                "is missing: what is edited is sent as image, or as image[] if there are several");
        own.sent("mask").ifPresent(found -> {
            input.set("mask", picture("mask", found.value()));
            if (Nothing.is(input.path("mask_paints"))) {
                input.put("mask_paints", "transparent");
            }
        });
    }

    /** Sets pictures as one or as several: faults name one picture by another field than the first of several. */
    private void pictures(String name, JsonNode sent) {
        ArrayNode pictures = JobJson.MAPPER.createArrayNode();
        if (sent instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                if (!Nothing.is(list.get(i))) {
                    pictures.add(picture(name + "[" + i + "]", list.get(i)));
                }
            }
        } else {
            pictures.add(picture(name, sent));
        }
        for (String ours : List.of("image", "images")) {
            refuseBeside(name, ours);
            words.put(ours, name);
        }
        if (pictures.size() == 1) {
            input.set("image", pictures.get(0));
        } else {
            input.set("images", pictures);
        }
    }

    /** Reads one picture: a text as everywhere, or an object that says of what kind the text is. */
    private JsonNode picture(String name, JsonNode sent) {
        if (!sent.isObject()) {
            return sent;
        }
        faults.check(
                Nothing.is(sent.path("file_id")),
                name + ".file_id",
                "is not known here, as this worker keeps no files: send image_url, which may be a data URI");
        faults.check(
                sent.path("image_url").isTextual() || !Nothing.is(sent.path("file_id")),
                name,
                "must be a text or an object such as {\"image_url\": \"data:image/png;base64,…\"}");
        return sent.path("image_url");
    }

    private void size() {
        own.sent("size").ifPresent(found -> {
            if (!found.value().asText().strip().equalsIgnoreCase("auto")) {
                rename("size", "size");
                Stream.of("width", "height", "width × height").forEach(side -> words.put(side, "size: " + side));
            }
        });
    }

    private void delivery() {
        Optional<String> format = own.choice("response_format");
        format.ifPresent(asked -> put("response_format", "return", JobJson.MAPPER.valueToTree(ours(asked))));
        if (!own.has("response_format") && Nothing.is(input.path("return"))) {
            input.put("return", "base64");
        }
        own.count("output_compression").ifPresent(asked -> {
            if (isPng()) {
                notes.add("output_compression: has no effect on png, which loses nothing");
            } else {
                put("output_compression", "output_quality", JobJson.MAPPER.valueToTree(Math.max(1, asked)));
            }
        });
    }

    private static String ours(String responseFormat) {
        return responseFormat.equals("url") ? "url" : "base64";
    }

    private boolean isPng() {
        String asked =
                input.path("output_format").asText(input.path("image_format").asText(""));
        return asked.isBlank() || asked.equalsIgnoreCase("png");
    }

    private void partials() {
        int partials = own.count("partial_images").orElse(0);
        faults.check(partials == 0 || streams, "partial_images", "needs stream to be true");
        if (partials > 0) {
            put("partial_images", "previews", JobJson.MAPPER.valueToTree(partials));
        }
    }

    private void tellWhatHasNoEffect() {
        own.choice("background")
                .ifPresent(asked -> faults.check(
                        !asked.equals("transparent"),
                        "background",
                        "the pictures of this worker are opaque: send opaque or auto, not transparent"));
        own.choice("quality")
                .filter(asked -> !asked.equals("auto"))
                .ifPresent(asked ->
                        notes.add("quality: has no effect here, where num_inference_steps and go_fast decide"));
        own.choice("moderation")
                .ifPresent(asked -> notes.add("moderation: has no effect here: this worker looks at no content"));
        own.choice("input_fidelity")
                .ifPresent(asked -> notes.add("input_fidelity: has no effect here, where the model decides"));
        if (own.text("user") != null) {
            notes.add("user: has no effect here");
        }
        styleOfDallE();
    }

    /** Takes out a style of dall-e-3, unless this worker has one of that name. */
    private void styleOfDallE() {
        String style = input.path("style").asText("").strip();
        boolean known = reader.fields().named("style").type() instanceof Field.Choice choice
                && choice.values().stream().anyMatch(style::equalsIgnoreCase);
        if (!known && Stream.of("vivid", "natural").anyMatch(style::equalsIgnoreCase)) {
            input.remove("style");
            notes.add("style: " + style + " is one of dall-e-3 and has no effect here");
        }
    }

    /** Passes a field on under our name. */
    private void rename(String theirs, String ours) {
        own.sent(theirs).ifPresent(found -> put(found.name(), ours, found.value()));
    }

    private void put(String theirs, String ours, JsonNode value) {
        refuseBeside(theirs, ours);
        input.set(ours, value);
        words.put(ours, theirs);
    }

    /** Notes a fault if a field of this worker's was sent beside the one that stands for it. */
    private void refuseBeside(String theirs, String ours) {
        sentAs(ours).ifPresent(other -> faults.add(theirs, "is there as " + other + " too: send one"));
    }

    /** Returns the name under which a field of this worker's was sent; empty if it was not. */
    private Optional<String> sentAs(String ours) {
        return reader.fields()
                .called(ours)
                .flatMap(field -> Stream.concat(Stream.of(field.name()), field.aliases().stream())
                        .filter(name -> !Nothing.is(input.path(name)))
                        .findFirst());
    }
}
