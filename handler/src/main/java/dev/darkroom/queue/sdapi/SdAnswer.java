package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.http.OwnPictures;
import java.net.URI;
import java.util.Base64;
import java.util.Optional;

/** The answer to {@code txt2img} and {@code img2img}: pictures, the fields that were sent, and a text of JSON about both. */
final class SdAnswer {
    private SdAnswer() {}

    /** @param own where a picture is that was too large for the answer */
    static ObjectNode of(JobOutcome.Done done, SdRequest asked, OwnPictures own) {
        ObjectNode answer = JobJson.object();
        ArrayNode images = answer.putArray("images");
        ObjectNode info = info(done, asked);
        if (asked.withPictures()) {
            for (JobOutcome.Picture picture : done.pictures()) {
                file(picture, own)
                        .ifPresentOrElse(
                                file -> images.add(Base64.getEncoder().encodeToString(file)),
                                () -> info.withArray("notes")
                                        .add("a picture is too large for the answer: " + picture.url()));
            }
        }
        answer.set("parameters", asked.sent());
        return answer.put("info", info.toString());
    }

    private static Optional<byte[]> file(JobOutcome.Picture picture, OwnPictures own) {
        byte[] file = picture.file();
        URI url = picture.url();
        return file != null || url == null ? Optional.ofNullable(file) : own.read(url);
    }

    private static ObjectNode info(JobOutcome.Done done, SdRequest asked) {
        String prompt = asked.sent().path("prompt").asText();
        String negative = asked.sent().path("negative_prompt").asText("");
        ObjectNode info = JobJson.object()
                .put("prompt", prompt)
                .put("negative_prompt", negative)
                .put("seed", done.seed())
                .put("sampler_name", "Euler")
                .put("sd_model_name", done.model())
                .put("batch_size", done.pictures().size());
        JobJson.setIfPresent(info, "license", done.license());
        ArrayNode says = info.putArray("provenance");
        done.pictures().forEach(picture -> says.add(picture.provenance()));
        ArrayNode prompts = info.putArray("all_prompts");
        ArrayNode seeds = info.putArray("all_seeds");
        ArrayNode texts = info.putArray("infotexts");
        for (JobOutcome.Picture picture : done.pictures()) {
            prompts.add(prompt);
            seeds.add(picture.seed());
            texts.add(text(picture, done.model(), prompt, negative, asked.sent()));
            info.put("width", picture.size().width())
                    .put("height", picture.size().height());
        }
        ArrayNode notes = info.putArray("notes");
        asked.notes().forEach(notes::add);
        done.notes().forEach(notes::add);
        done.failures().forEach(failure -> notes.add("a picture is missing: " + failure));
        return info;
    }

    private static String text(
            JobOutcome.Picture picture, String model, String prompt, String negative, ObjectNode sent) {
        String steps =
                sent.path("steps").isNumber() ? "Steps: " + sent.path("steps").asInt() + ", " : "";
        return prompt + (negative.isBlank() ? "" : "\nNegative prompt: " + negative) + "\n" + steps
                + "Sampler: Euler, Seed: " + picture.seed() + ", Size: " + picture.size() + ", Model: " + model;
    }
}
