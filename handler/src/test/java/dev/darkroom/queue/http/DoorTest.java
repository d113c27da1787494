package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.Desk;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies and connections of callers who are slow, many, or say what they do not do. */
@QuarkusTest
@TestProfile(DoorProfile.class)
class DoorTest {
    private static final String BODY = "{\"input\":{\"prompt\":\"a\"}}";

    @Inject
    ServedQueue served;

    @Inject
    BodyBudget budget;

    @Inject
    ConnectionGuard guard;

    @TestHTTPResource
    URI root = URI.create("/");

    @BeforeEach
    void open() throws Exception {
        served.open();
        // the guard stands once a request has come
        RawCaller.call(root, RawCaller.head("GET", "/health"));
        Desk.until(() -> guard.open() == 0);
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        Desk.until(() -> guard.open() == 0 && budget.taken() == 0);
        RawCaller.call(root, RawCaller.head("POST", "/purge-queue"));
    }

    @Test
    void honestBodiesWithoutALengthAreAllTaken() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<RawCaller.Answer> slowly = () -> {
                try (var caller = new RawCaller(root)) {
                    caller.send(RawCaller.head("POST", "/run", "Transfer-Encoding: chunked"));
                    for (int i = 0; i < BODY.length(); i++) {
                        caller.send("1\r\n" + BODY.charAt(i) + "\r\n");
                        Thread.sleep(10);
                    }
                    caller.send("0\r\n\r\n");
                    return caller.answer();
                }
            };
            List<Future<RawCaller.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < DoorProfile.OF_ONE - 5; i++) {
                answers.add(callers.submit(slowly));
            }
            for (Future<RawCaller.Answer> answer : answers) {
                assertThat(answer.get().status()).as(answer.get().body()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
    void whatIsDeclaredAndNotSentBlocksNobody(String length) throws Exception {
        List<RawCaller> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                var caller = new RawCaller(root);
                idle.add(caller);
                caller.send(RawCaller.head("POST", "/run", length));
            }
            Desk.until(() -> budget.taken() > 0);

            RawCaller.Answer answer = RawCaller.call(root, posting("/run", BODY));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        } finally {
            for (RawCaller caller : idle) {
                caller.close();
            }
        }
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() throws Exception {
        for (RawCaller.Answer answer : answers("Content-Length: 1000", "{", "/run", "/runsync", "/v2/x/run/")) {
            assertThat(answer.status()).isEqualTo(408);
            assertThat(error(answer)).contains("the body arrives too slowly: at least 40 bytes must come in 4000 ms");
        }
        assertThat(served.health().jobs().inQueue()).isZero();
    }

    /** The answers to a request at each path, of callers who wait at the same time. */
    private List<RawCaller.Answer> answers(String header, String body, String... paths) throws Exception {
        List<RawCaller> callers = new ArrayList<>();
        List<RawCaller.Answer> answers = new ArrayList<>();
        try {
            for (String path : paths) {
                var caller = new RawCaller(root);
                callers.add(caller);
                caller.send(RawCaller.head("POST", path, header) + body);
            }
            for (RawCaller caller : callers) {
                answers.add(caller.answer());
            }
        } finally {
            for (RawCaller caller : callers) {
                caller.close();
            }
        }
        return answers;
    }

    @Test
    void aBodyThatStopsAfterAQuickBeginningIsGivenUpToo() throws Exception {
        try (var caller = new RawCaller(root)) {
            caller.send(RawCaller.head("POST", "/run", "Content-Length: 900000") + "x".repeat(500_000));

            assertThat(caller.answer().status()).isEqualTo(408);
        }
    }

    @Test
    void oneCallerHasABoundForWhatArrives() throws Exception {
        List<RawCaller> callers = new ArrayList<>();
        List<Integer> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                var caller = new RawCaller(root);
                callers.add(caller);
                caller.send(RawCaller.head("POST", "/run", "Content-Length: 1000000") + "x".repeat(900_000));
            }
            for (RawCaller caller : callers) {
                answers.add(caller.answer().status());
            }
        } finally {
            for (RawCaller caller : callers) {
                caller.close();
            }
        }
        assertThat(answers).contains(429).contains(408);
    }

    @Test
    void aBodyThatIsDeclaredTooLargeIsRefusedAtOnce() throws Exception {
        for (RawCaller.Answer answer :
                answers("Content-Length: 1048577", "", "/run", "/runsync", "/run/", "/v2/x/run", "/cancel/x")) {
            assertThat(answer.status()).isEqualTo(413);
            assertThat(error(answer)).isEqualTo("the body is too large: at most 1048576 bytes");
        }
    }

    @Test
    void aBodyThatBecomesTooLargeIsRefused() throws Exception {
        try (var caller = new RawCaller(root)) {
            caller.send(RawCaller.head("POST", "/run", "Transfer-Encoding: chunked"));
            caller.send("100001\r\n" + "x".repeat(0x100001) + "\r\n");

            assertThat(caller.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws Exception {
        try (var silent = new RawCaller(root);
                var slow = new RawCaller(root)) {
            slow.send("GET /health HTTP/1.1\r\nHost: loc");

            assertThat(silent.answer().head()).isEmpty();
            RawCaller.Answer late = slow.answer();
            assertThat(late.status()).isEqualTo(408);
            assertThat(error(late)).isEqualTo("the head of the request did not arrive in time");
        }
    }

    @Test
    void aConnectionIsKeptForTheNextRequestAndClosedWithoutOne() throws Exception {
        try (var caller = new RawCaller(root)) {
            caller.send(
                    "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");

            RawCaller.Answer both = caller.answer();
            assertThat(both.status()).isEqualTo(200);
            assertThat(both.body()).contains("HTTP/1.1 200");
        }
    }

    @Test
    void aCallerWhoWaitsForAJobIsNotIdle() throws Exception {
        try (var caller = new RawCaller(root)) {
            caller.send(posting("/runsync?wait=9000", BODY));
            RawCaller.Answer answer = caller.answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("IN_QUEUE");
        }
    }

    @Test
    void oneCallerHasABoundOfConnections() throws Exception {
        List<RawCaller> open = new ArrayList<>();
        try {
            for (int i = 0; i < DoorProfile.OF_ONE; i++) {
                var caller = new RawCaller(root);
                caller.send("GET /health HTTP/1.1\r\n");
                open.add(caller);
            }
            Desk.until(() -> guard.open() == DoorProfile.OF_ONE);

            assertThat(RawCaller.call(root, RawCaller.head("GET", "/health")).status())
                    .isZero();
            open.removeLast().close();
            Desk.until(() -> guard.open() < DoorProfile.OF_ONE);
            assertThat(RawCaller.call(root, RawCaller.head("GET", "/health")).status())
                    .isEqualTo(200);
        } finally {
            for (RawCaller caller : open) {
                caller.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'NONSENSE\r\n\r\n', 400",
        "'GET /health HTTP/1.1\r\nHost: local host:x:y\r\nConnection: close\r\n\r\n', 400",
        "'GET /health HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n\r\n', 400",
        "'GET /health HTTP/1.1\r\nHost: localhost:99999999\r\nConnection: close\r\n\r\n', 400",
        "'GET /health HTTP/1.1\r\nBad Header: x\r\nHost: localhost\r\n\r\n', 400",
        "'GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400",
        "'GET /health?a=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400",
        "'GET /status/x?ttl=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400",
        "'POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 400",
        "'POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n', 400"
    })
    void whatIsNoRequestIsToldSoInJson(String request, int status) throws Exception {
        RawCaller.Answer answer = RawCaller.call(root, request);

        assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(status);
        if (status >= 400) {
            assertThat(error(answer)).isNotEmpty();
            assertThat(answer.body()).doesNotContain("stack", "details");
        }
    }

    @ParameterizedTest
    @CsvSource({"/, 5000, 414", "/health?x=, 5000, 414"})
    void addressesHaveABound(String path, int length, int status) throws Exception {
        RawCaller.Answer answer = RawCaller.call(root, RawCaller.head("GET", path + "x".repeat(length)));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(error(answer)).isEqualTo("the address is too long");
    }

    @Test
    void headersHaveABound() throws Exception {
        RawCaller.Answer answer =
                RawCaller.call(root, RawCaller.head("GET", "/health", "X-Large: " + "x".repeat(30_000)));

        assertThat(answer.status()).isEqualTo(431);
        assertThat(error(answer)).isEqualTo("the headers are too large");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Content-Type: json                | Accept: text/html
            Content-Type: text/plain          | Accept: application/xml;q=0.9
            Content-Type: ;;;                 | Accept: nonsense
            Content-Type: application/x-www-form-urlencoded | Accept: */*
            Content-Type: application/octet-stream          | Accept: image/png
            X-None: x                         | X-None: y
            """)
    void aJobIsJsonWhateverItsLabelSays(String type, String accept) throws Exception {
        RawCaller.Answer answer = RawCaller.call(
                root, RawCaller.head("POST", "/run", type, accept, "Content-Length: " + BODY.length()) + BODY);

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /run     | {"input":{"promt":"s3cret words"}}                    | promt: is no field of this worker; prompt: is missing
            /runsync | {"input":{"prompt":"a","seed":"s3cret; words"}}       | seed: must be a whole number
            /run     | {"input":{"prompt":"a","s3cret words":1}}             | its fields are faulty
            /run     | {"input":{"prompt":"a","size":"s3cret"}}              | size: must be such as 1024x768
            /run     | {"s3cret words": oops                                 | the body is no valid JSON
            /run     | {"input":{"prompt":"a"},"webhook":"s3cret words"}     | webhook: must be an address
            /run     | {"input":"s3cret words"}                              | input: must be an object
            /s3/gone |                                                       | there is nothing at this address
            """)
    void aRefusalLeavesOneLineWithoutTheCallersWords(String path, String body, String reason) throws Exception {
        List<String> lines = logged(() -> RawCaller.call(root, posting(path, body == null ? "" : body)));

        assertThat(lines).singleElement().asString().startsWith("WARN").contains(path, "127.0.0.1", reason);
        assertThat(lines.getFirst()).doesNotContain("s3cret").doesNotContain("words");
    }

    @Test
    void aCallerWhoGoesBeforeTheBodyIsWholeIsNoFailure() throws Exception {
        List<String> lines = logged(() -> {
            try (var caller = new RawCaller(root)) {
                caller.send(RawCaller.head("POST", "/run", "Content-Length: 1000") + "{");
                Desk.until(() -> budget.taken() > 0);
            }
            Desk.until(() -> budget.taken() == 0 && guard.open() == 0);
            return RawCaller.call(root, RawCaller.head("GET", "/nowhere"));
        });

        assertThat(lines).singleElement().asString().contains("/nowhere");
    }

    /** Returns the lines that the worker logs during a call that is refused in the end. */
    private static List<String> logged(Callable<RawCaller.Answer> calls) throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        var ear = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getLevel() + " " + new PatternFormatter("%s").format((ExtLogRecord) line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.darkroom");
        logger.addHandler(ear);
        try {
            calls.call();
            Desk.until(() -> !lines.isEmpty());
        } finally {
            logger.removeHandler(ear);
        }
        return lines;
    }

    @Test
    void aBodyInChunksThatAreNoneEndsItsConnectionAndNothingIsDone() throws Exception {
        RawCaller.Answer answer =
                RawCaller.call(root, RawCaller.head("POST", "/run", "Transfer-Encoding: chunked") + "zz\r\n");

        assertThat(answer.status()).isIn(0, 400);
        assertThat(served.health().jobs().inQueue()).isZero();
    }

    private static String posting(String path, String body) {
        return RawCaller.head("POST", path, "Content-Length: " + body.length()) + body;
    }

    private static String error(RawCaller.Answer answer) throws IOException {
        return JobJson.MAPPER.readTree(answer.body()).path("error").asText();
    }
}
