package dev.darkroom;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.smallrye.config.WithParentName;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What README promises holds: its calls work, and it knows every setting and every field. */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final Pattern CALL = Pattern.compile("curl -d '([^']+)' localhost:8000(/\\S+)");

    private static final Pattern SETTING = Pattern.compile("\\bDARKROOM_[A-Z0-9_]+");

    /** The start-up scripts read these. */
    private static final Set<String> OF_SCRIPTS = Set.of("DARKROOM_WAIT", "DARKROOM_CHECKS", "DARKROOM_SKIP_CHECKS");

    /** These have names of their own. */
    private static final Set<String> SHORT =
            Set.of("DARKROOM_HOST", "DARKROOM_PORT", "DARKROOM_DEVICE", "DARKROOM_HOME");

    @Inject
    RunningWorker worker;

    @BeforeAll
    void start() throws InterruptedException {
        worker.start();
    }

    @Test
    void itsCallsWork() throws IOException {
        List<String[]> calls = CALL.matcher(readme())
                .results()
                .map(call -> new String[] {call.group(1), call.group(2)})
                .toList();

        assertThat(calls).hasSizeGreaterThanOrEqualTo(5);
        for (String[] call : calls) {
            JsonPath answer = given().body(call[0])
                    .post(call[1])
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            assertThat(answer.getString("status"))
                    .as(call[0])
                    .isEqualTo(call[1].endsWith("runsync") ? "COMPLETED" : "IN_QUEUE");
        }
    }

    @Test
    void itKnowsEverySetting() throws IOException {
        String readme = readme();

        assertThat(settings("DARKROOM", WorkerConfig.class))
                .filteredOn(setting -> !SHORT.contains(setting))
                .hasSizeGreaterThan(50)
                .allSatisfy(setting -> assertThat(readme).contains("`" + setting + "`"));
    }

    @Test
    void itNamesNoSettingThatIsNotThere() throws IOException {
        List<String> known = settings("DARKROOM", WorkerConfig.class).toList();

        assertThat(SETTING.matcher(readme()).results().map(MatchResult::group).distinct())
                .hasSizeGreaterThan(50)
                .filteredOn(setting -> !OF_SCRIPTS.contains(setting))
                .allSatisfy(setting -> assertThat(known).contains(setting));
    }

    @Test
    void itKnowsEveryField() throws IOException {
        String readme = readme();

        assertThat(given().get("/schema.json").jsonPath().getMap("properties").keySet())
                .hasSizeGreaterThan(25)
                .filteredOn(field -> !String.valueOf(field).matches(".*_[23]"))
                .allSatisfy(field -> assertThat(readme).contains("`" + field + "`"));
    }

    private static String readme() throws IOException {
        return Files.readString(HOME.resolve("README.md"));
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
