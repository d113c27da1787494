package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** Serves the results in this worker's own folder, and no other files in it. */
@Path("/results/{name}")
public class ResultsResource {
    private final ResultFolder results;

    ResultsResource(ResultFolder results) {
        this.results = results;
    }

    @GET
    public Response get(@PathParam("name") String name) {
        java.nio.file.Path file = results.find(name).orElseThrow(NotFoundException::new);
        String extension = name.substring(name.lastIndexOf('.') + 1);
        String mediaType =
                ImageFormat.parse(extension).orElseThrow(NotFoundException::new).mediaType();
        return Response.ok(file.toFile(), mediaType)
                .header("Cache-Control", "private, max-age=3600, immutable")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
