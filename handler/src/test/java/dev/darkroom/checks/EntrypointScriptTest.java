package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.darkroom.queue.runpod.RunPodSettings;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code entrypoint.sh} with a stand-in for Java: what it starts, what stops it, and what the platform learns of that. */
class EntrypointScriptTest {
    private static final String KEY = "raw+key/=";

    /** What a request said. */
    private record Ping(URI address, String authorization) {}

    @TempDir
    Path folder;

    private final List<Ping> pings = new CopyOnWriteArrayList<>();
    private final HttpServer platform;
    private Path home = Path.of("");
    private Shell shell;

    EntrypointScriptTest() throws IOException {
        platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        platform.createContext("/", exchange -> {
            pings.add(new Ping(
                    exchange.getRequestURI(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        platform.start();
    }

    @BeforeEach
    void install() throws IOException {
        home = folder.resolve("installation");
        shell = new Shell(folder);
        shell.set("JAVA_HOME", folder.resolve("java").toString());
        Shell.script(folder.resolve("java/bin/java"), """
                [ "$1" = -version ] && { echo 'openjdk version "25"' >&2; exit; }
                echo "DEVICE=${DEVICE:-} GOMP_SPINCOUNT=$GOMP_SPINCOUNT $*"
                env >&2
                """);
        Shell.script(home.resolve("handler/target/quarkus-app/quarkus-run.jar"), "");
        Shell.script(home.resolve("note-cache"), """
                home=${0%/*}
                . "$home/startup-checks/cache.bash"
                of=$(cache_made_of)
                printf '%s\\n' "$of" >"$cache.of"
                """);
        Files.copy(Shell.HOME.resolve("entrypoint.sh"), home.resolve("entrypoint.sh"));
        copy("startup-checks");
        copy("test-payloads/models/pocket-flux");
        copy("test-payloads/models/pocket-qwen-edit");
    }

    private void copy(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Shell.HOME.resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = home.resolve(Shell.HOME.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    @AfterEach
    void close() {
        platform.stop(0);
    }

    private static String usage() throws IOException {
        String command = Files.readString(Shell.HOME.resolve("handler/src/main/java/dev/darkroom/Command.java"));
        int start = command.indexOf("\"\"\"\n") + 4;
        return command.substring(start, command.indexOf("\"\"\"", start)).stripIndent();
    }

    private static String version() throws IOException {
        Matcher version =
                Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Shell.HOME.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private Shell.Ended start(String... arguments) throws IOException, InterruptedException {
        return shell.run(home.resolve("entrypoint.sh"), arguments);
    }

    private String platform(String pathAndQuery) {
        return "http://127.0.0.1:" + platform.getAddress().getPort() + pathAndQuery;
    }

    private void rent() {
        shell.set("RUNPOD_WEBHOOK_GET_JOB", platform("/v2/ep/job-take/$ID?gpu=A"))
                .set("RUNPOD_WEBHOOK_POST_OUTPUT", platform("/v2/ep/job-done/$RUNPOD_POD_ID/$ID?gpu=A"))
                .set("RUNPOD_WEBHOOK_PING", platform("/v2/ep/ping/$RUNPOD_POD_ID"))
                .set("RUNPOD_AI_API_KEY", KEY)
                .set("RUNPOD_POD_ID", "pod7");
    }

    @Test
    void aPlanPassesWithTheInstallationLookedAtAlone() throws IOException, InterruptedException {
        shell.set("DARKROOM_MODELS", "mine=/no/such"); // which the check of the weights would refuse
        Shell.Ended ended = start("--plan", "--memory", "12G", "--model", "org/name");

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.err().lines().filter(line -> line.matches("(ok|skip|FAIL) .*")))
                .singleElement()
                .asString()
                .startsWith("ok installation");
        assertThat(ended.out()).endsWith("quarkus-run.jar --plan --memory 12G --model org/name\n");
    }

    @Test
    void whatPassesStartsTheWorker() throws IOException, InterruptedException {
        Shell.Ended ended = start();

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.err()
                        .lines()
                        .filter(line -> line.matches("(ok|skip|FAIL) .*"))
                        .map(line -> line.split(" ", 3)[1]))
                .containsExactly(
                        "installation",
                        "environment",
                        "files",
                        "memory",
                        "nvidia",
                        "cuda",
                        "gpu-memory",
                        "disk",
                        "weights",
                        "storage",
                        "folders",
                        "cache");
        assertThat(ended.out())
                .startsWith("DEVICE= GOMP_SPINCOUNT=20000 @" + home + "/handler/jvm.options")
                .endsWith("-jar " + home + "/handler/target/quarkus-app/quarkus-run.jar\n");
    }

    /** The cache is what the JVM is given as long as nothing that it was made of has changed, and it itself has not. */
    @Test
    void theJvmsCacheIsGivenWhereItFits() throws IOException, InterruptedException {
        assertThat(start().err()).contains("skip cache ", "there is none");
        Path cache = home.resolve("handler/target/darkroom.aot");
        Path java = Files.createDirectories(folder.resolve("java/lib")).resolve("modules");
        Files.writeString(java, "java");
        Path jar = Files.createDirectories(home.resolve("handler/target/quarkus-app/lib/main"))
                .resolve("a.jar");
        Files.writeString(jar, "jar");
        Files.writeString(home.resolve("handler/jvm.options"), "-Dx=y");
        for (Path changed : List.of(cache, java, jar, home.resolve("handler/jvm.options"))) {
            Files.writeString(cache, "cache");
            shell.run(home.resolve("note-cache"));
            Shell.Ended fresh = start();
            assertThat(fresh.err()).contains("ok cache ");
            assertThat(fresh.out()).contains(" -XX:AOTCache=" + cache + " ", "-Xlog:all=off:stdout");

            Files.writeString(changed, "another");
            Shell.Ended stale = start();
            assertThat(stale.exit()).isZero();
            assertThat(stale.err()).as("%s", changed).contains("skip cache ", "warning: it was made of another build");
            assertThat(stale.out()).doesNotContain("AOTCache");
        }
        Files.writeString(cache, "");
        assertThat(start().err()).contains("there is none");
    }

    @Test
    void aCacheCanBeLeftOut() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("java/lib"));
        Files.writeString(folder.resolve("java/lib/modules"), "java");
        Files.writeString(home.resolve("handler/target/darkroom.aot"), "cache");
        shell.run(home.resolve("note-cache"));
        shell.set("DARKROOM_CHECKS", "json");
        assertThat(start().out()).contains("AOTCache");

        assertThat(shell.set("DARKROOM_SKIP_CHECKS", "cache")
                        .run(home.resolve("entrypoint.sh"))
                        .out())
                .doesNotContain("AOTCache");
    }

    @Test
    void oneJobIsOptimisedForLessAndAServerIsNot() throws IOException, InterruptedException {
        assertThat(start("--payload", "my job.json").out()).contains("-XX:TieredStopAtLevel=1");
        assertThat(start().out()).doesNotContain("TieredStopAtLevel");
    }

    @Test
    void whatACardsLibrariesReadIsSetWhereThereIsOneAndStaysAsItWas() throws IOException, InterruptedException {
        List<String> names = List.of("PYTORCH_TENSOREXPR=", "CUBLASLT_WORKSPACE_SIZE=", "PYTORCH_CUDA_ALLOC_CONF=");
        assertThat(start().err().lines()).noneMatch(line -> names.stream().anyMatch(line::startsWith));

        shell.tool("nvidia-smi", "echo 'Card, 1, 2    CUDA Version: 12.8'");
        assertThat(start().err().lines())
                .contains(
                        "PYTORCH_TENSOREXPR=0",
                        "CUBLASLT_WORKSPACE_SIZE=32768",
                        "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True");
        shell.set("PYTORCH_TENSOREXPR", "1")
                .set("CUBLASLT_WORKSPACE_SIZE", "8192")
                .set("PYTORCH_CUDA_ALLOC_CONF", "x:1");
        assertThat(start().err().lines())
                .contains("PYTORCH_TENSOREXPR=1", "CUBLASLT_WORKSPACE_SIZE=8192", "PYTORCH_CUDA_ALLOC_CONF=x:1");
        for (String name : names) {
            shell.set(name.replace("=", ""), null);
        }
        assertThat(shell.set("DEVICE", "CPU")
                        .run(home.resolve("entrypoint.sh"))
                        .err()
                        .lines())
                .noneMatch(line -> names.stream().anyMatch(line::startsWith));
    }

    /** A sick driver; one that is too old; a card that another process has filled. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 9",
                "echo 'Card, 1, 2    CUDA Version: 11.8'",
                "case $* in *memory.free*) echo 900 ;; *) echo 'Card, 1, 2    CUDA Version: 12.8' ;; esac"
            })
    void aCardThatTheChecksHaveRefusedIsNone(String card) throws IOException, InterruptedException {
        shell.tool("nvidia-smi", card);
        for (String form : List.of("text", "json")) {
            Shell.Ended ended = shell.set("DARKROOM_CHECKS", form).run(home.resolve("entrypoint.sh"));
            assertThat(ended.exit()).as(ended.err()).isZero();
            assertThat(ended.err())
                    .contains("; the CPU computes")
                    .doesNotContain("PYTORCH_TENSOREXPR=", "CUBLASLT_WORKSPACE_SIZE=");
        }
    }

    @Test
    void helpIsThereWithoutAWorker() throws Exception {
        withoutWorker();
        shell.set("JAVA_HOME", null).set("DEVICE", "tpu");

        for (String help : List.of("--help", "-h")) {
            Shell.Ended ended = start(help);
            assertThat(ended.exit()).isZero();
            assertThat(ended.out()).isEqualTo(usage());
            assertThat(ended.err()).isEmpty();
        }
    }

    @Test
    void thePlatformReadsTheVersionOfTheBuild() throws Exception {
        assertThat(RunPodSettings.class
                        .getMethod("product")
                        .getAnnotation(WithDefault.class)
                        .value())
                .isEqualTo("Darkroom/" + version());
    }

    private void withoutWorker() throws IOException {
        Files.delete(home.resolve("handler/target/quarkus-app/quarkus-run.jar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--payload", "--payload a b", "x", "--help x", "-x"})
    void unknownArgumentsAreRefusedBeforeAnythingElse(String arguments) throws IOException, InterruptedException {
        withoutWorker();
        Shell.Ended ended = start(arguments.split(" ", -1));

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .startsWith("unknown arguments")
                .endsWith(usage())
                .doesNotContain("ok ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "--models", "--paylod"})
    void whatTheWorkerSaysItSaysWithoutChecks(String argument) throws IOException, InterruptedException {
        Shell.Ended ended = start(argument);

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.err()).doesNotContain("ok ");
    }

    @Test
    void valuesAreTrimmedAndEmptyOnesUnset() throws IOException, InterruptedException {
        shell.set("DEVICE", "cpu\r")
                .set("DARKROOM_HTTP_API_KEY", " key\n")
                .set("DARKROOM_MEMORY", "  ")
                .set("DARKROOM_PORT", "tcp://10.0.0.7:80")
                .set("LC_ALL", "C");
        String worker = start().err();

        assertThat(worker.lines())
                .contains("DEVICE=cpu", "DARKROOM_HTTP_API_KEY=key", "LC_ALL=C.UTF-8")
                .noneMatch(line -> line.startsWith("DARKROOM_MEMORY") || line.startsWith("DARKROOM_PORT"));
    }

    @Test
    void aPayloadMayStandBehindAnEqualsSign() throws IOException, InterruptedException {
        assertThat(start("--payload=my job.json").out()).endsWith("--payload my job.json\n");
    }

    @Test
    void whatFailsStopsItWithItsOwnCode() throws IOException, InterruptedException {
        shell.set("DARKROOM_MODELS", "x=/no/such");
        Shell.Ended ended = start();

        assertThat(ended.exit()).isEqualTo(60);
        assertThat(ended.err())
                .contains("FAIL weights: x: /no/such is no directory")
                .doesNotContain("folders");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aJobIsAnsweredByTheWorkerWhateverIsWrong() throws IOException, InterruptedException {
        shell.set("DARKROOM_MODELS", "x=/no/such").set("DEVICE", "cuda");

        Shell.Ended ended = start("--payload", "my job.json");

        assertThat(ended.exit()).isZero();
        assertThat(ended.err()).contains("FAIL weights: x: /no/such is no directory", "FAIL nvidia: ");
        assertThat(ended.out()).contains("-Dquarkus.http.host-enabled=false").endsWith("--payload my job.json\n");
    }

    @ParameterizedTest
    @CsvSource({"RUNPOD_WEBHOOK_GET_JOB", "RUNPOD_ENDPOINT_ID"})
    void aServerlessContainerDemandsItsCard(String variable) throws IOException, InterruptedException {
        shell.set("RUNPOD_WEBHOOK_POST_OUTPUT", "http://127.0.0.1:1/").set(variable, "http://127.0.0.1:1/");
        assertThat(start().err()).contains("DEVICE=cuda, but there is no nvidia-smi");

        shell.set("DEVICE", "cpu");
        Shell.Ended ended = start();
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).startsWith("DEVICE=cpu ");
    }

    @Test
    void onThePlatformChecksAndWorkerWriteJson() throws IOException, InterruptedException {
        shell.set("RUNPOD_ENDPOINT_ID", "ep").set("DEVICE", "cpu");
        assertThat(start().err())
                .startsWith("{\"check\":\"installation\",\"result\":\"ok\"")
                .contains("\nDARKROOM_LOG=json\n");

        shell.set("DARKROOM_CHECKS", "text").set("DARKROOM_LOG", "text");
        assertThat(start().err()).startsWith("ok installation ").contains("\nDARKROOM_LOG=text\n");
    }

    @Test
    void emptyVariablesAreUnset() throws IOException, InterruptedException {
        List<String> empty = List.of(
                "DEVICE",
                "HOST",
                "PORT",
                "DARKROOM_MODELS",
                "DARKROOM_HTTP_API_KEY",
                "HF_ENDPOINT",
                "HF_HUB_OFFLINE",
                "BUCKET_NAME",
                "RUNPOD_ENDPOINT_ID",
                "RUNPOD_WEBHOOK_GET_JOB");
        empty.forEach(name -> shell.set(name, ""));
        shell.set("HF_TOKEN", "kept").set("EMPTY_TOO", "");

        Shell.Ended ended = start();

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.err().lines().map(line -> line.replaceAll("=.*", "")))
                .contains("HF_TOKEN", "EMPTY_TOO")
                .doesNotContainAnyElementsOf(empty);
    }

    @ParameterizedTest
    @CsvSource({
        "RUNPOD_LOG_LEVEL, debug, DEBUG",
        "RUNPOD_LOG_LEVEL, TRACE, DEBUG",
        "RUNPOD_DEBUG_LEVEL, 3, INFO",
        "RUNPOD_LOG_LEVEL, WARN, WARN",
        "RUNPOD_DEBUG_LEVEL, ERROR, ERROR",
        "RUNPOD_LOG_LEVEL, NOTSET,",
        "RUNPOD_LOG_LEVEL, 0,",
        "RUNPOD_LOG_LEVEL, loud,"
    })
    void theirLogLevelIsOurs(String variable, String value, @Nullable String level)
            throws IOException, InterruptedException {
        assertPassedOn(variable, value, "QUARKUS_LOG_CATEGORY__DEV_DARKROOM__LEVEL", level);
    }

    @ParameterizedTest
    @CsvSource({"1000000, 1000000", "20971519, 20971519", "20971520,", "5368709120,", "0,", "much,"})
    void theirLimitOfDownloadsCountsIfItIsStricter(String value, @Nullable String limit)
            throws IOException, InterruptedException {
        assertPassedOn("RUNPOD_MAX_DOWNLOAD_BYTES", value, "DARKROOM_SOURCES_LARGEST_FILE", limit);
    }

    @ParameterizedTest
    @CsvSource({
        ", , 127.0.0.1",
        "DARKROOM_HTTP_OPEN, false, 127.0.0.1",
        "DARKROOM_HTTP_OPEN, true, 0.0.0.0",
        "DARKROOM_HTTP_API_KEY, key, 0.0.0.0",
        "DARKROOM_PUBLIC_URL, https://pictures.example.net, 0.0.0.0"
    })
    void whereJobsArePulledThePortIsForThisMachineUnlessOthersAreToCall(
            @Nullable String variable, @Nullable String value, String host) throws IOException, InterruptedException {
        shell.set("DEVICE", "cpu").set("HOST", "0.0.0.0");
        if (variable != null && value != null) {
            shell.set(variable, value);
        }
        assertThat(start(shell, "HOST")).containsExactly("HOST=0.0.0.0");

        shell.set("RUNPOD_WEBHOOK_GET_JOB", "http://127.0.0.1:1/")
                .set("RUNPOD_WEBHOOK_POST_OUTPUT", "http://127.0.0.1:1/");
        assertThat(start(shell, "HOST")).containsExactly("HOST=" + host);
    }

    /** What is set in our own name is not overruled. */
    private void assertPassedOn(String theirs, String value, String ours, @Nullable String expected)
            throws IOException, InterruptedException {
        List<String> passed = start(shell.set(theirs, value), ours);
        assertThat(passed).isEqualTo(expected == null ? List.of() : List.of(ours + "=" + expected));
        assertThat(start(shell.set(ours, "own"), ours)).containsExactly(ours + "=own");
    }

    private List<String> start(Shell with, String variable) throws IOException, InterruptedException {
        return with.run(home.resolve("entrypoint.sh"))
                .err()
                .lines()
                .filter(line -> line.startsWith(variable + "="))
                .toList();
    }

    @Test
    void theWorkerDoesNotWaitOnceMore() throws IOException, InterruptedException {
        shell.set("DARKROOM_WAIT", "1");
        assertThat(start().err()).contains("\nDARKROOM_HUB_MODELS_WAIT=0s\n");
        assertThat(start(shell.set("DARKROOM_SKIP_CHECKS", "weights"), "DARKROOM_HUB_MODELS_WAIT"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thePlatformLearnsWhyItDoesNotStart(boolean curl) throws IOException, InterruptedException {
        if (curl) {
            assumeTrue(Shell.find("curl").isPresent(), "there is no curl on this machine");
            shell.has("curl");
        }
        rent();

        assertThat(start().exit()).isEqualTo(20);

        assertThat(pings).hasSize(1);
        assertThat(pings.getFirst().authorization()).isEqualTo(KEY);
        assertThat(pings.getFirst().address().getPath()).isEqualTo("/v2/ep/ping/pod7");
        assertThat(pings.getFirst().address().getQuery())
                .startsWith(
                        "status=unhealthy&check=nvidia&reason=FAIL nvidia: DEVICE=cuda, but there is no nvidia-smi");
    }

    @Test
    void ofALineInJsonThePlatformLearnsTheReasonAlone() throws IOException, InterruptedException {
        rent();
        shell.set("RUNPOD_ENDPOINT_ID", "ep");

        assertThat(start().exit()).isEqualTo(20);

        assertThat(pings.getFirst().address().getQuery())
                .contains("&reason=DEVICE=cuda, but there is no nvidia-smi")
                .contains("--gpus all)&runpod_version=");
    }

    @ParameterizedTest
    @CsvSource({
        "/ping, /ping?status",
        "/ping?gpu=A+B, /ping?gpu=A+B&status",
        "/ping?, /ping?status",
        "/p?a&, /p?a&status"
    })
    void thePingKeepsItsOwnQuery(String template, String asked) throws IOException, InterruptedException {
        rent();
        shell.set("RUNPOD_WEBHOOK_PING", platform(template));

        shell.run(home.resolve("startup-checks/report-unhealthy"), "disk", "a & b = 100 % \"ü\"\n" + "x".repeat(400));

        assertThat(pings).hasSize(1);
        String address = pings.getFirst().address().toString();
        assertThat(address).startsWith(asked + "=unhealthy&check=disk&reason=a%20%26%20b%20%3D%20100%20%25%20%22");
        assertThat(address).endsWith("&runpod_version=Darkroom%2F0.1.0");
        assertThat(address.replaceAll(".*&reason=|&runpod_version=.*", "").replaceAll("%..", "?"))
                .hasSize(256);
    }

    @Test
    void theReportNamesTheProductAsTheWorkerDoes() throws IOException, InterruptedException, NoSuchMethodException {
        rent();
        Path report = home.resolve("startup-checks/report-unhealthy");
        shell.run(report, "x", "y");
        shell.set("DARKROOM_RUNPOD_PRODUCT", "Mine/2").run(report, "x", "y");

        String product = RunPodSettings.class
                .getMethod("product")
                .getAnnotation(WithDefault.class)
                .value();
        assertThat(pings)
                .extracting(ping -> ping.address().getQuery())
                .containsExactly(
                        "status=unhealthy&check=x&reason=y&runpod_version=" + product,
                        "status=unhealthy&check=x&reason=y&runpod_version=Mine/2");
    }

    @Test
    void aPlatformThatIsSilentDoesNotHoldItUp() throws IOException, InterruptedException {
        rent();
        try (var silent = new ServerSocket(0)) {
            shell.set("RUNPOD_WEBHOOK_PING", "http://127.0.0.1:" + silent.getLocalPort() + "/ping");

            assertThat(shell.run(home.resolve("startup-checks/report-unhealthy"), "x", "y")
                            .exit())
                    .isZero();
        }
    }

    @Test
    void outsideThePlatformNothingIsReported() throws IOException, InterruptedException {
        rent();
        shell.set("RUNPOD_WEBHOOK_GET_JOB", null);

        assertThat(shell.run(home.resolve("startup-checks/report-unhealthy"), "x", "y")
                        .exit())
                .isZero();
        assertThat(pings).isEmpty();
    }
}
