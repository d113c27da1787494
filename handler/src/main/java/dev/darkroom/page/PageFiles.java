package dev.darkroom.page;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of the worker's pages: {@code page/index.html} at {@code /}, all others at {@code /page/…}. They are open to everybody, for a
 * browser's address bar can show no key: what a page knows of the worker it fetches with the key that its reader gives it.
 *
 * <p>A page runs its own scripts and styles alone, calls nobody but this worker, and is shown in no frame of another page.
 */
@Path("/")
public class PageFiles {
    private static final String FOLDER = "/page/";
    private static final String INDEX = "index.html";
    private static final Pattern NAME = Pattern.compile("([a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9.-]*\\.([a-z0-9]+)");
    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "webmanifest", "application/manifest+json",
            "svg", "image/svg+xml",
            "png", "image/png");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data: blob:; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final ConcurrentMap<String, PageFile> read = new ConcurrentHashMap<>();

    /** Answers with the first page. */
    @GET
    public Response index(@Context HttpHeaders asked) {
        return file(INDEX, asked);
    }

    /** Answers with a file of a page. */
    @GET
    @Path("page/{name: .+}")
    public Response file(@PathParam("name") String name, @Context HttpHeaders asked) {
        PageFile file = find(name).orElseThrow(NotFoundException::new);
        Response.ResponseBuilder response = isKnown(asked, file.tag())
                ? Response.notModified()
                : Response.ok(file.content()).header("Content-Type", file.mediaType());
        return response.header("ETag", file.tag())
                // a worker of another version has other files under the same names
                .header("Cache-Control", "no-cache")
                // the address of a page may answer others with JSON
                .header("Vary", "Accept")
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    private Optional<PageFile> find(String name) {
        var match = NAME.matcher(name);
        String mediaType = match.matches() ? MEDIA_TYPES.get(match.group(2)) : null;
        if (mediaType == null) {
            return Optional.empty();
        }
        PageFile known = read.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<PageFile> file = content(name).map(content -> PageFile.of(content, mediaType));
        file.ifPresent(found -> read.put(name, found));
        return file;
    }

    private static Optional<byte[]> content(String name) {
        try (InputStream content = PageFiles.class.getResourceAsStream(FOLDER + name)) {
            return content == null ? Optional.empty() : Optional.of(content.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns true if the browser says that it has the file already. */
    private static boolean isKnown(HttpHeaders asked, String tag) {
        @Nullable List<String> known = asked.getRequestHeader("If-None-Match");
        return Stream.ofNullable(known)
                .flatMap(List::stream)
                .flatMap(list -> Arrays.stream(list.split(",", -1)))
                .map(one -> one.strip().replaceFirst("^W/", ""))
                .anyMatch(one -> one.equals("*") || one.equals(tag));
    }
}
