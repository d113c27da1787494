package dev.darkroom.store.http;

import dev.darkroom.job.FileFormat;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.store.ResultFolder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/**
 * Serves the results in this worker's own folder, and no other files in it: whole, or the part that is asked for, so that a download
 * goes on where it was interrupted. A picture never changes, so its name is its strong validator.
 */
@Path("/results/{name}")
public class ResultsResource {
    private final ResultFolder results;

    ResultsResource(ResultFolder results) {
        this.results = results;
    }

    /** Answers with the picture, or a part of it. */
    @GET
    public Response get(@PathParam("name") String name, @Context HttpHeaders asked) throws IOException {
        return answer(name, asked, true);
    }

    /** Answers as {@link #get}, without the picture. */
    @HEAD
    public Response head(@PathParam("name") String name, @Context HttpHeaders asked) throws IOException {
        return answer(name, asked, false);
    }

    private Response answer(String name, HttpHeaders asked, boolean withBody) throws IOException {
        java.nio.file.Path file = results.find(name).orElseThrow(NotFoundException::new);
        long size = Files.size(file);
        String tag = '"' + name + '"';
        if (isKnown(asked, tag)) {
            return described(Response.notModified(), tag).build();
        }
        ByteRange range =
                withBody && isSame(asked, tag) ? ByteRange.of(values(asked, "Range"), size) : new ByteRange.Whole();
        return switch (range) {
            case ByteRange.Whole all -> picture(Response.ok(), name, tag, new PathPart(file, 0, size), withBody);
            case ByteRange.Part part ->
                picture(
                        Response.status(Response.Status.PARTIAL_CONTENT)
                                .header("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size),
                        name,
                        tag,
                        new PathPart(file, part.first(), part.length()),
                        withBody);
            case ByteRange.Beyond none ->
                Response.status(Response.Status.REQUESTED_RANGE_NOT_SATISFIABLE)
                        .header("Content-Range", "bytes */" + size)
                        .header("Accept-Ranges", "bytes")
                        .header("Cache-Control", "no-store")
                        .type("application/json")
                        .entity(withBody ? Map.of("error", "the picture has no such bytes: it has " + size) : null)
                        .build();
        };
    }

    private static Response picture(
            Response.ResponseBuilder response, String name, String tag, PathPart content, boolean withBody) {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        String mediaType = ImageFormat.parse(extension)
                .<FileFormat>map(format -> format)
                .or(() -> VideoFormat.parse(extension))
                .orElseThrow(NotFoundException::new)
                .mediaType();
        described(response, tag).header("X-Content-Type-Options", "nosniff").type(mediaType);
        return withBody
                ? response.entity(content).build()
                : response.header("Content-Length", content.count).build();
    }

    private static Response.ResponseBuilder described(Response.ResponseBuilder response, String tag) {
        return response.header("ETag", tag)
                .header("Accept-Ranges", "bytes")
                .header("Cache-Control", "private, max-age=3600, immutable");
    }

    /** Returns true if the caller says that it has the picture already. */
    private static boolean isKnown(HttpHeaders asked, String tag) {
        return values(asked, "If-None-Match").stream()
                .flatMap(list -> Arrays.stream(list.split(",", -1)))
                .map(known -> known.strip().replaceFirst("^W/", ""))
                .anyMatch(known -> known.equals("*") || known.equals(tag));
    }

    /** Returns false if a part would be the part of another file than the caller's. */
    private static boolean isSame(HttpHeaders asked, String tag) {
        List<String> only = values(asked, "If-Range");
        return only.isEmpty() || (only.size() == 1 && only.getFirst().strip().equals(tag));
    }

    private static List<String> values(HttpHeaders asked, String header) {
        @Nullable List<String> values = asked.getRequestHeader(header);
        return Stream.ofNullable(values).flatMap(List::stream).toList();
    }
}
