package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train-cache} with a stand-in for the worker: when it makes a cache, what it leaves, and that it ends whatever happens. */
class TrainCacheScriptTest {
    private static final List<String> SCRIPTS =
            List.of("90-cache", "cache.bash", "java-home", "native.bash", "train-cache", "verdict.bash");

    @TempDir
    Path folder;

    private Path home = Path.of("");
    private Path target = Path.of("");
    private Shell shell;

    @BeforeEach
    void install() throws IOException {
        shell = new Shell(folder);
        for (String tool : List.of("mv", "sed", "tail")) {
            shell.has(tool);
        }
        home = folder.resolve("installation");
        target = home.resolve("handler/target");
        for (String script : SCRIPTS) {
            Path copy = home.resolve("startup-checks").resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(Shell.HOME.resolve("startup-checks").resolve(script), copy);
        }
        Files.createDirectories(target.resolve("quarkus-app/lib/main"));
        Files.writeString(home.resolve("handler/jvm.options"), "-Dx=y");
        Files.writeString(target.resolve("quarkus-app/quarkus-run.jar"), "jar");
        shell.set("JAVA_HOME", java("java").toString());
    }

    /** A Java 25 that is a stand-in. */
    private Path java(String name) throws IOException {
        Path java = folder.resolve(name);
        Shell.script(java.resolve("bin/java"), """
                echo "$$" >>'%s'
                exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
                """.formatted(
                        folder.resolve("processes"),
                        Path.of(System.getProperty("java.home"), "bin/java"),
                        Path.of(TrainedStandIn.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath()),
                        TrainedStandIn.class.getName()));
        Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        Files.createDirectories(java.resolve("lib"));
        Files.writeString(java.resolve("lib/modules"), name);
        return java;
    }

    private Shell.Ended train(String... arguments) throws IOException, InterruptedException {
        return shell.run(home.resolve("startup-checks/train-cache"), arguments);
    }

    private String check() throws IOException, InterruptedException {
        return shell.run(home.resolve("startup-checks/90-cache")).err();
    }

    private long processes() throws IOException {
        Path processes = folder.resolve("processes");
        return Files.exists(processes) ? Files.readAllLines(processes).size() : 0;
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("quarkus-app"))
                    .sorted()
                    .toList();
        }
    }

    private void limit(int seconds) throws IOException {
        Path script = home.resolve("startup-checks/train-cache");
        String text = Files.readString(script);
        assertThat(text).containsOnlyOnce("\nlongest=600\n");
        Files.writeString(script, text.replace("longest=600", "longest=" + seconds));
    }

    @Test
    void aCacheIsMadeWhereThereIsNoneThatFits() throws IOException, InterruptedException {
        assertThat(check()).contains("skip cache ", "there is none: 'make build' makes one");
        Shell.Ended trained = train("--needed");
        assertThat(trained.exit()).as(trained.err()).isZero();
        assertThat(trained.err())
                .startsWith("made the JVM's cache of classes in ")
                .hasLineCount(1);
        assertThat(left()).containsExactly("darkroom.aot", "darkroom.aot.of");
        assertThat(check()).startsWith("ok cache ");
        assertThat(processes()).isEqualTo(2);

        assertThat(train("--needed").err()).isEmpty();
        assertThat(processes()).as("it fits").isEqualTo(2);
    }

    /** After a change of the options; one of the cache itself; one of Java, which is another one, or the same in a later version. */
    @ParameterizedTest
    @ValueSource(strings = {"handler/jvm.options", "handler/target/darkroom.aot", "another", "../java/lib/modules"})
    void whatNoLongerFitsIsMadeAgain(String changed) throws IOException, InterruptedException {
        train();
        if (changed.equals("another")) {
            shell.set("JAVA_HOME", java("another java").toString());
        } else {
            Files.writeString(home.resolve(changed), "-Dx=changed");
        }
        assertThat(check()).contains("skip cache ", "warning: it was made of another build or another Java");

        assertThat(train("--needed").exit()).isZero();

        assertThat(check()).startsWith("ok cache ");
        assertThat(processes()).isEqualTo(4);
    }

    @Test
    void whatHasFailedIsNotTriedAgainUntilSomethingHasChanged() throws IOException, InterruptedException {
        shell.set("STAND_IN", "unready");
        Shell.Ended failed = train("--needed");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("the JVM's cache of classes was not made: the worker does not start");
        assertThat(left()).containsExactly("darkroom.aot.failed");
        assertThat(check()).contains("skip cache ", "has failed: 'startup-checks/train-cache' tries again");
        long tried = processes();

        Shell.Ended again = train("--needed");
        assertThat(again.exit()).isZero();
        assertThat(again.err()).isEmpty();
        assertThat(processes()).isEqualTo(tried);

        shell.set("STAND_IN", null);
        Files.writeString(home.resolve("handler/jvm.options"), "-Dx=changed");
        assertThat(check()).contains("there is none: 'make build' makes one");
        assertThat(train("--needed").exit()).isZero();
        assertThat(left()).containsExactly("darkroom.aot", "darkroom.aot.of");
    }

    @Test
    void whoeverAsksForItHasItTriedAgain() throws IOException, InterruptedException {
        shell.set("STAND_IN", "unready");
        assertThat(train().exit()).isEqualTo(1);
        shell.set("STAND_IN", null);

        assertThat(train().exit()).isZero();

        assertThat(left()).containsExactly("darkroom.aot", "darkroom.aot.of");
    }

    @Test
    void aWorkerThatDiesIsNamed() throws IOException, InterruptedException {
        shell.set("STAND_IN", "dying");

        Shell.Ended failed = train();

        assertThat(failed.exit()).isEqualTo(1);
        // whichever is seen first
        assertThat(failed.err())
                .containsPattern(
                        "the JVM's cache of classes was not made: the worker has (died|recorded nothing); the worker starts without it");
        assertThat(left()).containsExactly("darkroom.aot.failed");
    }

    /** It answers no job; it does not stop; it is years over making the cache. */
    @ParameterizedTest
    @CsvSource({"mute", "unstoppable", "slow"})
    void whatHangsIsEnded(String fault) throws IOException, InterruptedException {
        limit(2);
        shell.set("STAND_IN", fault);

        Shell.Ended failed = train();

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("the JVM's cache of classes was not made: it took more than 2 s");
        assertThat(left()).containsExactly("darkroom.aot.failed");
        for (String process : Files.readAllLines(folder.resolve("processes"))) {
            Eventually.await(
                    "the end of process " + process,
                    () -> ProcessHandle.of(Long.parseLong(process)).isEmpty());
        }
    }

    @Test
    void anExecutableNeedsNone() throws IOException, InterruptedException {
        Files.delete(target.resolve("quarkus-app/quarkus-run.jar"));
        Shell.script(target.resolve("handler-0.1.0-runner"), "");

        assertThat(check()).contains("skip cache ", "the worker is an executable of its own, without a JVM");
        Shell.Ended ended = train("--needed");
        assertThat(ended.exit()).isZero();
        assertThat(ended.err()).contains("no cache of classes is made");
        assertThat(left()).containsExactly("handler-0.1.0-runner");
        assertThat(processes()).isZero();
    }

    @Test
    void anArgumentThatIsUnknownIsRefused() throws IOException, InterruptedException {
        Shell.Ended ended = train("--all");

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("usage: train-cache [--needed]\n");
        assertThat(left()).isEmpty();
    }
}
