package dev.darkroom.queue.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.Desk;
import dev.darkroom.queue.http.ApiProfile;
import dev.darkroom.queue.http.Form;
import dev.darkroom.queue.http.ServedQueue;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's images API over HTTP: what its fields ask for, and what comes back. The tests are the worker. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class ImagesDoorTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
    private static final String DATA = "data:;base64,iVBORw==";

    @Inject
    ServedQueue served;

    @TestHTTPResource
    URI root = URI.create("/");

    private ImagesCaller caller = new ImagesCaller(root);

    @BeforeEach
    void open() throws IOException {
        served.open();
        caller = new ImagesCaller(root);
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        caller.close();
        Desk.until(() ->
                served.health().jobs().inProgress() + served.health().jobs().inQueue() == 0);
    }

    @Test
    void aRequestIsAJobAndItsResultAnAnswer() throws Exception {
        var call = caller.generate("""
                {'prompt': 'a fox', 'n': 2, 'size': '640x384', 'output_format': 'webp', 'output_compression': 0,
                 'seed': 7, 'num_inference_steps': 3, 'guidance_scale': 2.5, 'stream': false, 'model': null, 'user': ''}""");
        Ticket ticket = served.take();
        Job job = ticket.job();
        assertThat(job).isInstanceOf(Job.TextToImage.class);
        Sampling asked = ((Job.Generation) job).sampling();
        assertThat(asked.prompts()).containsExactly("a fox");
        assertThat(asked.outputs()).isEqualTo(2);
        assertThat(asked.framing()).isEqualTo(new Framing.Exact(new Size(640, 384)));
        assertThat(asked.seed()).isEqualTo(7);
        assertThat(asked.steps()).isEqualTo(3);
        assertThat(asked.guidanceScale()).isEqualTo(2.5);
        assertThat(job.envelope().model()).isNull();
        assertThat(job.envelope().delivery().format()).isEqualTo(ImageFormat.WEBP);
        assertThat(job.envelope().delivery().quality()).isEqualTo(1);
        assertThat(job.envelope().delivery().as()).isEqualTo(Return.BASE64);
        ticket.completed(Desk.result(new Stored.Inline(PNG)));

        JsonNode answer = call.json();
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.answer().headers().firstValue("x-request-id")).contains(ticket.id());
        assertThat(answer.path("created").isIntegralNumber()).isTrue();
        assertThat(answer.at("/data/0/b64_json").asText()).isEqualTo("iVBORw==");
        assertThat(answer.at("/data/0/seed").asLong()).isZero();
        assertThat(answer.path("size").asText()).isEqualTo("64x64");
        assertThat(answer.path("output_format").asText()).isEqualTo("png");
        assertThat(answer.path("background").asText()).isEqualTo("opaque");
        assertThat(answer.path("model").asText()).isEqualTo("tiny");
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(16);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(16);
        assertThat(answer.at("/usage/input_tokens_details/text_tokens").isNumber())
                .isTrue();
        assertThat(answer.has("notes")).isFalse();
    }

    @Test
    void anAddressIsAnsweredWhereOneIsAskedFor() throws Exception {
        var call = caller.generate("{'prompt': 'a', 'response_format': 'url'}");
        Ticket ticket = served.take();
        assertThat(ticket.job().envelope().delivery().as()).isEqualTo(Return.URL);
        ticket.completed(Desk.result());

        assertThat(call.json().at("/data/0/url").asText()).isEqualTo("http://localhost/a.png");
        assertThat(call.json().at("/data/0").has("b64_json")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "image[]", "image[0]", "images"})
    void filesOfAFormAreEditedInTheirOrder(String name) throws Exception {
        var call = caller.edit(new Form()
                .text("prompt", "make it night")
                .file(name, "a.png", PNG)
                .file(name.replace("0", "1"), "b.png", new byte[] {1, 2, 3})
                .text("n", "2")
                .text("size", "auto")
                .text("stream", "false")
                .text("loras", ""));
        Ticket ticket = served.take();
        assertThat(ticket.job()).isInstanceOf(Job.FromImages.class);
        assertThat(ticket.job().images()).containsExactly(DATA, "data:;base64,AQID");
        assertThat(ticket.job().samples()).hasSize(2);
        assertThat(((Job.Generation) ticket.job()).sampling().framing()).isNull();
        ticket.completed(Desk.result(new Stored.Inline(PNG)));
        assertThat(call.status()).as(call.answer().body()).isEqualTo(200);
    }

    @Test
    void aMaskIsTransparentWhereToPaintUnlessItsSenderSaysOtherwise() throws Exception {
        var form =
                new Form().text("prompt", "a hat").file("image", "a.png", PNG).file("mask", "m.png", PNG);
        var call = caller.edit(form);
        Ticket ticket = served.take();
        assertThat(ticket.job()).isInstanceOf(Job.Fill.class);
        assertThat(ticket.job().mask()).isEqualTo(DATA);
        assertThat(ticket.job().maskPaints()).isEqualTo(MaskPaints.TRANSPARENT);
        ticket.completed(Desk.result());
        assertThat(call.status()).isEqualTo(200);

        var white = caller.edit(form.text("mask_paints", "white"));
        ticket = served.take();
        assertThat(ticket.job().maskPaints()).isEqualTo(MaskPaints.WHITE);
        ticket.completed(Desk.result());
        assertThat(white.status()).isEqualTo(200);
    }

    @Test
    void picturesOfJsonAreTextsOrObjects() throws Exception {
        var call = caller.edit("""
                {'prompt': 'a', 'images': [{'image_url': 'data:image/png;base64,AAAA'}, 'https://example.com/b.png', null]}""");
        Ticket ticket = served.take();
        assertThat(ticket.job().images()).containsExactly("data:image/png;base64,AAAA", "https://example.com/b.png");
        ticket.failed(JobException.badInput("images[1]: must be a PNG"));
        assertThat(call.status()).isEqualTo(400);
        assertThat(call.error().path("param").asText()).isEqualTo("images[1]");

        var one = caller.edit(
                "{'prompt': 'a', 'image': [{'image_url': 'QUFB'}], 'mask': {'image_url': 'data:image/png;base64,QkJC'}}");
        ticket = served.take();
        assertThat(ticket.job().images()).containsExactly("QUFB");
        assertThat(ticket.job().mask()).isEqualTo("data:image/png;base64,QkJC");
        ticket.completed(Desk.result());
        assertThat(one.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                             | prompt          | missing_required_parameter | prompt: is missing
            {'prompt': 7}                                                  | prompt          | invalid_value | prompt: must be a text, not 7
            {'prompt': 'a', 'n': 11}                                       | n               | invalid_value | n: must be from 1 to 10, not 11
            {'prompt': 'a', 'n': '2'}                                      | n               | invalid_value | n: must be a whole number, not "2"
            {'prompt': 'a', 'size': '5x64'}                                | size            | invalid_value | size: width: must be from 64 to 4096, not 5
            {'prompt': 'a', 'size': '4096x4096'}                           | size            | invalid_value | size: width × height: must be at most 4194304 pixels, not 16777216
            {'prompt': 'a', 'size': 'large'}                               | size            | invalid_value | size: must be such as 1024x768
            {'prompt': 'a', 'background': 'transparent'}                   | background      | invalid_value | background: the pictures of this worker are opaque
            {'prompt': 'a', 'quality': 'best'}                             | quality         | invalid_value | quality: must be one of auto, low, medium, high, standard, hd, not best
            {'prompt': 'a', 'response_format': 'gif'}                      | response_format | invalid_value | response_format: must be one of b64_json, url
            {'prompt': 'a', 'output_format': 'gif'}                        | output_format   | invalid_value | output_format: must be png, jpeg or webp for pictures
            {'prompt': 'a', 'output_format': 'webp', 'output_compression': 101} | output_compression | invalid_value | output_compression: must be from 0 to 100, not 101
            {'prompt': 'a', 'type': 'animation'}                           | type            | invalid_value | type: only pictures are made here
            {'prompt': 'a', 'stream': 'yes'}                               | stream          | invalid_value | stream: must be true or false
            {'prompt': 'a', 'partial_images': 2}                           | partial_images  | invalid_value | partial_images: needs stream to be true
            {'prompt': 'a', 'stream': true, 'partial_images': 4}           | partial_images  | invalid_value | partial_images: must be from 0 to 3, not 4
            {'prompt': 'a', 'n': 2, 'num_images': 3}                       | n               | invalid_value | n: is there as num_images too: send one
            {'prompt': 'a', 'response_format': 'url', 'return': 'base64'}  | response_format | invalid_value | response_format: is there as return too: send one
            {'prompt': 'a', 'image': 'A', 'image_url': 'B'}                | image           | invalid_value | image: is there as image_url too: send one
            {'prompt': 'a', 'images': [{'file_id': 'file-1'}]}             | images[0].file_id | invalid_value | images[0].file_id: is not known here
            {'prompt': 'a', 'images': [{'url': 'x'}]}                      | images[0]       | invalid_value | images[0]: must be a text or an object such as
            {'prompt': 'a', 'images': [7]}                                 | images          | invalid_value | images: must be a text, not 7
            {'prompt': 'a', 'mask': 'A'}                                   | mask            | invalid_value | mask: needs an image
            {'prompt': 'a', 'image': ['A', 'B'], 'mask': 'A'}              | mask            | invalid_value | mask: goes with one image, not with 2
            {'prompt': 'a', 'qualty': 'low'}                               | qualty          | unknown_parameter | qualty: is no field of this worker; did you mean quality?
            {'prompt': 'a', 'sed': 1}                                      | sed             | unknown_parameter | sed: is no field of this worker; did you mean seed?
            {'prompt': 'a', 'style': 'vivid', 'steps': 201}                | steps           | invalid_value | steps: must be from 1 to 200, not 201
            {'prompt': 'a', 's3Config': {'accessId': 'x'}}                 | s3Config.accessSecret | missing_required_parameter | s3Config.accessSecret: is missing
            """)
    void whatIsWrongIsToldUnderTheNameThatWasSent(String fields, String param, String code, String message)
            throws Exception {
        var call = caller.generate(fields);

        assertThat(call.status()).as(call.answer().body()).isEqualTo(400);
        assertThat(call.error().path("message").asText()).startsWith(message);
        assertThat(call.error().path("param").asText()).isEqualTo(param);
        assertThat(call.error().path("code").asText()).isEqualTo(code);
        assertThat(call.error().path("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void sixteenPicturesAreTakenAndAnEditNeedsOne() throws Exception {
        var form = new Form().text("prompt", "a");
        for (int i = 0; i < 17; i++) {
            form.file("image[]", i + ".png", PNG);
        }
        assertThat(caller.edit(form).error().path("message").asText())
                .startsWith("image: must be a list of 1 to 16 texts, not 17");
        assertThat(caller.edit("{'prompt': 'a', 'image': []}")
                        .error()
                        .path("code")
                        .asText())
                .isEqualTo("missing_required_parameter");

        var call = caller.edit("{'prompt': 'a', 'image_url': 'A'}");
        served.take().completed(Desk.result());
        assertThat(call.status()).isEqualTo(200);
    }

    @Test
    void whatHasNoEffectIsToldInNotes() throws Exception {
        var call = caller.generate("""
                {'prompt': 'a', 'quality': 'high', 'moderation': 'low', 'user': 'u', 'input_fidelity': 'high', 'style': 'vivid',
                 'background': 'opaque', 'output_compression': 50}""");
        served.take().completed(Desk.result(JobException.Code.STORE_FAILED));

        List<String> notes = new ArrayList<>();
        call.json().path("notes").forEach(note -> notes.add(note.asText()));
        assertThat(notes).anySatisfy(note -> assertThat(note).startsWith("quality: has no effect"));
        assertThat(String.join("\n", notes))
                .contains("moderation: ", "user: ", "input_fidelity: ", "style: vivid", "output_compression: ")
                .contains("a picture is missing: the second picture is missing")
                .doesNotContain("background");
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_INPUT, 400, invalid_request_error",
        "OUT_OF_MEMORY, 400, invalid_request_error",
        "INTERNAL, 500, server_error",
        "STORE_FAILED, 502, server_error",
        "DEVICE_LOST, 503, server_error",
        "TIMED_OUT, 504, server_error"
    })
    void aJobWithoutAResultIsAnErrorAndWhoeverCannotHelpIsNotAskedAgain(JobException.Code code, int status, String type)
            throws Exception {
        var call = caller.generate("{'prompt': 'a', 'n': 1}");
        served.take().failed(new JobException(code, "num_outputs: it did not work", null));

        assertThat(call.status()).isEqualTo(status);
        assertThat(call.error().path("message").asText()).isEqualTo("n: it did not work");
        assertThat(call.error().path("type").asText()).isEqualTo(type);
        assertThat(call.answer().headers().firstValue("x-should-retry").isPresent())
                .isEqualTo(code != JobException.Code.DEVICE_LOST);
    }

    @Test
    void aJobThatSomebodyWithdrawsIsAnErrorToo() throws Exception {
        var call = caller.generate("{'prompt': 'a'}");
        Ticket ticket = served.take();
        caller.send(caller.request("/cancel/" + ticket.id()).POST(HttpRequest.BodyPublishers.noBody()))
                .answer();

        assertThat(call.status()).isEqualTo(499);
        assertThat(call.error().path("message").asText()).isEqualTo("the job was cancelled");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallerWhoGoesAwayWithdrawsTheJobAndItsPlaceIsFree(boolean streamed) throws Exception {
        for (int i = 0; i < 2 * ApiProfile.CALLERS; i++) {
            try (var impatient = new ImagesCaller(root)) {
                var unused = impatient.generate("{'prompt': 'a', 'stream': " + streamed + "}");
                Ticket ticket = served.take();
                ticket.started();
                impatient.close();
                Desk.until(() -> isCancelled(ticket));
                ticket.failed(new JobException(JobException.Code.CANCELLED, "cancelled", null));
            }
        }
    }

    private static boolean isCancelled(Ticket ticket) {
        try {
            ticket.checkCancelled();
            return false;
        } catch (JobException e) {
            return true;
        }
    }

    @Test
    void eachPictureOfAStreamComesAsItIsStoredAndTheLastOneWithTheNotes() throws Exception {
        var call = caller.generate("{'prompt': 'a', 'n': 2, 'stream': true, 'quality': 'low', 'seed': 0}");
        Ticket ticket = served.take();
        ticket.started();
        ticket.stored(Desk.image(0, new Stored.Inline(PNG)));
        byte[] large = new byte[2_000_000];
        ticket.stored(Desk.image(1, new Stored.Inline(large)));
        ticket.completed(
                Desk.result(List.of(Desk.image(0, new Stored.Inline(PNG)), Desk.image(1, new Stored.Inline(large)))));

        List<JsonNode> events = call.events();
        assertThat(events)
                .extracting(event -> event.path("type").asText())
                .containsExactly("image_generation.completed", "image_generation.completed");
        assertThat(events).extracting(event -> event.path("index").asInt()).containsExactly(0, 1);
        assertThat(events.getFirst().path("b64_json").asText()).isEqualTo("iVBORw==");
        assertThat(Base64.getDecoder().decode(events.getLast().path("b64_json").asText()))
                .isEqualTo(large);
        for (JsonNode event : events) {
            assertThat(event.path("created_at").isIntegralNumber()).isTrue();
            assertThat(event.path("size").asText()).isEqualTo("64x64");
            assertThat(event.path("quality").asText()).isEqualTo("auto");
            assertThat(event.path("background").asText()).isEqualTo("opaque");
            assertThat(event.path("output_format").asText()).isEqualTo("png");
            assertThat(event.at("/usage/output_tokens").asInt()).isEqualTo(16);
        }
        assertThat(events.getFirst().has("notes")).isFalse();
        assertThat(events.getLast().at("/notes/0").asText()).startsWith("quality: ");
        assertThat(call.answer().body()).contains("event: image_generation.completed\n");
    }

    /** Previews come from several threads: what is older than what was shown, or late, is left out. */
    @Test
    void partialPicturesComeBeforeTheirPicture() throws Exception {
        var call = caller.generate("{'prompt': 'a', 'stream': true, 'partial_images': 3}");
        Ticket ticket = served.take();
        assertThat(ticket.job().envelope().delivery().previews()).isEqualTo(3);
        assertThat(call.begun().get()).isEqualTo(200);
        ticket.started();
        Sample sample = ticket.job().samples().getFirst();
        for (int step : new int[] {2, 1, 4}) {
            ticket.previewed(new Preview(sample, step, 8, new Size(16, 16), PNG));
        }
        ticket.stored(Desk.image(0, new Stored.Inline(PNG)));
        ticket.previewed(new Preview(sample, 6, 8, new Size(16, 16), PNG));
        ticket.completed(Desk.result(List.of(Desk.image(0, new Stored.Inline(PNG)))));

        List<JsonNode> events = call.events();
        assertThat(events)
                .extracting(event -> event.path("type").asText())
                .containsExactly(
                        "image_generation.partial_image",
                        "image_generation.partial_image",
                        "image_generation.completed");
        JsonNode second = events.get(1);
        assertThat(second.path("partial_image_index").asInt()).isEqualTo(1);
        assertThat(second.path("b64_json").asText()).isEqualTo("iVBORw==");
        assertThat(second.path("size").asText()).isEqualTo("16x16");
        assertThat(second.path("output_format").asText()).isEqualTo("jpeg");
        assertThat(second.path("quality").asText()).isEqualTo("auto");
        assertThat(second.path("background").asText()).isEqualTo("opaque");
        assertThat(second.path("created_at").isIntegralNumber()).isTrue();
    }

    @Test
    void aPictureThatNoEventBroughtComesWithTheAnswer() throws Exception {
        var call = caller.edit("{'prompt': 'a', 'image': 'A', 'stream': true, 'seed': 1}");
        served.take().completed(Desk.result(new Stored.Inline(PNG)));

        assertThat(call.events()).singleElement().satisfies(event -> {
            assertThat(event.path("type").asText()).isEqualTo("image_edit.completed");
            assertThat(event.path("b64_json").asText()).isEqualTo("iVBORw==");
            assertThat(event.has("index")).isFalse();
        });
    }

    @Test
    void aStreamEndsWithTheErrorOfWhatIsMissing() throws Exception {
        var call = caller.generate("{'prompt': 'a', 'stream': true, 'n': 1}");
        served.take().failed(JobException.badInput("num_outputs: it did not work"));
        JsonNode error = call.events().getLast();
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/message").asText()).isEqualTo("n: it did not work");
        assertThat(error.at("/error/param").asText()).isEqualTo("n");

        var half = caller.generate("{'prompt': 'a', 'stream': true, 'n': 2, 'user': 'u'}");
        served.take().completed(Desk.result(JobException.Code.STORE_FAILED));
        assertThat(half.events()).hasSize(2);
        assertThat(half.events().getFirst().path("url").asText()).isEqualTo("http://localhost/a.png");
        assertThat(half.events().getLast().at("/error/message").asText()).isEqualTo("the second picture is missing");
        assertThat(half.events().getLast().at("/notes/0").asText()).startsWith("user: ");
    }

    @Test
    void onlySoManyCallersWait() throws Exception {
        List<ImagesCaller.Call> waiting = new ArrayList<>();
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < ApiProfile.CALLERS; i++) {
            waiting.add(caller.generate("{'prompt': 'a', 'stream': " + (i % 2 == 0) + "}"));
            tickets.add(served.take());
        }
        var oneMore = caller.generate("{'prompt': 'a'}");
        assertThat(oneMore.status()).isEqualTo(429);
        assertThat(oneMore.error().path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(oneMore.answer().headers().firstValue("Retry-After")).isPresent();

        tickets.forEach(ticket -> ticket.completed(Desk.result()));
        for (ImagesCaller.Call call : waiting) {
            assertThat(call.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST | /v1/images/generations | [1]       | 400 | the body must be a JSON object
            POST | /v1/images/generations | {'a       | 400 | the body is no valid JSON
            POST | /v1/images/edits       |           | 400 | the body must be a JSON object
            GET  | /v1/images/edits       |           | 405 | this address knows another method
            POST | /v1/images/variations  | {}        | 404 | there is nothing at this address
            GET  | /v1/models/x           |           | 404 | model: this worker has none of this name: x
            GET  | /v1/models/x%2Fy       |           | 404 | there is nothing at this address
            """)
    void whatIsNoCallIsToldInTheSameShape(String method, String path, String body, int status, String message)
            throws Exception {
        var call = caller.send(caller.request(path)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));

        assertThat(call.status()).as(call.answer().body()).isEqualTo(status);
        assertThat(call.error().path("message").asText()).startsWith(message);
        assertThat(call.error().has("param")).isTrue();
        assertThat(call.error().has("code")).isTrue();
    }

    @Test
    void whoeverHasNoKeyIsToldSoInTheSameShape() throws Exception {
        var call = caller.send(HttpRequest.newBuilder(root.resolve("/v1/models")));

        assertThat(call.status()).isEqualTo(401);
        assertThat(call.error().path("code").asText()).isEqualTo("invalid_api_key");
    }

    @Test
    void theSameCallUnderAKeyIsTheSameJob() throws Exception {
        var first = caller.send(caller.posting("generations", "{'prompt': 'a'}").header("Idempotency-Key", "images-1"));
        served.take().completed(Desk.result());
        var second =
                caller.send(caller.posting("generations", "{'prompt': 'a'}").header("Idempotency-Key", "images-1"));

        assertThat(second.status()).as(second.answer().body()).isEqualTo(200);
        assertThat(second.answer().headers().firstValue("x-request-id"))
                .isEqualTo(first.answer().headers().firstValue("x-request-id"));
    }

    @Test
    void aWorkerThatStartsHasNoModelsYet() throws Exception {
        JsonNode list = caller.send(caller.request("/v1/models")).json();

        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(list.path("data").isArray()).isTrue();
    }
}
