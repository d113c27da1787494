package dev.darkroom;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.job.Picture;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/** What a caller of the worker does: sends jobs, follows them, fetches their pictures. Fields are JSON with single quotes. */
final class Caller {
    private Caller() {}

    static String body(String fields) {
        return "{\"input\": {" + fields.replace('\'', '"') + "}}";
    }

    static Response post(String path, String fields) {
        return given().contentType(ContentType.JSON).body(body(fields)).post(path);
    }

    /** The answer of a job that must be completed. */
    static JsonPath runsync(String fields) {
        JsonPath answer =
                post("/runsync", fields).then().statusCode(200).extract().jsonPath();
        assertThat(answer.getString("status")).as(answer.prettify()).isEqualTo("COMPLETED");
        return answer;
    }

    static JsonPath status(String id) {
        return given().get("/status/" + id).then().statusCode(200).extract().jsonPath();
    }

    static JsonPath cancel(String id) {
        return given().post("/cancel/" + id).then().statusCode(200).extract().jsonPath();
    }

    static JsonPath awaitEnd(String id) throws InterruptedException {
        return await(id, status -> Set.of("COMPLETED", "FAILED", "CANCELLED").contains(status.getString("status")));
    }

    /** The first status of a job that is as wanted. */
    static JsonPath await(String id, Predicate<JsonPath> condition) throws InterruptedException {
        List<JsonPath> wanted = new ArrayList<>();
        Eventually.await(() -> "job " + id + " gets on: " + status(id).prettify(), () -> {
            JsonPath status = status(id);
            return condition.test(status) && wanted.add(status);
        });
        return wanted.getFirst();
    }

    static void awaitReady() throws InterruptedException {
        Eventually.await(
                "the worker is not busy",
                () -> given().get("/ping").jsonPath().getString("phase").equals("READY"));
    }

    /** The first picture of an answer, as it is served. */
    static Response get(JsonPath answer) {
        return get(answer.getString("output.images[0].url"));
    }

    private static Response get(String url) {
        return given().get(URI.create(url).getPath());
    }

    static byte[] file(JsonPath answer) {
        return get(answer).then().statusCode(200).extract().asByteArray();
    }

    /** All pictures of an answer. */
    static List<Picture> pictures(JsonPath answer) {
        return answer.getList("output.images.url", String.class).stream()
                .map(Caller::at)
                .toList();
    }

    /** The picture at an address of this worker. */
    static Picture at(String url) {
        return read(get(url).then().statusCode(200).extract().asByteArray());
    }

    static Picture picture(String prompt, int seed) {
        return read(file(runsync("'prompt': '" + prompt + "', 'seed': " + seed)));
    }

    static Picture read(byte[] file) {
        try {
            return Picture.of(Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(file)), "no picture"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
