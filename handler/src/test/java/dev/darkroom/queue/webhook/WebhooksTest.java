package dev.darkroom.queue.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.durable.Desk;
import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.disk.Status;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers hear of every end, once if they answer, and only if they may be called. */
class WebhooksTest {
    private static final String FAST = "webhook.pause=1ms";
    private static final Map<String, String> PATIENT = Map.of("webhook.timeout", "10m");

    @TempDir
    Path temporary;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable String redirect;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private HttpServer receiver;
    private Path folder = Path.of("");

    /** One call, as it came in. */
    private record Received(
            String method,
            String uri,
            @Nullable String host,
            @Nullable String signature,
            @Nullable String id,
            @Nullable String timestamp,
            @Nullable String standard,
            String body) {}

    @BeforeEach
    void listen() throws IOException {
        folder = temporary.resolve("jobs");
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    private void receive(HttpExchange call) throws IOException {
        try (call) {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Received(
                    call.getRequestMethod(),
                    call.getRequestURI().toString(),
                    call.getRequestHeaders().getFirst("Host"),
                    call.getRequestHeaders().getFirst(WebhookHeaders.OWN_SIGNATURE),
                    call.getRequestHeaders().getFirst(WebhookHeaders.ID),
                    call.getRequestHeaders().getFirst(WebhookHeaders.TIMESTAMP),
                    call.getRequestHeaders().getFirst(WebhookHeaders.SIGNATURE),
                    body));
            held.await();
            String elsewhere = redirect;
            if (elsewhere != null) {
                call.getResponseHeaders().set("Location", elsewhere);
                call.sendResponseHeaders(302, -1);
            } else {
                call.sendResponseHeaders(failures.getAndDecrement() > 0 ? 500 : 200, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void hangUp() {
        held.countDown();
        receiver.stop(0);
    }

    private String hook() {
        return "'webhook': 'http://hooks.example:" + receiver.getAddress().getPort() + "/done?job=1'";
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "s3cret\n", " s3cret\r\n"})
    void theEndOfAJobIsPostedToTheVeryAddressThatWasAdmitted(String secret) throws Exception {
        try (Desk desk = Desk.open(folder, FAST, "webhook.secret=" + secret)) {
            DurableJob ticket = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !received.isEmpty());

            Received call = received.getFirst();
            assertThat(call.method()).isEqualTo("POST");
            assertThat(call.uri()).isEqualTo("/done?job=1");
            assertThat(call.host())
                    .isEqualTo("hooks.example:" + receiver.getAddress().getPort());
            assertThat(call.body())
                    .isEqualTo(new String(ticket.body(), StandardCharsets.UTF_8)
                            .replaceFirst(",\"webhook\":\\{[^}]*}}$", "}"))
                    .contains("COMPLETED");
            Matcher signature = Pattern.compile("t=(\\d+),v1=([0-9a-f]{64})").matcher(String.valueOf(call.signature()));
            assertThat(signature.matches()).isTrue();
            assertThat(signature.group(2)).isEqualTo(hmac("s3cret", signature.group(1) + "." + call.body()));
            assertThat(Long.parseLong(signature.group(1)))
                    .isBetween(
                            Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond());
            Desk.until(() -> !Desk.webhookDue(ticket));
            assertThat(received).hasSize(1);
        }
    }

    private static String hmac(String secret, String text) throws Exception {
        return HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), text));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String standard(byte[] key, Received call) throws Exception {
        String signed = call.id() + "." + call.timestamp() + "." + call.body();
        return "v1," + Base64.getEncoder().encodeToString(hmac(key, signed));
    }

    @Test
    void whileASecretIsReplacedThereIsASignatureByEach() throws Exception {
        byte[] key = "a key of twenty-four byte".getBytes(StandardCharsets.UTF_8);
        String spelt = "whsec_" + Base64.getEncoder().encodeToString(key);
        try (Desk desk = Desk.open(folder, FAST, "webhook.secret=plain", "webhook.secret-next=" + spelt)) {
            desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !received.isEmpty());

            Received call = received.getFirst();
            assertThat(call.standard())
                    .isEqualTo(standard("plain".getBytes(StandardCharsets.UTF_8), call) + " " + standard(key, call));
            String own = call.timestamp() + "." + call.body();
            assertThat(call.signature())
                    .isEqualTo("t=" + call.timestamp() + ",v1=" + hmac("plain", own) + ",v1=" + hmac(spelt, own));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"whsec_", "whsec_%%%", "whsec_YWJj ZGVm", "whsec_YQ", "whsec_YR==", "whsec_-_-_"})
    void aKeyThatReceiversWouldReadDifferentlyIsRefusedWithoutQuotingIt(String secret) {
        assertThatThrownBy(() -> Webhooks.checkSecrets(Optional.empty(), Optional.of(secret)))
                .hasMessage(
                        "DARKROOM_HTTP_WEBHOOK_SECRET_NEXT: behind whsec_ there must be a key in base64, with its padding,"
                                + " as Standard Webhooks says");
    }

    @Test
    void anEventHasOneIdHoweverOftenItIsToldAndARetrysEndIsAnother() throws InterruptedException {
        failures.set(1);
        String id;
        try (Desk desk = Desk.open(folder, FAST)) {
            DurableJob ticket = desk.submit("a", hook(), false);
            id = ticket.id();
            desk.take().failed(Desk.broken());
            Desk.until(() -> !Desk.webhookDue(ticket));
            assertThat(received).hasSize(2).allSatisfy(call -> {
                assertThat(call.id()).isEqualTo("msg_" + id + "_0");
                assertThat(call.timestamp()).matches("\\d{10}");
                assertThat(call.standard()).isNull();
            });

            DurableJob again = desk.queue.retry(ticket);
            desk.take().completed(Desk.result());
            Desk.until(() -> received.size() == 3 && !Desk.webhookDue(again));
            assertThat(received.getLast().id()).isEqualTo("msg_" + id + "_1");
        }
    }

    @Test
    void failuresAndWithdrawalsAreToldTooButNoRefusalThatItsCallerHasReadAlready() throws InterruptedException {
        try (Desk desk = Desk.open(folder, FAST)) {
            desk.submit("a", hook(), false);
            desk.take().failed(Desk.broken());
            Desk.until(() -> received.size() == 1);
            desk.queue.cancel(desk.submit("b", hook(), false));
            Desk.until(() -> received.size() == 2);
            DurableJob refused = desk.submit("c", hook() + ", 'policy': 7", false);
            assertThat(refused.status()).isEqualTo(Status.FAILED);
            assertThat(Desk.webhookDue(refused)).isFalse();
            desk.submit("d", hook(), true);
            desk.take().failed(new JobException(JobException.Code.TIMED_OUT, "too long", null));
            Desk.until(() -> received.size() == 3);

            assertThat(received.stream().map(Received::body).toList())
                    .satisfiesExactly(
                            body -> assertThat(body).contains("\"FAILED\"", "broken"),
                            body -> assertThat(body).contains("\"CANCELLED\""),
                            body -> assertThat(body).contains("\"TIMED_OUT\""));
            assertThat(received).allSatisfy(call -> assertThat(call.signature()).isNull());
        }
    }

    @Test
    void aReceiverThatFailsIsAskedTwiceMore() throws InterruptedException {
        try (Desk desk = Desk.open(folder, FAST)) {
            failures.set(2);
            DurableJob heard = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(heard));
            assertThat(received).hasSize(3);

            failures.set(100);
            DurableJob unheard = desk.submit("b", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(unheard));
            assertThat(received).hasSize(6);
        }
    }

    @Test
    void redirectsAreNotFollowed() throws InterruptedException {
        try (Desk desk = Desk.open(folder, FAST)) {
            redirect = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/elsewhere";
            DurableJob ticket = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(ticket));

            assertThat(received)
                    .hasSize(3)
                    .allSatisfy(call -> assertThat(call.uri()).isEqualTo("/done?job=1"));
            assertThat(Desk.body(ticket).get("webhook"))
                    .hasToString(
                            "{\"state\":\"failed\",\"tries\":3,\"last\":\"HTTP 302: redirects are not followed, and this one leads to "
                                    + "http://127.0.0.1:"
                                    + receiver.getAddress().getPort() + "\"}");
        }
    }

    @Test
    void theStatusOfAnEndedJobTellsWhatBecameOfItsWebhook() throws InterruptedException {
        held = new CountDownLatch(1);
        failures.set(1);
        try (Desk desk = Desk.open(folder, FAST)) {
            DurableJob ticket = desk.submit("a", hook(), false);
            assertThat(Desk.body(ticket).has("webhook")).isFalse();
            desk.take().completed(Desk.result());
            assertThat(Desk.body(ticket).get("webhook")).hasToString("{\"state\":\"pending\",\"tries\":0}");

            held.countDown();
            Desk.until(() -> !Desk.webhookDue(ticket));

            assertThat(Desk.body(ticket).get("webhook"))
                    .hasToString("{\"state\":\"delivered\",\"tries\":2,\"last\":\"HTTP 200\"}");
            assertThat(Desk.body(desk.run("without one")).has("webhook")).isFalse();
        }
        try (Desk desk = Desk.open(folder, FAST)) {
            assertThat(Desk.body(desk.queue.find(id(received.getFirst())))
                            .path("webhook")
                            .path("state")
                            .asText())
                    .isEqualTo("delivered");
        }
    }

    private static String id(Received call) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(call.body());
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    @Test
    void addressesAreReadAsThoseOfImagesAre() throws InterruptedException {
        try (Desk desk = Desk.open(folder, FAST)) {
            int port = receiver.getAddress().getPort();
            desk.submit("a", "'webhook': 'HTTP://my_stack.example:" + port + "/häus a?user=包|1'", false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !received.isEmpty());

            assertThat(received.getFirst().uri()).isEqualTo("/h%C3%A4us%20a?user=%E5%8C%85%7C1");
            assertThat(received.getFirst().host()).isEqualTo("my_stack.example:" + port);
        }
    }

    @Test
    void anAddressThatIsNotAdmittedIsNeverCalled() throws InterruptedException {
        AddressGuard nowhere = server -> {
            throw JobException.badInput("the address of " + server.host() + " is not public");
        };
        try (Desk desk = Desk.open(folder, nowhere, "webhook.pause=1h")) {
            DurableJob ticket = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(ticket));

            assertThat(received).isEmpty();
        }
    }

    @Test
    void aReceiverThatHangsDelaysNoJob() throws InterruptedException {
        held = new CountDownLatch(1);
        try (Desk desk = Desk.open(folder, FAST, "webhook.timeout=10m")) {
            DurableJob ticket = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            desk.run("b");
            desk.take().completed(Desk.result());
            assertThat(desk.queue.health().jobs().completed()).isEqualTo(2);
            assertThat(Desk.webhookDue(ticket)).isTrue();
        }
    }

    @Test
    void aReceiverThatHangsIsGivenUpAfterThreeTries() throws InterruptedException {
        held = new CountDownLatch(1);
        try (Desk desk = Desk.open(folder, FAST, "webhook.timeout=300ms")) {
            DurableJob ticket = desk.submit("a", hook(), false);
            desk.take().completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(ticket));

            assertThat(Desk.body(ticket).get("webhook").toString())
                    .startsWith("{\"state\":\"failed\",\"tries\":3,\"last\":\"no ");
        }
    }

    @Test
    void oneHostIsCalledTwiceAtOnceAndNotMore() throws InterruptedException {
        held = new CountDownLatch(1);
        try (Desk desk = Desk.open(folder, FAST, "webhook.timeout=10m")) {
            for (int i = 0; i < 5; i++) {
                desk.submit("a", hook(), false);
                desk.take().completed(Desk.result());
            }
            Desk.until(() -> received.size() == 2);
            Thread.sleep(100);
            assertThat(received).hasSize(2);

            held.countDown();
            Desk.until(() -> received.size() == 5);
        }
    }

    @Test
    void onlySoManyReceiversAreWaitedFor() {
        held = new CountDownLatch(1);
        Vertx vertx = Vertx.vertx();
        var webhooks =
                new Webhooks(vertx, Desk.ANYWHERE, Desk.settings(WebhookSettings.class, "test.webhook", PATIENT));
        var receiverThatHangs =
                URI.create("http://hooks.example:" + receiver.getAddress().getPort() + "/");
        List<Delivery> news = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            webhooks.tell(new WebhookEvent("job-" + i, 0, receiverThatHangs), () -> new byte[0], news::add);
        }
        assertThat(news).isEmpty();

        webhooks.tell(new WebhookEvent("one-too-many", 0, receiverThatHangs), () -> new byte[0], news::add);

        assertThat(news)
                .containsExactly(new Delivery(Delivery.State.FAILED, 0, "1000 others have not been delivered yet"));
        webhooks.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatWasNotToldIsToldAfterTheNextStart() throws InterruptedException {
        String id;
        failures.set(1);
        try (Desk desk = Desk.open(folder, "webhook.pause=1h")) {
            DurableJob ticket = desk.submit("a", hook(), false);
            id = ticket.id();
            desk.take().completed(Desk.result());
            Desk.until(() -> failures.get() == 0);
        }

        try (Desk desk = Desk.open(folder, FAST)) {
            Desk.until(() -> received.size() == 2);
            assertThat(received.getLast().body())
                    .isEqualTo(received.getFirst().body())
                    .contains(id);
            assertThat(received.getLast().id()).isEqualTo(received.getFirst().id());
            Desk.until(() -> !Desk.webhookDue(desk.queue.find(id)));
        }
        try (Desk desk = Desk.open(folder, FAST)) {
            assertThat(Desk.webhookDue(desk.queue.find(id))).isFalse();
        }
        assertThat(received).hasSize(2);
    }
}
