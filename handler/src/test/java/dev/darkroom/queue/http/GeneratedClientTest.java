package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.durable.Desk;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program makes of the OpenAPI document: a client that compiles, and that calls this worker. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class GeneratedClientTest {
    /** A program that uses the client, as its author would write it. */
    private static final String PROGRAM = """
            import org.openapitools.client.*;
            import org.openapitools.client.api.*;
            import org.openapitools.client.model.*;

            public class Program implements java.util.function.UnaryOperator<String> {
                private final JobsApi jobs;

                public Program(String address, String key) {
                    ApiClient client = new ApiClient();
                    client.updateBaseUri(address);
                    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
                    jobs = new JobsApi(client);
                }

                @Override
                public String apply(String id) {
                    try {
                        if (id.isEmpty()) {
                            Input input = new Input().prompt("a red circle").seed(1L).width(64).height(64)
                                    .outputFormat(Input.OutputFormatEnum.PNG).aspectRatio(null)
                                    .addLorasItem(new Lora().path("x").scale(0.5));
                            input.setLoras(null);
                            return jobs.run(new Request().input(input).policy(new Policy().lowPriority(true)), null).getId();
                        }
                        Status status = jobs.status(id, null);
                        return status.getStatus() + " " + status.getOutput().getImages().get(0).getWidth()
                                + " " + jobs.health().getJobs().getCompleted().getClass().getSimpleName();
                    } catch (ApiException e) {
                        return "refused: " + e.getCode() + " " + e.getResponseBody();
                    }
                }
            }
            """;

    @Inject
    ServedQueue served;

    @TestHTTPResource
    URI root = URI.create("/");

    @TempDir
    Path folder;

    @Test
    void aJavaClientIsGeneratedCompiledAndUsed() throws Exception {
        served.open();
        Path client =
                generate("java", "--library=native", "--additional-properties=openApiNullable=false,useJakartaEe=true");
        UnaryOperator<String> program = program(compiled(client.resolve("src/main/java")));

        String id = program.apply("");
        served.take().completed(Desk.result());

        assertThat(program.apply(id)).startsWith("COMPLETED ").endsWith(" Long");
        assertThat(program.apply("nobody")).startsWith("refused: 404 {\"error\"");
    }

    private Path generate(String language, String... options) throws Exception {
        Path generator = Path.of(System.getProperty("openapi.generator"));
        assertThat(generator).as("Maven fetches it before it runs tests").isRegularFile();
        Path document = Files.writeString(folder.resolve("openapi.json"), document());
        Path client = folder.resolve(language);
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-jar",
                                        generator.toString(),
                                        "generate",
                                        "-i",
                                        document.toString(),
                                        "-g",
                                        language,
                                        "-o",
                                        client.toString()),
                                Stream.of(options))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        return client;
    }

    private String document() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(root.resolve("/openapi.json"))
                                    .header("Authorization", ApiProfile.KEY)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private Path compiled(Path sources) throws IOException {
        Files.writeString(sources.resolve("Program.java"), PROGRAM);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(sources)) {
            List<File> java = found.filter(path -> path.toString().endsWith(".java"))
                    .map(Path::toFile)
                    .toList();
            assertThat(java).hasSizeGreaterThan(20);
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath()),
                            null,
                            files.getJavaFileObjectsFromFiles(java))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
        return classes;
    }

    /** The tests' own, which has what the client needs: Jackson, Jakarta's annotations, and a library for forms. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    @SuppressWarnings("unchecked")
    private UnaryOperator<String> program(Path classes) throws Exception {
        var loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
        return (UnaryOperator<String>) loader.loadClass("Program")
                .getConstructor(String.class, String.class)
                .newInstance(root.toString().replaceAll("/$", ""), ApiProfile.KEY);
    }
}
