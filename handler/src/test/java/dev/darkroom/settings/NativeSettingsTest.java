package dev.darkroom.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.WorkerConfig;
import dev.darkroom.reach.Metadata;
import dev.darkroom.reach.Recording.Access;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a native executable of the worker must be told beforehand of settings and files. */
class NativeSettingsTest {
    private final Metadata metadata = Metadata.ofClassPath();

    NativeSettingsTest() throws IOException {}

    /** The methods of these are read off before the framework is there. */
    @Test
    void allGroupsOfSettingsAreInTheMetadata() {
        Set<String> groups = new TreeSet<>();
        collect(WorkerConfig.class, groups);

        assertThat(groups)
                .hasSizeGreaterThan(8)
                .allSatisfy(group -> assertThat(metadata.has(new Access("type", group, "all methods", "")))
                        .as(group)
                        .isTrue());
    }

    private static void collect(Class<?> group, Set<String> into) {
        if (into.add(group.getName())) {
            Stream.of(group.getInterfaces()).forEach(parent -> collect(parent, into));
            for (Method method : group.getMethods()) {
                Class<?> type = method.getReturnType();
                if (type.isInterface() && type.getName().startsWith("dev.darkroom.")) {
                    collect(type, into);
                }
            }
        }
    }

    @Test
    void allResourcesOfTheHandlerAreInTheMetadata() throws IOException {
        Path root = Path.of(System.getProperty("darkroom.home"), "handler/src/main/resources");
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> root.relativize(file).toString())
                            .filter(name -> !name.startsWith("META-INF/native-image/")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(metadata.has(new Access("resource", name, "", "")))
                            .as(name)
                            .isTrue());
        }
    }
}
