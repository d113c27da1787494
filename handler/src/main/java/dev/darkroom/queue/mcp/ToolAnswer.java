package dev.darkroom.queue.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.http.OwnPictures;
import io.quarkiverse.mcp.server.Content;
import io.quarkiverse.mcp.server.ImageContent;
import io.quarkiverse.mcp.server.ResourceLink;
import io.quarkiverse.mcp.server.TextContent;
import io.quarkiverse.mcp.server.ToolResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job came to, as the result of a tool: each picture as an image and, where it has an address, as a link; then a text for whoever
 * reads, and the same as structured content.
 */
final class ToolAnswer {
    /** Characters of base64 that the pictures of an answer may have together; the first comes in any case, of further ones only the links. */
    private static final int MOST_CHARACTERS = 1_000_000;

    private final JobOutcome.Done done;
    private final OwnPictures own;
    private final List<Content> content = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private int characters;

    private ToolAnswer(JobOutcome.Done done, OwnPictures own) {
        this.done = done;
        this.own = own;
    }

    /** Makes the result of a job; files of pictures may be read for it. */
    static ToolResponse of(JobOutcome outcome, OwnPictures own) {
        return switch (outcome) {
            case JobOutcome.Done done -> new ToolAnswer(done, own).response();
            case JobOutcome.Ended ended -> ToolResponse.error(ended.message());
            case JobOutcome.Waiting waiting -> ToolResponse.error("the worker is stopping: try again");
        };
    }

    private ToolResponse response() {
        for (int i = 0; i < done.pictures().size(); i++) {
            add(i, done.pictures().get(i));
        }
        done.failures().forEach(failure -> remarks.add("a picture is missing: " + failure));
        remarks.addAll(done.notes());
        content.add(new TextContent(text()));
        return new ToolResponse(done.pictures().isEmpty(), content, structured(), null);
    }

    private void add(int index, JobOutcome.Picture picture) {
        Optional<byte[]> file = file(picture);
        file.map(Base64.getEncoder()::encodeToString).ifPresent(base64 -> {
            boolean fits = index == 0 || characters + base64.length() <= MOST_CHARACTERS;
            if (fits || picture.url() == null) {
                characters += base64.length();
                content.add(new ImageContent(base64, picture.format().mediaType()));
            } else {
                remarks.add("picture " + (index + 1) + " comes as a link alone: with it the answer would be more than "
                        + MOST_CHARACTERS
                        + " characters; ask for fewer pictures, smaller ones, or a lower output_quality");
            }
        });
        if (picture.url() != null) {
            content.add(
                    link(picture, picture.url(), file.map(bytes -> bytes.length).orElse(null)));
        }
    }

    private Optional<byte[]> file(JobOutcome.Picture picture) {
        return picture.url() == null ? Optional.ofNullable(picture.file()) : own.read(picture.url());
    }

    private static ResourceLink link(JobOutcome.Picture picture, URI url, @Nullable Integer bytes) {
        String path = String.valueOf(url.getPath());
        return new ResourceLink(
                url.toString(),
                picture.format().mediaType(),
                path.substring(path.lastIndexOf('/') + 1),
                null,
                picture.size() + ", seed " + picture.seed(),
                bytes,
                null,
                null);
    }

    private String text() {
        String pictures = done.pictures().stream()
                .map(picture -> picture.size() + " (seed " + picture.seed() + ")")
                .collect(Collectors.joining(", "));
        return Stream.concat(
                        Stream.of("Drawn by " + done.model() + ": " + (pictures.isEmpty() ? "nothing" : pictures)),
                        remarks.stream().map(remark -> "Note: " + remark))
                .collect(Collectors.joining("\n"));
    }

    private Map<String, Object> structured() {
        ObjectNode node = JobJson.object().put("model", done.model()).put("seed", done.seed());
        JobJson.setIfPresent(node, "license", done.license());
        ArrayNode images = node.putArray("images");
        done.pictures().forEach(picture -> images.add(described(picture)));
        ArrayNode notes = node.putArray("notes");
        remarks.forEach(notes::add);
        return asMap(node);
    }

    @SuppressWarnings("unchecked") // an object's
    static Map<String, Object> asMap(ObjectNode node) {
        return JobJson.MAPPER.convertValue(node, Map.class);
    }

    private static ObjectNode described(JobOutcome.Picture picture) {
        ObjectNode node = JobJson.object()
                .put("format", picture.format().fieldValue())
                .put("width", picture.size().width())
                .put("height", picture.size().height())
                .put("seed", picture.seed())
                .put("prompt_index", picture.promptIndex());
        JobJson.setIfPresent(node, "provenance", picture.provenance());
        URI url = picture.url();
        return url == null ? node : node.put("url", url.toString());
    }
}
