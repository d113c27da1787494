package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mvnw} and the Makefile with stand-ins for Java and Maven: which Maven they take, and what they write where. */
class BuildScriptsTest {
    private static final String MAVEN = "org/apache/maven/apache-maven/1.0/apache-maven-1.0-bin.tar.gz";

    @TempDir
    Path folder;

    private Path home = Path.of("");
    private Path wrapper = Path.of("");
    private Shell shell;

    @BeforeEach
    void install() throws IOException {
        shell = new Shell(folder);
        for (String tool :
                List.of("sed", "chmod", "mv", "tar", "gzip", "sha256sum", "find", "touch", "sh", "make", "curl")) {
            assumeTrue(Shell.find(tool).isPresent(), "there is no " + tool + " on this machine");
            shell.has(tool);
        }
        home = folder.resolve("a home");
        wrapper = home.resolve("mvnw");
        for (String file : List.of("mvnw", "Makefile", "startup-checks/java-home")) {
            Files.createDirectories(home.resolve(file).getParent());
            Files.copy(Shell.HOME.resolve(file), home.resolve(file));
        }
        Path java = folder.resolve("java");
        shell.set("JAVA_HOME", java.toString());
        Shell.script(java.resolve("bin/java"), "echo 'openjdk version \"25\"' >&2");
        Shell.script(java.resolve("bin/javac"), "");
        name("/" + MAVEN, "0".repeat(64));
    }

    /** Says which Maven there is to fetch. */
    private void name(String address, String sha256) throws IOException {
        Path properties = Files.createDirectories(home.resolve(".mvn/wrapper")).resolve("maven-wrapper.properties");
        Files.writeString(properties, "distributionUrl=" + address + "\ndistributionSha256Sum=" + sha256 + "\n");
    }

    private static String maven(String version) {
        return """
                [ "$1" != --version ] || { echo 'Apache Maven %1$s'; exit; }
                echo "Maven %1$s with $JAVA_HOME: $*"
                """.formatted(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.8.7", "3.9.12", "3.10.0", "4.0.0"})
    void theMavenOnThePathIsTakenIfItIsRecent(String version) throws IOException, InterruptedException {
        shell.tool("mvn", maven(version));

        Shell.Ended ended = shell.run(wrapper, "-q", "package");

        assertThat(ended.out()).isEqualTo("Maven " + version + " with " + folder.resolve("java") + ": -q package\n");
        assertThat(ended.exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource({", no mvn 3.8 or later on the PATH: install it", "3.6.3, is older than 3.8", "2.2.1, is older than 3.8"
    })
    void withoutARecentMavenItSaysWhatToInstall(@Nullable String version, String reason)
            throws IOException, InterruptedException {
        if (version != null) {
            shell.tool("mvn", "[ \"$4\" != dependency:copy ] || exit 1\n" + maven(version));
        }

        Shell.Ended ended = shell.run(wrapper, "-q", "package");

        assertThat(ended.err()).contains(reason);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"3.9.0, 3.9.0", "3.8.7, 1.0"})
    void goalsOfQuarkusTakeALaterMavenWhichTheOlderOneFetches(String there, String taken)
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        Path archive = archive(folder.resolve("repository"));
        name("/" + MAVEN, sha256(archive));
        shell.has("cp").tool("mvn", """
                [ "$4" != dependency:copy ] || { echo "$5"; cp '%s' "${6#*=}"; exit; }
                """.formatted(archive) + maven(there));

        Shell.Ended ended = shell.run(wrapper, "quarkus:dev");

        assertThat(ended.out())
                .isEqualTo("Maven " + taken + " with " + folder.resolve("java")
                        + ": -Dmaven.test.skip=true quarkus:dev\n");
        if (!there.equals(taken)) {
            assertThat(ended.err()).contains("-Dartifact=org.apache.maven:apache-maven:1.0:tar.gz:bin");
        }
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    @Test
    void anotherMavenIsFetchedOnceAndOnlyIfItIsTheOneThatIsNamed()
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        Path repository = folder.resolve("repository");
        Path archive = archive(repository);
        shell.set("MVNW_REPOURL", repository.toUri().toString());

        Shell.Ended refused = shell.run(wrapper, "package");
        assertThat(refused.err()).contains("its SHA-256 is another");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(folder.resolve("home/.m2/wrapper/dists")).isEmptyDirectory();

        name("/" + MAVEN, sha256(archive));
        String out = "Maven 1.0 with " + folder.resolve("java") + ": package\n";
        assertThat(shell.run(wrapper, "package").out()).isEqualTo(out);

        Files.delete(archive);
        Shell.Ended again = shell.set("MVNW_REPOURL", null).run(wrapper, "package");
        assertThat(again.out()).isEqualTo(out);
        assertThat(again.err()).isEmpty();
    }

    /** A repository with an archive of a Maven that is a stand-in. */
    private Path archive(Path repository) throws IOException, InterruptedException {
        Path archive = repository.resolve(MAVEN);
        Files.createDirectories(archive.getParent());
        Shell.script(folder.resolve("packed/apache-maven-1.0/bin/mvn"), maven("1.0"));
        Shell.Ended packed = shell.run(
                Shell.find("tar").orElseThrow(),
                "-C",
                folder.resolve("packed").toString(),
                "-czf",
                archive.toString(),
                "apache-maven-1.0");
        assertThat(packed.exit()).as(packed.err()).isZero();
        return archive;
    }

    @Test
    void whatIsFetchedIsAPathInARepositoryAndHasAChecksum() throws IOException {
        var properties = new Properties();
        try (var file = Files.newBufferedReader(Shell.HOME.resolve(".mvn/wrapper/maven-wrapper.properties"))) {
            properties.load(file);
        }
        assertThat(properties.getProperty("distributionUrl"))
                .matches("/org/apache/maven/apache-maven/([0-9.]+)/apache-maven-\\1-bin\\.tar\\.gz");
        assertThat(properties.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
    }

    @Test
    void aJobThatBuildsFirstWritesItsResultAloneToStandardOutput() throws IOException, InterruptedException {
        sources();
        Shell.script(home.resolve("entrypoint.sh"), "echo \"{$*}\"");

        Shell.Ended ended = make("job", "PAYLOAD=a.json");

        assertThat(ended.out()).isEqualTo("{--payload a.json}\n");
        assertThat(ended.err()).contains("Maven: -B -ntp -q package -Dmaven.test.skip=true");
        assertThat(ended.exit()).isZero();
    }

    /** Where a runtime without a compiler is found first, the build takes another Java. */
    @Test
    void eachBuildSeesToTheCacheWithTheJavaThatStartsTheWorker() throws IOException, InterruptedException {
        sources();
        Shell.script(home.resolve("startup-checks/train-cache"), "echo \"train-cache $* with $JAVA_HOME\"; exit 1");
        Shell.script(home.resolve("entrypoint.sh"), "echo \"worker with $JAVA_HOME\"");
        Path runtime = folder.resolve("a jre");
        Shell.script(runtime.resolve("bin/java"), "echo 'openjdk version \"25\"' >&2");
        shell.set("JAVA_HOME", runtime.toString());
        Files.createSymbolicLink(folder.resolve("tools/java"), folder.resolve("java/bin/java"));

        Shell.Ended first = make("run");
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.err()).contains("Maven: ").doesNotContain("with " + runtime + ": ");
        assertThat(first.out().lines()).contains("train-cache --needed with " + runtime, "worker with " + runtime);
        Shell.Ended second = make("build");
        assertThat(second.err()).doesNotContain("Maven");
        assertThat(second.out()).isEqualTo("train-cache --needed with " + runtime + "\n");
    }

    /** What the Makefile looks for, and a Maven that builds it. */
    private void sources() throws IOException {
        for (String module : List.of("client", "engine", "handler")) {
            Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.createFile(home.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(home.resolve("pom.xml"));
        shell.tool("mvn", """
                [ "$1" != --version ] || { echo 'Apache Maven 3.9.12'; exit; }
                mkdir -p handler/target/quarkus-app && touch handler/target/quarkus-app/quarkus-run.jar
                echo "Maven: $* with $JAVA_HOME: "
                """);
    }

    private Shell.Ended make(String... goals) throws IOException, InterruptedException {
        return shell.run(
                Shell.find("make").orElseThrow(),
                Stream.concat(Stream.of("--no-print-directory", "-C", home.toString()), Stream.of(goals))
                        .toArray(String[]::new));
    }
}
