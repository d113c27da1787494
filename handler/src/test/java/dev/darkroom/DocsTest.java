package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.Preset;
import dev.darkroom.animation.deforum.DeforumNames;
import dev.darkroom.animation.deforum.DeforumSetting.Use;
import dev.darkroom.engine.Darkroom;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux2.Flux2Checkpoint;
import dev.darkroom.longcat.LongCatCheckpoint;
import dev.darkroom.qwenimage.QwenImageCheckpoint;
import dev.darkroom.zimage.ZImageCheckpoint;
import io.smallrye.config.WithParentName;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds README and docs/ to the repository: settings, links, files and commands that they name are there, and no setting is left out. */
class DocsTest {
    /** The front page is read in a minute. */
    private static final int LARGEST_README = 10_000;

    private static final Pattern SETTING = Pattern.compile("\\bDARKROOM_[A-Z0-9_]+");
    private static final Pattern FILE =
            Pattern.compile("(?<![\\w/.-])(?:engine|handler|docs|deploy|test-payloads|startup-checks)/[\\w./-]*\\w");
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^|`)make ([a-z-]+)");
    private static final Pattern TARGET = Pattern.compile("(?m)^([a-z-]+):");
    private static final Pattern PROGRAM = Pattern.compile("(?ms)^```java\n(.*?)^```$");

    /** The start-up scripts read these. */
    private static final Set<String> OF_SCRIPTS =
            Set.of("DARKROOM_ALLOCATOR", "DARKROOM_WAIT", "DARKROOM_CHECKS", "DARKROOM_SKIP_CHECKS");

    /** These have names of their own. */
    private static final Set<String> SHORT =
            Set.of("DARKROOM_HOST", "DARKROOM_PORT", "DARKROOM_DEVICE", "DARKROOM_HOME");

    @Test
    void theConfigurationPageHasEverySetting() {
        String page = Document.of("docs/configuration.md").text();

        assertThat(settings("DARKROOM", WorkerConfig.class))
                .filteredOn(setting -> !SHORT.contains(setting))
                .hasSizeGreaterThan(50)
                .allSatisfy(setting -> assertThat(page).contains("`" + setting + "`"));
        assertThat(OF_SCRIPTS).allSatisfy(setting -> assertThat(page).contains("`" + setting + "`"));
    }

    @Test
    void everySettingThatIsNamedIsThere() {
        List<String> known = settings("DARKROOM", WorkerConfig.class).toList();

        assertThat(named(SETTING))
                .hasSizeGreaterThan(50)
                .filteredOn(setting -> !OF_SCRIPTS.contains(setting))
                .isSubsetOf(known);
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(Document.all())
                .hasSizeGreaterThan(15)
                .allSatisfy(document ->
                        assertThat(document.links()).as("links of %s", document).allMatch(document::leadsSomewhere));
    }

    @Test
    void everyFileThatIsNamedIsThere() {
        assertThat(named(FILE))
                .hasSizeGreaterThan(5)
                .allSatisfy(file -> assertThat(Document.HOME.resolve(file)).exists());
    }

    @Test
    void everyCommandThatIsNamedIsThere() {
        Set<String> targets = TARGET.matcher(Document.of("Makefile").text())
                .results()
                .map(target -> target.group(1))
                .collect(Collectors.toSet());

        assertThat(Document.manual().stream()
                        .flatMap(document -> COMMAND.matcher(document.text()).results())
                        .map(command -> command.group(1)))
                .hasSizeGreaterThan(5)
                .allSatisfy(command -> assertThat(targets).contains(command));
    }

    @Test
    void theFrontPageIsShort() throws IOException {
        assertThat(Files.size(Document.HOME.resolve("README.md"))).isLessThanOrEqualTo(LARGEST_README);
    }

    @Test
    void everyPipelineIsInTheTableOfCheckpoints() {
        String page = Document.of("docs/checkpoints.md").text();

        assertThat(Stream.of(
                                FluxCheckpoint.PIPELINES,
                                Flux2Checkpoint.PIPELINES,
                                LongCatCheckpoint.PIPELINES,
                                QwenImageCheckpoint.PIPELINES,
                                ZImageCheckpoint.PIPELINES)
                        .flatMap(List::stream))
                .allSatisfy(pipeline -> assertThat(page).contains("`" + pipeline + "`"));
    }

    @Test
    void thePageOfAnimationsHasEverySettingThatCounts() {
        String page = Document.of("docs/animation.md").text();

        assertThat(DeforumNames.ALL.stream()
                        .filter(setting -> setting.use() != Use.IDLE)
                        .flatMap(setting -> setting.keys().stream()))
                .hasSizeGreaterThan(50)
                .allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
    }

    @Test
    void thePageOfAnimationsHasWhatPresetsSet() {
        List<String> lines = Document.of("docs/animation.md").text().lines().toList();

        for (Preset preset : Preset.values()) {
            preset.settings()
                    .forEach((name, value) -> assertThat(lines)
                            .as("%s of %s", name, preset)
                            .filteredOn(line -> line.startsWith("| `" + name + "` |"))
                            .anyMatch(line -> line.contains("`" + value.replaceFirst("^0: \\((.*)\\)$", "$1") + "`")));
        }
    }

    @Test
    void theProgramOnTheFrontPageCompiles(@TempDir Path classes) throws URISyntaxException {
        Path engine = Path.of(Darkroom.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String program = PROGRAM.matcher(Document.of("README.md").text())
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.joining());
        var source = new SimpleJavaFileObject(URI.create("string:///Sunset.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return program;
            }
        };
        var messages = new StringWriter();

        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", engine.toString()),
                        null,
                        List.of(source))
                .call();

        assertThat(compiled).as(messages.toString()).isTrue();
        assertThat(classes.resolve("Sunset.class")).exists();
    }

    /** All that README and docs/ have of a form, each once. */
    private static Set<String> named(Pattern form) {
        return Document.manual().stream()
                .flatMap(document -> form.matcher(document.text()).results())
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static Stream<String> settings(String prefix, Class<?> group) {
        return Stream.of(group.getMethods())
                .filter(method -> !method.isDefault())
                .flatMap(method -> method.getReturnType().getName().startsWith("dev.darkroom")
                                && method.getReturnType().isInterface()
                        ? settings(variable(prefix, method), method.getReturnType())
                        : Stream.of(variable(prefix, method)));
    }

    private static String variable(String prefix, Method method) {
        if (method.isAnnotationPresent(WithParentName.class)) {
            return prefix;
        }
        return prefix + "_" + method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }
}
