package dev.darkroom.reach;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.engine.Darkroom;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a native executable of the engine must be told beforehand is in its metadata: all that a run on a JVM looked up, all foreign
 * functions, all classes that native libraries ask for.
 */
class ReachabilityTest {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final String OURS =
            "engine/src/main/resources/META-INF/native-image/dev.darkroom/engine/reachability-metadata.json";

    /** Quarkus' extensions tell native-image of what these look up; of what a proxy does, native-image knows itself. */
    private static final List<String> TOLD_ELSEWHERE =
            List.of("com.fasterxml.jackson.", "org.jboss.", "org.slf4j.", "java.util.logging.", "jdk.proxy");

    @TempDir
    Path folder;

    @Test
    void allThatARunLooksUpIsInTheMetadata() throws Exception {
        Path jar = folder.resolve("agent.jar");
        Path file = folder.resolve("recording");
        Recording.agent(jar);
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dai.djl.offline=true",
                        "-XX:+UseSerialGC",
                        "-Ddarkroom.home=" + HOME,
                        "-javaagent:" + jar + "=" + file,
                        "-cp",
                        classPath(),
                        "dev.darkroom.reach.RecordedRun",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(run.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();

        Metadata metadata = Metadata.ofClassPath();
        List<Recording.Access> all = Recording.read(file).all();
        assertThat(all.stream().map(Recording.Access::kind)).contains("type", "proxy", "service", "resource");
        assertThat(all)
                .hasSizeGreaterThan(40)
                .filteredOn(access -> TOLD_ELSEWHERE.stream().noneMatch(access.caller()::startsWith))
                .allSatisfy(access -> assertThat(metadata.has(access))
                        .as("%s is in %s", access, OURS)
                        .isTrue());
    }

    @Test
    void allForeignFunctionsAreInTheMetadata() throws Exception {
        Path classes = Path.of(Darkroom.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> shapes = ForeignCalls.of(classes.resolve("dev/darkroom/kernel"));
        assertThat(shapes).hasSizeGreaterThan(8).contains("jint(void*)", "jint(jint)", "jint(void*,jint,void*)");

        Metadata metadata = Metadata.ofClassPath();
        assertThat(shapes)
                .allSatisfy(shape ->
                        assertThat(metadata.hasDowncall(shape)).as(shape).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jnilib/linux-x86_64/cpu/libdjl_torch.so",
                "jnilib/linux-x86_64/cu128/libdjl_torch.so",
                "native/lib/linux-x86_64/cpu/libtokenizers.so",
                "com/sun/jna/linux-x86-64/libjnidispatch.so"
            })
    void allClassesThatNativeLibrariesAskForAreInTheMetadata(String library) throws IOException {
        Set<String> names = NativeNames.in(library);
        assertThat(names).contains("java.lang.String").hasSizeGreaterThan(2);

        Metadata metadata = Metadata.ofClassPath();
        assertThat(names)
                .allSatisfy(name -> assertThat(metadata.hasJni(name)).as(name).isTrue());
        assertThat(metadata.hasResource(library)).isTrue();
    }

    @Test
    void theCodecOfWebpAsksForNoClass() throws IOException {
        assertThat(NativeNames.in("native/Linux/x86_64/libwebp-imageio.so")).isEmpty();
    }

    @Test
    void allOurResourcesAreInTheMetadata() throws IOException {
        Metadata metadata = Metadata.ofClassPath();
        Path root = HOME.resolve("engine/src/main/resources");
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> root.relativize(file).toString())
                            .filter(name -> !name.startsWith("META-INF/native-image/")))
                    .isNotEmpty()
                    .allSatisfy(name ->
                            assertThat(metadata.hasResource(name)).as(name).isTrue());
        }
    }

    /** A misspelt name would be ignored in silence. */
    @Test
    void allThatOurMetadataNamesIsThere() throws IOException {
        JsonNode all = new ObjectMapper().readTree(HOME.resolve(OURS).toFile());
        for (JsonNode entry : all.path("reflection")) {
            JsonNode type = entry.path("type");
            for (JsonNode name : type.has("proxy") ? type.path("proxy") : List.of(type)) {
                Class<?> found = load(name.asText());
                for (JsonNode method : entry.path("methods")) {
                    assertThat(members(found)).contains(name(method));
                }
            }
        }
    }

    /** Returns the class path of this test, whichever way it was started. */
    private static String classPath() {
        return ReachabilityTest.class.getClassLoader() instanceof URLClassLoader loader
                ? Stream.of(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ReachabilityTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name + " is not there", e);
        }
    }

    private static String name(JsonNode method) {
        return Stream.concat(
                        Stream.of(method.path("name").asText()),
                        method.path("parameterTypes").valueStream().map(JsonNode::asText))
                .collect(Collectors.joining(" "));
    }

    private static Set<String> members(Class<?> type) {
        return Stream.of(
                        Stream.of(type.getDeclaredConstructors()).map(of -> named("<init>", of.getParameterTypes())),
                        Stream.of(type.getDeclaredMethods()).map(of -> named(of.getName(), of.getParameterTypes())))
                .flatMap(all -> all)
                .collect(Collectors.toSet());
    }

    private static String named(String name, Class<?>... parameters) {
        return Stream.concat(Stream.of(name), Stream.of(parameters).map(Class::getTypeName))
                .collect(Collectors.joining(" "));
    }
}
